"""Periods: stretches of time that a question names ("in March 2020", "Q1 2021", "since last year"), as conditions."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from ...model import Column, Condition

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_YEAR = r"(?:1[5-9]|20)\d\d"
_ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": 4}
_NAMED = re.compile(
    rf"\b(?:(?P<iso>{_YEAR}-\d\d-\d\d)"
    rf"|(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<day_month>{_MONTH}),? (?P<day_year>{_YEAR})"
    rf"|(?P<us_month>{_MONTH}) (?P<us_day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<us_year>{_YEAR})"
    rf"|(?P<month>{_MONTH}),? (?:of )?(?P<month_year>{_YEAR})"
    rf"|(?P<iso_year>{_YEAR})-(?P<iso_month>0[1-9]|1[0-2])(?![-\d])"
    rf"|q(?P<quarter>[1-4])[ ,/-]*(?:of )?(?P<quarter_year>{_YEAR})"
    rf"|(?P<year_of_quarter>{_YEAR})[ /-]?q(?P<quarter_after>[1-4])"
    rf"|(?P<ordinal>{'|'.join(_ORDINALS)}) (?P<part>quarter|half)(?: of)? (?P<part_year>{_YEAR})"
    rf"|h(?P<half>[12])[ /-]?(?P<half_year>{_YEAR}))\b"
)
_SPAN_OF_MONTHS = re.compile(
    rf"\b(?P<from>{_MONTH}) ?(?:to|and|until|till|through|-|–) ?(?P<to>{_MONTH}),? (?:of )?(?P<year>{_YEAR})\b"
)
_RELATIVE = re.compile(
    r"\b(?:(?P<last>last|past|previous|latest|most recent)(?: (?P<count>\d{1,3}|two|three|four|five|six|seven|eight|"
    r"nine|ten|twelve))?|(?P<this>this|current)) (?P<unit>day|week|month|quarter|year)s?\b(?! of)"
)
_LONE_MONTH = re.compile(rf"\b(?:in|during|for|of|since|every|each) (?P<month>{_MONTH})(?! ?\d)")
_WORDS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
"twelve": 12}  # fmt: skip
_BEFORE = (
    (re.compile(r"\b(?:since|from|starting(?: in| from)?|beginning(?: in)?)(?: the)?\s+$"), ">="),
    (re.compile(r"\b(?:after|later than)(?: the)?\s+$"), ">"),
    (re.compile(r"\b(?:before|prior to|earlier than)(?: the)?\s+$"), "<"),
    (re.compile(r"\b(?:until|till|up to|through|by)(?: the)?\s+$"), "<="),
    (re.compile(r"\b(?:in|during|for|of|on|over|throughout|within|from|at|dated)(?: the)?\s+$"), "in"),
)
_JOINED = re.compile(r"^\s*(?:to|and|until|till|through|-|–)\s*(?:the )?$")


@dataclass(frozen=True)
class Period:
    """Characters `start` to `end` (excluded) of a question mean the days `first` to `last`, both included."""

    start: int
    end: int
    first: date
    last: date
    told: str = ""
    """How it was read, where that is not plain."""
    closed: bool = False
    """Whether its end was said, too: "from" is its beginning then, and not "since"."""


@dataclass(frozen=True)
class Timely:
    """A condition on a time, with the characters that said it."""

    start: int
    end: int
    condition: Condition
    told: str = ""


def conditions(text: str, name: str, column: Column) -> list[Timely]:
    """What a folded question says of a column of dates."""
    found = sorted(_periods(text, column), key=lambda period: period.start)
    said: list[Timely] = []
    while found:
        period = found.pop(0)
        if found and _JOINED.match(text[period.end : found[0].start]):
            other = found.pop(0)
            told = " ".join(filter(None, (period.told, other.told)))
            period = Period(period.start, other.end, period.first, max(period.last, other.last), told)
            start, _ = _operator(text, period.start)
            said.append(Timely(start, period.end, _within(name, period), period.told))
            continue
        start, operator = _operator(text, period.start)
        condition = _within(name, period) if period.closed else _condition(name, operator, period)
        said.append(Timely(start, period.end, condition, period.told))
    return said


def lone_month(text: str) -> str | None:
    """A month without a year, which no condition on a date can mean."""
    match = _LONE_MONTH.search(text)
    return match["month"] if match else None


def text_of(first: str, last: str) -> str:
    """ "in 2016", "in March 2020", "from 2016 to 2018", "from 3 March 2020 to 5 April 2020"."""
    try:
        start, end = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return f"in {first}" if first == last else f"from {first} to {last}"
    if start == end:
        return f"on {_day_text(start)}"
    whole_years = (start.month, start.day, end.month, end.day) == (1, 1, 12, 31)
    if whole_years:
        return f"in {start.year}" if start.year == end.year else f"from {start.year} to {end.year}"
    if start.day == 1 and end == _end_of_month(end.year, end.month):
        months = [f"{calendar.month_name[day.month]} {day.year}" for day in (start, end)]
        return f"in {months[0]}" if months[0] == months[1] else f"from {months[0]} to {months[1]}"
    return f"from {_day_text(start)} to {_day_text(end)}"


def text_of_start(value: str) -> str:
    """ "2016" or "March 2016" for their first day, where times since or before it are meant."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return value
    if day.day > 1:
        return _day_text(day)
    return str(day.year) if day.month == 1 else f"{calendar.month_name[day.month]} {day.year}"


def text_of_day(value: str) -> str:
    try:
        return _day_text(date.fromisoformat(value))
    except ValueError:
        return value


def _day_text(day: date) -> str:
    return f"{day.day} {calendar.month_name[day.month]} {day.year}"


def day_after(day: date) -> date:
    return day + timedelta(days=1) if day < date.max else day


