"""Callers: who a request comes from, by its cookies; and how those cookies are set."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tornado.web import RequestHandler

from ..access import Anonymous, LinkHolder, LocalUser, Principal, SignedIn
from ..network import client_address, is_from_here
from .gate import Gate

if TYPE_CHECKING:
    from ..accounts.signing_in import Door

LINK = "dashwright-link."
"""With the dashboard's slug: the id of the share link that opened it, signed. Of no use for another dashboard."""


async def principal_of(handler: RequestHandler, slug: str | None = None) -> Principal:
    """Who asks; about the dashboard of this slug, if about one."""
    gate: Gate = handler.settings["dashwright_gate"]
    if gate.is_home and is_from_here(handler.request):
        return LocalUser()
    door = door_of(handler)
    if door is None:
        return Anonymous()
    who = await _signed_in(handler, door)
    known = handler.get_signed_cookie(LINK + slug, max_age_days=365) if slug else None
    link = await asyncio.to_thread(door.link, known.decode()) if known else None
    return LinkHolder(link_id=link.id, dashboard_id=link.dashboard_id, beside=who) if link else who


async def _signed_in(handler: RequestHandler, door: Door) -> Anonymous | SignedIn:
    secret = session_of(handler)
    found = await asyncio.to_thread(door.find, secret) if secret else None
    return found or Anonymous()


def door_of(handler: RequestHandler) -> Door | None:
    """None: there are no accounts here."""
    return handler.settings["dashwright_door"]  # type: ignore[no-any-return]


def is_secure(handler: RequestHandler) -> bool:
    """Whether the browser speaks TLS, with us or with the proxy before us."""
    public_url: str | None = handler.settings["dashwright_public_url"]
    return handler.request.protocol == "https" or (public_url or "").startswith("https:")


def network_address(handler: RequestHandler) -> str:
    """Where a request comes from; behind a proxy on this machine, what that says."""
    return client_address(handler.request, handler.settings["dashwright_public_url"])


def session_of(handler: RequestHandler) -> str | None:
    """The secret of the browser's session."""
    return handler.get_cookie(session_cookie(handler))


def session_cookie(handler: RequestHandler) -> str:
    """Over TLS by a name that no other server of the domain, and nobody on the way, can set."""
    is_host = is_secure(handler) and handler.settings["base_url"] == "/"
    return "__Host-dashwright-session" if is_host else "dashwright-session"


def keep_session(handler: RequestHandler, secret: str) -> None:
    handler.set_cookie(
        session_cookie(handler),
        secret,
        expires_days=handler.settings["dashwright_session_days"],
        httponly=True,
        secure=is_secure(handler),
        samesite="Lax",
        path=handler.settings["base_url"],
    )


def forget_session(handler: RequestHandler) -> None:
    handler.clear_cookie(
        session_cookie(handler), path=handler.settings["base_url"], secure=is_secure(handler), httponly=True
    )


def keep_signed(handler: RequestHandler, name: str, value: str, *, is_embedded: bool) -> None:
    """A signed cookie until the browser is closed. In a frame of another site it comes back only over TLS, and is kept
    apart for each such site."""
    if is_embedded and is_secure(handler):
        signed = handler.create_signed_value(name, value).decode()
        path = handler.settings["base_url"]
        # Written out: Python's own cookies know `Partitioned` since 3.14 only.
        text = f"{name}={signed}; HttpOnly; Path={path}; SameSite=None; Secure; Partitioned"
        handler.add_header("Set-Cookie", text)
        return
    handler.set_signed_cookie(
        name,
        value,
        expires_days=None,
        httponly=True,
        samesite="Lax",
        secure=is_secure(handler),
        path=handler.settings["base_url"],
    )


def is_framed(handler: RequestHandler) -> bool:
    """Whether the page is for a frame, as the browser says."""
    return handler.request.headers.get("Sec-Fetch-Dest") in ("iframe", "frame")
