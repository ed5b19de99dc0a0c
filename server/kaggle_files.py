"""Kaggle's own files: what its programs have kept on this machine to sign in with."""

from __future__ import annotations

import json
from pathlib import Path

from platformdirs import user_config_path
from pydantic import SecretStr

from ..pipelines.errors import SetupError
from ..pipelines.services import Service

MOST = 64 * 1024
"""Bytes of a file that are looked at."""
TOKENS = ("access_token", "access_token.txt")
KEY = "kaggle.json"


def signed(service: Service, token: SecretStr | None, folder: Path | None) -> Service:
    """The service with what there is to sign in with: a token, or a name and a key.

    What variables say goes before files, which may have been forgotten there. What cannot be used is an option called
    "problem": it concerns those who want something from Kaggle, and must not stop anybody else.
    """
    try:
        user, key = given(service, token) or kept(folder)
    except SetupError as error:
        return service.model_copy(update={"user": None, "key": None, "options": {"problem": str(error)}})
    return service.model_copy(update={"user": user, "key": key})


Pair = tuple[str | None, SecretStr | None]
"""Name and key; a key without a name is a token."""


def given(service: Service, token: SecretStr | None) -> Pair | None:
    """What variables say. None: nothing.

    Raises:
        SetupError: one is missing, or names a file that is none.
    """
    if token is not None:
        text = token.get_secret_value().strip()
        return None, SecretStr(read(Path(text).expanduser()) if is_path(text) else text)
    if service.user and service.key:
        return service.user, service.key
    if service.user or service.key:
        there, missing = ("KAGGLE_USERNAME", "KAGGLE_KEY") if service.user else ("KAGGLE_KEY", "KAGGLE_USERNAME")
        raise SetupError(f"{there} is set, but {missing} is not; set both, or KAGGLE_API_TOKEN alone.")
    return None


def is_path(text: str) -> bool:
    """No token has a slash."""
    return "/" in text


def kept(folder: Path | None) -> Pair:
    """What is in the folder of Kaggle's programs, a token first; nothing where there is none.

    Raises:
        SetupError: a file is there that cannot be used.
    """
    usual = (Path("~/.kaggle"), user_config_path("kaggle", appauthor=False))
    for place in (item.expanduser() for item in ((folder,) if folder else usual)):
        for name in TOKENS:
            if (place / name).is_file():
                return None, SecretStr(read(place / name))
        if (place / KEY).is_file():
            return pair(place / KEY)
    return None, None


def read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            text = file.read(MOST).decode().strip()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise SetupError(f"The key for Kaggle in '{path}' cannot be read: {why}.") from None
    if not text:
        raise SetupError(f"The key for Kaggle in '{path}' cannot be read: the file is empty.")
    return text


def pair(path: Path) -> Pair:
    try:
        found = json.loads(read(path))
        user, key = found["username"], found["key"]
    except (ValueError, LookupError, TypeError, RecursionError):
        user = key = None
    if not (isinstance(user, str) and user and isinstance(key, str) and key):
        raise SetupError(f'\'{path}\' has no name and key for Kaggle, as {{"username": "...", "key": "..."}}.')
    return user, SecretStr(key)
