"""What calls of AI providers took, added up by the database."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import Session

from ..nouns import Spending, Spent, Tally
from ..tables import AiCallRow

CACHED = "cached"
"""Outcome of a question that was answered from an earlier answer."""
SUMS: tuple[ColumnElement[Any], ...] = (
    func.count().filter(AiCallRow.outcome != CACHED).label("calls"),
    func.count().filter(AiCallRow.outcome == CACHED).label("cached"),
    *(
        func.coalesce(func.sum(column), 0).label(column.key)
        for column in (
            AiCallRow.input_tokens,
            AiCallRow.cached_tokens,
            AiCallRow.output_tokens,
            AiCallRow.thinking_tokens,
            AiCallRow.cost_usd,
        )
    ),
    func.count()
    .filter(AiCallRow.cost_usd.is_(None), AiCallRow.input_tokens + AiCallRow.output_tokens > 0)
    .label("unpriced"),
)


def of_jobs(session: Session, jobs: Collection[UUID]) -> dict[UUID, Spending]:
    """By the job's id; a job that asked nobody is left out."""
    query = select(AiCallRow.job_id, *SUMS).where(AiCallRow.job_id.in_(jobs)).group_by(AiCallRow.job_id)
    return {row.job_id: _spending(row) for row in session.execute(query)} if jobs else {}


def of_dashboard(session: Session, dashboard_id: UUID) -> Spending:
    return _spending(session.execute(select(*SUMS).where(AiCallRow.dashboard_id == dashboard_id)).one())


def of_day(session: Session, user_id: str | None, day: datetime | None = None) -> Spending:
    """That of a user since midnight in UTC. Without a user: of all calls that no user is known for."""
    user = AiCallRow.user_id.is_(None) if user_id is None else AiCallRow.user_id == UUID(user_id)
    query = select(*SUMS).where(user, AiCallRow.created_at >= _midnight(day or datetime.now(UTC)))
    return _spending(session.execute(query).one())


def by_day(session: Session, days: int) -> tuple[Spent, ...]:
    """That of the last days by day, provider, model and operation, the newest first."""
    day = func.date(func.timezone("UTC", AiCallRow.created_at)).label("day")
    names = (AiCallRow.provider, AiCallRow.model, AiCallRow.operation)
    since = _midnight(datetime.now(UTC)) - timedelta(days=days - 1)
    query = (
        select(day, *names, *SUMS)
        .where(AiCallRow.created_at >= since)
        .group_by(day, *names)
        .order_by(day.desc(), *names)
    )
    return tuple(
        Spent(day=row.day, provider=row.provider, model=row.model, operation=row.operation, spending=_spending(row))
        for row in session.execute(query)
    )


def by_outcome(session: Session) -> tuple[Tally, ...]:
    """That of all time by provider, operation and outcome."""
    names = (AiCallRow.provider, AiCallRow.operation, AiCallRow.outcome)
    seconds = (func.coalesce(func.sum(AiCallRow.ms), 0) / 1000.0).label("seconds")
    last = func.max(AiCallRow.created_at).label("last_at")
    query = select(*names, *SUMS, func.count().label("count"), seconds, last).group_by(*names).order_by(*names)
    return tuple(
        Tally(
            provider=row.provider,
            operation=row.operation,
            outcome=row.outcome,
            count=row.count,
            seconds=float(row.seconds),
            last_at=row.last_at,
            spending=_spending(row),
        )
        for row in session.execute(query)
    )


def _spending(row: Row[Any]) -> Spending:
    values = {name: getattr(row, name) for name in Spending.model_fields}
    return Spending.model_validate(
        {name: float(value) if name == "cost_usd" else int(value) for name, value in values.items()}
    )


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)
