"""Unsubscribing: the address in each mail that ends further ones about the same dashboard, without signing in."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tornado import web

from . import pages
from .answering import Refused
from .signing_in import Entrance

if TYPE_CHECKING:
    from ..store import Subscriptions

ONE_CLICK = "List-Unsubscribe"
GONE = "This address is not good any more: the dashboard may have been deleted, or the address has a typing mistake."


class UnsubscribePage(Entrance):
    """A person confirms, since programs that look for malware open each address of a mail. A mail program does it with
    one request of its own (RFC 8058), without a cookie and so without a form's token: the secret is all it takes."""

    def check_xsrf_cookie(self) -> None:
        if self.field(ONE_CLICK) != "One-Click":
            super().check_xsrf_cookie()

    @web.authenticated
    async def get(self, secret: str) -> None:
        await self.finish(pages.unsubscribe_page(self.base_url, self.token, await self._title(secret)))

    @web.authenticated
    async def post(self, secret: str) -> None:
        title = await self._title(secret)
        await asyncio.to_thread(self._subscriptions.end, secret)
        await self.finish(pages.unsubscribe_page(self.base_url, self.token, title, is_done=True))

    @property
    def _subscriptions(self) -> Subscriptions:
        return self.door.subscriptions

    async def _title(self, secret: str) -> str:
        title = await asyncio.to_thread(self._subscriptions.find, secret)
        if title is None:
            raise Refused(404, GONE)
        return title
