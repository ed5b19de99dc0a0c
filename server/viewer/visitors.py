"""Visitors: who somebody is for the counts, without keeping who they are."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal
from uuid import UUID

from ..access import LinkHolder, LocalUser, Principal, SignedIn
from ..keeping import kept_secret
from ..network import neighbourhood
from ..settings import Settings

Addresses = Literal["hashed", "truncated", "none"]
KEPT = {4: 24, 6: 48}
"""Bits of an address that `truncated` keeps, as those analytics do that truncate."""


@dataclass(frozen=True)
class Visitors:
    """Tells visitors apart, by a key for each day and dashboard: nobody can be followed from one to another."""

    secret: bytes
    addresses: Addresses

    def digest(self, who: Principal, address: str, user_agent: str, dashboard_id: str, day: date) -> str | None:
        """The same for the same visitor, as a UUID. None: nothing tells who it is."""
        known = self._known(who, address, user_agent)
        if known is None:
            return None
        key = hmac.digest(self.secret, f"{day.isoformat()} {dashboard_id}".encode(), hashlib.sha256)
        return str(UUID(bytes=hmac.digest(key, known.encode("utf-8", "replace"), hashlib.sha256)[:16]))

    def network(self, address: str) -> str | None:
        """What is kept of an address itself."""
        if self.addresses != "truncated":
            return None
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return None
        if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
            found = found.ipv4_mapped
        return str(ipaddress.ip_network((int(found), KEPT[found.version]), strict=False).network_address)

    def _known(self, who: Principal, address: str, user_agent: str) -> str | None:
        person = person_of(who)
        if isinstance(person, SignedIn):
            return f"user {person.user_id}"
        if isinstance(person, LocalUser):
            return "local"
        return None if self.addresses == "none" else f"address {neighbourhood(address)}\n{user_agent}"


def visitors(settings: Settings) -> Visitors:
    """Made with the secret of this installation; machines that share SECRET_KEY tell visitors apart alike."""
    shared = settings.secret_key
    secret = shared.get_secret_value() if shared else kept_secret(settings.secrets, "visitors-key")
    return Visitors(hmac.digest(secret.encode(), b"visitors", hashlib.sha256), settings.view_addresses)


def person_of(who: Principal) -> Principal:
    """Who somebody is, whatever link they opened."""
    return who.beside if isinstance(who, LinkHolder) else who


def today() -> date:
    return datetime.now(UTC).date()
