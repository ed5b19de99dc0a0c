"""Versions as folders of this machine. One that another machine made is brought from storage when it is needed."""

from __future__ import annotations

import threading
from collections import defaultdict
from pathlib import Path

from ...pipelines.errors import StorageError
from ..settings import Settings
from .cleaning import mark
from .manifest import Manifest
from .objects import Heed, go_on
from .opening import open_storage
from .storage import Storage


class Versions:
    """The folders below `versions` in the data directory. May be used by several threads at once."""

    def __init__(self, settings: Settings, owner: str | None = None) -> None:
        """`owner`: the database whose versions are put into storage; who only fetches needs none."""
        self._settings = settings
        self._owner = owner
        self._lock = threading.Lock()
        self._bringing: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._storage: Storage | None = None

    @property
    def storage(self) -> Storage:
        """Opened when it is first needed: that of a bucket imports much and looks for credentials.

        Raises:
            SetupError: it cannot be opened.
        """
        with self._lock:
            if self._storage is None:
                self._storage = open_storage(self._settings)
            return self._storage

    def bring(self, folder: str, manifest: str | None, heed: Heed = go_on) -> Path:
        """The folder of a version, which is named relative to the data directory.

        Raises:
            StorageError: it is not here, and storage does not have it or does not answer.
        """
        path = self._settings.data_dir / folder
        if path.is_dir():
            return path
        if manifest is None:
            raise StorageError(f"'{folder}' is only on the machine that made it, in its data directory.")
        with self._lock:
            lock = self._bringing[folder]
        with lock:
            self.storage.get(manifest, path, heed)
        return path

    def bring_downloads(self, manifest: str, into: Path, heed: Heed = go_on) -> None:
        """What a version was read from, where that is more than one file: of these, some may not have changed."""
        kept = self.storage.manifest(manifest).downloads
        if len(kept) < 2:
            return
        for one in kept:
            place = into / one.path
            place.parent.mkdir(parents=True, exist_ok=True)
            if place.stem == one.sha256 and not place.exists():
                self.storage.get_file(one, place, heed)

    def keep(
        self, folder: str, downloads: Path, names: set[str], earlier: str | None = None, heed: Heed = go_on
    ) -> str:
        """Put a version into storage; the digest of its manifest.

        `names`: of the files that it was read from. They are in `downloads`, or belong to the version before.
        """
        if self._owner is not None:
            mark(self.storage, self._owner)
        here = [downloads / name for name in sorted(names) if (downloads / name).exists()]
        before = self.storage.manifest(earlier) if earlier else Manifest(files=())
        also = [kept for kept in before.downloads if kept.path.rpartition("/")[2] in names]
        return self.storage.put(self._settings.data_dir / folder, here, also, heed)
