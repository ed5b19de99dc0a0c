"""Ground: what a frame offers to a dashboard: its times, measures, groups and places, best first."""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from ...model import Column, Condition, Dimension, PlaceLevel, TimeUnit
from .framing import Frame
from .said import is_date, is_number, is_year
from .words import name_words, word_set

MANY_CATEGORIES = 12


FEW_GROUPS = 8


FEW_PARTS = 6


UNNAMING = word_set(
    "date time year description descriptions comment comments details address url email phone note notes"
)
"""Words of columns that are often different in each row, but do not name it."""


LONG_SERIES = 120


_FULL = 0.3
"""Share of the combinations of a key that have a row, from which on rows are readings and no events."""


_PLACE_LABELS: dict[PlaceLevel, str] = {"country": "Country", "us_state": "State", "city": "City"}


_LABEL_WORDS = {
    "pop": "population", "expect": "expectancy", "temp": "temperature", "pct": "percentage", "avg": "average",
    "qty": "quantity", "precip": "precipitation", "dept": "department", "amt": "amount", "lon": "longitude",
    "lat": "latitude", "num": "number",
}  # fmt: skip


def _spoken(label: str) -> str:
    """A label without abbreviations that everybody would read out in full."""
    words = [_LABEL_WORDS.get(word.casefold(), word) for word in label.split(" ")]
    text = " ".join(words)
    return text if text == label else capital(text)


def _is_short(column: Column) -> bool:
    """Names, not paragraphs."""
    return all(len(text) <= 60 for text in column.examples)


def new_identifier(names: set[str], *parts: str) -> str:
    """An id of these words that is not among the names yet; it is added to them."""
    words = re.sub(r"[^a-z0-9]+", "_", "_".join(parts).lower()).strip("_")[:48].strip("_")
    base = words if words[:1].isalpha() else f"w_{words}".strip("_")
    name, number = base, 2
    while name in names:
        name, number = f"{base}_{number}", number + 1
    names.add(name)
    return name


@dataclass(frozen=True)
class Panel:
    """Rows are one for each entity and period, so sums over all rows mean nothing."""

    time: str
    entity: str


