"""Digesting: the SHA-256 of a file that may be large, and that nobody trusts."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

from ...pipelines.errors import StorageError
from .objects import Heed, go_on

PIECE = 4 * 1024**2


def digest_of(path: Path, heed: Heed = go_on) -> str:
    """The digest of a regular file, never of what a link points to.

    Raises:
        StorageError: it is a link, a pipe or the like.
    """
    digest = hashlib.sha256()
    if not stat.S_ISREG(path.lstat().st_mode):
        raise StorageError(f"'{path}' is no ordinary file, and so is not stored; remove it and try again.")
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
        while piece := file.read(PIECE):
            heed()
            digest.update(piece)
    return digest.hexdigest()
