"""Share links: addresses that open one dashboard to whoever has them, with a password where one is set."""

from __future__ import annotations

from datetime import timedelta

from ..nouns import ShareLink
from ..store import Shares, SignInFailures
from . import attempts, passwords
from .attempts import RefusedError
from .secrets import digest, new_secret

GONE = "This link is not good any more, or has a typing mistake; ask whoever sent it for another."
WRONG = "The password is not right."


class PasswordNeededError(RefusedError):
    """The link is good, and opens with its password."""

    code = "password_needed"


def create(
    shares: Shares,
    slug: str,
    *,
    password: str | None = None,
    lifetime: timedelta | None = None,
    user_id: str | None = None,
) -> tuple[ShareLink, str]:
    """A new link to a dashboard and its secret, which is told this once.

    Raises:
        InputError: there is no such dashboard, or the password is not possible.
    """
    kept = None if password is None else passwords.hashed(password)
    secret = new_secret()
    return shares.add_link(slug, digest(secret), kept, lifetime, user_id), secret


def open_link(
    shares: Shares, failures: SignInFailures, secret: str, *, password: str | None = None, address: str
) -> ShareLink:
    """Open a link; its id is what is remembered of it.

    Raises:
        RefusedError: it is unknown, over or revoked, all by the same sentence.
        PasswordNeededError: a password is wanted, or the one given is wrong.
        TooManyAttemptsError: there were too many wrong ones.
    """
    found = shares.link(digest(secret))
    if found is None:
        raise RefusedError(GONE)
    link, kept = found
    if kept is None:
        return link
    if password is None:
        raise PasswordNeededError("This link opens with a password.")
    attempt = attempts.begin(failures, f"link {link.id}", address)
    if not passwords.matches(password, kept):
        raise PasswordNeededError(WRONG)
    attempt.succeeded()
    return link
