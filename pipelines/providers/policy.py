"""Policy: how long an AI provider is waited for, when it is asked again, and when it is left alone."""

from __future__ import annotations

import asyncio
import random
import time
from datetime import UTC, datetime
from typing import Literal

from pydantic import Field

from ..model import Noun
from .provider import Fault, FaultKind

AGAIN: frozenset[FaultKind] = frozenset({"busy", "down", "empty"})
"""Faults that the same question may not meet a second time. All others would only be paid for again."""
WORRYING: frozenset[FaultKind] = frozenset({"busy", "down"})
"""Faults that say more about the service than about the question."""


class Policy(Noun):
    """One for all providers. Times are in seconds."""

    timeout: float = Field(60.0, gt=0)
    """For one whole answer, where the provider's own `Service` says nothing else: models think long."""
    patience: float = Field(5.0, ge=0)
    """What calls that fail and the waits between them may take together for one job."""
    attempts: int = Field(3, ge=1)
    """Of one provider for one question."""
    pause: float = Field(0.5, ge=0)
    """Before the second attempt; twice as long before each further one; chance takes up to half of it away."""
    faults: int = Field(3, ge=1)
    """So many worrying ones without an answer in between …"""
    window: float = Field(120.0, gt=0)
    """… within this time open the breaker, …"""
    rest: float = Field(60.0, ge=0)
    """… and for so long the provider is not asked. Then one question tries it."""
    fresh: float = Field(120.0, ge=0)
    """So long after an answer a provider is taken to be there."""

    def pause_after(self, attempt: int, fault: Fault, chance: float) -> float:
        """Seconds before the next attempt; `attempt` counts from 1, `chance` is in [0, 1)."""
        if fault.retry_after is not None:
            return fault.retry_after
        return float(self.pause * 2 ** (attempt - 1) * (0.5 + chance / 2))


class Clock:
    """What time it is, and chance. Arguments, so that a test can have its own."""

    def monotonic(self) -> float:
        return time.monotonic()

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def chance(self) -> float:
        """In [0, 1)."""
        return random.random()  # noqa: S311 - spreads attempts, guards nothing


class Allowance:
    """What is left of a job's patience with failing providers. Made once a job and handed to each of its calls."""

    def __init__(self, seconds: float) -> None:
        self.left = max(seconds, 0.0)

    def spend(self, seconds: float) -> None:
        self.left = max(self.left - seconds, 0.0)


BreakerState = Literal["closed", "open", "half_open"]


class Breaker:
    """Whether one provider is asked at all: after some faults in a row not, until it has rested."""

    def __init__(self, policy: Policy, clock: Clock) -> None:
        self._policy = policy
        self._clock = clock
        self._faults: list[float] = []
        self._opened: float | None = None
        self._tried: float | None = None

    @property
    def state(self) -> BreakerState:
        if self._opened is None:
            return "closed"
        return "half_open" if self.rests_for <= 0 else "open"

    @property
    def rests_for(self) -> float:
        """Seconds until it may be tried again."""
        if self._opened is None:
            return 0.0
        return max(self._opened + self._policy.rest - self._clock.monotonic(), 0.0)

    @property
    def is_trying(self) -> bool:
        """Whether the one question that tries a rested provider is under way."""
        return self._tried is not None

    def admit(self) -> bool:
        """Whether a call may be made now. Of a half-open breaker the first who asks gets leave."""
        if self._opened is None:
            return True
        if self.rests_for > 0 or self.is_trying:
            return False
        self._tried = self._clock.monotonic()
        return True

    def heard(self) -> None:
        """The service is there, whatever it said."""
        self._faults.clear()
        self._opened = self._tried = None

    def failed(self) -> None:
        """The service met a worrying fault."""
        now = self._clock.monotonic()
        self._faults = [time for time in self._faults if now - time <= self._policy.window] + [now]
        if self._opened is not None or len(self._faults) >= self._policy.faults:
            self._opened, self._tried = now, None

    def gave_up(self) -> None:
        """A call was cancelled by us, which says nothing."""
        self._tried = None
