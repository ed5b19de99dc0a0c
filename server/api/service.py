"""Service: what all handlers of one server share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from ..observing.context import carried
from ..settings import Settings
from ..store import Store
from .guarding import Identity

if TYPE_CHECKING:
    from .feed import Feed

THREADS, SLOW_THREADS = 8, 4


@dataclass
class Service:
    """What the handlers of one server share. `store` is opened at the first call, in a thread."""

    settings: Settings
    store: Callable[[], Store]
    identity: Identity
    hosts: tuple[str, ...] | None = None
    """Names that this server answers to. None: another part of the server looks at that."""
    heartbeat: float = 15.0
    """Seconds without a byte of a stream before a proxy's time-out is kept away."""
    patience: float = 30.0
    """Seconds for the head of a request, and for each part of its body."""
    untaken: float = 10.0
    """Seconds within which a worker must have taken what this process cannot answer."""
    base: str = "/api"
    """Address of the API within the server."""
    threads: ThreadPoolExecutor = field(default_factory=partial(ThreadPoolExecutor, THREADS, "api"))
    slow_threads: ThreadPoolExecutor = field(default_factory=partial(ThreadPoolExecutor, SLOW_THREADS, "slow"))

    async def run(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """The loop goes on while a thread works."""
        return await asyncio.get_running_loop().run_in_executor(self.threads, partial(carried(work), *arguments))

    async def run_slowly(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Work that waits for others' servers has threads of its own, and so never holds up the rest."""
        return await asyncio.get_running_loop().run_in_executor(self.slow_threads, partial(carried(work), *arguments))

    @cached_property
    def feed(self) -> Feed:
        """Changes of jobs. Made on the loop, at the first stream."""
        from .feed import Feed  # which needs this

        return Feed(self)

    async def stop(self) -> None:
        """End all streams, and what goes on for them."""
        await self.feed.close()

    def close(self) -> None:
        self.threads.shutdown(cancel_futures=True)
        self.slow_threads.shutdown(wait=False, cancel_futures=True)
