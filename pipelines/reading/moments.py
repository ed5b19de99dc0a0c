"""Dates and times as people write them, with the order of day and month decided by the column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from ..model import ColumnType

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_WEEKDAY = r"(?:(?:mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun)(?:day|nesday|sday|rsday|urday)?\.?,?\s+)?"
_CLOCK = r"(?:[T\s]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:\s*[ap]\.?m\.?)?)"
_ZONE = r"(?:\s*(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2}))"
_DATE_WORDS = re.compile(r"date|day|datum|fecha|jour|dia|giorno|dt\b|_dt|ymd|time|period", re.IGNORECASE)
_STAMP_WORDS = re.compile(r"time|date|stamp|created|updated|epoch", re.IGNORECASE)
Order = Literal["dmy", "mdy", "ymd"]


@dataclass(frozen=True)
class Spelling:
    """One way to write a moment. `sql` takes the column's SQL; `{order}` parts were decided before."""

    name: str
    pattern: str
    type: ColumnType
    sql: str
    grain: str = ""


def _strptime(*formats: str) -> str:
    return f"try_strptime({{c}}, [{', '.join(repr(text) for text in formats)}])"


def _month_start(year: str, month: str) -> str:
    return f"try_cast(concat({year}, '-', lpad({month}, 2, '0'), '-01') AS TIMESTAMP)"


def _part(pattern: str, group: int) -> str:
    return f"regexp_extract({{c}}, '{pattern}', {group})"


_WITHOUT_WEEKDAY = "regexp_replace({c}, '(?i)^(mon|tue|wed|thu|fri|sat|sun)[a-z]*\\.?,?\\s+', '')"
_TIDY = f"regexp_replace({_WITHOUT_WEEKDAY}, '(\\d)(st|nd|rd|th)\\b', '\\1')"
_ABBREVIATED = f"regexp_replace({_TIDY}, '(?i)({'|'.join(_MONTHS)})[a-z]*\\.?', '\\1')"
_SHORT_MONTH = f"regexp_replace({_ABBREVIATED}, '[\\s,/-]+', ' ', 'g')"


def _short_month(*formats: str, text: str = _SHORT_MONTH) -> str:
    return f"try_strptime({text}, [{', '.join(repr(item) for item in formats)}])"


_QUARTER_FIRST = r"(?i)^q([1-4])[\s/.-]*(?:of\s+)?((?:19|20)\d{2})$"
_QUARTER_LAST = r"(?i)^((?:1[5-9]|20)\d{2})[\s/.:-]*q([1-4])$"
_MONTH_CODE = r"(?i)^((?:1[5-9]|20)\d{2})[\s:-]*m(0?[1-9]|1[0-2])$"

