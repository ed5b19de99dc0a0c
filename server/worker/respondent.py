"""The respondent: answers inquiries beside the jobs, since somebody waits who must not wait for a dashboard."""

from __future__ import annotations

import logging
from collections.abc import Callable

from ...pipelines.errors import DashwrightError
from ..inquiries import Described, Refused, Sought, Suggested
from ..inquiring import Inquirer
from ..store import Inquiries, Store
from ..store.inquiries import ASKED, Taken
from .listening import Listener

log = logging.getLogger(__name__)
AT_ONCE = 4


class Respondent:
    """A thread that listens, and up to four that answer. They are not waited for at the end: whoever asked is told by
    then that nobody replies."""

    def __init__(self, store: Store, inquirer: Inquirer, revive: Callable[[], None]) -> None:
        self._inquiries = Inquiries(store)
        self._inquirer = inquirer
        self._listener = Listener(store, "inquiries", ASKED, self._serve, revive, AT_ONCE)

    def start(self) -> None:
        self._listener.start()

    def stop(self) -> None:
        self._listener.stop()

    def _serve(self) -> None:
        """Answer what waits, one after the other, until nothing does."""
        while not self._listener.is_stopping and (taken := self._inquiries.take()) is not None:
            self._inquiries.reply(taken.id, self._reply(taken))

    def _reply(self, taken: Taken) -> Sought | Described | Suggested | Refused:
        try:
            return self._inquirer.answer(taken.inquiry, taken.user_id)
        except DashwrightError as error:
            return Refused(code=error.code, sentence=str(error))
        except Exception:
            log.exception("Inquiry %s failed.", taken.id)
            return Refused(code="error", sentence="Dashwright has a bug; the worker's log has the details.")
