"""Logged: how many lines this process has logged, by their level."""

from __future__ import annotations

from collections import Counter
from threading import Lock

LEVELS = ("debug", "info", "warning", "error", "critical")


class Logged:
    """Counted without prometheus-client, which a job's own process has no use for."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts = Counter(dict.fromkeys(LEVELS, 0))

    def count(self, level: str) -> None:
        with self._lock:
            self._counts[level.lower() if level.lower() in LEVELS else "info"] += 1

    def counts(self) -> dict[str, int]:
        with self._lock:
            return dict(self._counts)


LOGGED = Logged()
