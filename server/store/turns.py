"""Turns: which waiting job a worker takes next, so that a hundred of one person do not keep another's one waiting."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Subquery, func, or_, select
from sqlalchemy.orm import Session

from ..access import Role
from ..queue import Queue
from ..tables import DashboardRow, JobRow, UserRow

CLAIM_LOCK = 0x636C61696D  # "claim"
REMEMBERED = timedelta(days=1)
"""How far back it counts whose turn it was; whoever had none since goes first."""


def next_job(session: Session, most: int) -> UUID | None:
    """The job whose turn it is, locked until the session's transaction ends. None: there is none that may begin.

    Of the people with waiting jobs it is the turn of whoever has the fewest running ones, then of whoever has not had
    one for the longest time; of their jobs the oldest goes first.

    Args:
        most: jobs of one account that may run at the same time; 0: any number.
    """
    # One after the other: two claims at once would not see each other's job, and give one person both.
    session.execute(select(func.pg_advisory_xact_lock(CLAIM_LOCK)))
    people = _people()
    query = (
        _ready(select(JobRow.id), people, most)
        .order_by(_running(people), people.c.last_turn.asc().nulls_first(), JobRow.created_at, JobRow.id)
        .limit(1)
        .with_for_update(of=JobRow, skip_locked=True)
    )
    return session.scalar(query)


def ready_jobs(session: Session, most: int) -> list[UUID]:
    """All waiting jobs that may begin, the oldest first."""
    return list(session.scalars(_ready(select(JobRow.id), _people(), most).order_by(JobRow.created_at)))


def wake(session: Session, queue: Queue, user_id: UUID | None, most: int) -> None:
    """Put a message about a job that may have waited for one of the same account, which has just ended.

    Its own message was taken while it could not begin. One too many does no harm.
    """
    if not most or user_id is None:
        return
    waiting = (
        select(JobRow.id)
        .join(DashboardRow, JobRow.dashboard_id == DashboardRow.id)
        .where(DashboardRow.user_id == user_id, JobRow.status == "pending")
        .order_by(JobRow.created_at)
    )
    if (job_id := session.scalar(waiting.limit(1))) is not None:
        queue.put(session, str(job_id))


def _people() -> Subquery:
    """Whoever has running jobs, or had a turn lately. All that was made without an account is one person's."""
    return (
        select(
            DashboardRow.user_id,
            func.count().filter(JobRow.status == "processing").label("running"),
            func.max(JobRow.started_at).label("last_turn"),
        )
        .join(JobRow, JobRow.dashboard_id == DashboardRow.id)
        .where(or_(JobRow.status == "processing", JobRow.changed_at > func.now() - REMEMBERED))
        .group_by(DashboardRow.user_id)
        .subquery("people")
    )


def _running(people: Subquery) -> ColumnElement[int]:
    return func.coalesce(people.c.running, 0)


def _ready(query: Select[UUID], people: Subquery, most: int) -> Select[UUID]:
    query = (
        query.join(DashboardRow, JobRow.dashboard_id == DashboardRow.id)
        .outerjoin(UserRow, UserRow.id == DashboardRow.user_id)
        .outerjoin(people, people.c.user_id.is_not_distinct_from(DashboardRow.user_id))
        .where(JobRow.status == "pending", JobRow.cancel_requested.is_(False))
    )
    if most:
        query = query.where(or_(UserRow.id.is_(None), UserRow.role == Role.ADMIN, _running(people) < most))
    return query
