"""Places: names and codes of countries and US states → the numbers of the shapes of bqplot's maps."""

from __future__ import annotations

import csv
import functools
import unicodedata
from collections.abc import Iterable
from importlib.resources import files
from typing import Literal

_TABLES = {"country": "countries.csv", "us_state": "us_states.csv"}


def plain(name: str) -> str:
    """A name without case, accents, punctuation and small words."""
    text = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    words = "".join(character if character.isalnum() else " " for character in text).split()
    return " ".join("saint" if word == "st" else word for word in words if word not in ("the", "and", "of"))


@functools.cache
def _numbers(level: str) -> dict[str, int]:
    """Every known spelling → the number of the shape; only places that the map has."""
    text = files(__package__).joinpath(_TABLES[level]).read_text(encoding="utf-8")
    found: dict[str, int] = {}
    for number, *names in csv.reader(text.splitlines()):
        found |= {plain(name): int(number) for name in names if name}
    return found


def numbers(values: Iterable[str], level: Literal["country", "us_state"]) -> dict[str, int]:
    """Those of the values that are on the map, with their numbers."""
    known = _numbers(level)
    return {value: known[plain(value)] for value in sorted(set(values)) if plain(value) in known}
