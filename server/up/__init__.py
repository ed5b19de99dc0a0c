"""`dashwright up`: everything that Dashwright needs, under one supervisor."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ...pipelines.errors import SetupError
from ..loopback import is_loopback
from ..settings import Settings
from . import running
from .child import Child
from .parts import Wish, choose_addresses, ours, parts
from .running import Running, RunningPart
from .supervising import Bell, Stop, end_all, supervise

__all__ = ["Wish", "run"]

Say = Callable[[str], None]
FOUNDING = 60.0
"""Seconds that may be spent on the first account, while nothing is watched."""


def run(settings: Settings, wish: Wish, say: Say) -> None:
    """Start everything and stay until a signal asks for the end; then end everything.

    Raises:
        SetupError: it already runs, a port is taken, or a part cannot start. Nothing is left behind then either.
    """
    with running.claimed(settings.data_dir) as is_ours, running.lock_of_parts(settings.data_dir) as lock:
        addresses = choose_addresses(settings, wish, say)
        children = [Child(part, settings.logs / f"{part.name}.log", lock) for part in parts(settings, addresses)]
        has_people = settings.public_url is not None or not is_loopback(addresses.host)
        chronicle = Chronicle(settings, addresses.viewer, children, say, is_ours, has_people and not wish.detached)
        chronicle.record("starting")
        bell = Bell()
        with bell.hung():
            try:
                supervise(children, bell, chronicle)
            except Stop:
                say("Stopping …")
            finally:
                chronicle.record("stopping")
                end_all(children)


@dataclass(frozen=True)
class Chronicle:
    """Tells what happens: to the person as it does, to programs in the record."""

    settings: Settings
    viewer: str
    children: list[Child]
    say: Say
    is_ours: Callable[[], bool]
    is_founding: bool
    """Whether to tell how the first of those who sign in does."""

    def record(self, state: Literal["starting", "ready", "stopping"]) -> None:
        known = {child.part.name: child.part.address for child in self.children}
        parts = [
            RunningPart(name=child.part.name, pid=child.pid, address=child.part.address)
            for child in self.children
            if child.pid
        ]
        now = Running(
            pid=os.getpid(),
            state=state,
            viewer=self.viewer,
            api=known.get("api"),
            database="external" if self.settings.database_url else "embedded",
            studio=known.get("studio"),
            parts=tuple(parts),
        )
        try:
            running.record(self.settings.data_dir, now)
        except OSError as error:
            # What runs is worth more than its record: a full disk must not end it, nor keep it from being ended.
            self.say(f"'{running.record_path(self.settings.data_dir)}' cannot be written: {error.strerror}.")

    def check(self) -> None:
        if not self.is_ours():
            raise SetupError(
                f"The data directory '{self.settings.data_dir}' was removed, so everything on it was ended."
            )

    def became_ready(self, child: Child, *, again: bool) -> None:
        seconds = time.monotonic() - child.started_at
        if again:
            self.record("ready")
            self.say(f"{child.part.title} runs again.")
        else:
            self.say(f"{child.part.title} is ready ({seconds:.1f} s).")

    def all_ready(self) -> None:
        self.record("ready")
        by_name = {child.part.name: child.part.address for child in self.children}
        self.say("")
        self.say(f"Dashboards   {self.viewer}")
        self.say(f"REST API     {by_name['api']}")
        if by_name.get("studio"):
            self.say(f"JupyterLab   {by_name['studio']}")
        if self.is_founding:
            self.found()
        self.say("")
        self.say("Ctrl-C ends everything.")

    def found(self) -> None:
        """In a process of its own: this one lives long, and what knows accounts is large."""
        command = ours("user", "first", "--data-dir", str(self.settings.data_dir))
        with contextlib.suppress(subprocess.TimeoutExpired):
            subprocess.run(command, stdin=subprocess.DEVNULL, timeout=FOUNDING, start_new_session=True, check=False)

    def died(self, child: Child, code: int) -> None:
        pause = max(0.0, (child.start_at or 0.0) - time.monotonic())
        words = child.last_words()
        self.say(
            f"{child.part.title} ended with code {code}{f' ({words})' if words else ''}; "
            f"it is started again in {pause:.1f} s. Its log: '{child.log}'."
        )
