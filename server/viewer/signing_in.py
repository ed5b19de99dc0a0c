"""Signing in and out, one-time set-up addresses, and share links: what comes before a dashboard."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from tornado import web
from tornado.log import app_log

from ...pipelines.errors import InputError
from . import pages
from .answering import Refused
from .callers import (
    LINK,
    door_of,
    forget_session,
    is_framed,
    keep_session,
    keep_signed,
    network_address,
    principal_of,
    session_of,
)
from .handlers import SLUG, Page

if TYPE_CHECKING:
    from ..accounts.handshake import Prover
    from ..accounts.signing_in import Door

Answer = TypeVar("Answer")
LONGEST_FIELD = 2000
"""Characters of what somebody types."""


class Entrance(Page):
    """Pages with secrets in addresses or fields: never kept by browsers, named to other pages, or written to a log."""

    SUPPORTED_METHODS: tuple[str, ...] = ("GET", "POST")

    def set_default_headers(self) -> None:
        super().set_default_headers()
        self.set_header("Cache-Control", "no-store")
        # Not `no-referrer`: browsers then name no origin with a form, which is refused as one of elsewhere.
        self.set_header("Referrer-Policy", "strict-origin")

    @property
    def door(self) -> Door:
        door = door_of(self)
        if door is None:
            raise web.HTTPError(404)
        return door

    @property
    def token(self) -> str:
        return self.xsrf_token.decode()

    @property
    def provers(self) -> tuple[Prover, ...]:
        return self.settings["dashwright_provers"]  # type: ignore[no-any-return]

    def sign_in_page(self, follow: str, *, email: str = "", said: str = "", has_accounts: bool = True) -> str:
        ways = [(prover.key, prover.name) for prover in self.provers]
        return pages.sign_in_page(
            self.base_url, self.token, follow, email=email, said=said, has_accounts=has_accounts, ways=ways
        )

    def field(self, name: str) -> str:
        return self.get_body_argument(name, "", strip=False)[:LONGEST_FIELD]

    async def ask(self, what: Callable[..., Answer], *values: Any, **named: Any) -> Answer:
        return await asyncio.to_thread(what, *values, **named)

    async def refuse(self, page: Callable[[str], str], error: Exception, status: int = 401) -> None:
        """The page once more, with what was wrong."""
        if (seconds := getattr(error, "seconds", None)) is not None:
            status = 429
            self.set_header("Retry-After", f"{seconds:.0f}")
        self.set_status(status)
        await self.finish(page(str(error)))

    def _request_summary(self) -> str:
        place = self.request.path.removeprefix(self.base_url).partition("/")[0]
        return f"{self.request.method} {self.base_url}{place} ({self.request.remote_ip})"

    def log_exception(self, kind: Any, value: Any, traceback: Any) -> None:
        if not isinstance(value, web.HTTPError):
            app_log.error("Uncaught exception %s", self._request_summary(), exc_info=(kind, value, traceback))


class SignInPage(Entrance):
    @web.authenticated
    async def get(self) -> None:
        follow = own_page(self.base_url, self.get_query_argument("next", ""))
        if not pages.visitor(await principal_of(self), "", has_door=True).can_sign_in:
            self.redirect(follow)
            return
        has_accounts = await self.ask(self.door.has_accounts)
        await self.finish(self.sign_in_page(follow, has_accounts=has_accounts))

    @web.authenticated
    async def post(self) -> None:
        from ..accounts.attempts import RefusedError

        follow, email = own_page(self.base_url, self.field("next")), self.field("email")
        try:
            _, secret = await self.ask(
                self.door.sign_in,
                email,
                self.field("password"),
                address=network_address(self),
                user_agent=self.request.headers.get("User-Agent", ""),
                before=session_of(self),
            )
        except RefusedError as error:
            await self.refuse(lambda said: self.sign_in_page(follow, email=email, said=said), error)
            return
        keep_session(self, secret)
        self.redirect(follow, status=303)


class SignOut(Entrance):
    SUPPORTED_METHODS = ("POST",)

    @web.authenticated
    async def post(self) -> None:
        if secret := session_of(self):
            await self.ask(self.door.sign_out, secret)
        forget_session(self)
        for lease in self.kernels.leases:
            if lease.browser == self.browser:  # what this browser has open may show what only that person may see
                await self.kernels.end(lease)
        self.redirect(self.base_url, status=303)


class SetUpPage(Entrance):
    """Where somebody chooses their password, once."""

    @web.authenticated
    async def get(self, secret: str) -> None:
        user = await self._invited(secret)
        await self.finish(pages.set_up_page(self.base_url, self.token, user.email))

    @web.authenticated
    async def post(self, secret: str) -> None:
        from ..accounts.attempts import RefusedError

        user = await self._invited(secret)
        password = self.field("password")
        try:
            if password != self.field("again"):
                raise InputError("The two passwords are not the same; type them again.")
            _, session = await self.ask(
                self.door.set_up, secret, password, user_agent=self.request.headers.get("User-Agent", "")
            )
        except InputError as error:
            await self.refuse(lambda said: pages.set_up_page(self.base_url, self.token, user.email, said), error, 400)
            return
        except RefusedError as error:
            raise Refused(404, str(error)) from error
        keep_session(self, session)
        self.redirect(self.base_url, status=303)

    async def _invited(self, secret: str) -> Any:
        from ..accounts.attempts import RefusedError

        try:
            return await self.ask(self.door.invited, secret)
        except RefusedError as error:
            raise Refused(404, str(error)) from error


class LinkPage(Entrance):
    """A share link: the browser remembers that it has opened it, and goes on to an address without the secret."""

    @web.authenticated
    async def get(self, secret: str) -> None:
        await self._open(secret, None)

    @web.authenticated
    async def post(self, secret: str) -> None:
        await self._open(secret, self.field("password"))

    async def _open(self, secret: str, password: str | None) -> None:
        from ..accounts.attempts import RefusedError, TooManyAttemptsError
        from ..accounts.links import PasswordNeededError

        try:
            link = await self.ask(self.door.open_link, secret, password=password, address=network_address(self))
        except (PasswordNeededError, TooManyAttemptsError) as error:
            if password is None:
                await self.finish(pages.link_page(self.base_url, self.token))
            else:
                await self.refuse(lambda said: pages.link_page(self.base_url, self.token, said), error)
            return
        except RefusedError as error:
            raise Refused(404, str(error)) from error
        keep_signed(self, LINK + link.slug, link.id, is_embedded=is_framed(self))
        self.redirect(f"{self.base_url}d/{link.slug}", status=303)


def own_page(home: str, wanted: str) -> str:
    """Where to go after signing in: a dashboard of ours or the list, never an address of elsewhere."""
    return wanted if re.fullmatch(rf"{re.escape(home)}d/{SLUG}(/notebook)?", wanted) else home
