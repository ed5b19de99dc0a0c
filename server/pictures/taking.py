"""Taking pictures of a version: a process that is watched over, and ended whatever it does."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import psutil

from ...pipelines.errors import LimitError, SetupError
from ..settings import Settings
from .errand import Errand

PROGRAMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
PLACES = ("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/opt/google/chrome/chrome")
PLAIN = ("PATH", "LANG", "LC_ALL", "TZ", "VIRTUAL_ENV", "JUPYTER_PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""Of our environment; the rest stays here."""
LONGEST = 180.0
"""Seconds for all pictures of a version."""
BROWSER_MEMORY = 2 * 1024**3
"""Bytes beyond what the page's kernel may use, of all processes together."""
LOOK_EVERY = 0.25
LARGEST = 20 * 1024**2
"""Bytes of one picture."""
NAMES = ("thumbnail.png", "thumbnail-dark.png", "page.png", "page.pdf", "page.html")
INSTALL = (
    "Pictures need a Chromium or Chrome on the worker's machine, and `pip install 'dashwright[pictures]'`; "
    "then refresh the dashboard."
)


def browser(settings: Settings) -> str:
    """The program that takes pictures.

    Raises:
        SetupError: there is none, or it may not be used.
    """
    if settings.pictures == "off":
        raise SetupError("No pictures are taken, as DASHWRIGHT_PICTURES says.")
    if importlib.util.find_spec("playwright") is None:
        raise SetupError(INSTALL)
    named = str(settings.browser) if settings.browser else None
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, (*PROGRAMS, *PLACES))), None)
    if found is None:
        raise SetupError(f"There is no browser '{named}' (DASHWRIGHT_BROWSER)." if named else INSTALL)
    if settings.pictures == "auto" and os.geteuid() == 0:
        raise SetupError(
            "No pictures are taken as root, where a browser has no sandbox. Run the worker as another user, or set "
            "DASHWRIGHT_PICTURES=on."
        )
    return found


def take(folder: Path, title: str, slug: str, into: Path, settings: Settings, is_stopping: Callable[[], bool]) -> None:
    """Take all pictures of a version; `into` is a new folder that has them, or is not there.

    Raises:
        SetupError: there is no browser for it.
        LimitError: it takes too long or too much memory, or the browser failed.
    """
    program = browser(settings)
    into.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="dashwright-camera-", ignore_cleanup_errors=True) as scratch:
        made = Path(scratch, "made")
        made.mkdir()
        errand = Errand(
            folder=str(folder.resolve()),
            slug=slug,
            title=title,
            scratch=scratch,
            into=str(made),
            browser=program,
            sandbox=os.geteuid() != 0,
            memory=int(settings.memory),
        )
        _watch(errand, environment(os.environ, scratch), is_stopping)
        missing = [name for name in NAMES if not 0 < _size(made / name) <= LARGEST]
        if missing:
            raise LimitError(f"The browser made no {missing[0]} of '{slug}', or a too large one.")
        shutil.copytree(made, into)


def environment(own: Mapping[str, str], scratch: str) -> dict[str, str]:
    """No variable of ours but the few that any program needs."""
    return {name: own[name] for name in PLAIN if name in own} | {"HOME": scratch, "TMPDIR": scratch}


def _watch(errand: Errand, variables: Mapping[str, str], is_stopping: Callable[[], bool]) -> None:
    from ..worker.killing import kill_all

    with tempfile.TemporaryFile() as log:
        camera = subprocess.Popen(
            [sys.executable, "-P", "-m", f"{__package__}.camera"],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            env=dict(variables),
            cwd=errand.scratch,
            start_new_session=True,
        )
        try:
            assert camera.stdin is not None  # noqa: S101
            camera.stdin.write(errand.model_dump_json().encode())
            camera.stdin.close()
            reason = _wait(camera, time.monotonic() + LONGEST, errand.memory + BROWSER_MEMORY, is_stopping)
        finally:
            kill_all(camera.pid)
            camera.wait()
        if reason or camera.returncode:
            log.seek(max(log.seek(0, os.SEEK_END) - 2000, 0))
            last = log.read().decode("utf-8", "replace").strip().splitlines()[-1:]
            raise LimitError(f"No picture of '{errand.slug}' could be taken: {reason or ' '.join(last)[:500]!r}.")


def _wait(camera: subprocess.Popen[bytes], deadline: float, memory: int, is_stopping: Callable[[], bool]) -> str | None:
    """Why it has to be ended; None: it has ended."""
    while True:
        try:
            camera.wait(LOOK_EVERY)
        except subprocess.TimeoutExpired:
            pass
        else:
            return None
        if is_stopping():
            return "the worker is told to stop"
        if time.monotonic() > deadline:
            return f"it took longer than {LONGEST:g} s"
        if _used(camera.pid) > memory:
            return f"it needed more than {memory / 1024**3:.3g} GiB of memory"


def _used(pid: int) -> int:
    """Bytes that a process and all below it have for themselves."""
    total = 0
    try:
        processes = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.Error:
        return 0
    for process in processes:
        try:
            used = process.memory_info()
            total += used.rss - getattr(used, "shared", 0)
        except psutil.Error:
            continue
    return total


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() and not path.is_symlink() else 0
