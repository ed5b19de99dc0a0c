"""The search memory of one job. Its process has no database: it asks its worker, which believes it little.

What a job found is told to others who ask the same, so a job's process, which reads files that nobody trusts, may only
speak of its own question and its own sources.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from ...pipelines.errors import DashwrightError, InputError
from ...pipelines.model import Candidates, Request
from ...pipelines.sources import names
from ...pipelines.sources.finding import Memory, Wanted
from ...pipelines.sources.standing import ALL
from .line import Line
from .messages import Heard, Recall, Recalled, Searched

log = logging.getLogger(__name__)


class Held(Memory, Protocol):
    """A memory that gives up what it holds when the job has ended."""

    def close(self) -> None: ...


class Recollection:
    """In the worker: the memory as this job may use it."""

    def __init__(self, memory: Held, request: Request, sources: tuple[str, ...]) -> None:
        self._memory = memory
        self._question = request.question
        self._sources = frozenset(names() if ALL in sources else sources)
        self._under_way: Wanted | None = None

    def answer(self, what: Recall | Searched | Heard) -> Recalled:
        """
        Raises:
            DashwrightError: what the job says is not its business, or the database does not answer.
        """
        match what:
            case Recall(wanted=wanted):
                self._check(wanted)
                found = self._memory.recall(wanted)
                self._under_way = wanted if found is None else None
                return Recalled(found=found)
            case Searched(wanted=wanted, found=found):
                if wanted != self._under_way:
                    raise InputError("The job tells how a search ended that it did not begin.")
                self._under_way = None
                self._end(wanted, found)
            case Heard(answers=answers, seconds=seconds):
                if not self._sources.issuperset([*answers, *seconds]):
                    raise InputError("The job tells about sources that it was not to ask.")
                self._memory.note(answers, seconds)
        return Recalled()

    def close(self) -> None:
        """Give up what is held, also what somebody waits for just now."""
        self._memory.close()

    def _check(self, wanted: Wanted) -> None:
        if wanted.question != self._question or not self._sources.issuperset(wanted.sources):
            raise InputError("The job searches for something else than it was asked.")

    def _end(self, wanted: Wanted, found: Candidates | None) -> None:
        if found is None or not set(wanted.sources).issuperset(item.source for item in found.candidates):
            self._memory.give_up(wanted)
        else:
            self._memory.keep(wanted, found)


class DistantMemory:
    """In the child: a `Memory` at the other end of the line. Without an answer the job searches all the same."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def recall(self, wanted: Wanted) -> Candidates | None:
        known = self._ask(Recall(wanted=wanted))
        return known.found if known else None

    def keep(self, wanted: Wanted, found: Candidates) -> None:
        if self._ask(Searched(wanted=wanted, found=found)) is None:  # it may be too large
            self.give_up(wanted)

    def give_up(self, wanted: Wanted) -> None:
        self._ask(Searched(wanted=wanted, found=None))

    def note(self, answers: Mapping[str, str | None], seconds: Mapping[str, float] = MappingProxyType({})) -> None:
        self._ask(Heard(answers=dict(answers), seconds=dict(seconds)))

    def _ask(self, what: Recall | Searched | Heard) -> Recalled | None:
        try:
            answer = self._line.ask(what)
        except DashwrightError as error:
            log.warning("The memory of searches is not of use: %s", error)
            return None
        return answer if isinstance(answer, Recalled) else None
