"""Search: from a request to ranked datasets, and the few of them that fit the question."""

from __future__ import annotations

import time
from collections.abc import Sequence
from queue import Empty, SimpleQueue
from threading import Thread

from .errors import DashwrightError, DataError, SourceError
from .model import Candidate, Candidates, Request
from .providers import Providers
from .sources import Query, names, source
from .sources.ranking import Ranked, choose, keywords, rank
from .step import JobFolder, Limits, Progress, Report

STEP = "search_datasets"
PATIENCE = 20.0
"""Seconds that a source has to answer a search, at most `Limits.download_timeout`."""
Answer = tuple[str, Sequence[Candidate] | DashwrightError]


def search(
    folder: JobFolder,
    limits: Limits,
    report: Report,
    providers: Providers | None = None,  # noqa: ARG001
) -> Candidates:
    """What is attached is taken as it is; else the sources that the request prefers are asked, all at once.

    Raises:
        InputError: a source that does not exist.
        DataError: an attachment is missing, or no dataset fits the question.
        SourceError: no source answered.
    """
    started = time.monotonic()
    request = folder.read(Request, folder.request)
    report(Progress(step=STEP, percent=1, message="looking for datasets"))
    found = attached(request, limits) if request.attachments else searched(request, limits, report)
    found = found.model_copy(update={"search_time_ms": round(1000 * (time.monotonic() - started), 1)})
    folder.write(found, folder.candidates)
    titles = ", ".join(f"'{found.candidates[position].title}'" for position in found.chosen)
    report(Progress(step=STEP, percent=25, message=f"found {titles}"))
    return found


def attached(request: Request, limits: Limits) -> Candidates:
    """All that was attached, each once, without the secrets in its address."""
    candidates: list[Candidate] = []
    for attachment in request.attachments:
        place = source(attachment.source)
        candidate = place.describe(attachment, limits)
        candidate = candidate.model_copy(update={"reference": place.public(candidate.reference), "score": 1.0})
        if candidate not in candidates:
            candidates.append(candidate)
    return Candidates(
        candidates=tuple(candidates),
        chosen=tuple(range(len(candidates))),
        total_found=len(candidates),
        search_time_ms=0,
    )


def searched(request: Request, limits: Limits, report: Report) -> Candidates:
    words = keywords(request.question)
    if not words:
        raise DataError(
            f"The question '{excerpt(request.question)}' has no word that datasets could be found by; "
            "ask in English, naming what should be shown, or attach data."
        )
    unknown = [name for name in request.preferences.sources if name not in names()]
    if unknown:
        source(unknown[0])  # Raises with those there are.
    query = Query(request.question, words, request.preferences.max_candidates)
    found, failures = ask(request.preferences.sources, query, limits, report)
    if failures and len(failures) == len(set(request.preferences.sources)):
        raise SourceError(f"No source answered. {' '.join(failures.values())}")
    ranked = rank(request.question, found)
    chosen = choose(ranked, request.preferences.max_datasets)
    if not chosen:
        raise DataError(nothing_fits(request, ranked, failures))
    # The chosen ones come first, each with the reason why.
    taken = {(item.source, item.reference) for item in chosen}
    others = [item.candidate for item in ranked if (item.candidate.source, item.candidate.reference) not in taken]
    candidates = [*chosen, *others][: max(request.preferences.max_candidates, len(chosen))]
    return Candidates(
        candidates=tuple(candidates),
        chosen=tuple(range(len(chosen))),
        total_found=len(found),
        search_time_ms=0,
        failures=failures,
    )


def ask(places: Sequence[str], query: Query, limits: Limits, report: Report) -> tuple[list[Candidate], dict[str, str]]:
    """What all sources found, and a sentence for each that failed or took too long."""
    answers: SimpleQueue[Answer] = SimpleQueue()
    waiting = list(dict.fromkeys(places))
    for name in waiting:
        # Daemons: a source that never answers must not keep the process from ending.
        Thread(target=ask_one, args=(name, query, limits, answers), daemon=True).start()
    found: dict[str, Sequence[Candidate]] = {}
    failures: dict[str, str] = {}
    patience = min(PATIENCE, limits.download_timeout)
    ends = time.monotonic() + patience
    while waiting:
        try:
            name, answer = answers.get(timeout=max(0.0, ends - time.monotonic()))
        except Empty:
            failures.update({name: f"The source '{name}' did not answer within {patience:g} s." for name in waiting})
            break
        waiting.remove(name)
        if isinstance(answer, DashwrightError):
            failures[name] = str(answer)
        else:
            found[name] = answer
        report(Progress(step=STEP, percent=20, message=f"'{name}' answered"))
    # In the order of the request, so that the same question gives the same answer every time.
    return [candidate for name in dict.fromkeys(places) for candidate in found.get(name, ())], failures


def ask_one(name: str, query: Query, limits: Limits, answers: SimpleQueue[Answer]) -> None:
    try:
        answers.put((name, source(name).search(query, limits)))
    except DashwrightError as error:
        answers.put((name, error))
    except Exception as error:  # noqa: BLE001 (one broken source must not stop the others)
        answers.put((name, SourceError(f"The source '{name}' failed: {type(error).__name__}.")))


def nothing_fits(request: Request, ranked: Sequence[Ranked], failures: dict[str, str]) -> str:
    places = ", ".join(f"'{name}'" for name in dict.fromkeys(request.preferences.sources))
    near = [item for item in ranked if item.candidate.score > 0][:3]
    titles = "; ".join(f"'{item.candidate.title}'" for item in near or ranked[:3])
    nearest = f" {'The nearest are' if near else 'There are, for example,'} {titles}." if titles else ""
    failed = f" Not all sources answered: {' '.join(failures.values())}" if failures else ""
    return (
        f"No dataset in {places} fits the question '{excerpt(request.question)}'. "
        f"Attach a file, a URL or a database, or ask about what there is.{nearest}{failed}"
    )


def excerpt(question: str) -> str:
    return question if len(question) <= 120 else question[:119] + "…"
