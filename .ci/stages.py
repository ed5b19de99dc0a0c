"""Stages of set-up: each is done once and again only when its inputs change, and shows what it does meanwhile."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMPS = VENV / "stamps"
HEARTBEAT = 15.0
"""Seconds between signs of life where output goes to a file."""


class SetUpError(Exception):
    """Says in a sentence what is missing and what cures it."""


@dataclass(frozen=True)
class Stage:
    """Something to be done when `inputs` differ from those of the last time or an output is gone."""

    name: str
    title: str
    run: Callable[[], None]
    inputs: tuple[str, ...] = ()
    """Files and folders, from the project's root."""
    outputs: tuple[str, ...] = field(default=())

    @property
    def stamp(self) -> Path:
        return STAMPS / self.name

    def digest(self) -> str:
        """Of the inputs' names and contents: a checkout that touches files without changing them costs nothing."""
        total = hashlib.sha256()
        for path in files(self.inputs):
            total.update(f"{path.relative_to(ROOT)}\0".encode())
            total.update(hashlib.sha256(path.read_bytes()).digest())
        return total.hexdigest()

    def is_done(self) -> bool:
        if not all((ROOT / output).exists() for output in self.outputs):
            return False
        try:
            return self.stamp.read_text() == self.digest()
        except FileNotFoundError:
            return False

    def ensure(self) -> None:
        """Do it unless it is done. The stamp is written last: what was interrupted is done again."""
        if self.is_done():
            return
        say(f"{self.title} ...")
        started = time.monotonic()
        digest = self.digest()
        self.stamp.unlink(missing_ok=True)
        self.run()
        STAMPS.mkdir(parents=True, exist_ok=True)
        self.stamp.write_text(digest)
        say(f"{self.title}: done in {time.monotonic() - started:.0f} s")


def files(inputs: Iterable[str]) -> list[Path]:
    """The files among the inputs and below those that are folders; what does not exist is left out."""
    found: list[Path] = []
    for item in inputs:
        path = ROOT / item
        found += [path] if path.is_file() else [below for below in path.rglob("*") if below.is_file()]
    return sorted(path for path in found if path.suffix != ".pyc")


def together(*stages: Stage) -> None:
    """Do stages at the same time. Waits for all; then the first failure is raised."""
    failures: list[BaseException] = []

    def ensure(stage: Stage) -> None:
        try:
            stage.ensure()
        except (SetUpError, OSError) as error:
            failures.append(error)

    threads = [threading.Thread(target=ensure, args=[stage]) for stage in stages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def follow(command: Sequence[str], *, log: str, cure: str) -> None:
    """Run a program with its output in a log, and show that it is alive.

    Raises:
        SetUpError: it ended with an error. Its last lines are shown, `cure` is said.
    """
    path = VENV / "logs" / f"{log}.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as output:
        try:
            process = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=environment()
            )
        except OSError as error:
            raise SetUpError(f"'{command[0]}' cannot be run: {error.strerror}. {cure}") from error
        code = wait(process, path)
    if code:
        tail = "\n".join(f"    {line}" for line in lines(path)[-30:])
        raise SetUpError(f"{tail}\n'{' '.join(command)[:200]}' ended with {code}; all it said is in '{path}'. {cure}")


def wait(process: subprocess.Popen[bytes], log: Path) -> int:
    """Until it ends; now and then its newest line is shown."""
    started = shown_at = time.monotonic()
    while True:
        try:
            return process.wait(timeout=0.2)
        except subprocess.TimeoutExpired:
            if time.monotonic() - shown_at > HEARTBEAT:
                shown_at = time.monotonic()
                newest = next((line for line in reversed(lines(log)) if line.strip()), "")
                say(f"  {log.stem}, {shown_at - started:.0f} s: {newest.strip()[:90]}")
        except BaseException:
            process.terminate()
            raise


def lines(path: Path) -> list[str]:
    return path.read_bytes()[-20_000:].decode(errors="replace").splitlines()


def environment() -> dict[str, str]:
    """This process's, with the programs of the virtual environment first."""
    return {
        **os.environ,
        "PATH": os.pathsep.join([str(VENV / "bin"), os.environ.get("PATH", os.defpath)]),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
    }


_output = threading.Lock()


def say(sentence: str) -> None:
    with _output:
        sys.stdout.write(f"[set-up] {sentence}\n")
        sys.stdout.flush()
