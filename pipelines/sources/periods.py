"""Periods: the spellings of years, quarters, months and weeks that statistical offices use."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

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


def moment(text: str) -> datetime | None:
    """*2026-11-06 07:46:10-06*, *2024-01-15T11:00:00+0100*, *2023-10-10*; without a zone it is taken as UTC."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
