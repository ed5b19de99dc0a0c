"""Unsubscribing: the secret in the address by which a mail's reader ends further ones about the same dashboard."""

from __future__ import annotations

import base64
import hashlib
import hmac

from ..queue import signing_secret
from ..settings import Settings


def secret_of(settings: Settings, user_id: str, dashboard_id: str) -> str:
    """The same in each mail to this person about this dashboard, so that those of a year ago still work."""
    what = f"unsubscribe {user_id} {dashboard_id}".encode()
    key = hmac.digest(signing_secret(settings).encode(), what, hashlib.sha256)
    return base64.urlsafe_b64encode(key).decode().rstrip("=")
