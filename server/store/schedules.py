"""Schedules: read, set and taken away by people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..nouns import Run, ScheduleState
from ..schedule import Schedule, following, words
from ..tables import DashboardRow, JobRow
from .rescheduling import schedule_of, set_schedule
from .store import Store

UPCOMING, RUNS = 3, 10


class Schedules:
    """Each method is one transaction and raises DatabaseGoneError like the store's."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def state(self, slug: str) -> ScheduleState:
        """How the schedule of a dashboard stands.

        Raises:
            MissingError: there is no such dashboard.
        """
        with self._store.transaction() as session:
            return _state(session, self._store.row(session, slug))

    def set(
        self,
        slug: str,
        schedule: Schedule | None,
        *,
        is_paused: bool = False,
        check: Callable[[ScheduleState], None] | None = None,
    ) -> ScheduleState:
        """Give a dashboard this schedule, None: none. One that is set anew goes on, unless it is to be paused.

        Args:
            check: sees the schedule as it is, while nobody else can change it, and raises if it is not as expected.

        Raises:
            MissingError: there is no such dashboard.
        """
        with self._store.transaction() as session:
            row = self._store.row(session, slug, lock=True)
            if check is not None:
                check(_state(session, row))
            set_schedule(row, schedule, is_paused=is_paused)
            session.flush()
            return _state(session, row)


def _state(session: Session, row: DashboardRow) -> ScheduleState:
    schedule = schedule_of(row)
    reason = row.schedule_pause_reason or "Somebody paused it."
    return ScheduleState(
        slug=row.slug,
        schedule=schedule,
        words=words(schedule) if schedule else "never",
        upcoming=_upcoming(row, schedule),
        paused_at=row.schedule_paused_at,
        pause_reason=reason if row.schedule_paused_at else None,
        failures=row.refresh_failures,
        retries=row.refresh_retries,
        runs=_runs(session, row),
    )


def _upcoming(row: DashboardRow, schedule: Schedule | None) -> tuple[datetime, ...]:
    first = row.next_refresh_at
    if schedule is None or first is None or row.published_version_id is None:
        return ()
    first = first.astimezone(UTC)
    return first, *following(schedule, max(first, datetime.now(UTC)), UPCOMING - 1)


def _runs(session: Session, row: DashboardRow) -> tuple[Run, ...]:
    newest = (
        select(JobRow)
        .where(JobRow.dashboard_id == row.id, JobRow.kind == "refresh")
        .order_by(JobRow.created_at.desc(), JobRow.id)
        .limit(RUNS)
    )
    return tuple(map(_run_of, session.scalars(newest)))


def _run_of(job: JobRow) -> Run:
    begun, ended = job.started_at or job.created_at, job.completed_at
    return Run(
        job_id=str(job.id),
        status=job.status,
        unchanged=job.unchanged,
        begun_at=begun,
        ended_at=ended,
        seconds=round(max((ended - begun).total_seconds(), 0), 3) if ended else None,
        version_number=job.request["version_number"] if job.status == "completed" and not job.unchanged else None,
        error_message=job.error_message,
    )
