"""Sets the limits of a kernel's process, then becomes the kernel.

    python -I -S guard.py '{"parent": 4711, "limits": {"RLIMIT_CORE": 0}}' python -m ipykernel_launcher …

A program of its own instead of `preexec_fn`: between fork and exec in a process with threads hardly any Python is safe.
It costs one bare interpreter start (about 10 ms) and imports nothing outside the standard library.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys

_PR_SET_PDEATHSIG = 1


def _lower(name: str, value: int) -> None:
    """Set the soft and hard limit; never above the hard limit that is there."""
    kind = getattr(resource, name)
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(kind, (value, value))


def _die_with(parent: int) -> None:
    """SIGKILL when the thread that started this process ends, so also when its process is killed with SIGKILL."""
    if sys.platform != "linux":
        return  # ipykernel itself looks once a second whether its parent is gone
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != parent:  # died before prctl
        sys.exit(1)


def _first_to_go() -> None:
    """When memory runs out, the kernel of the system ends this process before the server."""
    try:
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("500")
    except OSError:
        return


def main(argv: list[str]) -> None:
    order = json.loads(argv[1])
    _die_with(order["parent"])
    _first_to_go()
    for name, value in order["limits"].items():
        _lower(name, value)
    os.umask(0o077)
    os.execvp(argv[2], argv[2:])  # noqa: S606 - the point of this program


if __name__ == "__main__":
    main(sys.argv)
