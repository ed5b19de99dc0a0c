"""Places: names and codes of countries and US states → the numbers of the shapes of bqplot's maps."""

from __future__ import annotations

import functools
from collections.abc import Iterable

from ...notebook_templates.widgets.points import REGION, WORLD
from ..geography import Level, plain, shapes
from ..model import Column


@functools.cache
def _numbers(level: Level) -> dict[str, int]:
    return shapes(level)


def numbers(values: Iterable[str], level: Level) -> dict[str, int]:
    """Those of the values that are on the map, with their numbers."""
    known = _numbers(level)
    return {value: known[plain(value)] for value in sorted(set(values)) if plain(value) in known}


def outlines(longitude: Column, latitude: Column) -> tuple[tuple[str, ...], str]:
    """The files whose outlines are drawn under points, and the shape of the figure."""
    across, up = longitude.numbers, latitude.numbers
    if across is None or up is None or across.upper_quartile - across.lower_quartile > 90:
        return ("WorldMap.json",), WORLD
    if -125 < across.median < -66 and 25 < up.median < 49:
        return ("WorldMap.json", "USStatesMap.json"), REGION
    return ("WorldMap.json",), REGION
