"""The book: calls are noted at once and written to the ledger by a thread, which waits out a database that is gone."""

from __future__ import annotations

import logging
import threading
from collections import deque

from ..database import DatabaseGoneError
from ..store import Entry, Ledger

log = logging.getLogger(__name__)
PAUSE = 1.0
"""Seconds between attempts while the database is gone."""
MOST = 10_000
"""Entries kept meanwhile. Nobody can be asked without the database, so there are never many."""


class Book:
    """Used by several threads."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._open: deque[Entry] = deque(maxlen=MOST)
        self._changed = threading.Condition()
        self._closing = False
        self._thread: threading.Thread | None = None

    def note(self, entry: Entry) -> None:
        """Never waits, so that an event loop can call it."""
        with self._changed:
            self._open.append(entry)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="ledger", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def settle(self, patience: float) -> bool:
        """Wait until all is written that has been noted. False: it is not, yet."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._open, patience)

    def close(self, patience: float = 5.0) -> None:
        if not self.settle(patience):
            log.error("%d calls of AI providers could not be written down.", len(self._open))
        with self._changed:
            self._closing = True
            self._changed.notify_all()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._open or self._closing)
                entries = tuple(self._open)
                if not entries:
                    return
            is_written = self._write(entries)
            with self._changed:
                if is_written:
                    for _ in entries:
                        self._open.popleft()
                    self._changed.notify_all()
                elif self._closing:
                    return
                else:
                    self._changed.wait(PAUSE)

    def _write(self, entries: tuple[Entry, ...]) -> bool:
        try:
            self._ledger.write(entries)
        except DatabaseGoneError:
            return False
        except Exception:
            log.exception("Calls of AI providers cannot be written down.")
        return True
