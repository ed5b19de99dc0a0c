"""The memory of searches: what sources answered is kept for a while, and the same is never looked for twice at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from types import MappingProxyType
from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, func, select, text
from sqlalchemy.dialects.postgresql import insert

from ...pipelines.model import Candidates
from ..database import answering
from ..observing.outside import searched
from ..tables import CacheRow
from .answers import SourceAnswers
from .storable import as_json, storable
from .store import Store

if TYPE_CHECKING:
    from ...pipelines.sources.finding import Wanted  # ranking takes 0.2 s to import, and most commands search nothing

PATIENCE = 60.0
"""Seconds that a search waits for the same one under way elsewhere; then it looks for itself."""
SHORTEST_PAUSE, LONGEST_PAUSE = 0.02, 0.25


class SearchMemory:
    """A `Memory` in `dataset_cache`. Who looks for something holds an advisory lock of the database, which goes with
    its connection: a process that is killed leaves nothing behind. Used by one thread at a time; `close`, by any, gives
    up what it holds or waits for.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept_for = timedelta(seconds=store.settings.search_cache)
        self._held: dict[str, Connection] = {}
        self._answers = SourceAnswers(store)
        self._is_closed = threading.Event()

    def recall(self, wanted: Wanted) -> Candidates | None:
        if not self._kept_for:
            return None
        key, deadline, pause = wanted.key, time.monotonic() + PATIENCE, SHORTEST_PAUSE
        while (known := self._known(key)) is None:
            if self._hold(key):
                # It may have been kept between the look and the lock.
                if (known := self._known(key)) is not None:
                    self.give_up(wanted)
                return known
            if time.monotonic() >= deadline or self._is_closed.wait(pause):
                return None
            pause = min(1.5 * pause, LONGEST_PAUSE)
        return known

    def keep(self, wanted: Wanted, found: Candidates) -> None:
        try:
            if self._kept_for and not found.failures:
                with self._store.transaction() as session:
                    values = {
                        "query": storable(wanted.question),
                        "sources": sorted(set(wanted.sources)),
                        "results": as_json(found),
                        "expires_at": func.now() + self._kept_for,
                    }
                    row = insert(CacheRow).values(query_hash=wanted.key, **values)
                    session.execute(row.on_conflict_do_update(index_elements=["query_hash"], set_=values))
                    session.execute(delete(CacheRow).where(CacheRow.expires_at < func.now()))
        finally:
            self.give_up(wanted)

    def give_up(self, wanted: Wanted) -> None:
        self._let_go(wanted.key)

    def note(self, answers: Mapping[str, str | None], seconds: Mapping[str, float] = MappingProxyType({})) -> None:
        searched(answers, seconds)
        self._answers.note(answers)

    def forget(self, source: str) -> None:
        """Keep no search of this source any longer."""
        with self._store.transaction() as session:
            session.execute(delete(CacheRow).where(CacheRow.sources.any_() == source))

    def close(self) -> None:
        self._is_closed.set()
        for key in list(self._held):
            self._let_go(key)

    def _let_go(self, key: str) -> None:
        if held := self._held.pop(key, None):
            held.invalidate()  # the lock goes with the connection
            held.close()

    def _known(self, key: str) -> Candidates | None:
        with self._store.transaction() as session:
            query = select(CacheRow.results).where(CacheRow.query_hash == key, CacheRow.expires_at > func.now())
            results = session.scalar(query)
        return None if results is None else Candidates.model_validate(results)

    def _hold(self, key: str) -> bool:
        if key in self._held:
            return True
        with answering():
            connection = self._store.engine.connect()
            if connection.scalar(text("SELECT pg_try_advisory_lock(:number)"), {"number": lock_of(key)}):
                connection.commit()
                self._held[key] = connection
                if self._is_closed.is_set():
                    self._let_go(key)
                return True
            connection.close()
        return False


def lock_of(key: str) -> int:
    """The number of the database's advisory lock that is held while this is searched."""
    return int.from_bytes(sha256(f"search {key}".encode()).digest()[:8], signed=True)
