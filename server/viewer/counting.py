"""Counting: looks wait in a queue of this process and are written down in batches, so that no page waits for that."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from ...pipelines.errors import SetupError
from ..nouns import Look
from .leases import Lease, Leases
from .looks import Looks

PAUSE = 1.0
"""Seconds between two batches; longer while they cannot be written."""
LONGEST_PAUSE = 30.0
BATCH = 500
QUEUE = 10_000
"""Looks that wait at most. A database that is gone must not fill the memory."""
AWAITED = 20_000
"""Pages that may still tell that they were seen."""
TELL_OPEN = 15.0
"""Seconds after which the open pages are told again."""
LAST = 3.0
"""Seconds that a viewer which ends takes for what still waits."""

log = logging.getLogger(__name__)


class Book(Protocol):
    """Where views are written down, as `store.Views` does. Synchronous; called in a thread."""

    def write(
        self, looks: Sequence[tuple[Look, float]], drawn: Mapping[str, int], watched: Collection[str]
    ) -> Mapping[str, str]: ...


@dataclass(frozen=True)
class Counting:
    """What the page of a dashboard needs to be counted."""

    counter: Counter
    looks: Looks
    script: str
    """Address of the script by which a page tells that it is seen."""
    to: str
    """Where it tells that."""


class Counter:
    """Takes looks in on the loop, at once, and writes them from a thread of its own."""

    def __init__(self, book: Book, leases: Leases, clock: Callable[[], float] = time.monotonic) -> None:
        self._book = book
        self._leases = leases
        self._clock = clock
        self._waiting: deque[tuple[Look, float]] = deque()
        self._awaited: OrderedDict[str, Look | None] = OrderedDict()
        self._drawn: dict[str, int] = {}
        self._dropped = 0
        self._failures = 0
        self._open: set[str] = set()
        self._next_open = clock()
        self._thread = ThreadPoolExecutor(1, "views")
        self._task: asyncio.Task[None] | None = None

    def look(self, look: Look, lease: Lease, *, ahead: bool = False) -> None:
        """Count a look. One whose page was fetched `ahead` counts when the page says that somebody sees it."""
        lease.visit = look.id
        self._awaited[look.id] = look if ahead else None
        if len(self._awaited) > AWAITED:
            self._awaited.popitem(last=False)
        if not ahead:
            self._put(look)

    def seen(self, look_id: str, ms: int | None) -> None:
        """A page says that somebody sees it and, maybe, in how many milliseconds it was drawn. Each is heard once."""
        if look_id not in self._awaited:
            return
        if (look := self._awaited.pop(look_id)) is not None:
            self._put(look)
        if ms is not None and len(self._drawn) < QUEUE:
            self._drawn[look_id] = ms

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Write what waits, if that goes at once."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LAST):
                while self._waiting and await self.write():
                    pass
        if self._waiting:
            log.warning("%d looks were not counted, as the viewer ended before they were written.", len(self._waiting))
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def write(self) -> bool:
        """Write a batch. What could not be written waits on."""
        self._tell_dropped()
        batch = tuple(islice(self._waiting, BATCH))
        # What a page tells is of no use before its look is written.
        drawn = {} if len(self._waiting) > BATCH else dict(self._drawn)
        watched = self._watched()
        if not (batch or drawn or watched):
            return True
        now = self._clock()
        looks = [(look, max(0.0, now - at)) for look, at in batch]
        try:
            visits = await asyncio.get_running_loop().run_in_executor(
                self._thread, self._book.write, looks, drawn, watched
            )
        except SetupError as error:
            if not self._failures:
                log.warning("Looks at dashboards cannot be written down, and wait: %s", error)
            self._failures += 1
            return False
        except Exception:
            log.exception("%d looks at dashboards are not counted", len(batch))
            visits = {}
        self._failures = 0
        for _ in batch:
            self._waiting.popleft()
        for look_id in drawn:
            self._drawn.pop(look_id, None)
        for lease in self._leases:  # a look may belong to a visit that began earlier
            lease.visit = visits.get(lease.visit, lease.visit) if lease.visit else None
        return True

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(min(LONGEST_PAUSE, PAUSE * 2 ** min(self._failures, 10)))
            while await self.write() and len(self._waiting) >= BATCH:
                pass

    def _put(self, look: Look) -> None:
        if len(self._waiting) >= QUEUE:
            self._dropped += 1
        else:
            self._waiting.append((look, self._clock()))

    def _watched(self) -> list[str]:
        """Visits whose page is open: when they are others than before, and once in a while."""
        opened = {lease.visit for lease in self._leases if lease.visit and lease.sockets}
        if opened == self._open and self._clock() < self._next_open:
            return []
        self._open, self._next_open = opened, self._clock() + TELL_OPEN
        return sorted(opened)

    def _tell_dropped(self) -> None:
        if self._dropped:
            log.warning("%d looks are not counted, since %d wait to be written.", self._dropped, len(self._waiting))
            self._dropped = 0
