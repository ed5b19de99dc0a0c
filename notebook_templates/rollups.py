"""Rollups: readings brought to coarser times, so that they can be joined with others of such times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .source import Code, comment, lines, name, write

_FREQUENCIES = {"day": "D", "week": "W", "month": "M", "quarter": "Q", "year": "Y"}


@dataclass(frozen=True)
class Period:
    """The column of periods: years as numbers, or the day that a period begins with."""

    column: str
    grain: str
    numbered: bool


def rollup(
    variable: Code,
    fine: Code,
    *,
    title: str,
    time: str,
    period: Period,
    kept: Sequence[str],
    sums: Sequence[str],
    means: Sequence[str],
    readings: int,
    grouped: Code | None,
) -> Code:
    """The frame `variable` made of `fine`. `grouped`: the variable of the groups; None: every row stays."""
    dated = write(
        "$fine.assign($column=$periods)",
        fine=fine,
        column=name(period.column),
        periods=_periods(write("$fine[$time]", fine=fine, time=time), period),
    )
    columns = [*kept, period.column]
    if grouped is None:
        made = write("$variable = $dated[$columns]", variable=variable, dated=dated, columns=columns)
        return lines([comment(title), made])
    parts = []
    if means:
        parts.append(write("$grouped[$means].mean()", grouped=grouped, means=list(means)))
    if sums:
        # A year with values of three months has no sum.
        least = write("min_count=$readings", readings=readings)
        parts.append(write("$grouped[$sums].sum($least)", grouped=grouped, sums=list(sums), least=least))
    values = parts[0] if len(parts) == 1 else write("$first.join($second)", first=parts[0], second=parts[1])
    return lines(
        [
            comment(title),
            write(
                "$grouped = $dated.groupby($columns)",
                grouped=grouped,
                dated=dated,
                columns=columns if kept else period.column,
            ),
            write('$variable = $values.dropna(how="all").reset_index()', variable=variable, values=values),
        ]
    )


def _periods(time: Code, period: Period) -> Code:
    if period.numbered:
        return write("$time.dt.year", time=time)
    return write("$time.dt.to_period($frequency).dt.start_time", time=time, frequency=_FREQUENCIES[period.grain])
