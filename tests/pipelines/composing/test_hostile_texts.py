"""Names, values and titles that try to become code or markup stay texts."""

from __future__ import annotations

import ast
from typing import Any

import nbformat
import pandas as pd
import pytest
from nbconvert.filters.markdown import markdown2html

HOSTILE = [
    '"); import os #',
    "'); __import__('os').system('x') #",
    '"""\nimport os\n"""',
    "{__import__('os')}",
    "}{{ {0} %s $name ${name}",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "line one\nline two\r\nline three\x0bfour\x0cfive\u2028six",
    "back\\slash \\n \\x41 \\N{BULLET} \\",
    "😀 emoji",
    "עברית \u202e right to left",
    "[click](javascript:alert(1)) ![x](http://evil.example/x.png) `code` $$x$$",
    "# heading",
    "&lt;b&gt; &amp;",
    " ",
    "nul\x00",
    "class",
    "a" * 300,
]
PLAIN = "Plain"


def page_of(make: Any, text: str) -> Any:
    """A page on which every text that comes from data, plan or source is this one."""
    label = text.strip()[:120] or "label"
    column = text
    data = pd.DataFrame(
        {
            column: ["a" + text, "b" + text, "a" + text, "c"] * 5,
            column + "2": range(20),
            "day": pd.date_range("2020-01-01", periods=20),
        }
    )
    at = {"frame": "things", "position": {"x": 0, "width": 12, "height": 5}}
    shared: dict[str, Any] = {"title": label, "subtitle": label, "why": label[:100]}
    total = {"column": column + "2", "aggregate": "sum", "title": label, "unit": label[:40]}
    named = {"column": column, "title": label}
    specs: list[dict[str, Any]] = [
        {"type": "bar", "x": named, "y": total},
        {"type": "line", "x": {"column": "day", "time_unit": "day", "title": label}, "y": total, "color": named},
        {
            "type": "bar",
            "x": named,
            "y": total,
            "color": named,
            "where": [{"column": column, "operator": "!=", "value": text}],
        },
        {"type": "pie", "x": named, "y": total},
        {"type": "scatter", "x": total, "y": total, "color": named, "detail": named},
        {"type": "heatmap", "x": named, "y": {"column": "day", "time_unit": "month_of_year"}, "color": total},
        {"type": "histogram", "x": {"column": column + "2", "bins": 5}, "color": named},
        {"type": "box", "x": named, "y": {"column": column + "2", "title": label}},
        {"type": "table", "show": [column, column + "2", "day"], "sort_by": column},
        {"type": "table", "by": [named], "values": [total]},
        {"type": "metric", "y": total, "x": {"column": "day"}},
        {"type": "map", "level": "country", "x": named, "color": total},
        {"type": "text", "text": text.strip() or "text", "frame": None},
    ]
    widgets = [
        {"id": f"w{number}"} | at | {"position": at["position"] | {"y": 5 * number}} | shared | spec  # type: ignore[operator]
        for number, spec in enumerate(specs)
    ]
    on = {"frame": "things", "x": named, "y": total}
    return make(
        {"things": data},
        title=label,
        description=text,
        question=text,
        notes=[text],
        parameters=[{"name": "wish", "value": text, "description": text[:255]}],
        filters=[
            {
                "type": "choice",
                "id": "one",
                "column": column,
                "frames": ["things"],
                "label": label,
                "start": {"parameter": "wish"},
            },
            {
                "type": "choices",
                "id": "some",
                "column": column,
                "frames": ["things"],
                "label": label,
                "start": ["a" + text],
            },
        ],
        widgets=widgets,
        insights=[
            {"type": "extreme", "id": "i1"} | on,
            {"type": "share", "id": "i2"} | on,
            {"type": "outlier", "id": "i3"} | on,
            {"type": "change", "id": "i4", "frame": "things", "x": {"column": "day"}, "y": total},
            {"type": "extreme", "id": "i5", "wording": worded(text)} | on,
            {"type": "share", "id": "i6", "wording": worded(text)} | on,
        ],
    )


def worded(text: str) -> str:
    """A sentence with all of a text that may stand in one."""
    kept = [c for c in text if c.isprintable() and not c.isnumeric() and c not in "{}" and c != "\u202e"]
    return f"{''.join(kept)[:200]} {{top_category}} {''.join(kept)[:50]}"


def shape(code: str) -> list[str]:
    """A program without its names and literals: the kinds of its nodes."""
    return [type(node).__name__ for node in ast.walk(ast.parse(code))]


def called(code: str) -> set[str]:
    """Functions called by their name."""
    calls = [node.func for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    return {call.id for call in calls if isinstance(call, ast.Name)}


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:30])
def test_a_text_changes_nothing_but_literals(make: Any, text: str) -> None:
    hostile, harmless = page_of(make, text).code, page_of(make, PLAIN).code
    assert shape(hostile) == shape(harmless)
    assert called(hostile) == called(harmless)
    imported = {node.names[0].name for node in ast.walk(ast.parse(hostile)) if isinstance(node, ast.Import)}
    assert imported == {"bqplot", "ipywidgets", "numpy", "pandas"}


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:30])
def test_the_page_shows_a_text_as_it_is(make: Any, markup: Any, text: str) -> None:
    page = page_of(make, text).run()
    found = markup(page.html)
    assert not found.elements & {"script", "img", "a", "iframe", "style", "object"}
    assert not {name for name in found.attributes if name.startswith("on") or name in ("href", "src")}


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:30])
def test_markdown_cells_have_no_markup_of_the_data(make: Any, markup: Any, text: str) -> None:
    notebook = page_of(make, text).notebook
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            found = markup(markdown2html(cell.source))
            assert found.elements <= {"h1", "h2", "p", "ul", "li", "a"}
            assert not found.attributes - {"id", "class", "href"}
            assert all(target.startswith("#") for target in found.targets)
            if cell.id == "title":
                assert sum(line.startswith("# ") for line in cell.source.splitlines()) == 1


def test_the_notebook_is_valid_and_can_be_written(make: Any) -> None:
    for text in HOSTILE:
        notebook = page_of(make, text).notebook
        nbformat.validate(notebook)
        nbformat.writes(notebook).encode()
