"""The memory of searches: what sources answered is kept for a while, and the same is never looked for twice at once."""

from __future__ import annotations

import time
from datetime import timedelta
from hashlib import sha256

from sqlalchemy import Connection, delete, func, select, text
from sqlalchemy.dialects.postgresql import insert

from ...pipelines.model import Candidates
from ...pipelines.sources.finding import Wanted
from ..database import answering
from ..tables import CacheRow
from .storable import as_json, storable
from .store import Store

PATIENCE = 60.0
"""Seconds that a search waits for the same one under way elsewhere; then it looks for itself."""
PAUSE = 0.02


class SearchMemory:
    """A `Memory` in `dataset_cache`. Who looks for something holds an advisory lock of the database, which goes with
    its connection: a process that is killed leaves nothing behind. Used by one thread; `close` gives up what it holds.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept_for = timedelta(seconds=store.settings.search_cache)
        self._held: dict[str, Connection] = {}

    def recall(self, key: str) -> Candidates | None:
        deadline = time.monotonic() + PATIENCE
        while True:
            if (known := self._known(key)) is not None:
                return known
            if self._kept_for and self._hold(key):
                # It may have been kept between the look and the lock.
                if (known := self._known(key)) is not None:
                    self.give_up(key)
                return known
            if not self._kept_for or time.monotonic() >= deadline:
                return None
            time.sleep(PAUSE)

    def keep(self, key: str, wanted: Wanted, found: Candidates) -> None:
        try:
            if self._kept_for and not found.failures:
                with self._store.transaction() as session:
                    values = {
                        "query": storable(wanted.question),
                        "sources": sorted(set(wanted.sources)),
                        "results": as_json(found),
                        "expires_at": func.now() + self._kept_for,
                    }
                    row = insert(CacheRow).values(query_hash=key, **values)
                    session.execute(row.on_conflict_do_update(index_elements=["query_hash"], set_=values))
                    session.execute(delete(CacheRow).where(CacheRow.expires_at < func.now()))
        finally:
            self.give_up(key)

    def give_up(self, key: str) -> None:
        if held := self._held.pop(key, None):
            held.invalidate()  # the lock goes with the connection
            held.close()

    def close(self) -> None:
        for key in list(self._held):
            self.give_up(key)

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
            number = int.from_bytes(sha256(f"search {key}".encode()).digest()[:8], signed=True)
            if connection.scalar(text("SELECT pg_try_advisory_lock(:number)"), {"number": number}):
                connection.commit()
                self._held[key] = connection
                return True
            connection.close()
        return False
