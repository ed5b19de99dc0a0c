"""Quotas: where the library `limits` counts, a table of ours: one row for each request that was let in.

It brings storages for Redis, memcached, MongoDB and the memory of one process; this is the one for the database that we
have. Not imported by the package, as only the REST API counts.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from limits.storage import MovingWindowSupport, Storage
from sqlalchemy import ColumnElement, delete, func, literal, select
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Session

from ..database import DatabaseGoneError
from ..tables import QuotaUseRow as Use
from .store import Store

SWEPT = 100
"""Most rows that are over which go with each new one, so that they go faster than they come."""
SEED = 0x71756F7461  # "quota"


class QuotaStorage(Storage, MovingWindowSupport):
    """Each method is one transaction and raises DatabaseGoneError like the store's.

    Uses of one key come one after the other by an advisory lock, so that many at once are counted right. Times are told
    by the clock of this machine, and measured by that of the database.
    """

    STORAGE_SCHEME = None  # made with a store, and not from an address

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store

    @property
    def base_exceptions(self) -> type[Exception]:
        return DatabaseGoneError

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        with self._store.transaction() as session:
            _lock(session, key)
            used = select(func.count()).where(*_within(key, expiry))
            if (session.scalar(used) or 0) + amount > limit:
                return False
            _add(session, key, amount, _now() + timedelta(seconds=expiry))
            return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:  # noqa: ARG002
        age = func.extract("epoch", _now() - func.min(Use.used_at))
        with self._store.transaction() as session:
            used, seconds = session.execute(select(func.count(), age).where(*_within(key, expiry))).one()
            return time.time() - float(seconds or 0), used

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        with self._store.transaction() as session:
            _lock(session, key)
            ends_at = session.scalar(select(func.min(Use.expires_at)).where(*_alive(key)))
            _add(session, key, amount, literal(ends_at) if ends_at else _now() + timedelta(seconds=expiry))
            return session.scalar(select(func.count()).where(*_alive(key))) or 0

    def get(self, key: str) -> int:
        with self._store.transaction() as session:
            return session.scalar(select(func.count()).where(*_alive(key))) or 0

    def get_expiry(self, key: str) -> float:
        wait = func.extract("epoch", func.min(Use.expires_at) - _now())
        with self._store.transaction() as session:
            return time.time() + float(session.scalar(select(wait).where(*_alive(key))) or 0)

    def check(self) -> bool:
        try:
            self.get("")
        except DatabaseGoneError:
            return False
        return True

    def reset(self) -> int:
        with self._store.transaction() as session:
            return len(session.scalars(delete(Use).returning(Use.id)).all())

    def clear(self, key: str) -> None:
        with self._store.transaction() as session:
            session.execute(delete(Use).where(Use.key == key))


def _now() -> ColumnElement[Any]:
    """Not the beginning of the transaction, which may have waited for the lock since."""
    return func.clock_timestamp(type_=TIMESTAMP(timezone=True))


def _within(key: str, expiry: int) -> tuple[ColumnElement[bool], ...]:
    return Use.key == key, Use.used_at > _now() - timedelta(seconds=expiry)


def _alive(key: str) -> tuple[ColumnElement[bool], ...]:
    return Use.key == key, Use.expires_at > _now()


def _lock(session: Session, key: str) -> None:
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, SEED))))


def _add(session: Session, key: str, amount: int, expires_at: ColumnElement[Any]) -> None:
    over = select(Use.id).where(Use.expires_at < func.now()).limit(SWEPT).with_for_update(skip_locked=True)
    session.execute(delete(Use).where(Use.id.in_(over)))
    session.add_all(Use(key=key, expires_at=expires_at) for _ in range(amount))
    session.flush()
