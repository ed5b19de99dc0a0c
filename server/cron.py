"""Cron text: five fields, examined so that what is wrong is told by the name of the field."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from cronsim import CronSim, CronSimError

FIELDS = (
    ("minute", "0 to 59"),
    ("hour", "0 to 23"),
    ("day of the month", "1 to 31, or L for the last"),
    ("month", "1 to 12, or JAN to DEC"),
    ("day of the week", "0 to 7 (0 and 7 are Sunday), or SUN to SAT"),
)
POSSIBLE = re.compile(r"[0-9A-Za-z*,/#-]+")
LONGEST_FIELD = 100
"""Characters; more than any list of minutes that makes sense."""


def checked(text: str) -> str:
    """A cron text in its plain form, with one space between its fields.

    Raises:
        ValueError: it is none, or its time never comes; the sentence names the field.
    """
    parts = [part for part in text.split(" ") if part]
    if parts and parts[0].startswith("@"):
        raise ValueError("Names as '@daily' are not taken; write the five fields, as in '0 0 * * *'")
    if len(parts) != len(FIELDS):
        names = ", ".join(name for name, _ in FIELDS)
        hint = "; there are no seconds" if len(parts) == len(FIELDS) + 1 else ""
        raise ValueError(f"A cron text has 5 fields ({names}), and this one has {len(parts)}{hint}")
    for position, part in enumerate(parts):
        _check_field(position, part)
    plain = " ".join(parts)
    try:
        next(CronSim(plain, datetime(2024, 1, 1, tzinfo=UTC)))
    except (CronSimError, StopIteration):
        name = FIELDS[2][0]
        raise ValueError(f"'{plain}' never comes: no such month has the {name} '{parts[2]}'") from None
    return plain


def _check_field(position: int, part: str) -> None:
    name, range_ = FIELDS[position]
    alone = ["*"] * len(FIELDS)
    alone[position] = part
    try:
        if len(part) > LONGEST_FIELD or not POSSIBLE.fullmatch(part):
            raise CronSimError
        CronSim(" ".join(alone), datetime(2024, 1, 1, tzinfo=UTC))
    except CronSimError:
        shown = part if len(part) <= 20 else f"{part[:20]}…"
        raise ValueError(f"The {name} '{shown}' is not possible; it is {range_}, with * , - / between") from None
