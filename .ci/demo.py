"""Make a dashboard and say where it is: ``make demo``. What is started stays, until ``make demo-stop``.

The question and the data come by the environment, as QUESTION and DATA.
"""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

from dashwright.pipelines.errors import DashwrightError
from dashwright.server import settings
from dashwright.server.up import running

ROOT = Path(__file__).resolve().parent.parent
DASHWRIGHT = Path(sys.executable).with_name("dashwright")
QUESTION = "How have life expectancy and income changed across the world?"
PATIENCE = 180.0
"""Seconds for everything to start: the first start makes a database."""


def data_dir() -> Path:
    """Where DASHWRIGHT_DATA_DIR says, else a folder of the checkout, which `make distclean` removes.

    Root's PostgreSQL runs as another user, who may not come into every folder of root's; then it is the usual place.
    """
    if os.environ.get("DASHWRIGHT_DATA_DIR"):
        return settings.load().data_dir
    if os.geteuid() == 0 and not all(parent.stat().st_mode & stat.S_IXOTH for parent in (ROOT, *ROOT.parents)):
        return settings.default_data_dir()
    return ROOT / ".demo"


def start(place: Path) -> running.Running:
    """What runs on the data directory, started in the background unless it runs already.

    Raises:
        DashwrightError: it does not become ready.
    """
    log = place / "logs" / "up.log"
    process = None
    if running.current(place) is None:
        say("Starting Dashwright ...")
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            process = subprocess.Popen(
                [DASHWRIGHT, "up", "--data-dir", place],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C here and the end of this terminal do not reach it
            )
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        now = running.current(place)
        if now is not None and now.state == "ready":
            return now
        if process is not None and process.poll() is not None:
            break
        time.sleep(0.1)
    words = "\n".join(log.read_text(errors="replace").splitlines()[-10:]) if log.exists() else ""
    raise DashwrightError(f"{words}\nDashwright did not start; all it said is in '{log}'.")


def make(place: Path) -> int:
    """Ask the question; 0 when the dashboard is there."""
    now = start(place)
    question, data = os.environ.get("QUESTION") or QUESTION, os.environ.get("DATA")
    attached = ["--data", data] if data else []
    say(f"Asking: {question}")
    code = subprocess.call(
        [DASHWRIGHT, "new", "--data-dir", place, *attached, "--", question], stdin=subprocess.DEVNULL
    )
    at = "" if place == settings.load().data_dir else f" --data-dir {place.name if place.parent == ROOT else place}"
    say(f"All dashboards: {now.viewer}" + (f"   JupyterLab: {now.studio}" if now.studio else ""))
    say(f'It runs in the background until `make demo-stop`. Ask more: .venv/bin/dashwright new{at} "..."')
    return code


def stop(place: Path) -> int:
    say("Dashwright has stopped." if running.stop(place) else "Dashwright is not running.")
    return 0


def say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


def main() -> int:
    try:
        return {"start": make, "stop": stop}[sys.argv[1]](data_dir())
    except DashwrightError as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
