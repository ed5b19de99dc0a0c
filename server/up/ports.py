"""Find out before anything is started whether a port is free."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable, Collection

from ...pipelines.errors import SetupError

TRIES = 100
"""How many ports after a taken default one are looked at."""


def choose(
    port: int, *, is_default: bool, host: str, option: str, say: Callable[[str], None], avoid: Collection[int] = ()
) -> int:
    """The port to use: the one asked for, or, which is said, the next free one when nobody asked. 0: any free one.

    Raises:
        SetupError: the port asked for is taken or may not be used; the sentence names it and the option.
    """
    if port == 0:
        return any_free(host)
    candidates = range(port, min(port + TRIES, 65_535) + 1) if is_default else (port,)
    for candidate in candidates:
        problem = "taken" if candidate in avoid else why_not(candidate, host)
        if problem is None:
            if candidate != port:
                say(f"Port {port} is taken; {candidate} is used instead ({option} chooses another).")
            return candidate
        if problem == "forbidden":
            raise SetupError(f"Port {port} may not be used by this user; choose one from 1024 with {option}.")
    raise SetupError(
        f"Port {port} is already taken by another program; free it, or choose another port with {option} "
        f"({option} 0 takes any free one)."
    )


def why_not(port: int, host: str) -> str | None:
    """What keeps a port from being listened on, if anything: "taken" or "forbidden".

    Raises:
        SetupError: the host is no address of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As the servers do it: an ended connection that lingers does not count, a listener does.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return "taken"
            if error.errno == errno.EACCES:
                return "forbidden"
            raise SetupError(f"'{host}' cannot be listened on: {error.strerror}. Choose another with --host.") from None
    return None


def any_free(host: str) -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
