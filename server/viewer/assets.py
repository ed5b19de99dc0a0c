"""Assets: the front end's files, compressed once and kept, under addresses that change with their content.

A first visit to a Voilà page asks for more than a hundred files of 6 MB in all. They are the same for everybody and
for every dashboard; a second visit needs none of them.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import mimetypes
from functools import lru_cache
from pathlib import Path

from tornado.web import HTTPError

from .answering import Answering

YEAR = 31_536_000
_PACKED = ("text/", "application/javascript", "application/json", "image/svg+xml", "application/wasm")


def fingerprint(roots: tuple[Path, ...]) -> str:
    """Changes when a file below is added, removed or replaced."""
    digest = hashlib.sha256()
    for root in roots:
        for path in sorted(root.rglob("*")):
            if path.is_file():
                stat = path.stat()
                digest.update(f"{path.relative_to(root)} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:12]


def locate(roots: tuple[Path, ...], path: str) -> Path | None:
    """The first file of that name below one of the roots. Symbolic links may lead out, as in editable installs."""
    parts = path.split("/")
    if not all(parts) or any(part.startswith(".") or "\\" in part or "\0" in part for part in parts):
        return None
    return next((found for root in roots if (found := root.joinpath(*parts)).is_file()), None)


@lru_cache(maxsize=512)
def packed(path: Path, _modified: int) -> tuple[bytes, bool]:
    """The content, and whether it is compressed."""
    content = path.read_bytes()
    if len(content) < 1024 or not media_type(path).startswith(_PACKED):
        return content, False
    return gzip.compress(content, 6), True


def media_type(path: Path) -> str:
    if path.suffix in (".js", ".mjs"):
        return "text/javascript"
    return mimetypes.guess_type(path.name)[0] or "application/octet-stream"


class Assets(Answering):
    """Files of some folders, to everybody: they are public code."""

    SUPPORTED_METHODS = ("GET", "HEAD")

    def initialize(self, roots: tuple[Path, ...]) -> None:
        self.roots = roots

    async def get(self, path: str) -> None:
        found = await asyncio.to_thread(locate, self.roots, path)
        if found is None:
            raise HTTPError(404)
        content, is_packed = await asyncio.to_thread(packed, found, found.stat().st_mtime_ns)
        if is_packed and "gzip" not in self.request.headers.get("Accept-Encoding", ""):
            content, is_packed = await asyncio.to_thread(gzip.decompress, content), False
        if is_packed:
            self.set_header("Content-Encoding", "gzip")
        self.set_header("Vary", "Accept-Encoding")
        self.set_header("Content-Type", media_type(found))
        self.set_header("Cache-Control", f"public, max-age={YEAR}, immutable")
        await self.finish(content)

    async def head(self, path: str) -> None:
        await self.get(path)
