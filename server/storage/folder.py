"""Objects in a folder: the default. Files are linked where the file system can, so that nothing is there twice."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from fsspec.implementations.local import LocalFileSystem

from ...pipelines.errors import LimitError, StorageError
from ...pipelines.step import share
from .digesting import digest_of
from .objects import Entry, Heed, Objects, go_on

FULL = (errno.ENOSPC, errno.EDQUOT)


class Folder(Objects):
    """A folder of this machine, or one that several machines have mounted."""

    at_once = 1

    def __init__(self, path: Path) -> None:
        self.path = path
        self.address = str(path)
        self._files = LocalFileSystem(skip_instance_cache=True)

    def add(self, source: Path, key: str, heed: Heed = go_on) -> None:
        place = self.path / key
        with self._explained():
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            while True:
                share(source, place)
                try:
                    os.utime(place)
                    if not place.samefile(source):
                        self._reconcile(source, place, heed)
                except FileNotFoundError:  # removed just now
                    continue
                place.chmod(0o444)
                return

    def _reconcile(self, source: Path, place: Path, heed: Heed) -> None:
        """Of two files that should be the same, keep one; the one in storage if it is whole."""
        if digest_of(source, heed) == digest_of(place, heed):
            if source.stat().st_dev == place.stat().st_dev:
                self._link(place, source)
        else:
            self._link(source, place)

    def _link(self, source: Path, place: Path) -> None:
        """Put one file in the place of another."""
        with tempfile.TemporaryDirectory(dir=place.parent, prefix=".") as folder:
            share(source, Path(folder, place.name))
            os.replace(Path(folder, place.name), place)

    def fetch(self, key: str, target: Path, heed: Heed = go_on) -> None:
        heed()
        with self._explained():
            share(self.path / key, target)

    def read(self, key: str, limit: int) -> bytes:
        with self._explained(), self._files.open(self._name(key), "rb") as file:
            return bytes(file.read(limit))

    def exists(self, key: str) -> bool:
        with self._explained():
            return bool(self._files.exists(self._name(key)))

    def entries(self, prefix: str) -> Iterator[Entry]:
        with self._explained():
            found = self._files.find(self._name(prefix), detail=True)
        for name, facts in found.items():
            key = Path(name).relative_to(self.path).as_posix()
            yield Entry(key, int(facts["size"]), datetime.fromtimestamp(facts["mtime"], UTC))

    def remove(self, key: str, before: datetime) -> bool:
        """Out of sight first: whoever finds it there afterwards, finds it whole or writes it again."""
        place = self.path / key
        aside = place.with_name(f".{place.name}.{os.getpid()}")
        with self._explained():
            try:
                os.rename(place, aside)
            except FileNotFoundError:
                return False
            is_old = datetime.fromtimestamp(aside.stat().st_mtime, UTC) < before
            if not is_old:
                share(aside, place)
            aside.unlink()
            return is_old

    def sign(self, key: str, name: str, seconds: int) -> str:
        del key, name, seconds
        raise StorageError(
            f"Files are kept in the folder '{self.address}', which has no addresses to share. Links need a Google "
            "Cloud bucket (GCS_BUCKET)."
        )

    def probe(self) -> None:
        existing = next(folder for folder in (self.path, *self.path.parents) if folder.exists())
        if existing != self.path:
            if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
                raise StorageError(f"The folder '{self.address}' cannot be made by this user.")
            return
        with self._explained(), tempfile.NamedTemporaryFile(dir=self.path, prefix=".probe-") as file:
            file.write(b"probe")
            file.flush()
            if Path(file.name).read_bytes() != b"probe":
                raise StorageError(f"What is written to the folder '{self.address}' cannot be read again.")

    def _name(self, key: str) -> str:
        return str(self.path / key)

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise
        except OSError as error:
            if error.errno in FULL:
                raise LimitError(f"The disk with '{self.address}' is full. Free some space and try again.") from error
            raise StorageError(
                f"The folder '{self.address}' cannot be used: {error.strerror or error}. Give this user the right to "
                "read and write it, or choose another with DASHWRIGHT_STORAGE_DIR."
            ) from error
