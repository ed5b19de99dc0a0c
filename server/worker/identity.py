"""Who a worker is, so that others on its machine can see at once that it is gone."""

from __future__ import annotations

import contextlib
import os
import platform
from pathlib import Path

import psutil


def machine() -> str:
    """This machine since its last start, and within it the world of process numbers that we see."""
    boot = namespace = ""
    with contextlib.suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()[:8]
        namespace = str(os.stat("/proc/self/ns/pid").st_ino)
    return f"{platform.node()[:100]} {boot} {namespace}"


def name() -> str:
    """The name of this process as a worker."""
    return f"{machine()} {os.getpid()} {psutil.Process().create_time():.2f}"


def is_dead(worker: str) -> bool:
    """Whether we can see that the worker of this name has ended. False also where we cannot know."""
    where, _, rest = worker.rpartition(" ")
    where, _, pid = where.rpartition(" ")
    if where != machine() or not pid.isdecimal():
        return False
    try:
        process = psutil.Process(int(pid))
        return process.status() == psutil.STATUS_ZOMBIE or f"{process.create_time():.2f}" != rest
    except psutil.NoSuchProcess:
        return True
