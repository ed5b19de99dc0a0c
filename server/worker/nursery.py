"""Where children come from: a process that has imported all that the steps need, and forks in milliseconds."""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import psutil
from structlog.contextvars import get_contextvars

from ...kernels.provisioner import environment
from ...pipelines.services import REVEAL
from ..observing import logs
from ..settings import PREFIX, Settings, variable
from . import child

PLAIN = ("HOME", "USER", "LOGNAME", "TMPDIR", "XDG_.*", "JUPYTER_.*", "(HTTPS?|ALL|NO)_PROXY", "(https?|all|no)_proxy")
"""Variables that the steps may have beyond those of a kernel."""
KERNEL_SETTINGS = ("kernel_memory", "kernel_file_size", "kernel_open_files", "kernel_processes")
PR_SET_DUMPABLE = 4


class Born(NamedTuple):
    """A child and our end of its pipe."""

    process: BaseProcess
    connection: Connection


class Nursery:
    """Starts children. Made once in a process, before its threads."""

    def __init__(self, settings: Settings) -> None:
        self._limits = settings.limits.model_dump_json(context=REVEAL)
        self._log_form: logs.Form = settings.log_format or "text"  # it is people who read it
        self._context = multiprocessing.get_context("forkserver")
        self._lock = threading.Lock()
        self._context.set_forkserver_preload([f"{__package__}.preloaded"])
        with _without_main():
            forkserver.ensure_running()

    def wait_until_warm(self, is_stopping: Callable[[], bool]) -> None:
        """Wait until all is imported, unless the worker is to stop: a job begun before would wait for that, and its
        lease would run out."""
        warming = threading.Thread(target=self._warm, name="warming", daemon=True)
        warming.start()
        while warming.is_alive() and not is_stopping():
            warming.join(0.1)

    def _warm(self) -> None:
        """A child that does nothing: it is born when all is imported, and starting it takes as long."""
        process = self._context.Process(target=time.sleep, args=(0,))
        with contextlib.suppress(EOFError, OSError):  # the nursery was closed meanwhile
            with self._lock, _without_main():
                process.start()
            process.join()

    def bear(self, folder: Path, providers: tuple[str, ...]) -> Born:
        """A child that runs the job in this folder. It may ask us to ask the AI providers of these names. In its log
        the job is called as in ours."""
        ours, theirs = self._context.Pipe()
        journal = child.Journal(self._log_form, get_contextvars())
        arguments = (str(folder), self._limits, providers, journal, theirs)
        process = self._context.Process(target=child.main, args=arguments, daemon=False)
        with self._lock, _without_main():
            process.start()
        theirs.close()  # so that our end tells when the child has ended
        return Born(process, ours)

    def close(self) -> None:
        """End the process that children come from, also while it still imports."""
        for process in psutil.Process().children():
            with contextlib.suppress(psutil.Error):
                if any("from multiprocessing." in part for part in process.cmdline()):
                    process.kill()
                    process.wait(5)


def forget_secrets(settings: Settings) -> None:
    """Keep only plain variables, for this process and all it starts. The settings have been read by now."""
    kept = environment(os.environ) | environment(os.environ, PLAIN)
    for name in KERNEL_SETTINGS:
        kept[variable(name, Settings.model_fields[name])] = str(int(getattr(settings, name)))
    kept[f"{PREFIX}DATA_DIR"] = str(settings.data_dir)
    os.environ.clear()
    os.environ.update(kept)
    if sys.platform == "linux":
        # What this process was started with stays visible in /proc, to its user's other processes too, unless:
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


@contextlib.contextmanager
def _without_main() -> Iterator[None]:
    """multiprocessing lets each child import the parent's main module: here that would be a whole command line."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
