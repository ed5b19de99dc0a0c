"""When a dashboard is refreshed next, as part of the transaction that ends its job or changes its schedule."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..schedule import RETRY_AFTER, Every, Schedule, every, following
from ..tables import DashboardRow, JobRow
from .storable import as_json, storable


def schedule_of(row: DashboardRow) -> Schedule | None:
    """The schedule; `refresh_interval` alone is the simplest one."""
    if row.schedule is not None:
        return Schedule.model_validate(row.schedule)
    return every(row.refresh_interval) if row.refresh_interval else None


def set_interval(row: DashboardRow, minutes: int) -> None:
    """Refresh every so many minutes, 0 never; what is to be done after failures stays as it is."""
    kept = Schedule.model_validate(row.schedule) if row.schedule is not None and minutes else None
    set_schedule(row, kept.model_copy(update={"timing": Every(minutes=minutes)}) if kept else None)
    row.refresh_interval = minutes
    row.next_refresh_at = _first(row)


def set_schedule(row: DashboardRow, schedule: Schedule | None, *, is_paused: bool = False) -> None:
    """Have this schedule from now on. What the one before has counted is over."""
    row.schedule = as_json(schedule) if schedule else None
    row.refresh_interval = schedule.timing.minutes if schedule and isinstance(schedule.timing, Every) else 0
    row.schedule_paused_at = datetime.now(UTC) if schedule and is_paused else None
    row.schedule_pause_reason = None
    row.refresh_failures = row.refresh_retries = 0
    row.next_refresh_at = _first(row)


def reschedule(session: Session, job: JobRow) -> None:
    """After a job of the dashboard has ended: when the next one is due."""
    session.flush()
    row = session.scalar(  # as it is now, since somebody may have changed the schedule meanwhile
        select(DashboardRow)
        .where(DashboardRow.id == job.dashboard_id)
        .with_for_update(of=DashboardRow)
        .execution_options(populate_existing=True)
    )
    if row is None:
        return
    if job.kind == "refresh" and job.status == "completed":
        _begin_anew(row)
    schedule = schedule_of(row)
    if schedule is None or row.schedule_paused_at is not None:
        row.next_refresh_at = None
        return
    now = datetime.now(UTC)
    row.next_refresh_at = next(iter(following(schedule, now, 1)), None)
    if job.kind == "refresh" and job.status == "failed":
        row.refresh_failures = min(row.refresh_failures + 1, 32_767)
        _after_failure(row, schedule, now, job.error_message or "")


def _begin_anew(row: DashboardRow) -> None:
    row.refresh_failures = row.refresh_retries = 0
    if row.schedule_pause_reason is not None:
        row.schedule_paused_at = row.schedule_pause_reason = None


def _after_failure(row: DashboardRow, schedule: Schedule, now: datetime, sentence: str) -> None:
    if schedule.on_failure == "retry":
        due = row.next_refresh_at
        again = now + RETRY_AFTER[row.refresh_retries] if row.refresh_retries < len(RETRY_AFTER) else None
        if again is not None and (due is None or again < due):
            row.refresh_retries += 1
            row.next_refresh_at = again
        else:
            row.refresh_retries = 0
    elif schedule.on_failure == "pause" and row.refresh_failures >= schedule.pause_after:
        count = row.refresh_failures
        times = "A refresh" if count == 1 else f"{count} refreshes in a row"
        row.schedule_paused_at, row.next_refresh_at = now, None
        row.schedule_pause_reason = storable(f"{times} failed, the last one so: {sentence}")


def _first(row: DashboardRow) -> datetime | None:
    """When a schedule that was set just now is due for the first time: an interval counts from the last refresh."""
    schedule, before = schedule_of(row), row.last_refresh_at or row.completed_at
    if schedule is None or before is None or row.schedule_paused_at is not None:
        return None
    after = before if isinstance(schedule.timing, Every) else datetime.now(UTC)
    return next(iter(following(schedule, after, 1)), None)
