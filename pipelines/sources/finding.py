"""Finding: all sources are asked at once, and what they offer becomes one ranked list with the few that fit."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Protocol

from ..errors import DashwrightError, SourceError
from ..model import Candidate, Candidates
from ..step import Limits
from . import Query, source
from .merging import merged
from .ranking import Ranked, choose, keywords, rank
from .weighing import swayed, weighed

PATIENCE = 10.0
"""Seconds that a source has to answer a search, where no setting says otherwise."""
Heard = Callable[[str, str | None], None]
"""Called with the name of each source that was asked, when it has answered, or with a sentence why it has not."""


@dataclass(frozen=True)
class Wanted:
    """What to look for. `question`: as asked, or as a model says it in English."""

    question: str
    sources: tuple[str, ...]
    most_candidates: int = 20
    most_chosen: int = 5
    pages: tuple[str, ...] = ()
    """Found in the web, for sources that look at pages."""
    wording: str = ""
    """What is searched by instead of the question, as a model worded it in English."""

    @property
    def text(self) -> str:
        return self.wording or self.question

    @property
    def key(self) -> str:
        """The same for the same search: SHA-256 of the question, its wording, the sources and the limits."""
        question = " ".join(self.question.casefold().split())
        parts = [question, self.wording, sorted(set(self.sources)), self.most_candidates, self.most_chosen]
        parts += [sorted(set(self.pages))] if self.pages else []
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


class Memory(Protocol):
    """Where found datasets are kept for a while, and which lets only one search for the same be under way."""

    def recall(self, wanted: Wanted) -> Candidates | None:
        """What is kept. None: nothing is, and who asks is now the one who finds it: `keep` or `give_up` follows.
        Others who ask meanwhile wait for that."""
        ...

    def keep(self, wanted: Wanted, found: Candidates) -> None:
        """Remember it, unless a source did not answer: the next search asks again."""
        ...

    def give_up(self, wanted: Wanted) -> None: ...

    def note(self, answers: Mapping[str, str | None], seconds: Mapping[str, float] = ...) -> None:
        """Sources that were asked just now: None where one answered, else a sentence why it did not. `seconds`: what
        each took."""
        ...


def unheard(_name: str, _failure: str | None) -> None:
    """A `Heard` that goes nowhere."""


def find(wanted: Wanted, limits: Limits, memory: Memory | None = None, heard: Heard = unheard) -> Candidates:
    """The best datasets of all sources; `chosen` is empty where none fits. What sources failed is in `failures`.

    Raises:
        InputError: there is no such source.
        SourceError: no source answered.
    """
    started = time.monotonic()
    found = _remembered(wanted, limits, memory, heard) if memory else _found(wanted, limits, None, heard)
    return found.model_copy(update={"search_time_ms": round(1000 * (time.monotonic() - started), 1)})


def _remembered(wanted: Wanted, limits: Limits, memory: Memory, heard: Heard) -> Candidates:
    if (known := memory.recall(wanted)) is not None:
        return known
    found = None
    try:
        found = _found(wanted, limits, memory, heard)
    finally:
        if found is None:
            memory.give_up(wanted)
        else:
            memory.keep(wanted, found)
    return found


def _found(wanted: Wanted, limits: Limits, memory: Memory | None, heard: Heard) -> Candidates:
    query = Query(wanted.text, keywords(wanted.text), wanted.most_candidates, wanted.pages)
    begun = time.monotonic()
    seconds: dict[str, float] = {}

    def noted(name: str, failure: str | None) -> None:
        seconds[name] = time.monotonic() - begun
        heard(name, failure)

    found, failures = ask(wanted.sources, query, limits, noted)
    if memory:
        memory.note({name: failures.get(name) for name in wanted.sources}, seconds)
    if failures and len(failures) == len(set(wanted.sources)):
        raise SourceError(f"No source answered. {' '.join(failures.values())}")
    ranked = ordered(wanted.text, found, limits)
    chosen = choose(ranked, wanted.most_chosen)
    taken = {(item.source, item.reference) for item in chosen}
    # The chosen ones come first, each with the reason why.
    others = [item.candidate for item in ranked if (item.candidate.source, item.candidate.reference) not in taken]
    return Candidates(
        candidates=tuple([*chosen, *others][: max(wanted.most_candidates, len(chosen))]),
        chosen=tuple(range(len(chosen))),
        total_found=len(found),
        search_time_ms=0,
        failures=failures,
    )


def ordered(question: str, candidates: Sequence[Candidate], limits: Limits) -> list[Ranked]:
    """Every dataset once, best first: by what it is about, moved by how well it serves."""
    ranked = []
    for item in rank(question, merged(candidates)):
        weight = weighed(question, item.candidate, limits.max_download_size)
        ranked.append(item.rescored(round(swayed(item.candidate.score, weight), 4)))
    return sorted(ranked, key=lambda item: -item.candidate.score)


Answer = tuple[str, Sequence[Candidate] | DashwrightError]


def ask(
    places: Sequence[str], query: Query, limits: Limits, heard: Heard = unheard
) -> tuple[list[Candidate], dict[str, str]]:
    """What all sources found, and a sentence for each that failed or took longer than it may."""
    answers: SimpleQueue[Answer] = SimpleQueue()
    started = time.monotonic()
    names = list(dict.fromkeys(places))
    ends = {name: started + (limits.service(name).timeout or min(PATIENCE, limits.download_timeout)) for name in names}
    waiting = dict(ends)
    for name in names:
        # Daemons: a source that never answers must not keep the process from ending.
        Thread(target=_ask_one, args=(name, query, limits, answers), daemon=True).start()
    found: dict[str, Sequence[Candidate]] = {}
    failures: dict[str, str] = {}
    while waiting:
        try:
            name, answer = answers.get(timeout=max(0.0, min(waiting.values()) - time.monotonic()))
        except Empty:
            for late in [name for name, end in waiting.items() if end <= time.monotonic()]:
                seconds = waiting.pop(late) - started
                failures[late] = f"The source '{late}' did not answer within {seconds:g} s."
                heard(late, failures[late])
            continue
        if waiting.pop(name, None) is None:
            continue  # too late
        if isinstance(answer, DashwrightError):
            failures[name] = str(answer)
        else:
            found[name] = answer
        heard(name, failures.get(name))
    # In the order of the request, so that the same question gives the same answer every time.
    return [candidate for name in names for candidate in found.get(name, ())], failures


def _ask_one(name: str, query: Query, limits: Limits, answers: SimpleQueue[Answer]) -> None:
    try:
        answers.put((name, source(name).search(query, limits)))
    except DashwrightError as error:
        answers.put((name, error))
    except Exception as error:  # noqa: BLE001 (one broken source must not stop the others)
        answers.put((name, SourceError(f"The source '{name}' failed: {type(error).__name__}.")))
