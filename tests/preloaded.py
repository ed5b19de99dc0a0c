"""Commands as forks of one process that has imported what they need, since most of a short command's time is importing.

Each is a process of its own, with its arguments, folder, variables, streams and exit code. Only the start of the
interpreter is shared: a command whose variables Python itself reads as it starts gets an interpreter of its own.
"""

from __future__ import annotations

import atexit
import functools
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NoReturn

PROGRAM = "dashwright.server.cli"
MODULES = (
    "dashwright.server.cli.app",
    "dashwright.server.cli.output",
    "dashwright.server.ai",
    "dashwright.server.doctor",
    "dashwright.server.postgres",
    "dashwright.server.store",
    "dashwright.server.up",
    "dashwright.pipelines.selecting",
    "rich.live",
    "rich.markdown",
    "rich.progress",
    "rich.table",
    "typer.rich_utils",
)
AT_START = ("LANG", "LC_", "LD_", "PYTHON", "TZ")
"""How the names of variables begin that are read only once, as an interpreter starts."""


def run(
    arguments: Sequence[str], variables: Mapping[str, str], cwd: Path | None, stdin: str | None, patience: float
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, and until nobody holds its output any more.

    Raises:
        TimeoutExpired: it took longer than `patience` seconds; it was killed.
    """
    if read_at_start(variables) != read_at_start(os.environ):
        return subprocess.run(
            [sys.executable, "-P", "-m", PROGRAM, *arguments],
            env=dict(variables),
            cwd=cwd,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            timeout=patience,
            check=False,
        )
    with tempfile.TemporaryFile() as given, ThreadPoolExecutor(2) as pool:
        given.write((stdin or "").encode())
        given.seek(0)
        pipes = [os.pipe() for _ in range(3)]
        try:
            _template().begin(
                {"arguments": list(arguments), "variables": dict(variables), "cwd": str(cwd or Path.cwd())},
                [given.fileno(), *(write for _, write in pipes)],
            )
        finally:
            for _, write in pipes:
                os.close(write)
        output, errors, answer = (os.fdopen(read, "rb") for read, _ in pipes)
        with output, errors, answer:
            said = [pool.submit(stream.read) for stream in (output, errors)]
            pid = int(answer.readline())
            if not select.select([answer], [], [], patience)[0]:
                os.kill(pid, signal.SIGKILL)
                raise subprocess.TimeoutExpired([PROGRAM, *arguments], patience)
            code = int(answer.readline())
            out, err = (future.result().decode() for future in said)
    return subprocess.CompletedProcess([PROGRAM, *arguments], code, out, err)


def read_at_start(variables: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in variables.items() if name.startswith(AT_START)}


class Template:
    """Our end of the process that is forked."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket, theirs = socket.socketpair()
        plain = ("DASHWRIGHT_", "DATABASE_URL", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERMINAL_WIDTH")
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", __file__, str(theirs.fileno())],
                env={name: value for name, value in os.environ.items() if not name.startswith(plain)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,  # as in commands, so that what Python makes of it is the same
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        atexit.register(self.close)

    def begin(self, call: dict[str, object], streams: list[int]) -> None:
        message = json.dumps(call).encode()
        with self._lock:
            socket.send_fds(self._socket, [len(message).to_bytes(4, "big")], streams)
            self._socket.sendall(message)

    def close(self) -> None:
        self._socket.close()
        with self._process:
            pass


@functools.cache
def _template() -> Template:
    return Template()


def serve(control: socket.socket) -> list[str]:
    """Fork for each call. Returns in the forks, with their arguments; this process ends when the tests have."""
    answers: dict[int, int] = {}
    told, tell = os.pipe()
    os.set_blocking(tell, False)
    signal.set_wakeup_fd(tell, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    while True:
        ready = select.select([control, told], [], [])[0]
        if told in ready:
            os.read(told, 4096)
            while answers and (ended := os.waitpid(-1, os.WNOHANG))[0]:
                with os.fdopen(answers.pop(ended[0]), "w") as answer:
                    answer.write(f"{os.waitstatus_to_exitcode(ended[1])}\n")
        if control not in ready:
            continue
        length, streams, *_ = socket.recv_fds(control, 4, 4)
        if not length:
            os._exit(0)
        message = b""
        while len(message) < int.from_bytes(length, "big"):
            message += control.recv(int.from_bytes(length, "big") - len(message))
        if pid := os.fork():
            *standard, answer = streams
            for stream in standard:
                os.close(stream)
            os.write(answer, b"%d\n" % pid)
            answers[pid] = answer
            continue
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for number in range(3):
            os.dup2(streams[number], number)
        for other in (control.detach(), told, tell, *streams, *answers.values()):
            os.close(other)
        call = json.loads(message)
        os.chdir(call["cwd"])
        os.environ.clear()
        os.environ.update(call["variables"])
        return [*call["arguments"]]


def main() -> NoReturn:
    for module in MODULES:
        importlib.import_module(module)
    assert threading.active_count() == 1, "no thread survives a fork"
    assert tempfile.tempdir is None, "TMPDIR is a command's own"
    gc.collect()
    gc.freeze()
    sys.argv[1:] = serve(socket.socket(fileno=int(sys.argv[1])))
    code: object = 0
    try:
        runpy.run_module(PROGRAM, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        code = end.code or 0
    except BaseException:  # noqa: BLE001
        traceback.print_exc()
        code = 1
    # As an interpreter ends, but for taking all apart: that would copy what is shared with the template.
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    if not isinstance(code, int):
        os.write(2, f"{code}\n".encode())
    os._exit(code if isinstance(code, int) else 1)


if __name__ == "__main__":
    main()
