"""One program under the supervisor: started on a tether, watched, started again when it dies."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from . import tether

LOG_LIMIT = 8 * 1024**2
"""Bytes after which a log is put aside at the next start of its program."""
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds between a death and the next start: doubled by each death soon after a start."""
HEALTHY_AFTER = 60.0
"""Seconds of life after which an earlier death is forgiven."""


@dataclass(frozen=True)
class Part:
    """What is to run, and how to see that it is ready."""

    name: str
    """Of its log, and for `after`."""
    title: str
    """As a sentence begins with it."""
    command: tuple[str, ...]
    environment: dict[str, str] = field(repr=False)
    is_ready: Callable[[], bool] | None = None
    announcement: Path | None = None
    """A file that the program makes when it is ready, for one that has no address to ask."""
    after: tuple[str, ...] = ()
    """Names of the parts it waits for by itself, and before which it ends."""
    address: str | None = None
    patience: float = 60.0
    """Seconds it may take to become ready."""
    grace: float = 10.0
    """Seconds it may take to end."""
    leaves_behind: bool = False
    """Whether it leaves programs behind that are not ours to end, as the database does."""


@dataclass
class Child:
    """A part with the process that runs it at the moment."""

    part: Part
    log: Path
    lock: int
    """A locked file that the tether holds open, so that a later supervisor can wait for it to end."""
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0
    started_at: float = 0.0
    start_at: float | None = 0.0
    """Not before this time. None: never again."""
    ready: bool = False
    was_ready: bool = False

    def start(self) -> None:
        """Start the program on a tether, its output in the log."""
        set_aside(self.log)
        if self.part.announcement is not None:
            self.part.announcement.unlink(missing_ok=True)
        self.ready = False
        self.started_at, self.start_at = time.monotonic(), None
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-I", "-S", tether.__file__, *self._tether(), *self.part.command],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self.part.environment,
                start_new_session=True,
                pass_fds=(self.lock,),
            )

    def _tether(self) -> tuple[str, str]:
        return str(self.part.grace), "yes" if self.part.leaves_behind else "no"

    @property
    def pid(self) -> int:
        return self.process.pid if self.process else 0

    def death(self) -> int | None:
        """The exit code of a program that ended by itself, told once; its next start is then set."""
        if self.process is None or (code := self.process.poll()) is None:
            return None
        self._let_go()
        if time.monotonic() - self.started_at > HEALTHY_AFTER:
            self.deaths = 0
        self.put_off()
        return code

    def put_off(self) -> None:
        """Set the next start, later each time."""
        self.ready = False
        self.start_at = time.monotonic() + min(FIRST_PAUSE * 2 ** min(self.deaths, 10), LONGEST_PAUSE)
        self.deaths += 1

    @property
    def is_due(self) -> bool:
        """Whether it is time to start the program, for the first time or after a death."""
        return self.start_at is not None and time.monotonic() >= self.start_at

    def look(self) -> bool:
        """Whether the program is ready."""
        if not self.ready and self.process is not None:
            announced = self.part.announcement is None or self.part.announcement.exists()
            self.ready = announced and (self.part.is_ready is None or self.part.is_ready())
        return self.ready

    def ask_to_end(self) -> None:
        self.start_at = None
        if self.process is not None:
            self.process.terminate()

    def wait_until_ended(self) -> None:
        """The tether ends in time whatever the program does; killing it is for a tether that was stopped."""
        if self.process is not None:
            try:
                self.process.wait(self.part.grace + tether.LEFT_BEHIND_GRACE + 5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self._let_go()

    def last_words(self) -> str:
        """The last line of the log, where a failing program usually says why."""
        try:
            lines = self.log.read_bytes()[-4000:].decode(errors="replace").split("\n")
        except OSError:
            return ""
        return next((line.strip() for line in reversed(lines) if line.strip()), "")

    def _let_go(self) -> None:
        if self.process is not None and self.process.stdin is not None:
            self.process.stdin.close()
        self.process = None


def set_aside(log: Path) -> None:
    """Keep one older log beside the current one."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".old.log"))
