"""Listening: threads that work when the database tells of something on a channel, and look from time to time anyway."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

import psycopg

from ..database import CONNECT_TIMEOUT, DatabaseGoneError, answering, libpq
from ..store import Store

log = logging.getLogger(__name__)
STOP_WITHIN = 1.0
"""Seconds between looks whether it is to stop."""
LOOK_ANYWAY = 5.0
"""Seconds after which it looks at what waits all the same: a connection can be dead without a sign."""
PAUSE = 1.0
"""Seconds before a lost connection is made again."""


class Listener:
    """A thread that listens, and up to `at_once` that work.

    Args:
        work: is called when something was heard, and does all that waits until nothing does, or it is to stop.
    """

    def __init__(
        self, store: Store, name: str, channel: str, work: Callable[[], None], revive: Callable[[], None], at_once: int
    ) -> None:
        self._store, self._name, self._channel = store, name, channel
        self._work, self._revive, self._at_once = work, revive, at_once
        self._stopping = threading.Event()
        self._free = threading.BoundedSemaphore(at_once)
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def is_stopping(self) -> bool:
        return self._stopping.is_set()

    def start(self) -> None:
        self._thread.start()

    def stop(self, patience: float = 0.0) -> None:
        """End, and wait so many seconds for what is under way."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(10)
        deadline = time.monotonic() + patience
        for _ in range(self._at_once):
            self._free.acquire(timeout=max(0.0, deadline - time.monotonic()))

    def _run(self) -> None:
        while not self.is_stopping:
            try:
                self._listen()
            except DatabaseGoneError:
                self._revive()
            except Exception:
                log.exception("The thread '%s' hears nothing; it is tried again.", self._name)
            self._stopping.wait(PAUSE)

    def _listen(self) -> None:
        dsn = libpq(self._store.engine.url)
        with (
            answering(),
            psycopg.connect(
                dsn, autocommit=True, connect_timeout=CONNECT_TIMEOUT, application_name=f"dashwright {self._name}"
            ) as connection,
        ):
            connection.execute(f"LISTEN {self._channel}")
            looked: float | None = None
            while not self.is_stopping:
                heard = any(True for _ in connection.notifies(timeout=STOP_WITHIN, stop_after=1))
                now = time.monotonic()
                if (heard or looked is None or now > looked + LOOK_ANYWAY) and self._free.acquire(blocking=False):
                    looked = now
                    threading.Thread(target=self._do, name=self._name, daemon=True).start()

    def _do(self) -> None:
        try:
            self._work()
        except DatabaseGoneError as error:
            log.warning("%s", error)
        except Exception:
            log.exception("The thread '%s' failed; what it was at is tried again or given up.", self._name)
        finally:
            self._free.release()
