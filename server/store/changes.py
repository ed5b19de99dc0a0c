"""Changes of jobs: how jobs are now, with what decides who may know, and when that became so."""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...pipelines.model import Noun
from ..access import DashboardFacts
from ..nouns import Job
from ..tables import JobRow
from .sharing import facts_in
from .spending import of_jobs
from .store import Store
from .translating import job_of

MOST = 1_000


class Change(Noun):
    job_id: str
    changed_at: datetime
    job: Job | None = None
    """None: it was deleted."""
    facts: DashboardFacts | None = None


class Changes:
    """Each method is one transaction and raises DatabaseGoneError like the store's."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, job_ids: Collection[str]) -> tuple[Change, ...]:
        """Of these jobs; those that are gone, too."""
        known: list[UUID] = []
        for job_id in job_ids:
            with contextlib.suppress(ValueError):
                known.append(UUID(job_id))
        with self._store.transaction() as session:
            found = _changes(session, session.scalars(select(JobRow).where(JobRow.id.in_(known))).all())
            there = {change.job_id for change in found}
            now = datetime.now(UTC)
            gone = (Change(job_id=str(one), changed_at=now) for one in known if str(one) not in there)
            return (*found, *gone)

    def since(self, moment: datetime) -> tuple[Change, ...]:
        """Of all jobs that have changed since, the newest thousand."""
        query = select(JobRow).where(JobRow.changed_at > moment).order_by(JobRow.changed_at.desc()).limit(MOST)
        with self._store.transaction() as session:
            return _changes(session, session.scalars(query).all())


def _changes(session: Session, rows: Collection[JobRow]) -> tuple[Change, ...]:
    facts = facts_in(session, {row.dashboard_id for row in rows})
    spendings = of_jobs(session, [row.id for row in rows])
    return tuple(
        Change(
            job_id=str(row.id),
            changed_at=row.changed_at,
            job=job_of(row, spendings.get(row.id)),
            facts=facts.get(str(row.dashboard_id)),
        )
        for row in rows
    )
