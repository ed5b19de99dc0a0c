"""Trail: which steps a job has gone through here, as spans and in seconds."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .tracing import TRACING

if TYPE_CHECKING:
    from opentelemetry.trace import Span

STEPS = ("search", "download", "read", "profile", "plan", "compose", "execute", "publish")
"""Names of the steps. A job's process may say anything; what is none of these begins nothing."""


class Trail:
    """Used by the thread that watches over the job: the step that is under way is what its questions belong to."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds: dict[str, float] = {}
        self._clock = clock
        self._step: str | None = None
        self._begun = 0.0
        self._span: Span | None = None
        self._token: Any = None

    def reached(self, message: str) -> None:
        """What the job says that it does; the name of a step where one begins."""
        if message in STEPS and message != self._step:
            self.end()
            self._step, self._begun = message, self._clock()
            self._span = TRACING.begin(f"step {message}", attributes={"dashwright.step": message})
            self._token = TRACING.enter(self._span)

    def end(self, error: str | None = None) -> None:
        """No step is under way any more."""
        if self._step is None:
            return
        self.seconds[self._step] = self.seconds.get(self._step, 0.0) + self._clock() - self._begun
        TRACING.leave(self._token)
        TRACING.end(self._span, error=error)
        self._step = self._span = self._token = None
