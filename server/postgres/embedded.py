"""Who uses the embedded server, by locks that the system takes back however a process ends."""

from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from ..settings import Settings
from . import watchdog
from .cluster import Cluster
from .place import place_of
from .programs import programs_of

PATIENCE = 400.0
"""Seconds to wait for another process that starts or stops the server."""


class EmbeddedPostgres:
    """The embedded server of a data directory, shared by all processes that use it.

    The first one starts it. Each one that uses it holds a shared lock; the last one to go stops it, and where that was
    killed the watchdog does.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._users: int | None = None
        self._joined: Cluster | None = None

    def start(self) -> str:
        """Start the server or join those who use it, and answer with its address, which holds a password.

        May be called again at any time, and then brings back a server that was killed.

        Raises:
            SetupError: it cannot be started; the sentence says why.
        """
        if self._joined is not None and self._joined.is_up:
            return self._joined.url
        self._settings.make_folders()
        with self._starting():
            if self._users is None:
                self._users = self._open("postgres.users")
                _wait(self._users, fcntl.LOCK_SH)
            try:
                return self._start()
            except BaseException:
                self._let_go()
                raise

    def stop(self, patience: float = 0.0) -> None:
        """Stop using the server; it ends if nobody else uses it, for whom `patience` seconds are waited."""
        if self._users is None:
            return
        deadline = time.monotonic() + patience
        try:
            users = self._open("postgres.users")
        except FileNotFoundError:  # the data directory was removed; the watchdog still holds the file we were known by
            self._let_go()
            return
        try:
            self._let_go()
            while not (alone := _try(users, fcntl.LOCK_EX)):
                if not _try(users, fcntl.LOCK_SH):
                    time.sleep(0.01)  # the watchdog stops the server at this moment
                    continue
                fcntl.flock(users, fcntl.LOCK_UN)
                if time.monotonic() > deadline:
                    break
                time.sleep(0.05)
            if alone:
                self._cluster().stop()
        finally:
            os.close(users)
        if alone:
            self._wait_for_watchdog()

    def _start(self) -> str:
        cluster = self._cluster()
        cluster.place.make()
        cluster.make()
        self._watch(cluster)
        marker = self._settings.run / "postgres.starting"
        marker.touch()
        try:
            cluster.start()
        finally:
            marker.unlink(missing_ok=True)
        self._joined = cluster
        return cluster.url

    def _cluster(self) -> Cluster:
        place = place_of(self._settings)
        return Cluster(place, programs_of(place), self._settings.secrets)

    def _watch(self, cluster: Cluster) -> None:
        """Start the watchdog, unless there is one."""
        if self._is_watched():
            return
        account = cluster.place.account
        arguments = [str(self._settings.run), str(account.uid), str(account.gid)]
        arguments += [str(cluster.programs.folder / "pg_ctl"), str(cluster.place.cluster)]
        subprocess.run(
            [sys.executable, "-I", "-S", watchdog.__file__, *arguments],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.defpath},
        )

    def _wait_for_watchdog(self) -> None:
        """It has nothing to do any more and ends by itself; so that nothing of ours is left when we say so."""
        deadline = time.monotonic() + 10
        while self._is_watched() and time.monotonic() < deadline:
            time.sleep(0.01)

    def _is_watched(self) -> bool:
        handle = self._open("postgres.watchdog")
        try:
            return not _try(handle, fcntl.LOCK_EX)
        finally:
            os.close(handle)

    @contextlib.contextmanager
    def _starting(self) -> Iterator[None]:
        """Only one process at a time starts the server."""
        handle = self._open("postgres.lock")
        try:
            _wait(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _open(self, name: str) -> int:
        return os.open(Path(self._settings.run, name), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def _let_go(self) -> None:
        if self._users is not None:
            os.close(self._users)
            self._users = self._joined = None


def _try(handle: int, kind: int) -> bool:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _wait(handle: int, kind: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while not _try(handle, kind):
        if time.monotonic() > deadline:
            raise TimeoutError(f"another process has held a lock of the embedded PostgreSQL for {PATIENCE:.0f} s")
        time.sleep(0.01)
