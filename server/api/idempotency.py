"""Idempotency: a creation that is sent twice under one key is done once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from ..access import LocalUser, Principal, SignedIn, TokenHolder
from ..store import Keys
from ..store.keys import Answered
from .problem import Fault, Refusal

LONGEST_KEY = 200
RETRY_AFTER = 1


def key_of(header: str) -> str:
    """The key of a request.

    Raises:
        Refusal: it is empty, too long, or not in plain characters.
    """
    key = header.strip()
    if not key or len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable():
        fault = Fault(
            place="header", name="Idempotency-Key", message=f"it must have 1 to {LONGEST_KEY} characters of ASCII"
        )
        raise Refusal(422, f"'Idempotency-Key' cannot be used: {fault.message}.", code="invalid", errors=(fault,))
    return key


def once(
    keys: Keys, principal: Principal, key: str, what: str, sent: Any, do: Callable[[], Answered]
) -> tuple[Answered, bool]:
    """The answer to a creation, and whether it was done before.

    Raises:
        Refusal: 409 while the first one is under way; 422 where the key was used for something else.
    """
    owner = owner_of(principal)
    digest = hashlib.sha256(json.dumps([what, sent], sort_keys=True).encode()).hexdigest()
    held = keys.hold(owner, key, digest)
    if held == "other":
        fault = Fault(place="header", name="Idempotency-Key", message="it was used for something else")
        raise Refusal(
            422,
            "This 'Idempotency-Key' was used for something else; choose a new one.",
            code="invalid",
            errors=(fault,),
        )
    if held == "busy":
        raise Refusal(
            409, "The same is under way under this 'Idempotency-Key'.", code="conflict", retry_after=RETRY_AFTER
        )
    if held is not None:
        return held, True
    try:
        answered = do()
    except BaseException:
        keys.give_up(owner, key)
        raise
    keys.keep(owner, key, answered)
    return answered, False


def owner_of(principal: Principal) -> str:
    """Keys of different people never meet."""
    match principal:
        case LocalUser():
            return "local"
        case SignedIn(user_id=user_id) | TokenHolder(user=SignedIn(user_id=user_id)):
            return user_id
        case _:
            return "anonymous"
