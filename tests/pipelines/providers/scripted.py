"""Providers that do what a script says, in a time that passes only when everybody waits."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from dashwright.pipelines.providers import Completion, Fault, FaultKind, Pages, Prompt, Provider, Usage
from dashwright.pipelines.providers.policy import Clock
from dashwright.pipelines.services import Service

Result = TypeVar("Result")
STARTED_AT = datetime(2026, 11, 25, 12, tzinfo=UTC)


class _Selector(selectors.DefaultSelector):
    """Does not wait, but says how long it would have."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> Any:
        if timeout:
            self.passed += timeout
        return super().select(0)


class _Loop(asyncio.SelectorEventLoop):
    """An event loop whose waits take no time."""

    def __init__(self) -> None:
        self._waiting = _Selector()
        super().__init__(self._waiting)

    def time(self) -> float:
        return self._waiting.passed


class LoopClock(Clock):
    """The time of the running loop. Chance is always the same."""

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    def now(self) -> datetime:
        return STARTED_AT + timedelta(seconds=self.monotonic())

    def chance(self) -> float:
        return 0.5


def run(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """To its end, in the loop's own time."""
    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(coroutine)


@dataclass(frozen=True)
class Step:
    """What one call does: takes its time, then answers or fails."""

    seconds: float = 0.0
    fault: FaultKind | None = None
    retry_after: float | None = None
    text: str = "{}"
    bug: Exception | None = None


ANSWER = Step()
FOREVER = 1e9
HANG = Step(FOREVER)
USAGE = Usage(input_tokens=10, output_tokens=20, cost_usd=0.01)


class Scripted(Provider):
    """Does the steps in order, and the last one again and again; `life` is what `models` does."""

    can_search = True

    def __init__(
        self, name: str, steps: Iterable[Step] = (ANSWER,), life: Step = ANSWER, timeout: float | None = None
    ) -> None:
        super().__init__(Service(timeout=timeout))
        self.name = name
        self.steps = list(steps)
        self.life = life
        self.asked = 0
        self.looked = 0
        self.cancelled = 0
        self.is_closed = False

    @property
    def model(self) -> str:
        return f"{self.name}-model"

    async def complete(self, prompt: Prompt, timeout: float) -> Completion:
        step = await self._next(timeout)
        return Completion(text=step.text, provider=self.name, model=self.model, usage=USAGE)

    async def search(self, question: str, limit: int, timeout: float) -> Pages:
        await self._next(timeout)
        return Pages(provider=self.name, usage=USAGE)

    async def models(self, timeout: float) -> tuple[str, ...] | None:
        self.looked += 1
        await self._do(self.life, timeout)
        return ("one",)

    async def close(self) -> None:
        self.is_closed = True

    async def _next(self, timeout: float) -> Step:
        step = self.steps[min(self.asked, len(self.steps) - 1)]
        self.asked += 1
        await self._do(step, timeout)
        return step

    async def _do(self, step: Step, timeout: float) -> None:
        try:
            await asyncio.sleep(min(step.seconds, timeout))
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if step.bug:
            raise step.bug
        if step.seconds > timeout:
            raise Fault("down", f"{self.name} did not answer within {timeout:g} s.")
        if step.fault:
            raise Fault(step.fault, f"{self.name} is {step.fault}.", retry_after=step.retry_after)
