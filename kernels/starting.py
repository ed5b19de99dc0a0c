"""Starts processes from one thread that lives as long as this process.

The signal that ends a kernel with its server is sent when the *thread* that started it ends. Whoever starts a kernel
from a short-lived thread would lose it at once; so all are started from here.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any

_Order = tuple[Callable[[], Any], "Future[Any]"]


class _Starter:
    def __init__(self) -> None:
        self.pid = os.getpid()
        self._orders: SimpleQueue[_Order] = SimpleQueue()
        threading.Thread(target=self._run, name="kernel-starter", daemon=True).start()

    def submit(self, start: Callable[[], Any]) -> Future[Any]:
        future: Future[Any] = Future()
        self._orders.put((start, future))
        return future

    def _run(self) -> None:
        while True:
            start, future = self._orders.get()
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(start())
            except BaseException as error:  # noqa: BLE001 - handed on to whoever waits
                future.set_exception(error)
            del start, future


_starter: _Starter | None = None
_guard = threading.Lock()


def start(function: Callable[[], Any]) -> Future[Any]:
    """Call `function` in the starting thread of this process; a forked child gets its own."""
    global _starter
    with _guard:
        if _starter is None or _starter.pid != os.getpid():
            _starter = _Starter()
        return _starter.submit(function)
