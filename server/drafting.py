"""Drafting: a dashboard's draft as people see it, and what is done to its notebook. Pure: no database, no files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Literal

import nbformat
from nbformat import NotebookNode
from pydantic import Field

from ..pipelines.errors import InputError
from ..pipelines.merging import Choice, Conflict
from ..pipelines.model import Noun
from ..pipelines.notebooks import CellState, compared, plain, written
from .errors import MissingError
from .nouns import Job

Reason = Literal["saved", "merged", "resolved", "restored", "discarded"]
LONGEST_SOURCE = 200_000
"""Characters of one cell."""


class Draft(Noun):
    """What a person has made of a dashboard's notebook and not published. Without one it is the published notebook."""

    slug: str
    exists: bool
    """Whether anything has been saved since the published version."""
    revision: int | None = None
    """Which save it is."""
    based_on: int
    """The version whose data it runs on, and from whose generated notebook its edits are told."""
    published: int
    """The version that viewers see."""
    newest: int
    """The newest version, also one that waits for a decision about conflicts."""
    is_stale: bool
    """Whether there is a newer one than it is based on."""
    behind: int
    """Cells that are generated differently there."""
    changes: int
    """Cells in which it differs from the published notebook."""
    is_edited: bool
    """Whether any of its cells is a person's."""
    cells: tuple[CellState, ...] = ()
    """Those that are a person's."""
    conflicts: int = 0
    """Cells that a person and a changed plan both changed, and that nobody has decided yet."""
    saved_at: datetime | None = None
    saved_by: str | None = None
    """E-mail address; None: somebody without an account."""
    data_as_of: datetime
    """Of the version that it runs on."""
    run: Job | None = None
    """The newest try of it."""
    run_revision: int | None = None
    """Which save was tried then."""


class DraftSave(Noun):
    """The draft as it was once."""

    revision: int
    based_on: int
    reason: Reason
    conflicts: int
    saved_at: datetime
    saved_by: str | None = None


class Resolution(Noun):
    """What becomes of a cell that both have changed."""

    cell: Annotated[str, Field(min_length=1, max_length=64)]
    take: Choice
    """`mine`: as the draft has it now, `theirs`: as it is generated now, `text`: as said here."""
    text: Annotated[str | None, Field(max_length=LONGEST_SOURCE)] = None


def differing(one: str, other: str) -> tuple[CellState, ...]:
    """The cells of a notebook that are not as in the other one."""
    return compared(plain(one), plain(other))


def resolved(
    notebook: str, generated: str, conflicts: Sequence[Conflict], resolutions: Iterable[Resolution]
) -> tuple[str, tuple[Conflict, ...]]:
    """The notebook after some decisions, and the conflicts that are left.

    Raises:
        MissingError: there is no conflict in such a cell.
        InputError: a text is missing, or is there without need.
    """
    draft, theirs = plain(notebook), plain(generated)
    left = {conflict.cell: conflict for conflict in conflicts}
    for resolution in resolutions:
        if resolution.cell not in left:
            known = ", ".join(left) or "none is left"
            raise MissingError(f"There is no conflict in the cell '{resolution.cell}'. There is: {known}.")
        if (resolution.text is None) == (resolution.take == "text"):
            raise InputError(f"Say a text for the cell '{resolution.cell}' if, and only if, that is what it is to be.")
        conflict = left.pop(resolution.cell)
        if resolution.take == "theirs":
            _put(draft, theirs, conflict.cell, conflict.theirs)
        elif resolution.take == "text":
            _put(draft, theirs, conflict.cell, resolution.text)
    return written(draft), tuple(left.values())


def _put(draft: NotebookNode, theirs: NotebookNode, name: str, source: str | None) -> None:
    """Let a cell of the draft have this source, wherever it has to come from. None: it goes."""
    if source is None:
        draft.cells = [cell for cell in draft.cells if cell.id != name]
        return
    for cell in draft.cells:
        if cell.id == name:
            cell.source = source
            return
    order = [cell.id for cell in theirs.cells]
    new = next((cell for cell in theirs.cells if cell.id == name), nbformat.v4.new_code_cell(id=name))
    new.source = source
    earlier = set(order[: order.index(name)]) if name in order else {cell.id for cell in draft.cells}
    place = max((place + 1 for place, cell in enumerate(draft.cells) if cell.id in earlier), default=0)
    draft.cells.insert(place, new)
