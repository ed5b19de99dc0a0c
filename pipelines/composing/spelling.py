"""Spelling: the sides of a join with their countries and states called alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ...notebook_templates import spelling
from ...notebook_templates.naming import Names
from ...notebook_templates.source import Code
from ..geography import respelled
from ..model import Join
from ..model.profile import PLACE_NOUNS
from .frame import Frame

Values = Callable[[str, str], Sequence[str]]
"""All values of a column of a frame."""


def spelled_alike(
    join: Join, left: Frame, right: Frame, values: Values, names: Names
) -> tuple[Frame, Frame, tuple[Code, ...]]:
    """Both sides, and what makes them; the same sides where everything is spelled alike already."""
    code: list[Code] = []
    columns: dict[str, list[tuple[str, Code]]] = {left.name: [], right.name: []}
    for pair in join.on:
        sides = list(zip((left, right), pair, strict=True))
        levels = [frame.column(key).spelled for frame, key in sides]
        if levels[0] is None or levels[0] != levels[1]:
            continue
        found = [values(frame.name, key) for frame, key in sides]
        spellings = respelled(levels[0], *found)
        if not spellings:
            continue
        variable = names.take(f"{right.short[pair[1]]}_spellings")
        about = f"{PLACE_NOUNS[levels[0]].capitalize()} of '{right.name}', as '{left.name}' spells them"
        code.append(spelling.spellings(variable, about, spellings))
        for (frame, key), there in zip(sides, found, strict=True):
            if not spellings.keys().isdisjoint(there):
                columns[frame.name].append((frame.short[key], variable))
    made = [left, right]
    for position, frame in enumerate(made):
        if columns[frame.name]:
            variable = names.take(f"{frame.variable}_spelled")
            code.append(spelling.spelled(variable, frame.variable, columns[frame.name]))
            made[position] = replace(frame, variable=variable)
    return made[0], made[1], tuple(code)
