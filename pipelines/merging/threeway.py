"""How three notebooks become one: cell by cell, as their ids say; the text of a cell by nbdime."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from nbdime.merging.decisions import apply_decisions  # type: ignore[import-untyped]
from nbdime.merging.generic import decide_merge  # type: ignore[import-untyped]
from nbformat import NotebookNode

from ..notebooks import is_same, plain, widget_of, written
from . import Conflict, Merged


class Side(NamedTuple):
    """A notebook, and its cells by their ids."""

    notebook: NotebookNode
    cells: Mapping[str, NotebookNode]

    @property
    def ids(self) -> list[str]:
        return list(self.cells)


def merged(base: str, mine: str, theirs: str) -> Merged:
    """The notebook with all that only one side has changed, and a conflict for each cell that both did."""
    sides = Sides(*(_side(text) for text in (base, mine, theirs)))
    cells, conflicts = [], []
    for name in _order(sides.base.ids, sides.mine.ids, sides.theirs.ids):
        cell, conflict = sides.decide(name)
        if cell is not None:
            cells.append(cell)
        if conflict is not None:
            conflicts.append(conflict)
    notebook = sides.mine.notebook
    notebook.metadata = {**notebook.metadata, **sides.theirs.notebook.metadata}
    notebook.cells = cells
    return Merged(notebook=written(notebook), conflicts=tuple(conflicts))


class Sides(NamedTuple):
    base: Side
    mine: Side
    theirs: Side

    def decide(self, name: str) -> tuple[NotebookNode | None, Conflict | None]:
        """A cell of the result, if it has it, and what is to be decided about it."""
        base, mine, theirs = (side.cells.get(name) for side in self)
        if _is_equal(mine, theirs) or _is_equal(base, theirs):
            return mine, None
        if _is_equal(base, mine):
            return theirs, None
        if base is not None and mine is not None and theirs is not None and mine.cell_type == theirs.cell_type:
            source = _lines_of_both(base.source, mine.source, theirs.source)
            if source is not None and mine.cell_type == "code" and _breaks(source, mine.source, theirs.source):
                source = None
            if source is not None:
                return NotebookNode({**theirs, "metadata": _metadata(mine, theirs), "source": source}), None
        cells = [cell for cell in (mine, theirs, base) if cell is not None]
        conflict = Conflict(
            cell=name,
            widget=next((widget for widget in map(widget_of, cells) if widget), None),
            **{
                side: cell.source if cell is not None else None
                for side, cell in (("base", base), ("mine", mine), ("theirs", theirs))
            },
        )
        return mine, conflict


def _side(text: str) -> Side:
    notebook = plain(text)
    return Side(notebook, {cell.id: cell for cell in notebook.cells})


def _is_equal(one: NotebookNode | None, other: NotebookNode | None) -> bool:
    if one is None or other is None:
        return one is other
    return is_same(one, other)


def _lines_of_both(base: str, mine: str, theirs: str) -> str | None:
    """The text with the changes of both. None: they changed the same lines, or lines next to each other."""
    # As lists of lines: in texts nbdime also takes neighbouring characters of one line for changes that fit together.
    texts = [text.split("\n") for text in (base, mine, theirs)]
    first, second = (_changed(texts[0], text) for text in texts[1:])
    if any(start <= stop and begin <= end for start, end in first for begin, stop in second):
        return None
    decisions = decide_merge(*texts)
    if any(decision.conflict for decision in decisions):
        return None
    return "\n".join(apply_decisions(texts[0], decisions))


def _changed(before: list[str], after: list[str]) -> list[tuple[int, int]]:
    """From where to where lines were changed, as places between lines: two changes that touch share one."""
    found = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return [(start, end) for kind, start, end, _, _ in found if kind != "equal"]


def _breaks(text: str, *sides: str) -> bool:
    """Whether a cell is no code any more that was code on both sides. Cells with magics are none for Python."""
    return not _is_code(text) and all(map(_is_code, sides))


def _is_code(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return False
    return True


def _metadata(mine: NotebookNode, theirs: NotebookNode) -> dict[str, object]:
    return {**mine.metadata, **theirs.metadata}


def _order(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> list[str]:
    """All cells, in the order of who has moved some; what only the other side has comes after its neighbour there."""
    shared = set(base) & set(mine)
    has_moved = [name for name in base if name in shared] != [name for name in mine if name in shared]
    first, second = (mine, theirs) if has_moved else (theirs, mine)
    order = list(first)
    for others in (second, base):
        before: str | None = None
        for name in others:
            if name not in order:
                order.insert(order.index(before) + 1 if before is not None else 0, name)
            before = name
    return order
