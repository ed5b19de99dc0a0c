"""The manifest: what is in a version, as paths, digests and sizes. Its own digest is the version's name in storage."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from ...pipelines.model import Noun

LONGEST_PATH = 1_000
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256, in hexadecimal digits."""


def _stays_inside(path: str) -> str:
    parts = PurePosixPath(path).parts
    if not parts or path != "/".join(parts) or ".." in parts or path.startswith("/") or not path.isprintable():
        raise ValueError("no path of a file below a folder")
    return path


RelativePath = Annotated[str, StringConstraints(max_length=LONGEST_PATH), AfterValidator(_stays_inside)]


class Kept(Noun):
    """A file, and where its bytes are."""

    path: RelativePath
    sha256: Digest
    size: int = Field(ge=0)


class Manifest(Noun):
    """The files of one version, sorted by path."""

    files: tuple[Kept, ...]
    """Of the version's folder."""
    downloads: tuple[Kept, ...] = ()
    """What its tables were read from, by the path in a job's folder. A refresh needs it where only another dataset
    has changed; viewers do not."""

    def encoded(self) -> bytes:
        """The same bytes for the same content."""
        return self.model_dump_json().encode()

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.encoded()).hexdigest()

    @property
    def all(self) -> Iterator[Kept]:
        yield from self.files
        yield from self.downloads

    @property
    def size(self) -> int:
        """Bytes, each content counted once."""
        return sum({kept.sha256: kept.size for kept in self.all}.values())
