"""Reading: the database is asked for what it knows at most once in a while, and nobody waits for it for long."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from ..nouns import Measured

log = logging.getLogger(__name__)
FRESH = 5.0
"""Seconds that an answer is good for, as is none: several may collect, and a database that is gone is left alone."""
PATIENCE = 3.0
"""Seconds that a scrape waits. Prometheus gives up after ten."""


class Result(NamedTuple):
    measured: Measured | None
    """None: there was no answer."""
    seconds: float
    """That it took."""


class Reading:
    """Used by any thread."""

    def __init__(
        self,
        read: Callable[[], Measured],
        fresh: float = FRESH,
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read = read
        self._fresh, self._patience, self._clock = fresh, patience, clock
        self._lock = threading.Lock()
        self._begun_at: float | None = None
        self._done = threading.Event()
        self._result = Result(None, 0.0)

    def latest(self) -> Result:
        """What is known now, of a moment ago at most."""
        with self._lock:
            is_old = self._begun_at is None or self._clock() - self._begun_at >= self._fresh
            is_under_way = self._begun_at is not None and not self._done.is_set()
            if is_old and not is_under_way:
                self._begun_at, self._done = self._clock(), threading.Event()
                # A daemon: a database that never answers must not keep the process from ending.
                threading.Thread(target=self._run, args=(self._done,), name="metrics", daemon=True).start()
            done = self._done
        return self._result if done.wait(self._patience) else Result(None, self._patience)

    def _run(self, done: threading.Event) -> None:
        begun = time.perf_counter()
        measured = None
        try:
            measured = self._read()
        except Exception as error:  # noqa: BLE001 - whatever it is, all the other metrics are told
            log.warning("The metrics have nothing of the database: %s", error)
        self._result = Result(measured, time.perf_counter() - begun)
        done.set()
