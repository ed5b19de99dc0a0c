"""The courier: sends notices beside the jobs, which never wait for it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime

from ..notices.nouns import Outcome, Taken
from ..notices.posting import post
from ..notices.retrying import again
from ..settings import Settings
from ..store import Outbox, Store
from ..store.notices import CHANNEL
from .listening import Listener

log = logging.getLogger(__name__)
AT_ONCE = 4
STOP_PATIENCE = 5.0
"""Seconds for what is being sent when the worker ends. What takes longer is sent again when its lease has run out."""
TIDY_EVERY = 3600.0


class Courier:
    """Several in several workers send each notice once: whoever has taken it."""

    def __init__(self, store: Store, settings: Settings, revive: Callable[[], None]) -> None:
        self._settings = settings
        self._outbox = Outbox(store)
        self._listener = Listener(store, "notices", CHANNEL, self.send_due, revive, AT_ONCE)
        self._next_tidy = 0.0

    def start(self) -> None:
        self._listener.start()

    def stop(self) -> None:
        self._listener.stop(STOP_PATIENCE)

    def send_due(self) -> None:
        """Send what is due, one after the other, until nothing is."""
        if time.monotonic() >= self._next_tidy:
            self._next_tidy = time.monotonic() + TIDY_EVERY
            self._outbox.forget_old()
        while not self._listener.is_stopping and (taken := self._outbox.take()) is not None:
            outcome = self._post(taken)
            self._outbox.settle(taken, outcome)
            log.info("Notice %s (%s): %s.", taken.id, taken.event, outcome.state)

    def _post(self, taken: Taken) -> Outcome:
        try:
            return post(self._settings, taken)
        except Exception:
            log.exception("Notice %s could not be sent.", taken.id)
            reason = "Dashwright has a bug; the worker's log has the details."
            return again(taken.attempt, taken.created_at, datetime.now(UTC), reason)