@dataclass
class Ground:
    """A frame and the conditions that hold for the whole dashboard."""

    frame: Frame
    where: tuple[Condition, ...] = ()
    focus: tuple[str, ...] = ()
    """Columns that the question named, first ones first."""
    rows_named: bool = False
    """Whether the question speaks of what the rows are."""
    names: set[str] = field(default_factory=set)
    """Ids given so far; they differ across the whole plan."""

    def __post_init__(self) -> None:
        self.names |= {*self.frame.tables, *(join.name for join in self.frame.joins), self.frame.name}

    def column(self, name: str) -> Column:
        return self.frame.columns[name]

    def label(self, name: str) -> str:
        """Name for people; columns of a join keep apart by their table."""
        column = self.frame.columns[name]
        text = _spoken(column.label or name)
        if column.place in _PLACE_LABELS and {"name", "id", "code"} & set(name_words(name)):
            text = _PLACE_LABELS[column.place]
        match = re.search(r" \(([a-z0-9_]+)\)$", name)
        twice = sum(other.label == column.label for other in self.frame.columns.values()) > 1
        return f"{text} ({match[1].replace('_', ' ')})" if match and twice else text

    def identifier(self, *parts: str) -> str:
        """A new id of these words."""
        return new_identifier(self.names, *parts)

    @cached_property
    def rows(self) -> int:
        return self.frame.main.rows

    @property
    def row_nouns(self) -> str:
        """What rows are called; not like a measure, which would be counted twice by name."""
        noun = self.frame.main.row_noun_plural or "rows"
        taken = {(column.label or name).casefold() for name, column in self.frame.columns.items()}
        return "rows" if noun.casefold() in taken else noun

    def entity_nouns(self, where: tuple[Condition, ...]) -> str:
        """What is counted in a chart: the entities of a panel in one period, else the rows."""
        if self.panel is not None and any(condition.column == self.panel.time for condition in where):
            return plural(lower_first(self.label(self.panel.entity)))
        return self.row_nouns

    def effective_rows(self, where: tuple[Condition, ...]) -> int:
        """About how many rows a chart has to draw."""
        if self.panel is not None and any(condition.column == self.panel.time for condition in where):
            return self.column(self.panel.entity).distinct
        return self.rows

    def values_of(self, name: str, where: tuple[Condition, ...]) -> int:
        """How many values of a column are left."""
        named = [len(c.values) for c in where if c.column == name and c.operator == "in"]
        named += [1 for c in where if c.column == name and c.operator == "="]
        return min([self.column(name).distinct, *named])

    @cached_property
    def counting(self) -> str | None:
        """A column that says how often each row stands for itself: then it is summed, rows are not counted."""
        words = {"count", "frequency", "freq", "n"}
        names = [n for n, c in self.frame.columns.items() if n.casefold() in words and c.additive and is_number(c)]
        return names[0] if len(names) == 1 and not self.frame.joins else None

    def _first_named(self, names: Iterable[str]) -> list[str]:
        return sorted(names, key=lambda name: self.focus.index(name) if name in self.focus else len(self.focus))

    @cached_property
    def times(self) -> list[str]:
        """Dates and years, those that the question named first; births and the like behind."""
        times = [n for n, c in self.frame.columns.items() if (is_date(c) or is_year(c)) and c.distinct > 1]
        times.sort(key=lambda name: (self.frame.repeats(name), self.column(name).missing > 0.5 * self.rows))
        return self._first_named(times)

    @cached_property
    def time(self) -> str | None:
        if self.panel is not None:
            return self.panel.time
        return self.times[0] if self.times else None

    @cached_property
    def measures(self) -> list[str]:
        """Numbers that say something: named ones first, then varied and complete ones."""

        def weight(name: str) -> tuple[float, ...]:
            column = self.column(name)
            missing = column.missing / max(column.rows, 1)
            return (self.frame.repeats(name), round(missing, 1), column.distinct < 10)

        names = [n for n, c in self.frame.columns.items() if c.role == "measure" and is_number(c) and c.distinct > 1]
        return self._first_named(sorted(names, key=weight))

    def partner(self, name: str) -> str | None:
        """The measure to set against another: a named one, else one of the same nature, rate with rate."""
        others = [other for other in self.measures if other != name and self.column(other).distinct >= 8]
        same = [other for other in others if self.column(other).additive == self.column(name).additive]
        return next((other for other in others if other in self.focus), None) or next(iter([*same, *others]), None)

    @cached_property
    def categories(self) -> list[str]:
        """Columns with few values to group by, the most telling first."""

        def weight(name: str) -> tuple[float, ...]:
            column = self.column(name)
            handy = 3 <= column.distinct <= MANY_CATEGORIES
            return (
                column.missing > 0.3 * max(column.rows, 1),
                not handy,
                column.role == "boolean",
                column.distinct > 30,
            )

        names = [
            n
            for n, c in self.frame.columns.items()
            if c.role in ("category", "ordered", "boolean", "place")
            and c.place not in ("latitude", "longitude")
            and 2 <= c.distinct <= 500
            and c.distinct < max(0.9 * (c.rows - c.missing), 3)
            and not self._is_calendar(n)
        ]
        return self._first_named(sorted(names, key=weight))

    def _is_calendar(self, name: str) -> bool:
        """A month or weekday beside the time that it is taken from."""
        words = set(name_words(name)) & {"month", "quarter", "day", "week", "weekday", "hour"}
        return bool(words) and name not in self.focus and bool(self.times) and self.column(name).role == "ordered"

    @cached_property
    def few(self) -> list[str]:
        """Categories that can be told apart by colour."""
        return [name for name in self.categories if self.column(name).distinct <= FEW_PARTS]

    @cached_property
    def naming(self) -> str | None:
        """The column that calls rows by name: unique texts or places, best first."""
        names = [
            n
            for n, c in self.frame.columns.items()
            if c.type == "text"
            and (c.role in ("identifier", "place", "category") or (c.role == "text" and _is_short(c)))
            and c.distinct > 0.8 * (c.rows - c.missing)
        ]
        named = [n for n in self._first_named(names) if not UNNAMING & set(name_words(n))]
        return min(named, key=lambda n: (n not in self.focus, "name" not in name_words(n)), default=None)

    @cached_property
    def panel(self) -> Panel | None:
        """Found by a key of one time and one other column."""
        if self.frame.joins:
            return None
        for key in self.frame.main.keys[:1]:
            times = [name for name in key if name in self.times]
            others = [name for name in key if name not in times and name in self.frame.columns]
            if len(times) == 1 and len(others) == 1 and self._is_full(times[0], others[0]):
                return Panel(times[0], others[0])
        return None

    @cached_property
    def are_readings(self) -> bool:
        """Whether rows are measured at set times, for most things at most times: how many there are says nothing."""
        return any(name in self.times for name in self._key) and self.rows >= _FULL * self._cells

    @property
    def _key(self) -> tuple[str, ...]:
        return next((key for key in self.frame.main.keys if any(name in self.times for name in key)), ())

    @property
    def _cells(self) -> int:
        """How many rows there were if every combination of the values of the key had one."""
        return math.prod(self.column(name).distinct for name in self._key)

    def _is_full(self, time: str, entity: str) -> bool:
        """Most entities have most periods, and there are not so many periods that one of them says nothing."""
        periods, entities = self.column(time).distinct, self.column(entity).distinct
        return 2 <= periods <= 600 and self.rows >= max(2 * periods, 2 * entities, 0.4 * periods * entities)

    @cached_property
    def latest(self) -> tuple[Condition, ...]:
        """Rows of the last period, for charts that compare the entities of a panel."""
        if self.panel is None or any(condition.column == self.panel.time for condition in self.where):
            return ()
        column = self.column(self.panel.time)
        if column.numbers is not None and is_year(column):
            return (Condition(column=self.panel.time, operator="=", value=int(column.numbers.max)),)
        if column.times is not None:
            return (Condition(column=self.panel.time, operator=">=", value=column.times.last),)
        return ()

    @property
    def latest_text(self) -> str | None:
        """The last period in words: "in 2005", "in December 2015", "on 3 March 2020"."""
        if not self.latest:
            return None
        text = period_text(str(self.latest[0].value), self.column(self.latest[0].column))
        return f"on {text}" if re.match(r"\d{1,2} ", text) else f"in {text}"

    def place(self, level: PlaceLevel) -> str | None:
        names = [n for n, c in self.frame.columns.items() if c.place == level]
        return self._first_named(names)[0] if names else None

    def time_dimension(self, name: str, unit: TimeUnit | None = None) -> Dimension:
        """A time as a line needs it: not more than about a hundred points."""
        return Dimension(column=name, time_unit=unit or self.time_unit(name))

    def tile_dimension(self, name: str) -> Dimension:
        """Periods that a headline compares: years where there are three, so that seasons do not pass for changes."""
        column = self.column(name)
        if self.panel is not None or (column.unique and column.times is not None and column.times.grain != "day"):
            return self.time_dimension(name)
        span = _span_days(column.times.first, column.times.last) if column.times is not None else None
        if is_date(column) and span is not None and span >= 3 * 365:
            return Dimension(column=name, time_unit="year")
        return self.time_dimension(name)

    def time_unit(self, name: str) -> TimeUnit | None:
        column = self.column(name)
        if not is_date(column) or column.times is None:
            return None if is_year(column) else "year" if is_date(column) else None
        grain, periods = column.times.grain, column.times.periods
        days = {"hour": 1 / 24, "day": 1, "week": 7, "month": 30.4, "quarter": 91.3, "year": 365.2}
        span = _span_days(column.times.first, column.times.last) or periods * days.get(grain, 1)
        for unit in ("hour", "day", "week", "month", "quarter", "year"):
            if days[unit] >= days.get(grain, 1) and span / days[unit] <= LONG_SERIES * (2 if unit == "month" else 1):
                return unit
        return "year"


