"""Patience with a database that is gone: try again, ever more slowly, until it is over."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from ..database import DatabaseGoneError

T = TypeVar("T")
log = logging.getLogger(__name__)
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0


class Patience:
    """Counts since when the database has been gone, and says when to try again. One a job."""

    def __init__(self, limit: float, revive: Callable[[], None]) -> None:
        self._limit = limit
        self._revive = revive
        self._gone_since: float | None = None
        self._pause = FIRST_PAUSE
        self._next = 0.0

    @property
    def is_time(self) -> bool:
        """Whether it makes sense to ask the database now."""
        return time.monotonic() >= self._next

    def attempt(self, ask: Callable[[], T]) -> T | None:
        """The answer, or None if there is none now.

        Raises:
            DatabaseGoneError: it has been gone for longer than the limit.
        """
        try:
            answer = ask()
        except DatabaseGoneError as error:
            self._note(error)
            return None
        if self._gone_since is not None:
            log.info("The database answers again.")
        self._gone_since, self._pause, self._next = None, FIRST_PAUSE, 0.0
        return answer

    def insist(self, ask: Callable[[], T]) -> T:
        """The answer, however long it takes within the limit.

        Raises:
            DatabaseGoneError: it has been gone for longer than the limit.
        """
        asked: list[T] = []
        while True:
            self.attempt(lambda: asked.append(ask()))
            if asked:
                return asked[0]
            time.sleep(max(0.0, self._next - time.monotonic()))

    def _note(self, error: DatabaseGoneError) -> None:
        now = time.monotonic()
        if self._gone_since is None:
            self._gone_since = now
            log.warning("%s Trying again for %.0f s.", error, self._limit)
        if now - self._gone_since > self._limit:
            raise error
        self._next = now + self._pause
        self._pause = min(self._pause * 2, LONGEST_PAUSE)
        self._revive()


class Reviver:
    """Starts the embedded server again when it was killed; several threads may ask at once."""

    def __init__(self, start: Callable[[], object] | None) -> None:
        self._start = start
        self._lock = threading.Lock()

    def __call__(self) -> None:
        if self._start is not None and self._lock.acquire(blocking=False):
            try:
                self._start()
            except Exception:
                log.exception("The embedded PostgreSQL could not be started again.")
            finally:
                self._lock.release()
