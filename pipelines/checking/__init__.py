"""Checking: a plan against the profile of its data. Every problem is a sentence that says what exists instead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from ..model import Plan, Profile, Widget
from .columns import existence, frames, joined, missing_columns, table_problems
from .conditions import never_met
from .filters import filter_problems
from .insights import insight_problems
from .joins import is_lossy, join_problems, multiplied
from .losers import losers
from .widgets import repeated_widgets, widget_problems

__all__ = [
    "Finding",
    "broken_expectations",
    "findings",
    "frames",
    "is_lossy",
    "joined",
    "losers",
    "never_met",
    "problems",
]


class Finding(NamedTuple):
    """One problem, and the id of the widget, filter or insight that it is about; None: of the plan itself."""

    item: str | None
    sentence: str


def problems(plan: Plan, profile: Profile) -> tuple[str, ...]:
    """Everything that keeps this plan from being drawn or from being true. Empty: it can be composed."""
    return tuple(dict.fromkeys(finding.sentence for finding in findings(plan, profile)))


def findings(plan: Plan, profile: Profile) -> tuple[Finding, ...]:
    """The same, each with what it is about."""
    columns = frames(plan, profile)
    found = list(_about(None, table_problems(plan, profile)))
    found += _about(None, join_problems(plan, profile, columns))
    found += _of_widgets((*plan.widgets, *plan.suggestions), plan, profile)
    found += _about(None, repeated_widgets(plan.widgets))
    for filter_ in plan.filters:
        for frame in filter_.frames:
            if frame in columns:
                found += _about(filter_.id, filter_problems(filter_, frame, columns[frame]))
    joins = {join.name for join in plan.joins}
    for insight in plan.insights:
        if insight.frame in columns:
            found += _about(insight.id, insight_problems(insight, columns[insight.frame], insight.frame in joins))
            found += _about(insight.id, multiplied(insight, plan, profile))
    for expectation in plan.expectations:
        for name in expectation.columns:
            if expectation.frame in columns:
                found += _about(None, existence(name, expectation.frame, columns[expectation.frame]))
    return tuple(dict.fromkeys(found))


def _about(item: str | None, sentences: Iterable[str]) -> Iterator[Finding]:
    return (Finding(item, sentence) for sentence in sentences)


def _of_widgets(widgets: Sequence[Widget], plan: Plan, profile: Profile) -> list[Finding]:
    columns = frames(plan, profile)
    parameters = {parameter.name: parameter.value for parameter in plan.parameters}
    joins = {join.name for join in plan.joins}
    found: list[Finding] = []
    for widget in widgets:
        if widget.frame is not None and widget.frame in columns:
            is_join = widget.frame in joins
            found += _about(widget.id, widget_problems(widget, columns[widget.frame], parameters, is_join))
            found += _about(widget.id, multiplied(widget, plan, profile))
    return found


def broken_expectations(plan: Plan, profile: Profile) -> tuple[str, ...]:
    """What refreshed data no longer holds of all the plan expects. Empty: the page may replace the old one."""
    found = list(table_problems(plan, profile))
    columns = frames(plan, profile)
    rows = {table.name: table.rows for table in profile.offered}
    for expectation in plan.expectations:
        frame = columns.get(expectation.frame)
        if frame is None:
            continue
        missing = [name for name in expectation.columns if name not in frame]
        found += [f"The refreshed data no longer has the column '{name}' in '{expectation.frame}'." for name in missing]
        count = rows.get(expectation.frame)
        if count is not None and count < expectation.rows_at_least:
            found.append(
                f"The refreshed data has {count:,} rows in '{expectation.frame}'; "
                f"at least {expectation.rows_at_least:,} were expected."
            )
    for widget in plan.widgets:
        if widget.frame in columns:
            found += missing_columns(widget.columns, widget.frame, columns[widget.frame])
    return tuple(dict.fromkeys(found))