def _span_days(first: str, last: str) -> float | None:
    try:
        years = int(last[:4]) - int(first[:4])
        months = int(last[5:7] or 1) - int(first[5:7] or 1)
        return years * 365.2 + months * 30.4 + int(last[8:10] or 1) - int(first[8:10] or 1) + 1
    except ValueError:
        return None


_MONTHS = calendar.month_name[1:]


def period_text(value: str, column: Column) -> str:
    """A period as people write it, as exact as the column is."""
    grain = column.times.grain if column.times is not None else "day"
    match = re.match(r"(\d{4})-(\d{2})-(\d{2})", value)
    if not match or grain == "year":
        return value[:4]
    year, month, day = match.groups()
    if not 1 <= int(month) <= 12:
        return value[:10]
    if grain == "quarter":
        return f"quarter {(int(month) + 2) // 3} of {year}"
    return f"{_MONTHS[int(month) - 1]} {year}" if grain == "month" else f"{int(day)} {_MONTHS[int(month) - 1]} {year}"


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """For the middle of a sentence: "GDP" and "CO2" stay."""
    return text if len(text) > 1 and not text[1:2].islower() else text[:1].lower() + text[1:]


def plural(text: str) -> str:
    if text.endswith("s") or not text.isascii():
        return text
    if text.endswith("y") and text[-2:-1] not in "aeiou":
        return f"{text[:-1]}ies"
    return f"{text}es" if text.endswith(("x", "ch", "sh")) else f"{text}s"
