"""Identity: a signed cookie tells one browser from another, whoever is signed in there."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from jupyter_server.auth.identity import IdentityProvider, User
from tornado.web import RequestHandler

from .callers import is_framed, keep_signed

COOKIE = "dashwright-browser"


class BrowserIdentity(IdentityProvider):
    """Each browser is a user of its own, under a random name that nobody else can take."""

    @property
    def auth_enabled(self) -> bool:
        return False

    def get_user(self, handler: RequestHandler) -> User:
        known = handler.get_signed_cookie(COOKIE, max_age_days=365)
        name = known.decode() if known else secrets.token_urlsafe(18)
        if not known and handler.request.method == "GET":
            keep_signed(handler, COOKIE, name, is_embedded=is_framed(handler))
        return User(username=name)


def cookie_secret(folder: Path) -> bytes:
    """The key cookies are signed with: made at the first start, read by the later ones."""
    path = folder / "viewer-cookie"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with contextlib.suppress(FileExistsError):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(48))
    secret = path.read_bytes()
    if len(secret) < 32:  # a start that broke off between making and writing it
        path.unlink()
        return cookie_secret(folder)
    return secret
