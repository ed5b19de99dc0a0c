"""What a `Service` says, checked before it is used: a sentence now instead of a strange failure later."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from ..errors import SetupError
from ..services import Service


def key_of(service: Service, name: str, setting: str, *, is_needed: bool = True) -> str:
    """The key, or "".

    Raises:
        SetupError: there is none, or it cannot be one.
    """
    key = service.key.get_secret_value().strip() if service.key else ""
    if is_needed and not key:
        raise SetupError(f"The AI provider '{name}' needs a key: set {setting}.")
    if not re.fullmatch(r"[!-~]*", key):
        raise SetupError(f"The key in {setting} is none: it has spaces or letters that are in no key.")
    return key


def address_of(service: Service, name: str, own: str | None) -> str:
    """Without a slash at its end.

    Raises:
        SetupError: there is none, or it is none of http.
    """
    address = (service.base_url or own or "").strip().rstrip("/")
    setting = f"DASHWRIGHT_{name.upper()}_BASE_URL"
    if not address:
        raise SetupError(f"The AI provider '{name}' has no address of its own: set {setting}.")
    try:
        parts = urlsplit(address)
        is_good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_good = False
    if not is_good:
        raise SetupError(
            f"{setting} is no address: it looks like https://host, or http://127.0.0.1:8000 on one computer."
        )
    return address


def model_of(service: Service, name: str, default: str) -> str:
    """
    Raises:
        SetupError: it cannot be the name of a model.
    """
    model = (service.options.get("model") or default).strip()
    if not re.fullmatch(r"([\w@-][\w.:/@+-]{0,200})?", model, re.ASCII) or ".." in model:
        setting = f"DASHWRIGHT_{name.upper()}_MODEL"
        raise SetupError(f"'{model[:60]}' in {setting} is no name of a model: it has letters, digits and '-_.:/@+'.")
    return model
