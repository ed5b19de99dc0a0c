"""Merging three ways: an edit is never lost, whatever both sides do."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook

from dashwright.pipelines.errors import DataError, LimitError
from dashwright.pipelines.merging import Conflict, Merged, merge
from dashwright.pipelines.merging.threeway import merged
from dashwright.pipelines.notebooks import compared, plain, written

Cells = list[tuple[str, str]]
LINES = st.lists(st.sampled_from(["a = 1", "b = 2", "", "show(a)", "    b += a", "# why"]), max_size=5)
MINE = st.lists(st.sampled_from(["mine = 1", "mine_too = 2", "a = 1", ""]), max_size=5)


def notebook(cells: Cells) -> str:
    return written(plain(json.dumps(new_notebook(cells=[new_code_cell(source, id=name) for name, source in cells]))))


def sources(text: str) -> dict[str, str]:
    return {cell.id: cell.source for cell in plain(text).cells}


@st.composite
def edited(draw: st.DrawFn, cells: Cells, lines: st.SearchStrategy[list[str]], prefix: str) -> Cells:
    """What a side makes of cells: some changed, gone, moved or new."""
    result: Cells = []
    for name, source in cells:
        what = draw(st.sampled_from(["keep", "keep", "replace", "insert", "remove"]))
        if what == "remove":
            continue
        old = source.split("\n")
        if what == "insert":
            place = draw(st.integers(0, len(old)))
            source = "\n".join([*old[:place], *draw(lines), *old[place:]])
        elif what == "replace":
            source = "\n".join(draw(lines))
        result.append((name, source))
    for number in range(draw(st.integers(0, 2))):
        new = (f"{draw(st.sampled_from([prefix, 'shared']))}-{number}", "\n".join(draw(lines)))
        if new[0] not in dict(result):
            result.insert(draw(st.integers(0, len(result))), new)
    return draw(st.permutations(result)) if draw(st.booleans()) else result


@st.composite
def three(draw: st.DrawFn) -> tuple[Cells, Cells, Cells]:
    base = [(f"cell-{number}", "\n".join(draw(LINES))) for number in range(draw(st.integers(1, 4)))]
    return base, draw(edited(base, MINE, "mine")), draw(edited(base, LINES, "theirs"))


@given(three())
@settings(max_examples=settings.default.max_examples, deadline=None)
def test_edit_is_never_lost(cells: tuple[Cells, Cells, Cells]) -> None:
    base, mine, theirs = cells
    result = merged(*map(notebook, cells))
    there, conflicts = sources(result.notebook), {conflict.cell: conflict for conflict in result.conflicts}
    assert len(there) == len(plain(result.notebook).cells)
    for name, source in mine:
        if dict(base).get(name) == source:
            continue
        if name in conflicts:
            assert (there[name], conflicts[name].mine) == (source, source)
            continue
        left = Counter(source.split("\n")) - Counter(dict(base).get(name, "").split("\n"))
        assert not left - Counter(there[name].split("\n")), (source, there[name])
    for name, source in theirs:
        if dict(base).get(name) != source:
            added = Counter(source.split("\n")) - Counter(dict(base).get(name, "").split("\n"))
            assert name in conflicts or not added - Counter(there[name].split("\n"))
    # Removed by one side and left alone by the other: gone. Changed by the other: to be decided.
    for name, source in base:
        here = (dict(mine).get(name), dict(theirs).get(name))
        if name not in conflicts and None in here:
            assert (name in there) is False
        if name in conflicts:
            assert conflicts[name].theirs == here[1]
            assert source == conflicts[name].base


@given(three())
@settings(max_examples=settings.default.max_examples // 2, deadline=None)
def test_one_side_alone_is_taken_as_it_is(cells: tuple[Cells, Cells, Cells]) -> None:
    base, mine, _ = map(notebook, cells)
    assert merged(base, mine, base) == Merged(notebook=mine)
    assert sources(merged(base, base, mine).notebook) == sources(mine)
    assert merged(base, mine, mine).conflicts == ()


def test_lines_of_both_sides_meet_in_one_cell() -> None:
    base = notebook([("page", "a\nb\nc"), ("chart", "old"), ("last", "z")])
    mine = notebook([("page", "a, mine\nb\nc"), ("last", "z"), ("chart", "mine"), ("added", "also mine")])
    theirs = notebook([("page", "a\nb\nc\nd"), ("new", "theirs"), ("chart", "theirs"), ("last", "z")])
    result = merge(base, mine, theirs)
    assert list(sources(result.notebook).items()) == [
        ("page", "a, mine\nb\nc\nd"),
        ("new", "theirs"),
        ("last", "z"),
        ("chart", "mine"),
        ("added", "also mine"),
    ]
    assert result.conflicts == (Conflict(cell="chart", base="old", mine="mine", theirs="theirs"),)


def test_merging_that_never_ends_is_stopped() -> None:
    one = notebook([("a", "1")])
    with pytest.raises(LimitError, match="the notebook stays as it is"):
        merge(one, notebook([("a", "2")]), notebook([("a", "3")]), timeout=0.01)


def test_notebook_without_ids_gets_the_same_ones_each_time() -> None:
    old = {
        "nbformat": 4,
        "nbformat_minor": 2,
        "metadata": {"widgets": {"state": {}}, "kernelspec": {"name": "bash", "display_name": "Bash"}},
        "cells": [
            {"cell_type": "markdown", "metadata": {}, "source": ["# One\n", "two"]},
            {
                "cell_type": "code",
                "metadata": {"execution": {}},
                "source": "1",
                "execution_count": 3,
                "outputs": [{"output_type": "stream", "name": "stdout", "text": "1"}],
            },
        ],
    }
    first, again = (plain(json.dumps(old)) for _ in range(2))
    assert written(first) == written(again)
    assert (first.cells[0].source, first.cells[1].outputs, first.cells[1].metadata) == ("# One\ntwo", [], {})
    assert (first.metadata.kernelspec.name, "widgets" in first.metadata) == ("dashwright", False)
    twice = {**old, "cells": [{**cell, "id": "same"} for cell in old["cells"]]}
    assert len({cell.id for cell in plain(json.dumps(twice)).cells}) == 2
    assert compared(first, again) == ()
    with pytest.raises(DataError, match="no notebook in Jupyter's format 4"):
        plain("[]")


def test_changes_that_touch_or_break_the_code_together_are_a_conflict() -> None:
    generated = 'table = data\nfigure = line(\n    table,\n    x="year",\n)\nshow(figure)'
    base: Cells = [("chart", generated)]
    mine: Cells = [("chart", "table = data\nfigure = mine(table)\nshow(figure)")]
    theirs: Cells = [("chart", generated.replace('    x="year",', '    x="month",'))]
    touching = merged(notebook(base), notebook(mine), notebook(theirs))
    assert [conflict.cell for conflict in touching.conflicts] == ["chart"]
    assert sources(touching.notebook) == dict(mine)

    begun: Cells = [("chart", generated.replace("show(figure)", "if figure:\n    pass"))]
    indented: Cells = [("chart", begun[0][1].replace("    pass", "    pass\n    show(figure)"))]
    bracket: Cells = [("chart", begun[0][1].replace("table = data", "table = [data"))]
    apart = merged(notebook(begun), notebook(indented), notebook(bracket))
    assert apart.conflicts == ()  # what was no code before is not judged
