"""Kill a process with all below it: kernels are in sessions of their own, so a process group is not enough."""

from __future__ import annotations

import contextlib

import psutil


def kill_below(pid: int) -> None:
    """Kill all processes below this one.

    They are stopped before they are killed, until no new one appears: one that is stopped starts no others.
    """
    stopped: dict[int, psutil.Process] = {}
    while True:
        found = [process for process in _below(pid) if process.pid not in stopped]
        if not found:
            break
        for process in found:
            with contextlib.suppress(psutil.Error):
                process.suspend()
            stopped[process.pid] = process
    for process in stopped.values():
        with contextlib.suppress(psutil.Error):
            process.kill()


def kill_all(pid: int) -> None:
    """Kill a process and all below it."""
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        process.suspend()
        kill_below(pid)
        process.kill()


def _below(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.Error:
        return []
