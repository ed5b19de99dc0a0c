"""Calling: who a request comes from, by a token or by the cookie of a session of this API."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from http.cookies import SimpleCookie

from tornado.httputil import HTTPServerRequest

from ..access import Anonymous, LocalUser, Principal
from ..accounts.signing_in import Door
from ..accounts.tokens import holder
from ..keeping import kept_secret
from ..settings import Settings
from ..store import ApiTokens, Store
from . import guarding
from .problem import Refusal

COOKIE = "dashwright-api-session"
"""Not the viewer's: browsers do not tell the ports of a host apart, and a dashboard's script has nothing to do here."""


class Callers:
    """The user of this machine by the token in the data directory, people by their sessions, programs by tokens."""

    def __init__(self, settings: Settings, store: Callable[[], Store]) -> None:
        self._token = kept_secret(settings.secrets, "api-token")
        self._store = store

    def who(self, request: HTTPServerRequest) -> Principal:
        token = guarding.bearer(request.headers)
        if token is not None:
            if hmac.compare_digest(token.encode("utf-8", "replace"), self._token.encode()):
                return LocalUser()
            found = holder(ApiTokens(self._store()), token)
            if found is None:
                raise Refusal(401, "This token is not known here, or is over.", headers={"WWW-Authenticate": "Bearer"})
            return found
        secret = session_of(request)
        return (Door(self._store()).find(secret) if secret else None) or Anonymous()


def session_of(request: HTTPServerRequest) -> str | None:
    """The secret of the browser's session."""
    morsel = request.cookies.get(COOKIE)
    return morsel.value if morsel and morsel.value else None


def session_cookie(base: str, secret: str, days: float, *, secure: bool) -> str:
    """The header that keeps a session; an empty secret forgets it."""
    cookie: SimpleCookie = SimpleCookie({COOKIE: secret})
    morsel = cookie[COOKIE]
    morsel["path"], morsel["samesite"], morsel["httponly"], morsel["secure"] = base, "Strict", True, secure
    morsel["max-age"] = int(days * 86_400) if secret else 0
    return morsel.OutputString()
