"""Secrets that are told once and kept as their hashes: of sessions, API tokens, share links, set-up addresses."""

from __future__ import annotations

import hashlib
import secrets

API_TOKEN = "dwt_"  # noqa: S105 - how all of them begin, so that people and scanners of code know one when they see it


def new_secret(prefix: str = "") -> str:
    """256 random bits, as a piece of an address may hold them."""
    return prefix + secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is kept and looked up. How long that takes tells nothing of a secret, as nobody can choose its digest."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
