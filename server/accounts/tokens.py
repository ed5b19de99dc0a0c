"""API tokens: made for a user, shown once, and found again by their digest."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from ..access import Scope, TokenHolder
from ..nouns import ApiToken
from ..store import ApiTokens
from .secrets import API_TOKEN, digest, new_secret


def create(
    tokens: ApiTokens, email: str, name: str, scopes: Collection[Scope], lifetime: timedelta | None = None
) -> tuple[ApiToken, str]:
    """A new token and its secret, which is told this once.

    Raises:
        InputError: there is no such user, or name or scopes are not possible.
    """
    secret = new_secret(API_TOKEN)
    return tokens.add(email, name, digest(secret), scopes, lifetime), secret


def holder(tokens: ApiTokens, secret: str) -> TokenHolder | None:
    """Who acts by this token. None: it is none of ours, it is over, or its user is disabled."""
    return tokens.find(digest(secret)) if secret.startswith(API_TOKEN) else None
