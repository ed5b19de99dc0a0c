"""The sweeper: jobs whose worker was lost get another, and folders and files that nobody needs go.

A thread of its own, so that it works while all the consumer's threads are busy.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from ...pipelines.errors import DashwrightError
from ..database import DatabaseGoneError
from ..settings import Settings
from ..storage.cleaning import clean
from . import identity
from .working import Worker

log = logging.getLogger(__name__)
TIDY_EVERY = 3600.0
CLEAN_EVERY = 6 * 3600.0
ORPHAN_AGE = 86_400.0
"""Seconds after which a folder that no row knows is rubbish."""


class Sweeper:
    """Sweeps at once, then three times in each lease."""

    def __init__(self, worker: Worker, settings: Settings, revive: Callable[[], None]) -> None:
        self.settings = settings
        self._worker = worker
        self._claims = worker.claims
        self._revive = revive
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sweeper", daemon=True)
        self._next_tidy = 0.0
        self._next_clean = time.monotonic() + TIDY_EVERY

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(10)

    def _run(self) -> None:
        while True:
            try:
                self.sweep()
            except DatabaseGoneError:
                self._revive()
            except Exception:
                log.exception("The sweeper failed; it tries again.")
            if self._stopping.wait(min(self.settings.lease / 3, 10)):
                return

    def sweep(self) -> None:
        for job, what in self._claims.sweep(identity.is_dead, tuple(self._worker.held)).items():
            log.warning("Job %s was left by its worker: %s.", job, what)
        if time.monotonic() >= self._next_tidy:
            self._next_tidy = time.monotonic() + TIDY_EVERY
            for folder in self._superfluous():
                shutil.rmtree(folder, ignore_errors=True)
            self._tidy_uploads()
            self._forget_views()
        if time.monotonic() >= self._next_clean:
            self._next_clean = time.monotonic() + CLEAN_EVERY
            self._clean()

    def _clean(self) -> None:
        """Remove from storage what no version needs. Several workers at it do no harm."""
        references = self._worker.references
        wanted = references.wanted(timedelta(hours=self.settings.storage_grace))
        try:
            cleaned = clean(self._worker.versions.storage, references.owner(), *wanted)
        except DashwrightError as error:
            log.warning("%s", error)
        else:
            log.info("Storage: %d versions are kept, %d objects were removed.", cleaned.versions, cleaned.removed)

    def _tidy_uploads(self) -> None:
        """Remove files that people brought and no dashboard needs, and what was broken off."""
        uploads = self._worker.uploads
        for name in uploads.sweep(timedelta(hours=self.settings.upload_grace)):
            log.info("The uploaded file '%s' is removed, since no dashboard needs it.", name)
        known = uploads.known_folders()
        for path in self.settings.uploads.iterdir():
            with contextlib.suppress(FileNotFoundError):
                if path.name not in known and time.time() - path.stat().st_mtime > ORPHAN_AGE:
                    shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink()

    def _forget_views(self) -> None:
        if gone := self._worker.views.forget(self.settings.keep_views):
            log.info("%d views older than %g days are removed.", gone, self.settings.keep_views)

    def _superfluous(self) -> list[Path]:
        """Folders of jobs that ended long ago, and of dashboards and versions that no row knows."""
        now = time.time()
        known = self._claims.known_folders(self.settings.keep_jobs)
        found = [*self.settings.jobs.glob("*"), *self.settings.versions.glob("*"), *self.settings.versions.glob("*/*")]
        found += self.settings.picture_folders.glob("*")
        return [
            folder
            for folder in found
            if str(folder.relative_to(self.settings.data_dir)) not in known
            and now - folder.stat().st_mtime > ORPHAN_AGE
        ]
