"""Schedule: when a dashboard is refreshed, and what becomes of that when refreshes fail. It knows no database.

A schedule that names a time of day is that of the clocks in its time zone. Where they are put forward, a time that they
skip is at the end of the gap; where they are put back, a time that they show twice is the first of the two. A cron text
whose minute or hour begins with ``*`` goes by what the clocks show: what is skipped is left out, what is shown twice
comes twice.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim
from pydantic import AfterValidator, Field

from ..pipelines.model import Noun
from .cron import checked

LONGEST_INTERVAL = 366 * 24 * 60
"""Minutes between two refreshes."""
RETRY_AFTER = (timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=60))
"""After the first, second and third failure of what a schedule began; then its next time comes."""
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FEWER_DAYS = {29: "2", 30: "2", 31: "2,4,6,9,11"}
"""Months that (may) lack a day, in cron's words."""

Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Clock = Annotated[
    str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description="As clocks show it: 06:30.", examples=["06:30"])
]


@cache
def zones() -> frozenset[str]:
    """Names of time zones that this machine knows."""
    return frozenset(available_timezones() - {"localtime", "Factory"})


def _zone(name: str) -> str:
    if name not in zones():
        near = [one for one in zones() if one.lower() == name.lower()] or difflib.get_close_matches(
            name, zones(), 1, 0.7
        )
        hint = f"; there is '{near[0]}'" if near else "; names are as in 'Europe/Berlin'"
        raise ValueError(f"'{name}' is no time zone of the IANA database{hint}")
    return name


Zone = Annotated[
    str,
    Field(max_length=64, description="Of the IANA database.", examples=["Europe/Berlin"]),
    AfterValidator(_zone),
]


class Every(Noun):
    """So long after the one before has ended."""

    kind: Literal["every"] = "every"
    minutes: int = Field(ge=1, le=LONGEST_INTERVAL)


class Daily(Noun):
    kind: Literal["daily"] = "daily"
    at: Clock


class Weekdays(Noun):
    """Monday to Friday."""

    kind: Literal["weekdays"] = "weekdays"
    at: Clock


class Weekly(Noun):
    kind: Literal["weekly"] = "weekly"
    on: Annotated[tuple[Day, ...], Field(min_length=1, max_length=7)]
    at: Clock


class Monthly(Noun):
    kind: Literal["monthly"] = "monthly"
    day: int = Field(ge=1, le=31, description="In months that have fewer days, the last one.")
    at: Clock


class Cron(Noun):
    kind: Literal["cron"] = "cron"
    text: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(checked)] = Field(
        description="Minute, hour, day of the month, month, day of the week.", examples=["0 6 * * 1-5"]
    )


Timing = Annotated[Every | Daily | Weekdays | Weekly | Monthly | Cron, Field(discriminator="kind")]


class Schedule(Noun):
    """When a dashboard is refreshed by itself."""

    timing: Timing
    zone: Zone = "UTC"
    on_failure: Literal["keep", "retry", "pause"] = Field(
        "keep",
        description="`keep`: go on. `retry`: try again after 5, 15 and 60 minutes, then go on. `pause`: stop after "
        "`pause_after` failures in a row, until somebody goes on with it or a refresh by hand ends well.",
    )
    pause_after: int = Field(3, ge=1, le=100)


def every(minutes: int) -> Schedule:
    return Schedule(timing=Every(minutes=minutes))


def runs(schedule: Schedule, after: datetime) -> Iterator[datetime]:
    """The times that come after a moment, in UTC; each later than the one before."""
    while (moment := _next(schedule, after)) is not None:
        yield moment
        after = moment


def following(schedule: Schedule, after: datetime, count: int) -> tuple[datetime, ...]:
    return tuple(islice(runs(schedule, after), count))


def _next(schedule: Schedule, after: datetime) -> datetime | None:
    if isinstance(schedule.timing, Every):
        return after.astimezone(UTC) + timedelta(minutes=schedule.timing.minutes)
    zone = ZoneInfo(schedule.zone)
    # Near a change of the clocks its times may be the same twice, or go back into the hour that comes twice.
    found = (
        next((moment for moment in map(_in_utc, CronSim(text, after.astimezone(zone))) if moment > after), None)
        for text in _cron_texts(schedule.timing)
    )
    return min((moment for moment in found if moment is not None), default=None)


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _cron_texts(timing: Daily | Weekdays | Weekly | Monthly | Cron) -> tuple[str, ...]:
    if isinstance(timing, Cron):
        return (timing.text,)
    hour, minute = map(int, timing.at.split(":"))
    at = f"{minute} {hour}"
    match timing:
        case Daily():
            return (f"{at} * * *",)
        case Weekdays():
            return (f"{at} * * 1-5",)
        case Weekly():
            return (f"{at} * * {','.join(str(DAYS.index(day) + 1) for day in timing.on)}",)
        case Monthly():
            short = FEWER_DAYS.get(timing.day)
            return (f"{at} {timing.day} * *", *((f"{at} L {short} *",) if short else ()))


def words(schedule: Schedule) -> str:
    """In words: "every 2 hours", "Monday to Friday at 06:00 (Europe/Berlin)"."""
    timing = schedule.timing
    match timing:
        case Every():
            return interval(timing.minutes)
        case Daily():
            text = f"every day at {timing.at}"
        case Weekdays():
            text = f"Monday to Friday at {timing.at}"
        case Weekly():
            days = [day.capitalize() for day in sorted(set(timing.on), key=DAYS.index)]
            named = " and ".join(filter(None, (", ".join(days[:-1]), days[-1])))
            text = f"every {named} at {timing.at}"
        case Monthly():
            short = ", or the last," if timing.day in FEWER_DAYS else ""
            text = f"every month on day {timing.day}{short} at {timing.at}"
        case Cron():
            text = f"{CronSim(timing.text, datetime.now(UTC)).explain()} ('{timing.text}')"
    return f"{text} ({schedule.zone})"


def interval(minutes: int) -> str:
    """How often, in words: "every 15 min", "every 6 h", "every day"."""
    if not minutes:
        return "never"
    for size, unit in ((7 * 1440, "week"), (1440, "day"), (60, "h"), (1, "min")):
        if minutes % size == 0:
            count = minutes // size
            return (
                f"every {unit}"
                if count == 1
                else f"every {count} {unit}{'s' if len(unit) > 3 or unit == 'day' else ''}"
            )
    raise AssertionError(minutes)
