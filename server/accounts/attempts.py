"""Attempts at a password: after a few failures each further one has to wait, twice as long each time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...pipelines.errors import DashwrightError
from ..store import SignInFailures
from .secrets import digest

FREE_OF_ONE, FREE_OF_ADDRESS = 5, 30
"""Failures without a pause: with one account or link, and from one network address, which many people may share."""


class RefusedError(DashwrightError):
    """What was shown does not open anything. The sentence is the same for whatever was wrong."""

    code = "refused"


class TooManyAttemptsError(RefusedError):
    """There were too many failures; `seconds` to wait."""

    code = "too_many_attempts"

    def __init__(self, seconds: float) -> None:
        wait = f"{seconds:.0f} seconds" if seconds < 90 else f"{seconds / 60:.0f} minutes"
        super().__init__(f"Too many attempts have failed; try again in {wait}.")
        self.seconds = seconds


@dataclass(frozen=True)
class Attempt:
    """One that is under way, counted as a failure until it has succeeded."""

    failures: SignInFailures
    subjects: Sequence[str]

    def succeeded(self) -> None:
        """Forget the failures with what was opened. Those of the network address stay: who has one account of their own
        could else try those of others for ever."""
        self.failures.forget(self.subjects[:1])


def begin(failures: SignInFailures, what: str, address: str) -> Attempt:
    """Begin an attempt at something, from a network address.

    Raises:
        TooManyAttemptsError: it has to wait.
    """
    subjects = (digest(f"at {what}"), digest(f"from {address}"))
    for subject, free in zip(subjects, (FREE_OF_ONE, FREE_OF_ADDRESS), strict=True):
        if wait := failures.begin(subject, free):
            raise TooManyAttemptsError(wait)
    return Attempt(failures, subjects)
