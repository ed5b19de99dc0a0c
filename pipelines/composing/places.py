"""Places: names and codes of countries and US states → the numbers of the shapes of bqplot's maps."""

from __future__ import annotations

import csv
import functools
import unicodedata
from collections.abc import Iterable
from importlib.resources import files
from typing import Literal

from ...notebook_templates.widgets.points import REGION, WORLD
from ..model import Column

Level = Literal["country", "us_state"]

_TABLES = {"country": "countries.csv", "us_state": "us_states.csv"}


def plain(name: str) -> str:
    """A name without case, accents, punctuation and small words."""
    text = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    words = "".join(character if character.isalnum() else " " for character in text).split()
    return " ".join("saint" if word == "st" else word for word in words if word not in ("the", "and", "of"))


@functools.cache
def _numbers(level: Level) -> dict[str, int]:
    """Every known spelling → the number of the shape; only places that the map has."""
    text = files(__package__).joinpath(_TABLES[level]).read_text(encoding="utf-8")
    found: dict[str, int] = {}
    for number, *names in csv.reader(text.splitlines()):
        found |= {plain(name): int(number) for name in names if name}
    return found


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
