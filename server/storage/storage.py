"""Storage: files under the digest of their content, written once, and believed only when the digest is right."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from ...pipelines.errors import StorageError
from .digesting import digest_of
from .manifest import Kept, Manifest
from .objects import Heed, Objects, go_on

T = TypeVar("T")
U = TypeVar("U")
LARGEST_MANIFEST = 8 * 1024**2
"""Bytes."""


class Storage:
    """Versions and files in a folder or a bucket. May be used by several threads at once.

    Everything raises StorageError with a sentence where the place cannot be reached or refuses, and LimitError where a
    disk is full.
    """

    def __init__(self, objects: Objects) -> None:
        self.objects = objects
        self.address = objects.address

    def put(self, folder: Path, downloads: Sequence[Path] = (), also: Iterable[Kept] = (), heed: Heed = go_on) -> str:
        """Keep a version's folder, with the files that its tables were read from; the digest of its manifest.

        `also`: downloads that are kept already. What is kept is whole: the manifest comes last.
        """
        paths = [path for path in sorted(folder.rglob("*")) if path.is_symlink() or not path.is_dir()]
        files = self._each(lambda path: self._put(path, path.relative_to(folder).as_posix(), heed), paths)
        raw = self._each(lambda path: self._put(path, f"downloads/{path.name}", heed), sorted(downloads))
        named = {kept.path: kept for kept in (*also, *raw)}
        manifest = Manifest(files=tuple(files), downloads=tuple(named[path] for path in sorted(named)))
        with tempfile.TemporaryDirectory() as temporary:
            place = Path(temporary, "manifest.json")
            place.write_bytes(manifest.encoded())
            self.objects.add(place, manifest_key(manifest.digest), heed)
        return manifest.digest

    def put_file(self, path: Path, heed: Heed = go_on) -> str:
        """Keep one file; its digest."""
        return self._put(path, path.name, heed).sha256

    def get(self, digest: str, target: Path, heed: Heed = go_on) -> None:
        """Have a version as a folder, verified, whole or not at all. One that is there stays as it is."""
        if target.is_dir():
            return
        manifest = self.manifest(digest)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        staging = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}-"))
        try:
            for kept in manifest.files:
                (staging / kept.path).parent.mkdir(parents=True, exist_ok=True)
            self._each(lambda kept: self.get_file(kept, staging / kept.path, heed), manifest.files)
            staging.chmod(0o755)
            try:
                os.replace(staging, target)
            except OSError:
                if not target.is_dir():  # else somebody else was faster, with the same
                    raise
        finally:
            shutil.rmtree(staging, ignore_errors=True)

    def get_file(self, kept: Kept, target: Path, heed: Heed = go_on) -> None:
        """Have one file, verified. There is nothing of it where that fails."""
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-")
        os.close(handle)
        arriving = Path(name)
        arriving.unlink()
        try:
            self.objects.fetch(blob_key(kept.sha256), arriving, heed)
            if arriving.stat().st_size != kept.size or digest_of(arriving, heed) != kept.sha256:
                raise StorageError(self._damaged(f"'{kept.path}' is not what was stored", blob_key(kept.sha256)))
            arriving.chmod(0o444)
            os.replace(arriving, target)
        except FileNotFoundError as error:
            raise StorageError(self._damaged(f"'{kept.path}' is missing", blob_key(kept.sha256))) from error
        finally:
            arriving.unlink(missing_ok=True)

    def manifest(self, digest: str) -> Manifest:
        """What is in a version, verified."""
        key = manifest_key(digest)
        try:
            content = self.objects.read(key, LARGEST_MANIFEST)
        except FileNotFoundError as error:
            raise StorageError(self._damaged("a version's list of files is missing", key)) from error
        try:
            if hashlib.sha256(content).hexdigest() != digest:
                raise ValueError("another digest")
            return Manifest.model_validate_json(content)
        except (ValueError, ValidationError) as error:
            raise StorageError(self._damaged("a version's list of files is not what was stored", key)) from error

    def manifests(self, digests: Iterable[str]) -> list[Manifest]:
        return self._each(self.manifest, sorted(set(digests)))

    def has(self, digest: str) -> bool:
        """Whether this version is kept."""
        return self.objects.exists(manifest_key(digest))

    def sign(self, digest: str, path: str, name: str, seconds: int) -> str:
        """An address under which anybody can download one file of a version for so long, as a file of this name.

        Raises:
            StorageError: there is no such file, or this place or these credentials cannot sign.
        """
        manifest = self.manifest(digest)
        for kept in manifest.all:
            if kept.path == path:
                return self.objects.sign(blob_key(kept.sha256), name, seconds)
        there = ", ".join(kept.path for kept in manifest.all)
        raise StorageError(f"The version has no file '{path}'. It has: {there}.")

    def _put(self, path: Path, name: str, heed: Heed) -> Kept:
        kept = Kept(path=name, sha256=digest_of(path, heed), size=path.stat().st_size)
        self.objects.add(path, blob_key(kept.sha256), heed)
        return kept

    def _each(self, function: Callable[[T], U], items: Sequence[T]) -> list[U]:
        """In order; as many at the same time as is good for the place."""
        if self.objects.at_once == 1 or len(items) < 2:
            return [function(item) for item in items]
        with ThreadPoolExecutor(min(self.objects.at_once, len(items)), "storage") as pool:
            return list(pool.map(function, items))

    def _damaged(self, what: str, key: str) -> str:
        return (
            f"The storage '{self.address}' is damaged: {what} ({key}). Bring that object back from a backup, or "
            "make the dashboard anew."
        )


def blob_key(digest: str) -> str:
    return f"blobs/{digest[:2]}/{digest}"


def manifest_key(digest: str) -> str:
    return f"manifests/{digest}.json"
