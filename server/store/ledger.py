"""The ledger of AI providers: what they answered, what that cost, and what may still be spent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ...pipelines.model import Noun
from ...pipelines.providers import Completion, Pages, Usage
from ..nouns import Account, Spending, Spent, Tally
from ..tables import AiAnswerRow, AiCallRow, DashboardRow, JobRow, UserRow
from . import spending
from .storable import as_json, storable
from .store import Store

MOST_TOKENS, MOST_USD = 10**12, Decimal(100_000)
"""Of one call. A service that says more is broken, and no column must be."""
REFERENCES = (("dashboard_id", DashboardRow), ("job_id", JobRow), ("user_id", UserRow))


class Entry(Noun):
    """One call as it is written down."""

    account: Account
    provider: str
    model: str = ""
    operation: str
    outcome: str
    """ "ok", "cached", "cancelled", or the kind of fault."""
    usage: Usage = Usage()
    seconds: float = 0.0
    at: datetime


class Ledger:
    """Each method is one transaction and raises DatabaseGoneError like the store's."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def write(self, entries: Iterable[Entry]) -> None:
        """Write calls down. What they were for may have been deleted meanwhile; the money is spent all the same."""
        with self._store.transaction() as session:
            for entry in entries:
                session.add(AiCallRow(**_values(entry), **_still_there(session, entry.account)))

    def answer(self, digest: str) -> dict[str, Any] | None:
        """The noun that an identical question was answered with, if that is not too long ago."""
        with self._store.transaction() as session:
            return session.scalar(
                select(AiAnswerRow.answer).where(AiAnswerRow.digest == digest, AiAnswerRow.expires_at > func.now())
            )

    def keep(self, digest: str, answer: Completion | Pages, hours: float) -> None:
        """Keep an answer for identical questions, and throw away those whose time is over."""
        values = {
            "provider": answer.provider[:40],
            "model": (answer.model if isinstance(answer, Completion) else "")[:200],
            "answer": as_json(answer),
            "expires_at": datetime.now(UTC) + timedelta(hours=hours),
        }
        with self._store.transaction() as session:
            session.execute(delete(AiAnswerRow).where(AiAnswerRow.expires_at <= func.now()))
            session.execute(
                insert(AiAnswerRow)
                .values(digest=digest, **values)
                .on_conflict_do_update(index_elements=[AiAnswerRow.digest], set_=values)
            )

    def today(self, user_id: str | None) -> Spending:
        """What a user has spent since midnight in UTC. None: those who use Dashwright without an account, together."""
        with self._store.transaction() as session:
            return spending.of_day(session, user_id)

    def of_dashboard(self, dashboard_id: str) -> Spending:
        """What was spent on a dashboard, by its jobs and by commands about it."""
        with self._store.transaction() as session:
            return spending.of_dashboard(session, UUID(dashboard_id))

    def by_day(self, days: int) -> tuple[Spent, ...]:
        """What was spent in the last days, today included, the newest first."""
        with self._store.transaction() as session:
            return spending.by_day(session, days)

    def tallies(self) -> tuple[Tally, ...]:
        """All calls ever, by provider, operation and outcome."""
        with self._store.transaction() as session:
            return spending.by_outcome(session)


def _values(entry: Entry) -> dict[str, Any]:
    usage = entry.usage
    return {
        "provider": storable(entry.provider)[:40],
        "model": storable(entry.model)[:200],
        "operation": entry.operation[:40],
        "outcome": entry.outcome[:20],
        "input_tokens": min(usage.input_tokens, MOST_TOKENS),
        "cached_tokens": min(usage.cached_tokens, MOST_TOKENS),
        "output_tokens": min(usage.output_tokens, MOST_TOKENS),
        "thinking_tokens": min(usage.thinking_tokens, MOST_TOKENS),
        "cost_usd": None if usage.cost_usd is None else min(Decimal(str(usage.cost_usd)), MOST_USD),
        "ms": min(round(1000 * entry.seconds), 2**31 - 1),
        "created_at": entry.at,
    }


def _still_there(session: Session, account: Account) -> dict[str, UUID | None]:
    """What of an account has not been deleted, and will not be until the transaction ends."""
    found: dict[str, UUID | None] = {}
    for name, table in REFERENCES:  # in the order in which a deletion locks them
        given = getattr(account, name)
        query = (
            select(table.id).where(table.id == UUID(given)).with_for_update(read=True, key_share=True, of=table)
            if given
            else None
        )
        found[name] = None if query is None else session.scalar(query)
    return found
