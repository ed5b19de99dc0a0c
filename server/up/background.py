"""Start the supervisor detached from this terminal, for a command that needs it and finds nothing running."""

from __future__ import annotations

import os
import subprocess
import time

from ...pipelines.errors import SetupError
from ..settings import Settings
from . import running
from .parts import ours
from .running import PATIENCE, Running


def ensure(settings: Settings) -> tuple[Running, bool]:
    """What runs on the data directory, ready, and whether it was started here.

    Raises:
        SetupError: it cannot start; the sentence is the supervisor's own.
    """
    running.wait_while_stopping(settings.data_dir)
    if now := running.wait_until_ready(settings.data_dir):
        return now, False
    log = settings.logs / "up.log"
    offset = log.stat().st_size if log.exists() else 0
    with log.open("ab") as output:
        process = subprocess.Popen(
            ours("up", "--no-lab", "--detached", "--data-dir", str(settings.data_dir)),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=settings.data_dir,
            env={**os.environ, "NO_COLOR": "1"},
            start_new_session=True,
        )
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        now = running.current(settings.data_dir)
        if now is not None and now.state == "ready":
            # Another command may have been faster; then this supervisor has ended and the other one serves both.
            return now, now.pid == process.pid
        if process.poll() is not None and not running.is_claimed(settings.data_dir):
            words = log.read_bytes()[offset:].decode(errors="replace").strip().splitlines()
            raise SetupError(words[-1] if words else f"Dashwright could not be started; see '{log}'.")
        time.sleep(0.05)
    raise SetupError(f"Dashwright has not become ready within {PATIENCE:.0f} s; see '{settings.logs}'.")
