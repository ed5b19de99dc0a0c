"""Secrets that are made once and kept in the data directory, each in a file for its owner alone."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

from ..pipelines.errors import SetupError
from .observing.redacting import REDACTOR


def kept_secret(folder: Path, name: str) -> str:
    """The secret of this name; 256 random bits at the first call. Several processes may ask at once.

    Raises:
        SetupError: the file cannot be written, or other users can read it.
    """
    path = folder / name
    try:
        if not path.exists():
            _make(path)
        if path.stat().st_mode & 0o077:
            raise SetupError(f"Other users can read the secret '{path}'; run: chmod 600 '{path}'.")
        secret = path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise SetupError(f"The secret '{path}' cannot be kept: {error.strerror}.") from error
    REDACTOR.hide(secret)
    return secret


def _make(path: Path) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        # A link fails where a rename would replace what another process has just made and maybe used.
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(temporary)
