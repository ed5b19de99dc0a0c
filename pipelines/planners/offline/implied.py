"""Implied: the column that a bare comparison is about: the age of people, or the one with the unit that was said."""

from __future__ import annotations

import re

from ...model import Column
from .framing import Frame
from .said import Said, is_number
from .vocabulary import PEOPLE
from .words import name_words, word_set

_AGED = PEOPLE | word_set("employees workers staff students teachers players everyone anyone someone those aged age")
_YEARS_OLD = re.compile(r"^\s*(?:-|\s)?(?:years?[- ]?olds?|yrs?[- ]old|y/?o\b|years? of age)")
_UNIT_AFTER = re.compile(r"^\s?(?P<unit>%|°\s?[cf]?|€|\$|£|[a-zµ/²³]{1,14}(?: per (?:hour|second|gallon))?)")
_UNIT_BEFORE = re.compile(r"[$€£](?=\s?\d)")
_SPOKEN = {
    "kilometers": "km", "kilometres": "km", "kilometer": "km", "meters": "m", "metres": "m", "miles": "miles",
    "kilograms": "kg", "kilos": "kg", "grams": "g", "pounds": "lb", "lbs": "lb", "percent": "%", "pct": "%",
    "dollars": "us$", "usd": "us$", "$": "us$", "euros": "€", "eur": "€", "gbp": "£", "hours": "hours", "hrs": "hours",
    "hour": "hours", "h": "hours", "minutes": "min", "mins": "min", "minute": "min", "seconds": "s", "secs": "s",
    "days": "days", "day": "days", "degrees": "°", "feet": "ft", "inches": "in", "kmh": "km/h",
    "miles per hour": "mph", "meters per second": "m/s", "years": "years", "tonnes": "t", "tons": "t",
}  # fmt: skip
_ALIKE = {"min": "min", "minutes": "min", "h": "hours", "seconds": "s", "sec": "s", "mi": "miles", "inches": "in"}


def implied_column(text: str, match: re.Match[str], frame: Frame) -> Said | None:
    """The only column that this comparison can be about, where the question names none."""
    before, after = text[: match.start()], text[match.end() :]
    if _speaks_of_age(before, match.group(), after):
        found = [pair for pair in frame.columns.items() if _is_age(*pair)]
    else:
        unit = _unit(match.group(), after)
        found = [pair for pair in frame.columns.items() if unit and _has_unit(pair[1], unit)]
    return Said(-1, -1, *found[0]) if len(found) == 1 else None


def _speaks_of_age(before: str, comparison: str, after: str) -> bool:
    near = re.findall(r"[a-z]+", before)[-3:]
    old = re.search(r"\b(?:older|younger|aged?)\b", comparison)
    unit = _UNIT_AFTER.match(after)
    other = unit is not None and unit["unit"] in _SPOKEN and unit["unit"] != "years"
    return bool(old or _YEARS_OLD.match(after) or (set(near) & _AGED and not other))


def _is_age(name: str, column: Column) -> bool:
    return is_number(column) and "age" in name_words(name)


def _unit(comparison: str, after: str) -> str | None:
    sign = _UNIT_BEFORE.search(comparison)
    if sign:
        return _SPOKEN.get(sign.group(), sign.group())
    match = _UNIT_AFTER.match(after)
    if match is None:
        return None
    said = match["unit"].strip()
    return _SPOKEN.get(said, said)


def _has_unit(column: Column, unit: str) -> bool:
    own = (column.unit or "").casefold()
    own = _ALIKE.get(own, own)
    return is_number(column) and bool(own) and (own == unit or (unit == "°" and own.startswith("°")))
