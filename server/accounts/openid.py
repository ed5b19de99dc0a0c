"""OpenID Connect: a provider of identities that the operator names proves who somebody is.

Authorization code with PKCE, state and nonce. The provider's addresses come from its discovery document, its keys are
got anew for each sign-in, so that a changed one is known at once.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

import httpx
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from ...pipelines.errors import DataError, SourceError
from ...pipelines.sources import addresses
from ...pipelines.sources.addresses import Guard, same_server
from .. import outgoing
from ..settings import Settings
from . import code_grant
from .attempts import RefusedError
from .code_grant import SPOILT
from .handshake import Handshake, Proof, Return

log = logging.getLogger(__name__)
SIGNED = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""By a key that the provider alone has: never `none`, never a secret that we have too."""
LEEWAY = 60
"""Seconds that two clocks may differ."""
KNOWN_FOR = 600.0
"""Seconds that a discovery document is believed."""
SCOPE = "openid email profile"


class OpenIDProvider:
    """Used by several threads."""

    key = "oidc"

    def __init__(self, issuer: str, client_id: str, settings: Settings) -> None:
        self.name = settings.oidc_name
        self.role = settings.oidc_role
        self._issuer = issuer
        self._client_id = client_id
        self._client_secret = settings.oidc_client_secret
        self._domains = frozenset(settings.oidc_domains.split(", "))
        self._own = httpx.URL(self._issuer)
        self._guard = Guard(settings.allow_private_addresses, own=self._own)
        self._lock = threading.Lock()
        self._known: tuple[float, dict[str, Any]] | None = None

    def admits(self, email: str) -> bool:
        return "*" in self._domains or email.rpartition("@")[2] in self._domains

    def authorization(self, handshake: Handshake) -> str:
        metadata = self._metadata()
        endpoint = self._endpoint(metadata, "authorization_endpoint")
        return code_grant.authorization(self._client(metadata), endpoint, handshake, scope=SCOPE, nonce=handshake.nonce)

    def prove(self, handshake: Handshake, back: Return) -> Proof:
        handshake.refuse_foreign(back.state)
        metadata = self._metadata()
        self._refuse_mixed_up(metadata, back)
        endpoint = self._endpoint(metadata, "token_endpoint")
        tokens = code_grant.tokens(self._client(metadata), endpoint, handshake, back)
        claims = self._claims(metadata, tokens, handshake)
        if "email" not in claims and "userinfo_endpoint" in metadata:
            claims = self._userinfo(metadata, tokens["access_token"], claims["sub"]) | claims
        return self._proof(claims)

    def _refuse_mixed_up(self, metadata: dict[str, Any], back: Return) -> None:
        """Another provider's answer, brought here by its issuer's fault or will (RFC 9207)."""
        is_told = metadata.get("authorization_response_iss_parameter_supported") is True
        if (back.issuer is None and is_told) or back.issuer not in (None, self._issuer):
            raise RefusedError(SPOILT)

    def _metadata(self) -> dict[str, Any]:
        """The provider's discovery document.

        Raises:
            SourceError, LimitError: it cannot be had, or is of another provider.
        """
        with self._lock:
            if self._known is not None and time.monotonic() - self._known[0] < KNOWN_FOR:
                return self._known[1]
        found = self._got(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != self._issuer:
            raise SourceError(
                f"The provider of identities calls itself '{str(found.get('issuer'))[:200]}', and not "
                f"'{self._issuer}' as DASHWRIGHT_OIDC_ISSUER does; both must be the same, to the letter."
            )
        with self._lock:
            self._known = (time.monotonic(), found)
        return found

    def _got(self, address: str, **headers: str) -> dict[str, Any]:
        try:
            return outgoing.ask("GET", address, self._guard, headers=headers).mapping()
        except DataError as error:  # an address that the provider named
            raise SourceError(str(error)) from error

    def _endpoint(self, metadata: dict[str, Any], name: str) -> str:
        """An address that the provider names: over TLS, or on the operator's own server.

        Raises:
            SourceError: it names none, or one that could be listened to.
        """
        try:
            url = addresses.parse(str(metadata.get(name) or ""))
        except DataError as error:
            raise SourceError(f"The provider of identities names no {name} that can be used.") from error
        if url.scheme != "https" and not same_server(url, self._own):
            raise SourceError(f"The provider of identities names a {name} without TLS; it is not used.")
        return str(url)

    def _client(self, metadata: dict[str, Any]) -> Any:
        secret = self._client_secret.get_secret_value() if self._client_secret else None
        ways = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        is_posted = secret is not None and "client_secret_basic" not in ways and "client_secret_post" in ways
        method = "client_secret_post" if is_posted else None
        return code_grant.client(self._guard, self._client_id, secret, method=method)

    def _claims(self, metadata: dict[str, Any], tokens: dict[str, Any], handshake: Handshake) -> dict[str, Any]:
        """What the ID token says, once it is proved to be the provider's, for us and for this handshake.

        Raises:
            RefusedError: it is not.
        """
        keys = self._got(self._endpoint(metadata, "jwks_uri"))
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        registry = JWSRegistry(algorithms=[one for one in SIGNED if one in offered], strict_check_header=False)
        try:
            token = jwt.decode(str(tokens.get("id_token")), KeySet.import_key_set(keys), registry=registry)  # type: ignore[arg-type]
            claims = CodeIDToken(
                token.claims,
                token.header,
                {
                    "iss": {"essential": True, "value": self._issuer},
                    "aud": {"essential": True, "values": [self._client_id]},
                    "sub": {"essential": True},
                },
                {"nonce": handshake.nonce, "client_id": self._client_id, "access_token": tokens["access_token"]},
            )
            claims.validate(leeway=LEEWAY)
        except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
            # Keys and token are somebody else's: whatever is wrong with them, nobody is proved to be anybody.
            log.warning("An ID token of '%s' was refused: %s", self._issuer, type(error).__name__)
            raise RefusedError(SPOILT) from None
        return dict(claims)

    def _userinfo(self, metadata: dict[str, Any], access_token: str, subject: str) -> dict[str, Any]:
        """What some providers say only when they are asked."""
        address = self._endpoint(metadata, "userinfo_endpoint")
        found = self._got(address, Authorization=f"Bearer {access_token}")
        if found.get("sub") != subject:
            raise RefusedError(SPOILT)
        return found

    def _proof(self, claims: dict[str, Any]) -> Proof:
        subject, email, name = (claims.get(one) for one in ("sub", "email", "name"))
        if not isinstance(subject, str) or not 0 < len(subject) <= 255:
            raise RefusedError(SPOILT)
        is_checked = claims.get("email_verified") in (True, "true")  # some write it as a text
        return Proof(
            issuer=self._issuer,
            subject=subject,
            email=email if isinstance(email, str) and is_checked else None,
            name=name if isinstance(name, str) else "",
        )
