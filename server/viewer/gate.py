"""The gate: the one place that decides who may see a dashboard."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from .shelf import Published, Shelf


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(frozen=True)
class Gate:
    """Asks the shelf in a thread, so that a slow store never holds up other pages."""

    shelf: Shelf
    only_public: bool
    """True when others than this machine's user can come in."""

    async def find(self, slug: str) -> Published | None:
        found = await asyncio.to_thread(self.shelf.find, slug)
        return found if found is not None and self._is_open(found) else None

    async def brought(self, slug: str) -> Published | None:
        """The same, its files on this machine.

        Raises:
            StorageError: they cannot be had.
        """
        found = await self.find(slug)
        if found is not None:
            await asyncio.to_thread(self.shelf.bring, found)
        return found

    async def all(self) -> Sequence[Published]:
        return [one for one in await asyncio.to_thread(self.shelf.list) if self._is_open(one)]

    def _is_open(self, published: Published) -> bool:
        return published.is_public or not self.only_public
