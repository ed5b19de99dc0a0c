"""Service: what all handlers of one server share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ..settings import Settings
from ..store import Store
from .guarding import Identity

THREADS, SLOW_THREADS = 8, 4


@dataclass
class Service:
    """What the handlers of one server share. `store` is opened at the first call, in a thread."""

    settings: Settings
    store: Callable[[], Store]
    identity: Identity
    hosts: tuple[str, ...] | None = None
    """Names that this server answers to. None: another part of the server looks at that."""
    base: str = "/api"
    """Address of the API within the server."""
    threads: ThreadPoolExecutor = field(default_factory=partial(ThreadPoolExecutor, THREADS, "api"))
    slow_threads: ThreadPoolExecutor = field(default_factory=partial(ThreadPoolExecutor, SLOW_THREADS, "slow"))

    async def run(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """The loop goes on while a thread works."""
        return await asyncio.get_running_loop().run_in_executor(self.threads, partial(work, *arguments))

    async def run_slowly(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Work that waits for others' servers has threads of its own, and so never holds up the rest."""
        return await asyncio.get_running_loop().run_in_executor(self.slow_threads, partial(work, *arguments))

    def close(self) -> None:
        self.threads.shutdown(cancel_futures=True)
        self.slow_threads.shutdown(wait=False, cancel_futures=True)
