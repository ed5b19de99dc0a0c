"""The respondent: answers inquiries beside the jobs, since somebody waits who must not wait for a dashboard."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

import psycopg

from ...pipelines.errors import DashwrightError
from ..database import CONNECT_TIMEOUT, DatabaseGoneError, answering, libpq
from ..inquiries import Described, Refused, Sought, Suggested
from ..inquiring import Inquirer
from ..store import Inquiries, Store
from ..store.inquiries import ASKED, Taken

log = logging.getLogger(__name__)
AT_ONCE = 4
STOP_WITHIN = 1.0
"""Seconds between looks whether it is to stop."""
LOOK_ANYWAY = 5.0
"""Seconds after which it looks at what waits all the same: a connection can be dead without a sign."""
PAUSE = 1.0
"""Seconds before a lost connection is made again."""


class Respondent:
    """A thread that listens, and up to four that answer. They are not waited for at the end: whoever asked is told by
    then that nobody replies."""

    def __init__(self, store: Store, inquirer: Inquirer, revive: Callable[[], None]) -> None:
        self._store = store
        self._inquiries = Inquiries(store)
        self._inquirer = inquirer
        self._revive = revive
        self._stopping = threading.Event()
        self._free = threading.BoundedSemaphore(AT_ONCE)
        self._thread = threading.Thread(target=self._run, name="respondent", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(10)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._listen()
            except DatabaseGoneError:
                self._revive()
            except Exception:
                log.exception("Inquiries are not heard; it is tried again.")
            self._stopping.wait(PAUSE)

    def _listen(self) -> None:
        dsn = libpq(self._store.engine.url)
        with (
            answering(),
            psycopg.connect(
                dsn, autocommit=True, connect_timeout=CONNECT_TIMEOUT, application_name="dashwright inquiries"
            ) as connection,
        ):
            connection.execute(f"LISTEN {ASKED}")
            looked: float | None = None
            while not self._stopping.is_set():
                heard = any(True for _ in connection.notifies(timeout=STOP_WITHIN, stop_after=1))
                now = time.monotonic()
                if (heard or looked is None or now > looked + LOOK_ANYWAY) and self._free.acquire(blocking=False):
                    looked = now
                    threading.Thread(target=self._serve, name="inquiry", daemon=True).start()

    def _serve(self) -> None:
        """Answer what waits, one after the other, until nothing does."""
        try:
            while not self._stopping.is_set() and (taken := self._inquiries.take()) is not None:
                self._inquiries.reply(taken.id, self._reply(taken))
        except DatabaseGoneError as error:
            log.warning("%s", error)
        except Exception:
            log.exception("An inquiry could not be taken or told the reply.")
        finally:
            self._free.release()

    def _reply(self, taken: Taken) -> Sought | Described | Suggested | Refused:
        try:
            return self._inquirer.answer(taken.inquiry, taken.user_id)
        except DashwrightError as error:
            return Refused(code=error.code, sentence=str(error))
        except Exception:
            log.exception("Inquiry %s failed.", taken.id)
            return Refused(code="error", sentence="Dashwright has a bug; the worker's log has the details.")
