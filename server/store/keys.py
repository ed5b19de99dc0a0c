"""Keys under which creations were asked for, each with what was answered: the same is not done twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from ...pipelines.model import Noun
from ..tables import KeyRow
from .store import Store

KEPT_FOR = timedelta(hours=24)
HELD_FOR = timedelta(minutes=5)
"""How long a creation may be under way; whoever began it and has not ended is dead by then."""


class Answered(Noun):
    """What was answered."""

    status: int
    headers: dict[str, str]
    content: Any


class Keys:
    """Each method is one transaction and raises DatabaseGoneError like the store's."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def hold(self, owner: str, key: str, digest: str) -> Answered | Literal["busy", "other"] | None:
        """Take a key. None: it is ours now. Else what was answered under it, that it is under way, or that it was used
        for something else."""
        with self._store.transaction() as session:
            session.execute(delete(KeyRow).where(KeyRow.expires_at < func.now()))
            values = {"owner": owner, "key": key, "digest": digest, "expires_at": func.now() + HELD_FOR}
            if session.scalar(insert(KeyRow).values(**values).on_conflict_do_nothing().returning(KeyRow.id)):
                return None
            row = session.scalar(select(KeyRow).where(KeyRow.owner == owner, KeyRow.key == key))
            if row is None:  # given up at this moment
                return "busy"
            if row.digest != digest:
                return "other"
            return "busy" if row.answer is None else Answered.model_validate(row.answer)

    def keep(self, owner: str, key: str, answered: Answered) -> None:
        with self._store.transaction() as session:
            values = {"answer": answered.model_dump(mode="json"), "expires_at": func.now() + KEPT_FOR}
            session.execute(update(KeyRow).where(KeyRow.owner == owner, KeyRow.key == key).values(**values))

    def give_up(self, owner: str, key: str) -> None:
        """It failed, so it may be tried again."""
        with self._store.transaction() as session:
            session.execute(delete(KeyRow).where(KeyRow.owner == owner, KeyRow.key == key, KeyRow.answer.is_(None)))
