"""Guarding: what a request must be like before anything is done for it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Protocol
from urllib.parse import urlsplit

from tornado.httputil import HTTPHeaders, HTTPServerRequest

from ..access import Principal
from .problem import Refusal

SECRET_NAMES = frozenset({"token", "access_token", "api_key", "apikey", "key", "password", "authorization"})
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OWN_HEADER = "X-Dashwright"
"""A header that a page of another site cannot send without being allowed to, and nobody is."""
ETAG = re.compile(r'"([\x21\x23-\x7e]{1,200})"')


class Identity(Protocol):
    """How a server knows who asks."""

    def who(self, request: HTTPServerRequest) -> Principal:
        """Called in a thread.

        Raises:
            Refusal: 401, where a token is no good.
        """
        ...


def check_query(names: Sequence[str]) -> None:
    """Addresses end in logs and histories, so a secret in one is refused rather than used.

    Raises:
        Refusal: 400.
    """
    for name in names:
        if name.lower() in SECRET_NAMES:
            raise Refusal(
                400,
                f"'{name[:40]}' may not be in an address, where logs and histories keep it; send the token as "
                "'Authorization: Bearer …'.",
                code="secret-in-address",
            )


def check_host(host: str, allowed: Sequence[str]) -> None:
    """A page of elsewhere whose name leads here would be of the same origin as us.

    Raises:
        Refusal: 421.
    """
    name = urlsplit(f"//{host}").hostname if _is_host(host) else None
    if name is None or name not in allowed:
        raise Refusal(
            421,
            f"This server is not '{host[:100]}'. It answers to {', '.join(allowed)}; DASHWRIGHT_API_HOSTS adds names.",
        )


def check_site(request: HTTPServerRequest) -> None:
    """Another site may not use the cookies of ours. What has no cookie was not sent by a browser for somebody.

    Raises:
        Refusal: 403.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Refusal(403, "Pages of another site may not use this API.")
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc.lower() != (request.host or "").lower():
        raise Refusal(403, f"Pages of '{origin[:100]}' may not use this API.")


def check_cookie(request: HTTPServerRequest) -> None:
    """A change by a cookie must come from a page of ours.

    Raises:
        Refusal: 403.
    """
    is_by_cookie = bool(request.headers.get("Cookie")) and not request.headers.get("Authorization")
    if request.method not in SAFE and is_by_cookie and not request.headers.get(OWN_HEADER):
        raise Refusal(403, f"A change by a cookie needs the header '{OWN_HEADER}: 1'.", code="cross-site")


def bearer(headers: HTTPHeaders) -> str | None:
    """The token of a request, if it has one.

    Raises:
        Refusal: 401, where it is in another form.
    """
    header = headers.get("Authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Refusal(401, "Send the token as 'Authorization: Bearer …'.", headers={"WWW-Authenticate": "Bearer"})
    return token.strip()


def expected(headers: Mapping[str, str]) -> str | None:
    """The ETag of If-Match; None for `*`.

    Raises:
        Refusal: 428 where there is none, 400 where it is none that we give out.
    """
    header = headers.get("If-Match")
    if header is None:
        raise Refusal(
            428,
            "Send 'If-Match' with the ETag that you have read, so that nobody's change is lost, or with '*'.",
        )
    if header.strip() == "*":
        return None
    found = ETAG.fullmatch(header.strip())
    if found is None:
        raise Refusal(400, "'If-Match' must be one ETag in quotes, as it was given out, or '*'.", code="unreadable")
    return found[1]


def _is_host(host: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9._-]+(:\d{1,5})?|\[[0-9a-fA-F:.]+\](:\d{1,5})?", host) is not None
