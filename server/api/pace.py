"""Pace: how fast a body must come, so that nobody holds connections by sending a byte now and then."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

LEAST = 64 * 1024
"""Bytes that come at least while one patience lasts, unless the body ends in it; what came before gives no credit."""


class Pace:
    """The pace of one body, from when it is made until it is stopped. Used on the loop."""

    def __init__(self, patience: float, too_slow: Callable[[], None]) -> None:
        self._patience = patience
        self._too_slow = too_slow
        self._bytes = 0
        self._begin()

    def came(self, size: int) -> None:
        self._bytes += size

    def stop(self) -> None:
        self._timer.cancel()

    def _begin(self) -> None:
        self._bytes = 0
        self._timer = asyncio.get_running_loop().call_later(self._patience, self._look)

    def _look(self) -> None:
        if self._bytes < LEAST:
            self._too_slow()
        else:
            self._begin()