_FIXED: tuple[Spelling, ...] = (
    Spelling("year-month-day", r"\d{4}-\d{1,2}-\d{1,2}", "date", "try_cast({c} AS TIMESTAMP)"),
    Spelling("year/month/day", r"\d{4}[/.]\d{1,2}[/.]\d{1,2}\.?", "date", _strptime("%Y/%m/%d", "%Y.%m.%d",
    "%Y.%m.%d.")),
    Spelling("year-month-day time", rf"\d{{4}}-\d{{2}}-\d{{2}}{_CLOCK}", "datetime",
    "coalesce(try_cast({c} AS TIMESTAMP), "
             + _strptime("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %I:%M:%S %p", "%Y-%m-%d %I:%M %p") + ")"),
    Spelling("year-month-day time zone", rf"\d{{4}}-\d{{2}}-\d{{2}}{_CLOCK}{_ZONE}", "datetime",
             "CAST(try_cast(regexp_replace({c}, '\\s*(UTC|GMT)$', 'Z') AS TIMESTAMPTZ) AS TIMESTAMP)"),
    Spelling("year/month/day time", rf"\d{{4}}[/.]\d{{1,2}}[/.]\d{{1,2}}{_CLOCK}", "datetime",
             _strptime("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y.%m.%d %H:%M:%S", "%Y.%m.%d %H:%M",
             "%Y/%m/%d %H:%M:%S.%f")),
    Spelling("day month year", rf"{_WEEKDAY}\d{{1,2}}(?:st|nd|rd|th)?[\s./-]*{_MONTH}[\s,./-]*(?:\d{{4}}|'?\d{{2}})",
    "date",
             "try_strptime(" + _SHORT_MONTH + ", ['%d %b %Y', '%d %b %y', '%d%b%Y', '%d%b%y'])"),
    Spelling("month day year", rf"{_WEEKDAY}{_MONTH}[\s.-]*\d{{1,2}}(?:st|nd|rd|th)?[\s,.-]+\d{{4}}", "date",
             "try_strptime(" + _SHORT_MONTH + ", ['%b %d %Y'])"),
    Spelling("month day year time", rf"{_WEEKDAY}{_MONTH}[\s.-]*\d{{1,2}}(?:st|nd|rd|th)?[\s,.-]+\d{{4}},?{_CLOCK}",
    "datetime",
             _short_month("%b %d %Y %H:%M:%S", "%b %d %Y %H:%M", "%b %d %Y %I:%M:%S %p", "%b %d %Y %I:%M %p")),
    Spelling("day month year time", rf"{_WEEKDAY}\d{{1,2}}[\s.-]*{_MONTH}[\s,.-]*\d{{4}},?{_CLOCK}(?:{_ZONE})?",
    "datetime",
             _short_month("%d %b %Y %H:%M:%S", "%d %b %Y %H:%M", "%d %b %Y %I:%M %p",
                          text=f"regexp_replace({_SHORT_MONTH}, '\\s*(UTC|GMT|[+]0000)$', '')")),
    Spelling("day month short year time", rf"\d{{1,2}}[\s.-]*{_MONTH}[\s,.-]*\d{{2}},?{_CLOCK}", "datetime",
             _short_month("%d %b %y %H:%M:%S", "%d %b %y %H:%M", "%d %b %y %I:%M:%S %p", "%d %b %y %I:%M %p")),
    Spelling("month year", rf"{_MONTH}[\s,.'/-]*\d{{4}}", "date",
    "try_strptime('1 ' || " + _SHORT_MONTH + ", ['%d %b %Y', '%d %b%Y'])", "month"),
    Spelling("year month", rf"\d{{4}}[\s,./-]*{_MONTH}", "date",
    "try_strptime('1 ' || " + _SHORT_MONTH + ", ['%d %Y %b', '%d %Y%b'])", "month"),
    Spelling("month and short year", rf"{_MONTH}[\s.'/-]+\d{{2}}", "date",
             "try_strptime('1 ' || replace(" + _SHORT_MONTH + ", '''', ' '), ['%d %b %y'])", "month"),
    Spelling("year-month", r"(?:1[5-9]|20)\d{2}[-/](?:0[1-9]|1[0-2])", "date", _month_start("left({c}, 4)",
    "right({c}, 2)"), "month"),
    Spelling("month/year", r"(?:0?[1-9]|1[0-2])[-/](?:1[5-9]|20)\d{2}", "date",
             _month_start("right({c}, 4)", "regexp_extract({c}, '^\\d{1,2}')"), "month"),
    Spelling("month code", r"(?:1[5-9]|20)\d{2}[\s:-]*[Mm](?:0?[1-9]|1[0-2])", "date", _month_start(_part(_MONTH_CODE,
    1), _part(_MONTH_CODE, 2)), "month"),
    Spelling("year quarter", r"(?:1[5-9]|20)\d{2}[\s/.:-]*[Qq][1-4]", "date",
             _month_start(_part(_QUARTER_LAST, 1),
             f"CAST(try_cast({_part(_QUARTER_LAST, 2)} AS INT) * 3 - 2 AS VARCHAR)"), "quarter"),
    Spelling("quarter year", r"[Qq][1-4][\s/.-]*(?:of\s+)?(?:19|20)\d{2}", "date",
             _month_start(_part(_QUARTER_FIRST, 2),
             f"CAST(try_cast({_part(_QUARTER_FIRST, 1)} AS INT) * 3 - 2 AS VARCHAR)"), "quarter"),
    Spelling("week", r"(?:19|20)\d{2}-?W(?:0[1-9]|[1-4]\d|5[0-3])", "date",
    "try_strptime(replace(replace({c}, '-', ''), 'W', '-') || '-1', '%G-%V-%u')", "week"),
    Spelling("time", r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?", "time", "try_cast({c} AS TIME)"),
    Spelling("time of 12 hours", r"(?:0?[1-9]|1[0-2]):[0-5]\d(?::[0-5]\d)?\s*[AaPp]\.?[Mm]\.?", "time",
             "CAST(try_strptime(replace(upper({c}), '.', ''), ['%I:%M %p', '%I:%M:%S %p', '%I:%M%p', '%I:%M:%S%p']) "
             "AS TIME)"),
)  # fmt: skip
_COMPILED = tuple((spelling, re.compile(spelling.pattern, re.IGNORECASE)) for spelling in _FIXED)
_DECIMAL = re.compile(r"[-+]?\d*[.,]\d+|[-+]\d+")
_NUMERIC = re.compile(rf"(\d{{1,2}})([/.-])(\d{{1,2}})\2(\d{{4}}|\d{{2}})\.?(?P<clock>,?{_CLOCK})?")
_COMPACT = re.compile(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_EPOCH = re.compile(r"1[0-9]{9}(?:[0-9]{3})?(?:\.\d+)?")
_CLOCKS = (
    "",
    " %H:%M:%S",
    " %H:%M",
    " %I:%M:%S %p",
    " %I:%M %p",
    " %H:%M:%S.%f",
    ", %H:%M:%S",
    ", %H:%M",
    ", %I:%M:%S %p",
    ", %I:%M %p",
)


@dataclass(frozen=True)
class Moment:
    """How a column writes its dates or times."""

    type: ColumnType
    expressions: tuple[str, ...]
    matched: int
    sentence: str = ""
    warning: str = ""
    iso: bool = False
    """All are written as 2015-01-31."""

    def parse(self, text: str) -> str:
        """SQL of the timestamp (a time for type "time") in a text, NULL where there is none."""
        parts = [expression.replace("{c}", text) for expression in self.expressions]
        return parts[0] if len(parts) == 1 else f"coalesce({', '.join(parts)})"

    def check(self, value: str) -> str:
        """SQL of a moment, NULL outside the years that programs agree on."""
        return value if self.type == "time" else f"CASE WHEN year({value}) BETWEEN 1 AND 9999 THEN {value} END"


def recognize(values: Sequence[str], *, header: str, day_first: bool | None) -> Moment | None:
    """How these values write moments, or None when fewer than half do. Missing values are left out before."""
    found: dict[str, tuple[Spelling, int]] = {}
    numeric: list[re.Match[str]] = []
    for value in values:
        if (
            value.isdecimal()
            or len(value) > 45
            or not any(char.isdigit() for char in value)
            or _DECIMAL.fullmatch(value)
        ):
            continue
        if match := _NUMERIC.fullmatch(value):
            numeric.append(match)
            continue
        for spelling, pattern in _COMPILED:
            if pattern.fullmatch(value):
                found[spelling.name] = (spelling, found.get(spelling.name, (spelling, 0))[1] + 1)
                break
    if not found and not numeric:
        return _digits(values, header)
    matched = sum(count for _, count in found.values()) + len(numeric)
    if 2 * matched < len(values):
        return None
    return _combine(found, numeric, matched, day_first)


def _combine(
    found: dict[str, tuple[Spelling, int]], numeric: list[re.Match[str]], matched: int, day_first: bool | None
) -> Moment | None:
    spellings = [spelling for spelling, _ in sorted(found.values(), key=lambda item: -item[1])]
    types = {spelling.type for spelling in spellings}
    if numeric:
        types.add("datetime" if any(match["clock"] for match in numeric) else "date")
    if "time" in types and len(types) > 1:
        return None
    expressions = [spelling.sql for spelling in spellings]
    sentence = warning = ""
    if numeric:
        order, certain = _order(numeric, day_first)
        expressions.append(_numeric_sql(order, numeric))
        words = "day, month, year" if order == "dmy" else "month, day, year"
        sentence = f'Read dates such as "{numeric[0].group()}" as {words}'
        if not certain:
            warning = "no value tells whether the day or the month comes first; dates such as "
            warning += f'"{numeric[0].group()}" were read as {words}'
    elif spellings[0].name not in ("year-month-day", "year-month-day time", "year-month-day time zone", "time"):
        sentence = f"Read dates written as {spellings[0].name}"
    kind: ColumnType = "datetime" if "datetime" in types else "time" if types == {"time"} else "date"
    iso = not numeric and [spelling.name for spelling in spellings] == ["year-month-day"]
    return Moment(kind, tuple(expressions), matched, sentence, warning, iso)


def _order(numeric: Sequence[re.Match[str]], day_first: bool | None) -> tuple[Order, bool]:
    """Which of day and month comes first in this column, and whether a value proves it."""
    day = sum(1 for match in numeric if 12 < int(match[1]) <= 31 and 1 <= int(match[3]) <= 12)
    month = sum(1 for match in numeric if 12 < int(match[3]) <= 31 and 1 <= int(match[1]) <= 12)
    if day != month:
        return ("dmy", True) if day > month else ("mdy", True)
    if day_first is None:
        firsts, seconds = {match[1].zfill(2) for match in numeric}, {match[3].zfill(2) for match in numeric}
        if len(firsts) != len(seconds) and min(len(firsts), len(seconds)) == 1 and len(numeric) > 2:
            return ("dmy" if len(firsts) == 1 else "mdy"), False
        day_first = numeric[0][2] == "."
    return ("dmy" if day_first else "mdy"), False


def _numeric_sql(order: Order, numeric: Sequence[re.Match[str]]) -> str:
    separators = sorted({match[2] for match in numeric})
    years = sorted({"%Y" if len(match[4]) == 4 else "%y" for match in numeric})
    clocks = _CLOCKS if any(match["clock"] for match in numeric) else ("",)
    first, second = ("%d", "%m") if order == "dmy" else ("%m", "%d")
    formats = [
        f"{first}{separator}{second}{separator}{year}{clock}"
        for separator in separators
        for year in years
        for clock in clocks
    ]
    return f"try_strptime(regexp_replace({{c}}, '\\.$', ''), [{', '.join(repr(text) for text in formats)}])"


def _digits(values: Sequence[str], header: str) -> Moment | None:
    """20150131 and seconds since 1970, where the header says that the column is a time."""
    compact = [value for value in values if _COMPACT.fullmatch(value) and _is_date(value)]
    if len(compact) == len(values) and (_DATE_WORDS.search(header) or len(compact) >= 20):
        return Moment("date", ("try_strptime({c}, '%Y%m%d')",), len(compact), "Read dates written as yearmonthday")
    if _STAMP_WORDS.search(header) and all(_EPOCH.fullmatch(value) for value in values):
        seconds = "try_cast({c} AS DOUBLE)"
        if len(values[0].split(".")[0]) == 13:
            seconds += " / 1000"
        return Moment(
            "datetime",
            (f"CAST(to_timestamp({seconds}) AS TIMESTAMP)",),
            len(values),
            "Read seconds since 1970 as times",
        )
    return None


def _is_date(text: str) -> bool:
    try:
        date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return False
    return True


def is_month_name(text: str) -> bool:
    """Whether a text is a month's English name or its first three letters."""
    return text.strip().strip(".").lower()[:3] in _MONTHS and re.fullmatch(_MONTH, text.strip().lower()) is not None
