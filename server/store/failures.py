"""Failed attempts to sign in, counted before the password is looked at so that many at once gain nothing."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import case, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from ..tables import SignInFailureRow
from .store import Store

FORGOTTEN = timedelta(days=1)
"""After this long without an attempt the count begins anew."""
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 900.0
"""Seconds. The pause doubles with each failure beyond the free ones."""


class SignInFailures:
    """Each method is one transaction and raises DatabaseGoneError like the store's."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def begin(self, subject_hash: str, free: int) -> float:
        """Count an attempt, as if it had failed already. Seconds to wait if it may not be made; 0 if it may.

        Args:
            free: failures without a pause.
        """
        table = SignInFailureRow
        count = case((table.last_at < func.now() - FORGOTTEN, 1), else_=table.count + 1)
        beyond = func.least(func.greatest(count - free, 0), 20)
        pause = case((beyond == 0, 0.0), else_=func.least(FIRST_PAUSE * func.power(2.0, beyond - 1), LONGEST_PAUSE))
        attempt = (
            insert(table)
            .values(subject_hash=subject_hash)
            .on_conflict_do_update(
                index_elements=[table.subject_hash],
                set_={
                    "count": count,
                    "last_at": func.now(),
                    "locked_until": func.now() + func.make_interval(0, 0, 0, 0, 0, 0, pause),
                },
                where=table.locked_until <= func.now(),
            )
            .returning(table.count)
        )
        with self._store.transaction() as session:
            session.execute(delete(table).where(table.last_at < func.now() - FORGOTTEN))
            if session.scalar(attempt) is not None:
                return 0.0
            wait = select(func.extract("epoch", table.locked_until - func.now())).where(
                table.subject_hash == subject_hash
            )
            return max(1.0, float(session.scalar(wait) or 1.0))

    def forget(self, subject_hashes: Collection[str]) -> None:
        """The attempt has succeeded."""
        with self._store.transaction() as session:
            session.execute(delete(SignInFailureRow).where(SignInFailureRow.subject_hash.in_(subject_hashes)))
