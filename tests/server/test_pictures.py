"""Pictures of plans, and names of files."""

from __future__ import annotations

from pathlib import Path
from xml.dom.minidom import parseString

import pytest

from dashwright.pipelines.model import Plan
from dashwright.server.api.handing_over import disposition
from dashwright.server.pictures.glyphs import GLYPHS
from dashwright.server.pictures.schematic import lines, schematic

PLANS = sorted(Path("tests/golden/inputs").glob("*.plan.json"))
HOSTILE = '</title><script>alert(1)</script>" onload="x" &amp; ]]>\x01\ufffe\u202e'


def plan_of(path: Path) -> Plan:
    return Plan.model_validate_json(path.read_bytes())


def test_every_kind_of_widget_has_a_sign() -> None:
    drawn = {widget.type for path in PLANS for widget in plan_of(path).widgets}
    assert drawn >= {"line", "area", "bar", "pie", "scatter", "heatmap", "histogram", "box", "map", "metric", "table"}
    assert drawn | {"text"} == set(GLYPHS)


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_plan_is_drawn_the_same_each_time_and_unlike_others(path: Path) -> None:
    plan = plan_of(path)
    picture = schematic(plan, "light")
    parseString(picture)
    assert len(picture) < 40_000
    assert schematic(plan_of(path), "light") == picture
    others = {schematic(plan_of(other).model_copy(update={"title": plan.title}), "light") for other in PLANS}
    assert len(others) == len(PLANS)
    assert "prefers-color-scheme:dark" in schematic(plan)
    assert schematic(plan, "dark") != picture


def test_title_is_text_and_nothing_else() -> None:
    plan = plan_of(PLANS[0]).model_copy(update={"title": HOSTILE})
    parsed = parseString(schematic(plan))
    names = {element.tagName for element in parsed.getElementsByTagName("*")}
    assert names <= {"svg", "title", "style", "rect", "polyline", "polygon", "circle", "text"}
    assert not any(element.hasAttribute("onload") for element in parsed.getElementsByTagName("*"))
    assert "<script>" in parsed.documentElement.getAttribute("aria-label")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Weather in Seattle", ("Weather in Seattle",)),
        ("How has life expectancy changed across the world?", ("How has life expectancy changed", "across the world?")),
        ("x" * 100, ("x" * 35 + "…",)),
        ("各国的预期寿命如何变化" * 3, ("各国的预期寿命如何变化各国的预期寿…",)),
        (" ", ()),
    ],
)
def test_titles_have_two_lines_at_most(title: str, expected: tuple[str, ...]) -> None:
    assert lines(title) == expected


@pytest.mark.parametrize(
    ("name", "simple", "full"),
    [
        ("Sales (version 3).html", "Sales-version-3.html", "Sales%20%28version%203%29.html"),
        ("../../etc/passwd\r\nX: y.csv", "etc-passwd-X--y.csv", "etc-passwd%20X-%20y.csv"),
        ("各国.ipynb", "dashboard.ipynb", "%E5%90%84%E5%9B%BD.ipynb"),
        ("a\u202egpj.exe.png", "a-gpj.exe.png", "a%20gpj.exe.png"),
        ('"; filename=x.zip', "filename-x.zip", "%3B%20filename%3Dx.zip"),
        ("…/.zip", "dashboard.zip", "%E2%80%A6.zip"),
    ],
)
def test_names_of_files_say_nothing_else_in_a_header(name: str, simple: str, full: str) -> None:
    assert disposition(name) == f"attachment; filename=\"{simple}\"; filename*=UTF-8''{full}"
