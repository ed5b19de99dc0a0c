"""Cubes: what JSON-stat answers, and the tidy table in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any, Literal

import pyarrow as pa
from pydantic import Field

from .asking import Told
from .countries import alpha_3, left_out
from .periods import day_of
from .tidy import DATE, NUMBER, TEXT, YEAR

TIME, GEO, UNIT, FREQUENCY = "time", "geo", "unit", "freq"
PLACES = ("countries", "regions", "groups", "all")
MOST_UNITS = 12
"""Units that become columns of their own; more of them stay rows."""
Kind = Literal["countries", "regions", "groups"]
_NUTS = re.compile(
    r"(?:AT|BA|BE|BG|CH|CY|CZ|DE|DK|EE|EL|ES|FI|FR|HR|HU|IE|IS|IT|LI|LT|LU|LV|ME|MK|MT|NL|NO|PL|PT|RO|RS|SE|SI|SK|TR|UK|XK)"
    r"[A-Z0-9]{1,3}"
)
"""Regions have codes that begin with those of their countries."""
_FLAGS = {
    "b": "break in the series",
    "c": "confidential",
    "d": "another definition",
    "e": "estimated",
    "f": "forecast",
    "n": "not significant",
    "p": "provisional",
    "r": "revised",
    "s": "estimated by the office",
    "u": "not reliable",
    "z": "not applicable",
}


class Category(Told):
    index: dict[str, int] | tuple[str, ...] | None = None
    label: dict[str, str] = Field(default_factory=dict)

    @property
    def codes(self) -> list[str]:
        """In their order. One without an order is alone."""
        if isinstance(self.index, dict):
            return sorted(self.index, key=self.index.__getitem__)
        return list(self.index or self.label)


class Dimension(Told):
    label: str = ""
    category: Category


@dataclass(frozen=True)
class Tidied:
    columns: list[tuple[str, pa.DataType]]
    rows: Iterator[tuple[Any, ...]]
    left_out: tuple[str, ...]


class Cube(Told):
    """Values in a grid of codes, the last dimension changing fastest; most places in it may be empty."""

    label: str = ""
    updated: str
    value: dict[int, float | None] | tuple[float | None, ...]
    status: dict[int, str] | tuple[str | None, ...] | None = None
    id: tuple[str, ...]
    size: tuple[int, ...]
    dimension: dict[str, Dimension]

    def problem(self) -> str | None:
        """Why it cannot be read. None: it can."""
        if len(self.id) != len(self.size) or set(self.id) - set(self.dimension):
            return "a cube whose dimensions do not belong together"
        if TIME not in self.id:
            return "a cube without time"
        if any(
            len(codes) != size or len(set(codes)) != size for codes, size in zip(self.codes, self.size, strict=True)
        ):
            return "a dimension with another number of codes than it says"
        if self.values and not (min(self.values) >= 0 and max(self.values) < prod(self.size)):
            return "a value outside of its cube"
        if any(day_of(code) is None for code in self.codes[self.id.index(TIME)]):
            return "a time of an unknown kind"
        return None

    @cached_property
    def codes(self) -> tuple[list[str], ...]:
        return tuple(self.dimension[name].category.codes for name in self.id)

    @cached_property
    def values(self) -> dict[int, float]:
        """Place in the grid → value, those that are there."""
        pairs = self.value.items() if isinstance(self.value, dict) else enumerate(self.value)
        return {place: value for place, value in pairs if value is not None}

    @cached_property
    def steps(self) -> tuple[int, ...]:
        """How far apart two neighbours are in each dimension."""
        return tuple(prod(self.size[axis + 1 :]) for axis in range(len(self.size)))

    def axis(self, name: str) -> int | None:
        return self.id.index(name) if name in self.id else None

    def code(self, place: int, axis: int) -> str:
        return self.codes[axis][place // self.steps[axis] % self.size[axis]]

    def word(self, axis: int, code: str) -> str:
        """The label of a code."""
        return self.dimension[self.id[axis]].category.label.get(code, code)

    @cached_property
    def units(self) -> list[str]:
        """The codes of units that become columns; empty where there are none, or too many."""
        axis = self.axis(UNIT)
        if axis is None:
            return []
        used = {self.code(place, axis) for place in self.values}
        return [code for code in self.codes[axis] if code in used] if len(used) <= MOST_UNITS else []

    @property
    def others(self) -> list[int]:
        """Dimensions that are columns of words."""
        skipped = {TIME, GEO, *([UNIT] if self.units else [])}
        return [
            axis
            for axis, name in enumerate(self.id)
            if name not in skipped and not (name == FREQUENCY and self.size[axis] == 1)
        ]

    @property
    def yearly(self) -> bool:
        return all(re.fullmatch(r"\d{4}", code) for code in self.codes[self.id.index(TIME)])

    def names(self) -> list[str]:
        """The columns of its table."""
        return [name for name, _ in self.columns(regional=False)]

    def columns(self, regional: bool) -> list[tuple[str, pa.DataType]]:
        who = [("country", TEXT), ("country code", TEXT)]
        if regional:
            who = [("region", TEXT), ("region code", TEXT), ("level", TEXT), ("country code", TEXT)]
        title = " ".join(self.label.split()) or "value"
        unit = self.axis(UNIT)
        return [
            *(who if GEO in self.id else []),
            ("year", YEAR) if self.yearly else ("date", DATE),
            *(((self.dimension[self.id[axis]].label or self.id[axis]).lower(), TEXT) for axis in self.others),
            *((f"{title} ({self.word(unit, code)})", NUMBER) for code in self.units if unit is not None),
            *([] if self.units else [(title, NUMBER)]),
        ]

    def table(self, places: str | None) -> Tidied:
        """One row for each place, time and combination of the other codes, and one column for each unit.

        `places`: None for countries, or what there is instead of them.
        """
        geo = self.axis(GEO)
        kinds = {code: kind_of(code) for code in self.codes[geo]} if geo is not None else {}
        taken = places or next((kind for kind in PLACES if kind in kinds.values()), "all")
        chosen = {code for code, kind in kinds.items() if taken in ("all", kind)}
        used = {place: value for place, value in self.values.items() if geo is None or self.code(place, geo) in chosen}
        regional = any(kinds[code] == "regions" for code in chosen)
        return Tidied(self.columns(regional), self.rows(used, regional), self.omitted(used, kinds, taken))

    def rows(self, used: dict[int, float], regional: bool) -> Iterator[tuple[Any, ...]]:
        unit, time, geo = self.axis(UNIT), self.id.index(TIME), self.axis(GEO)
        rows: dict[int, list[float | None]] = {}
        for place in sorted(used):
            column = 0
            first = place
            if self.units and unit is not None:
                column = self.units.index(self.code(place, unit))
                first = place - place // self.steps[unit] % self.size[unit] * self.steps[unit]
            rows.setdefault(first, [None] * max(1, len(self.units)))[column] = used[place]
        for first in sorted(rows):
            period = self.code(first, time)
            yield (
                *(self.place(self.code(first, geo), geo, regional) if geo is not None else ()),
                int(period) if self.yearly else day_of(period),
                *(self.word(axis, self.code(first, axis)) for axis in self.others),
                *rows[first],
            )

    def place(self, code: str, axis: int, regional: bool) -> tuple[str | None, ...]:
        if not regional:
            return self.word(axis, code), alpha_3(code) or code
        kind = kind_of(code)
        level = {"countries": "country", "regions": f"NUTS {len(code) - 2}", "groups": "group"}[kind]
        return self.word(axis, code), code, level, None if kind == "groups" else alpha_3(code[:2])

    def omitted(self, used: dict[int, float], kinds: dict[str, Kind], taken: str) -> tuple[str, ...]:
        """Sentences on what is not in the table."""
        geo = self.axis(GEO)
        sentences: list[str] = []
        if geo is not None and taken == "countries":
            groups = {self.word(geo, code) for code, kind in kinds.items() if kind == "groups"}
            sentences += left_out(groups)
            if count := sum(kind == "regions" for kind in kinds.values()):
                sentences.append(f"{count} regions of countries; the option places=regions brings them.")
        if flags := self.flags(used):
            sentences.append(f"marks at values ({flags}).")
        return tuple(sentences)

    def flags(self, used: dict[int, float]) -> str:
        """How many values are marked how."""
        status = self.status or {}
        pairs = status.items() if isinstance(status, dict) else enumerate(status)
        counts = Counter(letter for place, text in pairs if text and place in used for letter in text)
        return ", ".join(f"{count} {_FLAGS.get(letter, repr(letter))}" for letter, count in counts.most_common(6))


def kind_of(code: str) -> Kind:
    if len(code) == 2 and alpha_3(code):
        return "countries"
    if _NUTS.fullmatch(code) and not code.startswith("EEA"):
        return "regions"
    return "groups"
