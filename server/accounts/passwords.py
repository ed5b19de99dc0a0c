"""Passwords: hashed by argon2id, and checked in the same time whether there is one or not."""

from __future__ import annotations

import threading
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ...pipelines.errors import InputError

SHORTEST, LONGEST = 10, 1000
FEWEST_DIFFERENT = 5
AT_ONCE = threading.BoundedSemaphore(2)
"""Each hash takes 64 MiB and a core for some 50 ms: many sign-ins at once wait instead of taking the machine."""
_hasher = PasswordHasher()  # argon2id by the parameters of RFC 9106 for machines with little memory


def hashed(password: str, email: str = "") -> str:
    """The hash to keep of a password that somebody chose.

    Raises:
        InputError: it is too short or too long, or too easily guessed.
    """
    plain = _normal(password)
    if len(plain) < SHORTEST:
        raise InputError(f"The password has {len(plain)} characters; choose at least {SHORTEST}.")
    if len(plain) > LONGEST:
        raise InputError(f"The password has {len(plain):,} characters; at most {LONGEST:,} are possible.")
    name = email.partition("@")[0].lower()
    rest = plain.lower().replace(name, "") if len(name) > 2 else plain
    if len(set(rest)) < FEWEST_DIFFERENT:
        raise InputError(
            f"The password is too easily guessed; beside your address it needs {FEWEST_DIFFERENT} different characters."
        )
    with AT_ONCE:
        return _hasher.hash(plain)


def matches(password: str, kept: str | None) -> bool:
    """Whether it is the password of this hash. None takes as long, and is nobody's."""
    with AT_ONCE:
        try:
            is_right = _hasher.verify(kept or _nobodys(), _normal(password)[: LONGEST + 1])
        except (VerificationError, InvalidHashError):
            return False
    return is_right and kept is not None


def is_outdated(kept: str) -> bool:
    """Whether the hash was made by other parameters than today's."""
    return _hasher.check_needs_rehash(kept)


def rehashed(password: str) -> str:
    """The hash of a password that has been right before."""
    with AT_ONCE:
        return _hasher.hash(_normal(password))


@cache
def _nobodys() -> str:
    return _hasher.hash("a password that nobody has")


def _normal(password: str) -> str:
    """The same characters however a keyboard composes them; what is no text cannot be hashed."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "replace").decode()
