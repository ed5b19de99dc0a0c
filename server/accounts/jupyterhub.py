"""JupyterHub: the Hub that people work in proves who they are, with this server as one of its services.

The Hub is an OAuth provider for its services (code grant with PKCE since its 5th version; older ones pass the challenge
over). It knows names and no addresses: the operator says of which domain they are.
"""

from __future__ import annotations

from typing import Any

import httpx
from pydantic import SecretStr

from ...pipelines.errors import SourceError
from ...pipelines.sources.addresses import Guard
from .. import outgoing
from ..settings import Settings
from . import code_grant
from .handshake import Handshake, Proof, Return


class JupyterHub:
    """Used by several threads."""

    key = "jupyterhub"
    name = "JupyterHub"

    def __init__(self, hub: str, api_token: SecretStr, domain: str, settings: Settings) -> None:
        self.role = settings.jupyterhub_role
        self._hub = hub
        self._api = settings.jupyterhub_api_url or f"{self._hub}/hub/api"
        self._domain = domain
        self._client_id = settings.jupyterhub_client_id
        self._secret = api_token
        self._guard = Guard(settings.allow_private_addresses, own=httpx.URL(self._api))

    def admits(self, email: str) -> bool:
        return email.rpartition("@")[2] == self._domain

    def authorization(self, handshake: Handshake) -> str:
        return code_grant.authorization(self._client(), f"{self._hub}/hub/api/oauth2/authorize", handshake)

    def prove(self, handshake: Handshake, back: Return) -> Proof:
        tokens = code_grant.tokens(self._client(), f"{self._api}/oauth2/token", handshake, back)
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        person = outgoing.ask("GET", f"{self._api}/user", self._guard, headers=bearer).mapping()
        name = person.get("name")
        if person.get("kind", "user") != "user" or not isinstance(name, str) or not 0 < len(name) <= 255:
            raise SourceError(f"'{self._api}/user' answers without the name of a user.")
        # A name may be an address already. One of another domain is nobody's whom the operator vouches for.
        email = name if "@" in name else f"{name}@{self._domain}"
        return Proof(issuer=self._hub, subject=name, email=email if self.admits(email.lower()) else None, name=name)

    def _client(self) -> Any:
        secret = self._secret.get_secret_value()
        return code_grant.client(self._guard, self._client_id, secret, method="client_secret_post")
