"""Search: from a request to ranked datasets, and the few of them that fit the question."""

from __future__ import annotations

import time
from collections.abc import Sequence

from .errors import DataError, ProviderError, SetupError
from .model import Candidate, Candidates, Request
from .providers import Providers
from .sources import source
from .sources.finding import Memory, Wanted, find
from .sources.ranking import keywords
from .sources.standing import expanded, refuse_unknown
from .step import JobFolder, Limits, Progress, Report

STEP = "search_datasets"
MOST_PAGES = 8
"""Of the web, of which most describe no dataset."""


def search(
    folder: JobFolder,
    limits: Limits,
    report: Report,
    providers: Providers | None = None,
    memory: Memory | None = None,
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
    found = attached(request, limits) if request.attachments else searched(request, limits, report, providers, memory)
    found = found.model_copy(update={"search_time_ms": round(1000 * (time.monotonic() - started), 1)})
    folder.write(found, folder.candidates)
    titles = ", ".join(f"'{found.candidates[position].title}'" for position in found.chosen)
    silent = "; ".join(found.failures.values())
    report(Progress(step=STEP, percent=25, message=f"found {titles}" + (f"; but: {silent}" if silent else "")))
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


def searched(
    request: Request,
    limits: Limits,
    report: Report,
    providers: Providers | None = None,
    memory: Memory | None = None,
) -> Candidates:
    words = keywords(request.question)
    if not words:
        raise DataError(
            f"The question '{excerpt(request.question)}' has no word that datasets could be found by; "
            "ask in English, naming what should be shown, or attach data."
        )
    refuse_unknown(request.preferences.sources)
    names = expanded(request.preferences.sources, limits)
    wanted = Wanted(
        request.question,
        names,
        most_candidates=request.preferences.max_candidates,
        most_chosen=request.preferences.max_datasets,
        pages=pages(request, names, report, providers),
    )

    def heard(name: str, failure: str | None) -> None:
        report(Progress(step=STEP, percent=20, message=failure or f"'{name}' answered"))

    found = find(wanted, limits, memory, heard)
    if not found.chosen:
        raise DataError(nothing_fits(request, wanted.sources, found))
    return found


def pages(request: Request, names: Sequence[str], report: Report, providers: Providers | None) -> tuple[str, ...]:
    """Addresses that an AI provider finds in the web, where one may be asked and a source looks at pages."""
    if providers is None or not providers.names or request.preferences.planner == "offline":
        return ()
    if not any(looks_at_pages(name) for name in names):
        return ()
    try:
        return tuple(page.url for page in providers.search(request.question, MOST_PAGES).pages)
    except ProviderError as error:
        report(Progress(step=STEP, percent=2, message=f"the web was not searched: {error}"))
        return ()


def looks_at_pages(name: str) -> bool:
    try:
        return source(name).looks_at_pages
    except SetupError:
        return False  # It says so when it is asked.


def nothing_fits(request: Request, sources: tuple[str, ...], found: Candidates) -> str:
    places = ", ".join(f"'{name}'" for name in sources)
    near = [candidate for candidate in found.candidates if candidate.score > 0][:3]
    titles = "; ".join(f"'{candidate.title}'" for candidate in near or found.candidates[:3])
    nearest = f" {'The nearest are' if near else 'There are, for example,'} {titles}." if titles else ""
    failed = f" Not all sources answered: {' '.join(found.failures.values())}" if found.failures else ""
    return (
        f"No dataset in {places} fits the question '{excerpt(request.question)}'. "
        f"Attach a file, a URL or a database, or ask about what there is.{nearest}{failed}"
    )


def excerpt(question: str) -> str:
    return question if len(question) <= 120 else question[:119] + "…"
