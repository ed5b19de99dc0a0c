"""Signing in by another server: the browser is sent there, and comes back with a proof of who it belongs to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from tornado import web

from ...pipelines.errors import DashwrightError
from .callers import is_secure, keep_session, keep_signed, session_of
from .signing_in import Entrance, own_page

if TYPE_CHECKING:
    from ..accounts.handshake import Handshake, Prover

Answer = TypeVar("Answer")
PATIENCE = 15 / (24 * 60)
"""Days that somebody may take to prove who they are: a quarter of an hour."""
LONGEST_RETURN = 4096
"""Characters of one thing that a browser brings back."""
_threads = ThreadPoolExecutor(4, thread_name_prefix="proving")
"""Of their own: a server that does not answer must not hold up the pages of others."""


class ProverPage(Entrance):
    SUPPORTED_METHODS = ("GET",)

    def prover(self, key: str) -> Prover:
        found = next((one for one in self.provers if one.key == key), None)
        if found is None:
            raise web.HTTPError(404)
        return found

    def handshake(self, prover: Prover, secret: str) -> Handshake:
        from ..accounts.handshake import Handshake

        public_url: str | None = self.settings["dashwright_public_url"]
        origin = public_url or f"{self.request.protocol}://{self.request.host}"
        return Handshake(secret, f"{origin}{self.base_url}sign-in/{prover.key}/callback")

    async def ask(self, what: Callable[..., Answer], *values: Any, **named: Any) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(_threads, partial(what, *values, **named))

    @property
    def cookie(self) -> str:
        """As the session's: over TLS nobody else of the domain can set it."""
        is_host = is_secure(self) and self.base_url == "/"
        return "__Host-dashwright-handshake" if is_host else "dashwright-handshake"

    async def excuse(self, prover: Prover, follow: str, error: DashwrightError) -> None:
        """What went wrong between us and that server: in full for the operator alone."""
        self.log.error("Signing in with %s: %s", prover.name, error)
        said = f"{prover.name} cannot be used just now; try again later, or tell whoever runs this server."
        self.set_status(502)
        await self.finish(self.sign_in_page(follow, said=said))


class ProverBegin(ProverPage):
    @web.authenticated
    async def get(self, key: str) -> None:
        from ..accounts.secrets import new_secret

        _ = self.door  # nobody signs in where there are no accounts
        prover, follow = self.prover(key), own_page(self.base_url, self.get_query_argument("next", ""))
        secret = new_secret()
        try:
            address = await self.ask(prover.authorization, self.handshake(prover, secret))
        except DashwrightError as error:
            await self.excuse(prover, follow, error)
            return
        keep_signed(self, self.cookie, f"{secret} {follow}", is_embedded=False)
        self.redirect(address)


class ProverReturn(ProverPage):
    @web.authenticated
    async def get(self, key: str) -> None:
        from ..accounts.attempts import RefusedError
        from ..accounts.handshake import LOST, Return

        prover = self.prover(key)
        known = self.get_signed_cookie(self.cookie, max_age_days=PATIENCE)
        self.clear_cookie(self.cookie, path=self.base_url, secure=is_secure(self), httponly=True)
        secret, _, follow = (known or b"").decode().partition(" ")
        follow = own_page(self.base_url, follow)
        try:
            if not secret:
                raise RefusedError(LOST)
            state, code, wrong = (self.brought(name) or "" for name in ("state", "code", "error"))
            back = Return(state, code, wrong, issuer=self.brought("iss"))
            _, session = await self.ask(
                self.door.sign_in_by,
                prover,
                self.handshake(prover, secret),
                back,
                user_agent=self.request.headers.get("User-Agent", ""),
                before=session_of(self),
            )
        except RefusedError as error:
            await self.refuse(lambda said: self.sign_in_page(follow, said=said), error)
            return
        except DashwrightError as error:
            await self.excuse(prover, follow, error)
            return
        keep_session(self, session)
        self.redirect(follow, status=303)

    def brought(self, name: str) -> str | None:
        value = self.get_query_argument(name, None)
        return value[:LONGEST_RETURN] if value is not None else None
