"""Retrying: when a delivery that failed is tried again, and when it is given up."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from .nouns import Outcome

ATTEMPTS = 10
HORIZON = timedelta(hours=24)
"""From when the notice was written; news older than that are none."""
FIRST_PAUSE = 10.0
"""Seconds; four times as long after each further attempt."""
LONGEST_PAUSE = 6 * 3600.0


def pause_after(attempt: int, fortune: float) -> timedelta:
    """The time until the next attempt: exponential, and different for each so that many do not come at once.

    Args:
        attempt: which one has failed, from 1.
        fortune: from 0 to 1, as chance has it.
    """
    return timedelta(seconds=min(FIRST_PAUSE * 4.0 ** (attempt - 1), LONGEST_PAUSE) * (0.75 + fortune / 2))


def again(
    attempt: int,
    since: datetime,
    now: datetime,
    reason: str,
    status_code: int | None = None,
    fortune: Callable[[], float] = random.random,
) -> Outcome:
    """What becomes of a delivery whose attempt has failed for a reason that may pass."""
    pause = pause_after(attempt, fortune())
    if attempt >= ATTEMPTS or now + pause > since + HORIZON:
        times = "once" if attempt == 1 else f"{attempt} times"
        return Outcome(state="dead", reason=f"It was tried {times} in vain. {reason}", status_code=status_code)
    return Outcome(state="waiting", reason=reason, status_code=status_code, pause=pause)
