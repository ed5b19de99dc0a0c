"""Keep parts running until told to stop: start them in order, start dead ones again, leave nothing behind."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from collections.abc import Iterator, Sequence
from typing import Protocol

from ...pipelines.errors import SetupError
from .child import Child

TICK, CALM_TICK = 0.03, 0.5
"""Seconds between looks at the children: while one is becoming ready, and else."""


class Stop(Exception):  # noqa: N818
    """Somebody asked for the end. Not an error."""


class Bell:
    """Rings when a signal asks for the end. Waiting on it is how the supervisor sleeps."""

    def __init__(self) -> None:
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._writing, False)
        self.rung = False

    def ring(self, *_: object) -> None:
        self.rung = True
        with contextlib.suppress(BlockingIOError):
            os.write(self._writing, b"!")

    def wait(self, seconds: float) -> None:
        """Sleep, but not through a ring.

        Raises:
            Stop: the bell rang.
        """
        if not self.rung:
            select.select([self._reading], [], [], seconds)
        if self.rung:
            raise Stop

    @contextlib.contextmanager
    def hung(self) -> Iterator[None]:
        """Ring at Ctrl-C, SIGTERM and the closing of the terminal."""
        before = {number: signal.signal(number, self.ring) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


class Events(Protocol):
    """What a supervisor tells while it works."""

    def became_ready(self, child: Child, *, again: bool) -> None: ...

    def check(self) -> None:
        """Called all the time: the place to raise what must end everything."""

    def all_ready(self) -> None: ...

    def died(self, child: Child, code: int) -> None: ...


def supervise(children: Sequence[Child], bell: Bell, events: Events) -> None:
    """Start every child, in their order, and again whenever one dies.

    Raises:
        SetupError: at the first start a child ended or took too long; the sentence has its last words.
        Stop: the bell rang.
    """
    everything_was_ready = False
    while True:
        events.check()
        for child in children:
            attend(child, events)
        if not everything_was_ready and all(child.ready for child in children):
            everything_was_ready = True
            events.all_ready()
        bell.wait(CALM_TICK if all(child.ready for child in children) else TICK)


def attend(child: Child, events: Events) -> None:
    """Do what one child needs now."""
    if child.process is None:
        if child.is_due:
            begin(child)
        return
    if (code := child.death()) is not None:
        if not child.was_ready:
            raise SetupError(failure(child, f"ended with code {code} before it was ready"))
        events.died(child, code)
    elif not child.ready and child.look():
        events.became_ready(child, again=child.was_ready)
        child.was_ready = True
    elif not child.ready and time.monotonic() > child.started_at + child.part.patience:
        if not child.was_ready:
            raise SetupError(failure(child, f"was not ready within {child.part.patience:.0f} s"))
        child.ask_to_end()  # and its death is seen here like any other


def begin(child: Child) -> None:
    """Start a child, or try later where the system cannot just now (too many processes, a full disk).

    Raises:
        SetupError: it has never run.
    """
    try:
        child.start()
    except OSError as error:
        if not child.was_ready:
            raise SetupError(f"{child.part.title} cannot be started: {error.strerror} ('{error.filename}').") from error
        child.put_off()


def end_all(children: Sequence[Child]) -> None:
    """End the children, those that others come after last. A second signal does not cut this short."""
    needed = {name for child in children for name in child.part.after}
    for group in (
        [child for child in children if child.part.name not in needed],
        [child for child in children if child.part.name in needed],
    ):
        for child in group:
            child.ask_to_end()
        for child in group:
            child.wait_until_ended()


def failure(child: Child, what: str) -> str:
    words = child.last_words()
    return f"{child.part.title} {what}{f': {words}' if words else '.'} (More in '{child.log}'.)"