def _operator(text: str, start: int) -> tuple[int, str]:
    """What stands before a period, and where it begins."""
    for pattern, operator in _BEFORE:
        match = pattern.search(text[:start])
        if match:
            return match.start(), operator
    between = re.search(r"\bbetween(?: the)?\s+$", text[:start])
    return (between.start() if between else start), "in"


def _within(name: str, period: Period) -> Condition:
    return Condition(column=name, operator="between", values=(period.first.isoformat(), period.last.isoformat()))


def _condition(name: str, operator: str, period: Period) -> Condition:
    match operator:
        case ">=":
            return Condition(column=name, operator=">=", value=period.first.isoformat())
        case ">":
            # Not "> the last day": its hours would count as later.
            return Condition(column=name, operator=">=", value=day_after(period.last).isoformat())
        case "<":
            return Condition(column=name, operator="<", value=period.first.isoformat())
        case "<=":
            return Condition(column=name, operator="<", value=day_after(period.last).isoformat())
    return _within(name, period)


def _periods(text: str, column: Column) -> list[Period]:
    found: list[Period] = []
    for match in _SPAN_OF_MONTHS.finditer(text):
        year, first, last = int(match["year"]), _month(match["from"]), _month(match["to"])
        start = date(year - (first > last), first, 1)
        found.append(Period(*match.span(), start, _end_of_month(year, last), closed=True))
    for match in _NAMED.finditer(text):
        span = _named(match)
        if span is not None and not any(p.start <= match.start() < p.end for p in found):
            found.append(Period(*match.span(), *span))
    last_day = _last_day(column)
    if last_day is not None:
        found += [period for match in _RELATIVE.finditer(text) if (period := _relative(match, last_day)) is not None]
    found += _lone_months(text, column, found)
    return found


def _named(match: re.Match[str]) -> tuple[date, date] | None:
    parts = match.groupdict()
    try:
        if parts["iso"]:
            day = date.fromisoformat(parts["iso"])
            return day, day
        if parts["day"] or parts["us_day"]:
            month, year = parts["day_month"] or parts["us_month"], parts["day_year"] or parts["us_year"]
            day = date(int(year), _month(month), int(parts["day"] or parts["us_day"]))
            return day, day
    except ValueError:
        return None
    if parts["month"]:
        return _months(int(parts["month_year"]), _month(parts["month"]), 1)
    if parts["iso_year"]:
        return _months(int(parts["iso_year"]), int(parts["iso_month"]), 1)
    if parts["quarter"] or parts["quarter_after"]:
        year = int(parts["quarter_year"] or parts["year_of_quarter"])
        return _months(year, 3 * int(parts["quarter"] or parts["quarter_after"]) - 2, 3)
    if parts["half"]:
        return _months(int(parts["half_year"]), 6 * int(parts["half"]) - 5, 6)
    number, year = _ORDINALS[parts["ordinal"]], int(parts["part_year"])
    if parts["part"] == "quarter":
        return _months(year, 3 * number - 2, 3)
    number = 2 if parts["ordinal"] == "last" else number
    return _months(year, 6 * number - 5, 6) if number <= 2 else None


def _month(text: str) -> int:
    return _MONTHS.index(text[:3]) + 1


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    return date(year, month, 1), _end_of_month(year, month + count - 1)


def _end_of_month(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _last_day(column: Column) -> date | None:
    try:
        return date.fromisoformat(column.times.last[:10]) if column.times is not None else None
    except ValueError:
        return None


def _relative(match: re.Match[str], last: date) -> Period | None:
    """ "The last 3 months" ends with the data; "last month" is the last one that the data has in full."""
    unit = match["unit"]
    if match["count"]:
        count = _WORDS.get(match["count"]) or int(match["count"])
        if unit == "year":
            return None  # told by years, elsewhere
        first = _back(last, unit, count)
        return Period(*match.span(), day_after(first), last) if first is not None else None
    first, end = _around(last, unit)
    if match["last"] in ("last", "past", "previous") and end > last:
        first, end = _around(first - timedelta(days=1), unit)
    words = match.group()
    return Period(*match.span(), first, end, f"“{words}” was read as {first} to {end}, by the last day of the data.")


def _around(day: date, unit: str) -> tuple[date, date]:
    """The period of a unit that holds a day."""
    match unit:
        case "day":
            return day, day
        case "week":
            monday = day - timedelta(days=day.weekday())
            return monday, monday + timedelta(days=6)
        case "month":
            return _months(day.year, day.month, 1)
        case "quarter":
            return _months(day.year, 3 * ((day.month - 1) // 3) + 1, 3)
    return date(day.year, 1, 1), date(day.year, 12, 31)


def _back(day: date, unit: str, count: int) -> date | None:
    months = {"month": 1, "quarter": 3}.get(unit, 0) * count
    try:
        if not months:
            return day - timedelta(days=count * (7 if unit == "week" else 1))
        year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
        return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
    except (ValueError, OverflowError):
        return None


def _lone_months(text: str, column: Column, found: list[Period]) -> list[Period]:
    """ "In March", where the data has only one March."""
    match = _LONE_MONTH.search(text)
    last = _last_day(column)
    if match is None or last is None or column.times is None or any(p.start <= match.end() <= p.end for p in found):
        return []
    month = _month(match["month"])
    years = [
        y for y in range(int(column.times.first[:4]), last.year + 1) if _overlaps(y, month, column.times.first, last)
    ]
    if len(years) != 1:
        return []
    return [Period(match.start("month"), match.end("month"), *_months(years[0], month, 1))]


def _overlaps(year: int, month: int, first: str, last: date) -> bool:
    start, end = _months(year, month, 1)
    return end.isoformat() >= first[:10] and start <= last
