"""The lock on a job's folder: only one process works in it, whatever became of the worker that began it."""

from __future__ import annotations

import fcntl
import json
import os
import time
from pathlib import Path

import psutil

from .killing import kill_all

LOCK = "lock"


def claim(folder: Path) -> int:
    """Be the only one in the folder; the system takes the lock back when this process ends in any way."""
    handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    me = psutil.Process()
    os.ftruncate(handle, 0)
    os.pwrite(handle, json.dumps({"pid": me.pid, "create_time": me.create_time()}).encode(), 0)
    return handle


def evict(folder: Path, patience: float = 10.0) -> None:
    """Kill the child of a worker that was lost, if it still works in this folder.

    It could change nothing that anybody sees, but it would write beside the one that is to begin.
    """
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        try:
            handle = os.open(folder / LOCK, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            _kill_holder(os.pread(handle, 1000, 0))
        finally:
            os.close(handle)
        time.sleep(0.05)


def _kill_holder(record: bytes) -> None:
    try:
        holder = json.loads(record)
        process = psutil.Process(holder["pid"])
        if process.create_time() == holder["create_time"]:
            kill_all(process.pid)
    except (ValueError, KeyError, psutil.Error):
        return
