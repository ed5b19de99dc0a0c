"""Tokens: what programs show to act for the caller. Made and ended by people who are signed in."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field, StringConstraints

from ....pipelines.model import Noun
from ...access import SIGN_IN, Anonymous, LocalUser, Scope, SignedIn
from ...accounts import tokens
from ...nouns import ApiToken
from ...store import ApiTokens
from ..problem import Refusal
from ..route import Call, Id, Routes
from .sharing import Lifetime

routes = Routes("Tokens")

REFUSED = (401, 403)


class NewToken(Noun):
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)] = Field(
        description="What it is for."
    )
    scopes: Annotated[tuple[Scope, ...], Field(min_length=1, max_length=len(Scope))] = (Scope.READ,)
    expires_in: Lifetime | None = None


class MadeToken(Noun):
    token: ApiToken
    secret: str = Field(description="For `Authorization: Bearer`. Told this once.")


class TokenList(Noun):
    items: tuple[ApiToken, ...]


@routes.get("/tokens", "List your tokens", None, problems=REFUSED)
def list_tokens(call: Call) -> TokenList:
    """The newest first."""
    return TokenList(items=ApiTokens(call.store).all(_person(call).email))


@routes.post("/tokens", "Make a token", None, status=201, problems=REFUSED)
def create_token(call: Call, body: NewToken) -> MadeToken:
    """A program with it acts for you, within its scopes. It is told this once, so there is no Idempotency-Key, which
    would keep the answer."""
    lifetime = timedelta(seconds=body.expires_in) if body.expires_in else None
    token, secret = tokens.create(ApiTokens(call.store), _person(call).email, body.name, body.scopes, lifetime)
    return MadeToken(token=token, secret=secret)


@routes.delete("/tokens/{token_id}", "End a token", None, status=204, problems=REFUSED)
def revoke_token(call: Call, token_id: Id) -> None:
    ApiTokens(call.store).revoke(token_id, _person(call).user_id)


def _person(call: Call) -> SignedIn:
    """Whose tokens these are.

    Raises:
        Refusal: nobody with an account has signed in.
    """
    match call.principal:
        case SignedIn():
            return call.principal
        case Anonymous():
            raise Refusal(401, SIGN_IN.sentence, headers={"WWW-Authenticate": "Bearer"})
        case LocalUser():
            raise Refusal(403, "The user of this machine has no account, and so no tokens; sign in with one.")
        case _:
            raise Refusal(403, "A token makes, lists and ends no tokens; sign in, as its user.")
