"""Progress: one line that says what is done now, replaced in a notebook by the result."""

from __future__ import annotations

import sys
import time
from html import escape
from typing import Any

from ...pipelines.step import Progress

_EVERY = 0.1
"""Seconds between two changes of the line."""


def kernel_shell() -> Any:
    """The interactive shell of a Jupyter kernel; None in a terminal or a plain program."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell if shell is not None and getattr(shell, "kernel", None) is not None else None


class Line:
    """A line in the output of a notebook's cell; in a terminal one on stderr, elsewhere nothing."""

    def __init__(self) -> None:
        self._shell = kernel_shell()
        self._handle: Any = None
        self._cell = self._here()
        self._next = 0.0
        self._begun = time.monotonic()

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + _EVERY
        bar = f'<progress max="100" value="{progress.percent:.0f}" style="vertical-align:middle"></progress>'
        self._show(f"{bar} {escape(progress.message)} …", f"{progress.percent:3.0f}% {progress.message} …")

    def end(self, text: str) -> None:
        """What stays where the result is not shown."""
        said = f"{text.rstrip('.')}, in {time.monotonic() - self._begun:.1f} s."
        self._show(escape(said), said, last=True)

    def clear(self) -> None:
        """Leave nothing: it failed, and the error says why."""
        self._show("", "", last=True)

    def replace(self, bundle: dict[str, Any]) -> bool:
        """Put a result in the line's place, if the cell that it stands in still runs. Once."""
        if self._handle is None or self._cell != self._here():
            return False
        self._handle.update(bundle, raw=True)
        self._handle = None
        return True

    def _here(self) -> object:
        """What tells one run of a cell from the next."""
        return self._shell.kernel.get_parent().get("header", {}).get("msg_id") if self._shell else None

    def _show(self, html: str, text: str, *, last: bool = False) -> None:
        if self._shell is not None:
            bundle = {"text/html": html, "text/plain": text}
            if self._handle is None:
                from IPython.display import DisplayHandle

                self._handle = DisplayHandle()
                self._handle.display(bundle, raw=True)
            else:
                self._handle.update(bundle, raw=True)
        elif sys.stderr.isatty():
            sys.stderr.write(f"\r\033[K{text}" + ("\n" if last and text else ""))
            sys.stderr.flush()
