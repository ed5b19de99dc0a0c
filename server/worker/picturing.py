"""Picturing: pictures of versions, taken after they were published, one version at a time. Nobody waits for them."""

from __future__ import annotations

import logging
import shutil
import threading
from pathlib import Path
from uuid import uuid4

from ...pipelines.errors import DashwrightError, SetupError
from ..pictures.taking import browser, take
from ..settings import Settings
from ..storage import Versions
from ..store import Claim, Gallery

log = logging.getLogger(__name__)
MOST_WAITING = 200


class Picturing:
    """A thread. What is lost with the worker, or cannot be done, leaves the drawn thumbnail as it is."""

    def __init__(self, gallery: Gallery, versions: Versions, settings: Settings) -> None:
        self._gallery, self._versions, self._settings = gallery, versions, settings
        self._waiting: dict[str, int] = {}
        self._wake = threading.Condition()
        self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name="picturing", daemon=True)

    def start(self) -> None:
        try:
            browser(self._settings)
        except SetupError as error:
            log.info("%s", error)
        else:
            self._thread.start()

    def stop(self) -> None:
        with self._wake:
            self._is_stopping = True
            self._wake.notify()
        if self._thread.is_alive():
            self._thread.join(20)

    def want(self, claim: Claim) -> None:
        """Have pictures of the version that a job has made, in place of an older one that still waits."""
        with self._wake:
            if self._thread.is_alive() and len(self._waiting) < MOST_WAITING:
                self._waiting[claim.request.dashboard_id] = claim.request.version_number
                self._wake.notify()

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._waiting or self._is_stopping)
                if self._is_stopping:
                    return
                dashboard_id = next(iter(self._waiting))
                number = self._waiting.pop(dashboard_id)
            try:
                self._take(dashboard_id, number)
            except DashwrightError as error:
                log.warning("%s", error)
            except Exception:
                log.exception("No picture of version %d of dashboard %s could be taken.", number, dashboard_id)

    def _take(self, dashboard_id: str, number: int) -> None:
        found = self._gallery.lacking(dashboard_id, number)
        if found is None:
            return
        fresh = self._settings.picture_folders / f".{uuid4().hex}"
        try:
            folder = Path(self._settings.data_dir, found.folder)
            take(folder, found.title, found.slug, fresh, self._settings, lambda: self._is_stopping)
            digest = self._versions.storage.put(fresh)
            place = self._settings.picture_folders / digest
            if not place.exists():
                fresh.rename(place)
            self._gallery.hang(dashboard_id, number, digest)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
        log.info("Pictures of version %d of '%s' are taken.", number, found.slug)
