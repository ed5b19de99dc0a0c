"""Periods: the spellings of years, quarters, months and weeks that statistical offices use."""

from __future__ import annotations

import re
from datetime import date

_PERIOD = re.compile(r"(?P<year>\d{4})(?:-?(?P<kind>[MQSWD])?-?(?P<number>\d{1,2})(?:-(?P<day>\d{2}))?)?")
_MONTHS = {"Q": 3, "S": 6, "M": 1}


def day_of(text: str) -> date | None:
    """The first day of a period: *2012M08*, *2012-08*, *2012Q3*, *2012-S2*, *2012-W31*, *2012-08-15*, *2012*."""
    found = _PERIOD.fullmatch(text.strip())
    if found is None:
        return None
    year, number = int(found["year"]), int(found["number"] or 1)
    try:
        if found["kind"] == "W":
            return date.fromisocalendar(year, number, 1)
        months = _MONTHS.get(found["kind"] or "M")
        return date(year, 1 + (number - 1) * months, int(found["day"] or 1)) if months else None
    except ValueError:
        return None
