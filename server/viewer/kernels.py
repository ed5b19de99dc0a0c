"""Kernels: started for a page, watched, and ended when the page is gone."""

from __future__ import annotations

import asyncio
import os
from typing import Any

from jupyter_core.utils import ensure_async
from tornado.ioloop import PeriodicCallback
from traitlets.config import LoggingConfigurable

from .leases import Full, Lease, Leases
from .rendering import KERNEL
from .shelf import Published

SWEEP = 5.0
"""Seconds between two looks at all kernels."""
WAIT_FOR_ROOM = 2.0
"""Seconds a page waits for a place: the one it replaces (a reload) gives its own back a moment later."""


class Kernels(LoggingConfigurable):
    """All kernels of the viewer. One page, one kernel, one lease."""

    def __init__(self, manager: Any, leases: Leases, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.manager = manager
        self.leases = leases
        self._sweeping = PeriodicCallback(self.sweep, SWEEP * 1000)

    def start(self) -> None:
        self._sweeping.start()

    async def stop(self) -> None:
        """End all kernels at once: they hold nothing that is not lost with their page anyway."""
        self._sweeping.stop()
        for lease in self.leases:
            self.leases.give_back(lease)
        await ensure_async(self.manager.shutdown_all(now=True))

    async def take(self, browser: str, slug: str) -> Lease:
        """A place for a page.

        Raises:
            Full: there is none, not even after a moment.
        """
        deadline = self.leases.clock() + WAIT_FOR_ROOM
        while True:
            try:
                return self.leases.take(browser, slug)
            except Full:
                for lease in self.leases.abandoned(under_pressure=True):
                    await self.end(lease)
                if self.leases.clock() > deadline:
                    raise
                await asyncio.sleep(0.1)

    async def begin(self, lease: Lease, published: Published) -> str:
        """Start the page's kernel in the version's folder; its id."""
        kernel_id = await ensure_async(
            self.manager.start_kernel(kernel_name=KERNEL, cwd=str(published.folder), env=dict(os.environ))
        )
        lease.kernel_id = kernel_id
        if lease not in self.leases:  # the page was closed meanwhile
            await self.end(lease)
        return str(kernel_id)

    async def end(self, lease: Lease) -> None:
        self.leases.give_back(lease)
        if lease.kernel_id is not None and lease.kernel_id in self.manager:
            await ensure_async(self.manager.shutdown_kernel(lease.kernel_id, now=True))

    async def sweep(self) -> None:
        """End kernels nobody looks at any more, and leases whose kernel has died or was culled."""
        for lease in self.leases.abandoned():
            self.log.info("Kernel %s of '%s' is abandoned", lease.kernel_id, lease.slug)
            await self.end(lease)
        for lease in self.leases:
            if lease.is_drawn and not await self._may_stay(lease):
                self.log.info("Kernel %s of '%s' is not for who opened it any more", lease.kernel_id, lease.slug)
                await self.end(lease)
        for lease in self.leases:
            if lease.is_drawn and not await self._is_alive(lease):
                self.log.warning("Kernel %s of '%s' has ended", lease.kernel_id, lease.slug)
                await self.end(lease)
        if all(lease.kernel_id for lease in self.leases):  # none is just starting
            for kernel_id in set(self.manager.list_kernel_ids()) - {lease.kernel_id for lease in self.leases}:
                self.log.warning("Kernel %s belongs to no page any more", kernel_id)
                await ensure_async(self.manager.shutdown_kernel(kernel_id, now=True))

    async def _may_stay(self, lease: Lease) -> bool:
        try:
            return lease.may_stay is None or await lease.may_stay()
        except Exception:  # a store that is gone for a moment ends nothing
            self.log.exception("It cannot be asked whether kernel %s may stay", lease.kernel_id)
            return True

    async def _is_alive(self, lease: Lease) -> bool:
        if lease.kernel_id not in self.manager:
            return False
        return bool(await ensure_async(self.manager.is_alive(lease.kernel_id)))
