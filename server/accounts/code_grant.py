"""The authorization code grant of OAuth 2 with PKCE, by Authlib, over our own guarded requests."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from authlib.oauth2 import OAuth2Client, OAuth2Error
from authlib.oauth2.auth import ClientAuth

from ...pipelines.errors import DataError, SourceError
from ...pipelines.sources.addresses import Guard
from .. import outgoing
from .attempts import RefusedError
from .handshake import Handshake, Return

log = logging.getLogger(__name__)
CANCELLED = "The sign-in was cancelled, or you may not use this server there; begin again, or ask whoever runs it."
SPOILT = "The sign-in could not be finished; begin again."


class Session:
    """What Authlib posts through."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    def post(self, url: str, *, data: Mapping[str, str], headers: Mapping[str, str], auth: ClientAuth) -> Any:
        signed, told, body = auth.prepare("POST", url, dict(headers), urlencode(data))
        return outgoing.ask("POST", signed, self._guard, headers=told, body=body.encode())


def client(guard: Guard, client_id: str, client_secret: str | None, *, method: str | None = None) -> OAuth2Client:
    """`method`: how the client proves who it is, if not as Authlib chooses."""
    return OAuth2Client(
        Session(guard),
        client_id=client_id,
        client_secret=client_secret,
        code_challenge_method="S256",
        token_endpoint_auth_method=method,
    )


def authorization(client: OAuth2Client, endpoint: str, handshake: Handshake, **more: str) -> str:
    """The address to which the browser goes."""
    address, _ = client.create_authorization_url(
        endpoint,
        state=handshake.state,
        code_verifier=handshake.verifier,
        redirect_uri=handshake.redirect,
        **more,
    )
    return str(address)


def tokens(client: OAuth2Client, endpoint: str, handshake: Handshake, back: Return) -> dict[str, Any]:
    """What the code is exchanged for.

    Raises:
        RefusedError: the browser comes from another handshake or brings an error, or the code is not taken.
        SourceError, LimitError: the server does not answer as it must.
    """
    handshake.refuse_foreign(back.state)
    if back.error or not back.code:
        raise RefusedError(CANCELLED)
    try:
        found = client.fetch_token(
            endpoint,
            grant_type="authorization_code",
            code=back.code,
            code_verifier=handshake.verifier,
            redirect_uri=handshake.redirect,
        )
    except OAuth2Error as error:
        # Its description is somebody else's text, and may repeat what we sent.
        log.warning("A code was refused by '%s': %s", endpoint, str(error.error)[:60].encode("ascii", "replace"))
        raise RefusedError(SPOILT) from None
    except DataError as error:  # an address that another server named
        raise SourceError(str(error)) from error
    except ValueError as error:
        raise SourceError(f"'{endpoint}' answers with something else than tokens.") from error
    if not isinstance(found.get("access_token"), str):
        raise SourceError(f"'{endpoint}' answers without an access token.")
    return dict(found)
