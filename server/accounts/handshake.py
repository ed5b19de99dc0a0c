"""A handshake: the way of a browser to a server that proves who somebody is, and back.

State, nonce and verifier are made from one secret that only the browser's cookie holds: nothing is kept here, and who
sees an address with any of them learns nothing of the others.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import Protocol

from ..access import Role
from .attempts import RefusedError

LOST = "This sign-in was not begun in this browser, or too long ago; begin again."


@dataclass(frozen=True)
class Handshake:
    secret: str
    redirect: str
    """Our address to which the browser comes back."""

    @property
    def state(self) -> str:
        """Comes back with the browser, which so proves that it is the one that went."""
        return self._made("state")

    @property
    def nonce(self) -> str:
        """Comes back in the ID token, which so proves to be made for this handshake."""
        return self._made("nonce")

    @property
    def verifier(self) -> str:
        """The code is of no use without it (PKCE)."""
        return self._made("verifier")

    def refuse_foreign(self, state: str) -> None:
        """
        Raises:
            RefusedError: the browser comes back from another handshake.
        """
        if not hmac.compare_digest(state.encode("utf-8", "replace"), self.state.encode()):
            raise RefusedError(LOST)

    def _made(self, what: str) -> str:
        digest = hmac.digest(self.secret.encode("utf-8", "replace"), what.encode(), hashlib.sha256)
        return urlsafe_b64encode(digest).rstrip(b"=").decode()


@dataclass(frozen=True)
class Proof:
    """Who somebody is, as a server says that the operator trusts."""

    issuer: str
    """The server."""
    subject: str
    """The person there, for ever."""
    email: str | None = None
    """Only an address that the server has checked."""
    name: str = ""


@dataclass(frozen=True)
class Return:
    """What the browser brings back in its address."""

    state: str = ""
    code: str = ""
    error: str = ""
    issuer: str | None = None


class Prover(Protocol):
    """A server that proves who somebody is."""

    @property
    def key(self) -> str:
        """In addresses."""

    @property
    def name(self) -> str:
        """After "Sign in with"."""

    @property
    def role(self) -> Role:
        """Of accounts that it makes."""

    def admits(self, email: str) -> bool:
        """Whether somebody with this address, who has no account yet, gets one."""

    def authorization(self, handshake: Handshake) -> str:
        """The address to which the browser goes.

        Raises:
            SourceError, LimitError: the server does not say it.
        """

    def prove(self, handshake: Handshake, back: Return) -> Proof:
        """Who came back.

        Raises:
            RefusedError: nobody, or another one.
            SourceError, LimitError: the server does not say it.
        """
