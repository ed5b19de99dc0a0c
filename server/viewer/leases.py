"""Leases: which browser has which kernel, how many there may be, and when one is taken back."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from ..access import Action

NEVER_CONNECTED = 60.0
"""Seconds a kernel is kept whose page never opened its connection: a program that only fetched it, a closed tab."""
DISCONNECTED = 30.0
"""Seconds a kernel is kept for a page that lost its connection and may find it again."""
UNDER_PRESSURE = 1.0
"""Seconds for both, when somebody else needs the place."""


class Socket(Protocol):
    """The open connection of a page."""

    def close(self, code: int | None = None, reason: str | None = None) -> None: ...


class Full(Exception):  # noqa: N818 - read as a sentence: except Full
    """No kernel is free. `own`: because of the browser's own limit, and not that of all together."""

    def __init__(self, limit: int, *, own: bool) -> None:
        super().__init__(limit)
        self.limit = limit
        self.own = own


@dataclass(eq=False)
class Lease:
    """One page's place. It has a kernel as soon as that has started."""

    browser: str
    slug: str
    idle_since: float
    kernel_id: str | None = None
    action: Action = Action.SEE
    """What whoever opened the page must be allowed to do with the dashboard."""
    may_stay: Callable[[], Awaitable[bool]] | None = None
    """Whether whoever opened the page may still see it. None: that cannot end."""
    is_drawn: bool = False
    """Whether all cells have run: before that the page cannot connect."""
    was_connected: bool = False
    visit: str | None = None
    """The view that the page belongs to. None: it is not counted."""
    sockets: set[Socket] = field(default_factory=set)

    def is_abandoned(self, now: float, under_pressure: bool = False) -> bool:
        if self.sockets or not self.is_drawn:
            return False
        patience = DISCONNECTED if self.was_connected else NEVER_CONNECTED
        if under_pressure and self.was_connected:
            patience = UNDER_PRESSURE
        return now - self.idle_since > patience


class Leases:
    """All places. A page takes one before its kernel starts, so that many requests at once cannot pass the limit."""

    def __init__(self, total: int, each: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.total = total
        self.each = each
        self.clock = clock
        self._leases: set[Lease] = set()

    def __iter__(self) -> Iterator[Lease]:
        return iter(tuple(self._leases))

    def __contains__(self, lease: Lease) -> bool:
        return lease in self._leases

    def __len__(self) -> int:
        return len(self._leases)

    def take(self, browser: str, slug: str) -> Lease:
        """A place for a page.

        Raises:
            Full: the browser has as many as one may have, or all are taken.
        """
        if sum(lease.browser == browser for lease in self._leases) >= self.each:
            raise Full(self.each, own=True)
        if len(self._leases) >= self.total:
            raise Full(self.total, own=False)
        lease = Lease(browser, slug, idle_since=self.clock())
        self._leases.add(lease)
        return lease

    def give_back(self, lease: Lease) -> None:
        """End a lease: its page is told that the connection is over."""
        self._leases.discard(lease)
        for socket in tuple(lease.sockets):
            socket.close(1001, "The kernel has ended")

    def of(self, kernel_id: str, browser: str) -> Lease | None:
        """The lease of a kernel, if it is this browser's."""
        return next((one for one in self._leases if one.kernel_id == kernel_id and one.browser == browser), None)

    def drawn(self, lease: Lease) -> None:
        lease.is_drawn = True
        lease.idle_since = self.clock()

    def connected(self, lease: Lease, socket: Socket) -> None:
        lease.sockets.add(socket)
        lease.was_connected = True

    def disconnected(self, lease: Lease, socket: Socket) -> None:
        lease.sockets.discard(socket)
        lease.idle_since = self.clock()

    def abandoned(self, under_pressure: bool = False) -> list[Lease]:
        now = self.clock()
        return [lease for lease in self._leases if lease.is_abandoned(now, under_pressure)]
