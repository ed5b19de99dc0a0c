"""Scratch: a short-lived folder for each kernel, for its sockets, its home and its temporary files.

One base folder a process, locked while the process lives, so that the next one can remove what a killed one left.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import tempfile
from itertools import count
from pathlib import Path

_PREFIX = "dwk-"


class Scratch:
    """The base folder of this process; `new()` makes a kernel's own folder in it."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.path = Path(tempfile.mkdtemp(prefix=_PREFIX))
        self._numbers = count(1)
        self._lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        atexit.register(self._remove)

    def new(self) -> Path:
        """A folder with `home` and `tmp` in it. Its name is short: the path of a socket may have 107 bytes."""
        folder = self.path / str(next(self._numbers))
        for name in ("home", "tmp"):
            (folder / name).mkdir(parents=True, mode=0o700)
        return folder

    def _remove(self) -> None:
        if os.getpid() == self.pid:  # not in a forked child, which has the parent's atexit functions too
            shutil.rmtree(self.path, ignore_errors=True)


_scratch: Scratch | None = None


def scratch() -> Scratch:
    """The one of this process; a forked child gets its own."""
    global _scratch
    if _scratch is None or _scratch.pid != os.getpid():
        _remove_left_over()
        _scratch = Scratch()
    return _scratch


def _remove_left_over() -> None:
    """Remove base folders of ours whose process is gone, which shows by the lock that nobody holds."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        try:
            if folder.lstat().st_uid != os.getuid() or folder.is_symlink():
                continue
            handle = os.open(folder / "lock", os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue
        finally:
            os.close(handle)
