"""Conditions: whether they compare like with like, and whether any row can meet them."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ..model import Column, Condition, ParameterValue, Scalar
from .columns import DATED, NUMERIC, Columns, listed

_RANGES = ("=", "<", "<=", ">", ">=", "between")


def condition_problems(
    where: Sequence[Condition], columns: Columns, owner: str, *, is_join: bool = False
) -> Iterator[str]:
    """What is wrong with each condition alone; then whether all on one column leave nothing together."""
    sound: dict[str, list[Condition]] = defaultdict(list)
    for condition in where:
        column = columns[condition.column]
        wrong = list(_type_problems(condition, column, owner))
        if not wrong and (reason := never_met(condition, column, is_join=is_join)):
            effect = "leaves nothing out" if condition.operator in ("!=", "not in") else "would be empty"
            wrong = [f"The {owner} {effect}: {reason}"]
        if not wrong:
            sound[condition.column].append(condition)
        yield from wrong
    for name, conditions in sound.items():
        if len(conditions) > 1 and _contradict(conditions, columns[name]):
            yield f"The {owner} would be empty: no value of '{name}' meets all of its {len(conditions)} conditions."


def _type_problems(condition: Condition, column: Column, owner: str) -> Iterator[str]:
    if isinstance(condition.value, ParameterValue) or condition.operator in ("missing", "not missing"):
        return
    if condition.operator == "contains":
        if column.type != "text":
            yield f"The {owner} looks for a text in '{condition.column}', which is {column.type}."
        return
    for value in _operands(condition):
        if column.type in NUMERIC and (isinstance(value, bool) or not isinstance(value, int | float)):
            yield f"The {owner} compares '{condition.column}', a number, with '{value}'."
        if column.type in ("text", *DATED) and not isinstance(value, str):
            yield f"The {owner} compares '{condition.column}', which is {column.type}, with the number {value}."
        if column.type == "boolean" and not isinstance(value, bool):
            yield f"The {owner} compares '{condition.column}', which is true or false, with '{value}'."


def _operands(condition: Condition) -> tuple[Any, ...]:
    return condition.values if condition.operator in ("in", "not in", "between") else (condition.value,)


def never_met(condition: Condition, column: Column, *, is_join: bool = False) -> str | None:
    """Why no row meets a condition, or all do that was to leave some out, as a sentence. None: some rows may.

    Values that a parameter brings are not known here. A join may leave values missing that the table has.
    """
    if isinstance(condition.value, ParameterValue):
        return None
    if condition.operator == "missing":
        gaps = column.missing > 0 or is_join
        return None if gaps else f"no value of '{condition.column}' is missing."
    if condition.operator == "not missing":
        return None if column.distinct else f"'{condition.column}' has no values at all."
    if condition.operator == "contains":
        return _nowhere(str(condition.value), column)
    if condition.operator == "between" and _is_reversed(condition, column):
        first, last = condition.values
        return f"'between' on '{condition.column}' begins with {first}, which is after {last}: swap the two."
    if condition.operator in ("=", "!=", "in", "not in"):
        unknown = unknown_value(_operands(condition), column)
        if unknown:
            return unknown
    if condition.operator in _RANGES:
        return _outside(condition, column)
    return None


def unknown_value(values: Iterable[Scalar], column: Column) -> str | None:
    """Names the first value that a column does not have, where all of its values are known, with those it has."""
    if column.type not in ("text", "boolean", *NUMERIC) or not _all_known(column):
        return None
    there = [item.value for item in column.values]
    for value in values:
        if value not in there:
            near = difflib.get_close_matches(str(value).casefold(), [str(item).casefold() for item in there], 1, 0.75)
            meant = [item for item in there if near and str(item).casefold() == near[0]]
            hint = f" Perhaps '{meant[0]}' is meant." if meant else ""
            shown = listed((f"{item:g}" if isinstance(item, float) else item for item in there), most=12)
            return f"'{column.name}' has no value '{value}'.{hint} It has: {shown}."
    return None


def _all_known(column: Column) -> bool:
    return 0 < column.distinct <= len(column.values)


def _nowhere(text: str, column: Column) -> str | None:
    if column.type != "text" or not _all_known(column):
        return None
    if any(text.casefold() in str(item.value).casefold() for item in column.values):
        return None
    shown = listed((item.value for item in column.values), most=12)
    return f"no value of '{column.name}' contains '{text}'. It has: {shown}."


@dataclass(frozen=True)
class _Span:
    """Values from `low` to `high`; None: no end. An open end does not belong to it."""

    low: Any = None
    high: Any = None
    is_low_open: bool = False
    is_high_open: bool = False

    def __and__(self, other: _Span) -> _Span:
        low, low_open = self.low, self.is_low_open
        if other.low is not None and (low is None or other.low >= low):
            low, low_open = other.low, other.is_low_open or (low_open and other.low == low)
        high, high_open = self.high, self.is_high_open
        if other.high is not None and (high is None or other.high <= high):
            high, high_open = other.high, other.is_high_open or (high_open and other.high == high)
        return _Span(low, high, low_open, high_open)

    @property
    def is_empty(self) -> bool:
        if self.low is None or self.high is None:
            return False
        return bool(self.low > self.high or (self.low == self.high and (self.is_low_open or self.is_high_open)))


def _span(condition: Condition, column: Column) -> _Span | None:
    """The values that meet a condition; a day or month as an end means all of it. None: they are no span."""
    ends = [_ends(value, column) for value in _operands(condition)]
    if condition.operator not in _RANGES or any(end is None for end in ends):
        return None
    (low, high), (_, last) = ends[0], ends[-1]  # type: ignore[misc]
    match condition.operator:
        case "<":
            return _Span(high=low, is_high_open=True)
        case "<=":
            return _Span(high=high)
        case ">":
            return _Span(low=low, is_low_open=True)
        case ">=":
            return _Span(low=low)
        case "=":
            return _Span(low, high)
    return _Span(low, last)


def _ends(value: Scalar, column: Column) -> tuple[Any, Any] | None:
    """The first and last moment that a value may mean; the same number twice."""
    if column.type in NUMERIC and isinstance(value, int | float):
        return value, value
    if column.type in DATED and isinstance(value, str):
        return moments(value)
    return None


def moments(text: str) -> tuple[datetime, datetime] | None:
    """First and last moment of an ISO 8601 date, time, month or year. None: it is none of them."""
    padded = {4: f"{text}-01-01", 7: f"{text}-01"}.get(len(text), text)
    try:
        first = datetime.fromisoformat(padded)
    except ValueError:
        return None
    first = first if first.tzinfo else first.replace(tzinfo=UTC)
    days = {4: 366, 7: 31, 10: 1}.get(len(text), 0)
    try:
        return first, first + timedelta(days=days) - timedelta(microseconds=1 if days else 0)
    except OverflowError:
        return first, first


def known_span(column: Column) -> _Span | None:
    """From the lowest to the highest value of a column."""
    if column.type in NUMERIC and column.numbers is not None:
        return _Span(column.numbers.min, column.numbers.max)
    if column.type in DATED and column.times is not None:
        first, last = moments(column.times.first), moments(column.times.last)
        if first and last:
            return _Span(first[0], last[1])
    return None


def range_text(column: Column) -> str:
    """ "from 1955 to 2005", for the end of a sentence."""
    if column.type in DATED and column.times is not None:
        return f"from {column.times.first} to {column.times.last}"
    if column.numbers is None:
        return "not known"
    return f"from {column.numbers.min:.15g} to {column.numbers.max:.15g}"


def _outside(condition: Condition, column: Column) -> str | None:
    asked, there = _span(condition, column), known_span(column)
    if asked is None or there is None or not (asked & there).is_empty:
        return None
    told = " and ".join(str(value) for value in _operands(condition))
    return f"no value of '{condition.column}' is {condition.operator} {told}; its values are {range_text(column)}."


def _is_reversed(condition: Condition, column: Column) -> bool:
    first, last = (_ends(value, column) for value in condition.values)
    return first is not None and last is not None and first[0] > last[1]


def _contradict(conditions: Sequence[Condition], column: Column) -> bool:
    """Whether conditions that can each be met leave nothing together."""
    left = known_span(column) or _Span()
    for condition in conditions:
        if not isinstance(condition.value, ParameterValue):
            left &= _span(condition, column) or _Span()
    if left.is_empty:
        return True
    wanted = [set(_operands(c)) for c in conditions if c.operator in ("=", "in") and not _is_parameter(c)]
    unwanted = {
        value for c in conditions if c.operator in ("!=", "not in") and not _is_parameter(c) for value in _operands(c)
    }
    return bool(wanted) and not set.intersection(*wanted) - unwanted


def _is_parameter(condition: Condition) -> bool:
    return isinstance(condition.value, ParameterValue)
