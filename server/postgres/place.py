"""Where the cluster of a data directory is: in it, or beside it where its user cannot reach into it."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ...pipelines.errors import SetupError
from ...pipelines.step import write_whole
from ..settings import Settings
from .account import Account, account_of, unprivileged

log = logging.getLogger(__name__)

RECORD = "postgres.json"
SOCKET = ".s.PGSQL.5432"
SOCKET_LIMIT = 103
"""Bytes of a socket's path: macOS takes 103, Linux 107."""
SHARED_STATE = Path("/var/lib/dashwright")
TEMPORARY_PREFIX = "dashwright-postgres-"


@dataclass(frozen=True)
class Place:
    """A private folder of the account: cluster, socket, log and, where needed, a copy of the programs."""

    folder: Path
    account: Account

    @property
    def cluster(self) -> Path:
        return self.folder / "cluster"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def sockets(self) -> Path:
        """Folder of the socket: its path must be short."""
        near = self.folder / "socket"
        if len(os.fsencode(near / SOCKET)) <= SOCKET_LIMIT:
            return near
        return Path("/tmp") / f"dashwright-{_digest(self.folder)}"  # noqa: S108 - checked to be ours, below

    def make(self) -> None:
        """Make the folders; one that is there must be ours and private.

        Raises:
            SetupError: somebody else's folder is in the way.
        """
        for folder in (self.folder, self.log, self.sockets):
            try:
                folder.mkdir(mode=0o700)
                self.account.own(folder)
            except FileExistsError:
                found = folder.lstat()
                if not stat.S_ISDIR(found.st_mode) or found.st_uid != self.account.uid or found.st_mode & 0o077:
                    raise SetupError(
                        f"'{folder}' should be a folder that only the user '{self.account.name}' can enter, and is "
                        "not; move it away."
                    ) from None


def place_of(settings: Settings) -> Place:
    """The place chosen at the first start, which later ones keep, or a new one.

    Raises:
        SetupError: the place recorded is gone, or no user can be found to run PostgreSQL.
    """
    record = settings.data_dir / RECORD
    if record.exists():
        folder = settings.data_dir / json.loads(record.read_text())["folder"]  # an absolute path stays as it is
        if folder.exists():
            owner = folder.stat().st_uid
            return Place(folder, account_of(owner) if os.geteuid() == 0 else account_of(os.geteuid()))
        if not folder.name.startswith(TEMPORARY_PREFIX):
            raise SetupError(
                f"The database of '{settings.data_dir}' was in '{folder}', which is gone. Bring it back, or remove "
                f"'{record}' to begin with an empty one."
            )
    place = _choose(settings.data_dir, unprivileged(settings.postgres_user))
    place.make()
    if place.folder.name.startswith(TEMPORARY_PREFIX):
        write_whole(place.folder / "origin", os.fsencode(settings.data_dir))
    inside = place.folder.is_relative_to(settings.data_dir)
    kept = place.folder.relative_to(settings.data_dir) if inside else place.folder
    write_whole(record, json.dumps({"folder": str(kept), "data_dir": str(settings.data_dir)}).encode())
    return place


def _choose(data_dir: Path, account: Account) -> Place:
    if os.geteuid() != 0 or account.reaches(data_dir):
        return Place(data_dir / "postgres", account)
    temporary = Path(tempfile.gettempdir()).resolve()
    if data_dir.resolve().is_relative_to(temporary):  # what is gone one day should not leave its database for ever
        _remove_left_over(temporary)
        folder = temporary / f"{TEMPORARY_PREFIX}{_digest(data_dir)}"
    else:
        SHARED_STATE.mkdir(mode=0o755, exist_ok=True)
        (SHARED_STATE / "clusters").mkdir(mode=0o755, exist_ok=True)
        folder = SHARED_STATE / "clusters" / _digest(data_dir)
    log.warning(
        "The user '%s', whom PostgreSQL runs as, cannot reach into '%s'; the database is in '%s'.",
        account.name,
        data_dir,
        folder,
    )
    return Place(folder, account)


def _remove_left_over(temporary: Path) -> None:
    """Remove databases in the folder of temporary files whose data directory is gone; they run no more."""
    for folder in temporary.glob(f"{TEMPORARY_PREFIX}*"):
        try:
            origin = Path(os.fsdecode((folder / "origin").read_bytes()))
        except OSError:
            continue
        if not origin.exists() and not (folder / "cluster" / "postmaster.pid").exists():
            shutil.rmtree(folder, ignore_errors=True)


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path.absolute())).hexdigest()[:16]
