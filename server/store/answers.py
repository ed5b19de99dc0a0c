"""When each source was last asked: whether it answered, and if not, why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..nouns import LastAnswer
from ..tables import SourceAnswerRow
from .storable import storable
from .store import Store

MOST_REASON = 1_000
"""Characters of a reason; a source may quote what its server says."""


class SourceAnswers:
    """Each method is one transaction and raises DatabaseGoneError like the store's."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def note(self, answers: Mapping[str, str | None]) -> None:
        """Sources that were asked just now: None where one answered, else a sentence why it did not."""
        with self._store.transaction() as session:
            for name in sorted(answers):  # the order in which others lock them, too
                reason = answers[name]
                values: dict[str, Any] = (
                    {"last_answered_at": func.now()}
                    if reason is None
                    else {"last_failed_at": func.now(), "last_reason": storable(reason)[:MOST_REASON]}
                )
                row = insert(SourceAnswerRow).values(source=storable(name)[:100], **values)
                session.execute(row.on_conflict_do_update(index_elements=["source"], set_=values))

    def last(self) -> dict[str, LastAnswer]:
        """By source; one that was never asked is left out."""
        with self._store.transaction() as session:
            return last(session)


def last(session: Session) -> dict[str, LastAnswer]:
    return {
        row.source: LastAnswer(answered_at=row.last_answered_at, failed_at=row.last_failed_at, reason=row.last_reason)
        for row in session.scalars(select(SourceAnswerRow))
    }
