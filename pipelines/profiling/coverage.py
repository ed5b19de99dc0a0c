"""How a column of times covers its span: grain, periods and gaps."""

# SQL is put together from our own words and from names and texts that `engine` quotes.
# ruff: noqa: S608

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import duckdb

from ..engine import first_row, name
from ..model import Times, TimeUnit
from .figures import Figures

_MOST_PERIODS = 3_000_000


def of_years(figures: Figures) -> Times:
    first, last = int(figures.low), int(figures.high)
    return Times(
        first=f"{first:04}",
        last=f"{last:04}",
        grain="year",
        periods=figures.distinct,
        gaps=max(0, (last - first) // _step(figures) + 1 - figures.distinct) if figures.complete else 0,
    )


def _step(figures: Figures) -> int:
    """Years between neighbours: 5 where there is a value every five years, so that the four between are no gap."""
    years = sorted(int(value) for value in figures.all_values if isinstance(value, int | float))
    steps = {after - before for before, after in pairwise(years)}
    least = min(steps, default=1)
    return least if least > 1 and all(step % least == 0 for step in steps) else 1


def of_dates(connection: duckdb.DuckDBPyConnection, figures: Figures, source: str) -> Times:
    """Grain and gaps of dates or times; a period is counted once however many rows it has."""
    column = name(figures.column.name)
    row = first_row(
        connection,
        f"""
        WITH v AS (
          SELECT DISTINCT date_trunc('hour', {column}) AS t FROM {source} WHERE {column} IS NOT NULL
          LIMIT {_MOST_PERIODS}
        )
        SELECT count(*), count(DISTINCT t::DATE), count(DISTINCT date_trunc('week', t)),
          count(DISTINCT date_trunc('month', t)),
          count(DISTINCT date_trunc('quarter', t)), count(DISTINCT year(t)), count(DISTINCT day(t)), min(day(t)),
          count(DISTINCT dayofweek(t)), count(DISTINCT month(t)),
          bool_and(month(t) IN (1, 4, 7, 10)) OR bool_and(month(t) IN (3, 6, 9, 12)),
          bool_and(day(t + INTERVAL 1 DAY) = 1), count(DISTINCT hour(t))
        FROM v
        """,
    )
    if not row or not row[0]:
        return Times(first="", last="", grain="day", periods=0)
    hours, days, weeks, months, quarters, years, mdays, least_day, wdays, ymonths, quarterly, ends, day_hours = row
    first, last = figures.low, figures.high
    fixed_day = mdays == 1 or bool(ends) or (mdays <= 3 and least_day >= 28)
    grain: TimeUnit = "hour"
    periods = hours
    if days == hours or (day_hours <= 2 and days >= 0.99 * hours):
        grain, periods = "day", days
        if fixed_day and months == days and days > 1:
            grain, periods = "month", months
            if ymonths == 1 and years == months:
                grain, periods = "year", years
            elif quarterly and quarters == months and ymonths <= 4:
                grain, periods = "quarter", quarters
        elif wdays == 1 and weeks == days and weeks > 2:
            grain, periods = "week", weeks
        elif days == 1 and least_day == 1:
            grain, periods = "month", 1
    span = _span(first, last, grain)
    return Times(
        first=_iso(first, grain),
        last=_iso(last, grain),
        grain=grain,
        periods=int(periods),
        gaps=max(0, span - int(periods)),
    )


def _iso(moment: datetime, grain: TimeUnit) -> str:
    return moment.isoformat(timespec="seconds") if grain == "hour" else moment.date().isoformat()


def _span(first: datetime, last: datetime, grain: TimeUnit) -> int:
    months = (last.year - first.year) * 12 + last.month - first.month
    if grain == "year":
        return last.year - first.year + 1
    if grain == "quarter":
        return round(months / 3) + 1
    if grain == "month":
        return months + 1
    between = last - first
    if grain == "hour":
        return int(between / timedelta(hours=1)) + 1
    if grain == "week":
        return between.days // 7 + 1
    return (last.date() - first.date()).days + 1
