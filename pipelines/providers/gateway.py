"""Gateway: the configured providers behind one policy. Asks one after the other until one has answered.

    gateway.complete ─▶ for each provider: breaker ─▶ attempt, pause, attempt … ─▶ record a Call for each attempt
                                                        ├─ provider.complete
                                                        └─ provider.models: a sign of life meanwhile

A job loses no more than its `Allowance` to providers that are dead or refuse, however many there are. A provider that
lives and answers nothing costs its time-out, since from outside it looks like one that thinks.
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal, TypeVar

from pydantic import AwareDatetime, Field

from ..errors import ProviderError
from ..model import Noun
from .policy import AGAIN, WORRYING, Allowance, Breaker, BreakerState, Clock, Policy
from .provider import Completion, Fault, FaultKind, Operation, Pages, Prompt, Provider, Usage

Answer = TypeVar("Answer", Completion, Pages)
Ask = Callable[[Provider, float], Awaitable[Answer]]
"""A provider and the seconds it has → its answer."""

GRACE = 2.0
"""Seconds that a provider may be late by itself before the gateway takes its call away."""
LATE = 0.1
"""The same where it is only asked for a sign of life."""
LOOK = 1.0
"""No sign of life is waited for shorter than this many seconds, while the job has them."""

_log = logging.getLogger(__name__)


class Call(Noun):
    """One call that reached a provider, for the books."""

    operation: Operation | Literal["search"]
    provider: str
    model: str
    outcome: Literal["answered", "cancelled"] | FaultKind
    usage: Usage = Usage()
    seconds: float = Field(ge=0)
    started_at: AwareDatetime

    @property
    def cost_usd(self) -> float | None:
        """None: not known."""
        return self.usage.cost_usd


class Check(Noun):
    """What one provider says when nothing is asked of it: for `doctor`."""

    provider: str
    model: str
    fault: FaultKind | None = None
    sentence: str = ""
    """For people, where there is a fault."""
    models: tuple[str, ...] | None = None
    """That can be asked. None: it does not tell."""


class Gateway:
    """Used by one event loop. `record` is called in it after each call, and must neither block nor raise."""

    def __init__(
        self,
        providers: Sequence[Provider],
        policy: Policy | None = None,
        *,
        record: Callable[[Call], None] | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.policy = policy or Policy()
        clock = clock or Clock()
        self._lines = tuple(_Line(provider, self.policy, clock, record or _forget) for provider in providers)

    @property
    def names(self) -> tuple[str, ...]:
        """In the order in which they are asked."""
        return tuple(line.provider.name for line in self._lines)

    @property
    def breakers(self) -> dict[str, BreakerState]:
        """Provider → whether it is asked now."""
        return {line.provider.name: line.breaker.state for line in self._lines}

    async def complete(self, prompt: Prompt, allowance: Allowance) -> Completion:
        """
        Raises:
            ProviderError: no provider gave an answer; the sentence says why for each.
        """

        async def ask(provider: Provider, timeout: float) -> Completion:
            return await provider.complete(prompt, timeout)

        return await _first(self._lines, prompt.operation, ask, allowance)

    async def search(self, question: str, limit: int, allowance: Allowance) -> Pages:
        """
        Raises:
            ProviderError: no provider that searches the web gave an answer, or none is configured.
        """

        async def ask(provider: Provider, timeout: float) -> Pages:
            return await provider.search(question, limit, timeout)

        able = [line for line in self._lines if line.provider.can_search]
        if not able:
            raise ProviderError("No AI provider that searches the web is configured.")
        return await _first(able, "search", ask, allowance)

    async def check(self, timeout: float) -> tuple[Check, ...]:
        """What each provider says about itself within so many seconds. Costs nothing, and changes no breaker."""
        return tuple(await asyncio.gather(*(line.check(timeout) for line in self._lines)))

    async def close(self) -> None:
        """Close what the providers have open."""
        for line in self._lines:
            await line.provider.close()


def _forget(call: Call) -> None:
    """Keep no books."""


async def _first(
    lines: Sequence[_Line], operation: Operation | Literal["search"], ask: Ask[Answer], allowance: Allowance
) -> Answer:
    reasons = []
    for index, line in enumerate(lines):
        if allowance.left <= 0:
            names = ", ".join(line.provider.name for line in lines[index:])
            reasons.append(f"The time for AI providers that fail is used up before these could be asked: {names}.")
            break
        try:
            return await line.ask(operation, ask, allowance, allowance.left / (len(lines) - index))
        except Fault as fault:
            is_named = line.provider.name.lower() in fault.sentence.lower()
            reasons.append(fault.sentence if is_named else f"{line.provider.name}: {fault.sentence}")
    raise ProviderError(f"No AI provider gave an answer. {' '.join(reasons)}".rstrip())


class _Dead(Fault):
    """No sign of life: nothing is gained by asking once more."""


class _Line:
    """One provider with what is known of its health."""

    def __init__(self, provider: Provider, policy: Policy, clock: Clock, record: Callable[[Call], None]) -> None:
        self.provider = provider
        self.breaker = Breaker(policy, clock)
        self._policy = policy
        self._clock = clock
        self._record = record
        self._seen: float | None = None

    async def ask(
        self, operation: Operation | Literal["search"], ask: Ask[Answer], allowance: Allowance, share: float
    ) -> Answer:
        """Attempts until one is answered; all that fails, and the waits, come out of `share` of the allowance."""
        until = allowance.left - share
        for attempt in range(1, self._policy.attempts + 1):
            if not self.breaker.admit():
                raise self._left_alone()
            began = self._clock.monotonic()
            try:
                look = min(allowance.left, max(LOOK, (allowance.left - until) / 2))
                return await self._attempt(operation, ask, look, allowance.left - look)
            except Fault as fault:
                allowance.spend(self._clock.monotonic() - began)
                pause = self._policy.pause_after(attempt, fault, self._clock.chance())
                is_hopeless = fault.kind not in AGAIN or isinstance(fault, _Dead) or self.breaker.state != "closed"
                if is_hopeless or attempt == self._policy.attempts or pause >= allowance.left - until:
                    raise
            await self._clock.sleep(pause)
            allowance.spend(pause)
        raise AssertionError("the last attempt returns or raises")

    def _left_alone(self) -> Fault:
        seconds = round(self.breaker.rests_for)
        until = f"for another {seconds} s" if seconds else "until another question has been answered"
        return Fault("down", f"{self.provider.name} is left alone {until}, since it failed several times in a row.")

    async def _attempt(
        self, operation: Operation | Literal["search"], ask: Ask[Answer], look: float, wait: float
    ) -> Answer:
        """One call, its effect on the breaker and its line in the books."""
        started_at, began = self._clock.now(), self._clock.monotonic()
        outcome: Literal["answered", "cancelled"] | FaultKind = "cancelled"
        usage = Usage()
        try:
            answer = await self._watched(ask, look, wait)
            outcome, usage = "answered", answer.usage
            self._heard()
        except Fault as fault:
            outcome, usage = fault.kind, fault.usage
            if fault.kind in WORRYING:
                self.breaker.failed()
            else:
                self._heard()
            if fault.kind == "down":
                self._seen = None
            raise
        finally:
            if outcome == "cancelled":
                self.breaker.gave_up()
            seconds = max(self._clock.monotonic() - began, 0.0)
            self._record(
                Call(
                    operation=operation,
                    provider=self.provider.name,
                    model=self.provider.model,
                    outcome=outcome,
                    usage=usage,
                    seconds=seconds,
                    started_at=started_at,
                )
            )
        if isinstance(answer, Completion):
            return answer.model_copy(update={"seconds": seconds})
        return answer

    def _heard(self) -> None:
        self.breaker.heard()
        self._seen = self._clock.monotonic()

    async def _watched(self, ask: Ask[Answer], look: float, wait: float) -> Answer:
        """The answer, unless the service turns out to be dead meanwhile. Nothing goes on when this returns."""
        timeout = self.provider.service.timeout or self._policy.timeout
        work = asyncio.ensure_future(_told(self.provider, ask(self.provider, timeout), timeout + GRACE))
        watch = asyncio.ensure_future(self._death(look, wait))
        try:
            await asyncio.wait({work, watch}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done() and (death := watch.result()):
                raise death
            return await work
        finally:
            work.cancel()
            watch.cancel()
            await asyncio.gather(work, watch, return_exceptions=True)

    async def _death(self, look: float, wait: float) -> _Dead | None:
        """Whether there is no sign of life for `look` seconds. One that was heard of lately is first waited for."""
        if self._seen is not None and self._clock.monotonic() - self._seen <= self._policy.fresh:
            await self._clock.sleep(min(look, wait))
        try:
            await _told(self.provider, self.provider.models(look), look + LATE)
        except Fault as fault:
            if fault.kind == "down":
                return _Dead("down", fault.sentence)
        self._seen = self._clock.monotonic()
        return None

    async def check(self, timeout: float) -> Check:
        model = self.provider.model
        try:
            models = await _told(self.provider, self.provider.models(timeout), timeout + GRACE)
        except Fault as fault:
            return Check(provider=self.provider.name, model=model, fault=fault.kind, sentence=fault.sentence)
        return Check(provider=self.provider.name, model=self.provider.model, models=models)


Told = TypeVar("Told")


async def _told(provider: Provider, call: Awaitable[Told], seconds: float) -> Told:
    """What a call brings, or the fault of a provider that breaks its contract: it may be another package's."""
    try:
        async with asyncio.timeout(seconds):
            return await call
    except Fault:
        raise
    except TimeoutError as error:
        raise Fault("down", f"{provider.name} did not answer within {round(seconds, 1):g} s.") from error
    except Exception as error:
        # Without its text: clients put into it what they sent.
        frames = "".join(traceback.format_tb(error.__traceback__))
        _log.error("The provider '%s' failed with %s:\n%s", provider.name, type(error).__name__, frames)
        raise Fault("down", f"{provider.name} failed by a mistake of its own ({type(error).__name__}).") from error
