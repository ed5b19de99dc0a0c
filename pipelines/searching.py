"""Search: from a request to ranked datasets, and the few of them that fit the question."""

from __future__ import annotations

import time

from .errors import DataError
from .model import Candidate, Candidates, Request
from .planners import OFFLINE
from .providers import NoProviders, Providers
from .providers.transcript import remember
from .selecting import Selecting, excerpt
from .sources import source
from .sources.finding import Memory, Wanted, find
from .sources.standing import expanded, refuse_unknown
from .step import JobFolder, Limits, Progress, Report

STEP = "search_datasets"
NO_PROVIDERS = NoProviders()


def search(
    folder: JobFolder,
    limits: Limits,
    report: Report,
    providers: Providers = NO_PROVIDERS,
    memory: Memory | None = None,
) -> Candidates:
    """What is attached is taken as it is; else the sources that the request prefers are asked, all at once, and a model
    where there is one.

    Raises:
        InputError: a source that does not exist.
        DataError: an attachment is missing, or no dataset fits the question.
        SourceError: no source answered.
    """
    started = time.monotonic()
    request = folder.read(Request, folder.request)
    report(Progress(step=STEP, percent=1, message="looking for datasets"))
    if request.attachments:
        found = attached(request, limits)
    else:
        found = _selected(folder, request, limits, report, providers, memory)
    found = found.model_copy(update={"search_time_ms": round(1000 * (time.monotonic() - started), 1)})
    folder.write(found, folder.candidates)
    titles = ", ".join(f"'{found.candidates[position].title}'" for position in found.chosen)
    silent = "; ".join(found.failures.values())
    report(Progress(step=STEP, percent=25, message=f"found {titles}" + (f"; but: {silent}" if silent else "")))
    return found


def _selected(
    folder: JobFolder,
    request: Request,
    limits: Limits,
    report: Report,
    providers: Providers,
    memory: Memory | None,
) -> Candidates:
    """Searched, and what was said to a model about it written down, however that ends."""

    def tell(message: str) -> None:
        report(Progress(step=STEP, percent=5, message=message))

    asked = NO_PROVIDERS if request.preferences.planner == OFFLINE else providers
    selecting = Selecting(asked, tell)
    try:
        return searched(request, limits, report, selecting, memory)
    finally:
        remember(folder, selecting.exchanges, selecting.outcomes)


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
    selecting: Selecting | None = None,
    memory: Memory | None = None,
) -> Candidates:
    refuse_unknown(request.preferences.sources)
    selecting = selecting or Selecting()
    wanted = Wanted(
        request.question,
        expanded(request.preferences.sources, limits),
        most_candidates=request.preferences.max_candidates,
        most_chosen=request.preferences.max_datasets,
    )

    def heard(name: str, failure: str | None) -> None:
        report(Progress(step=STEP, percent=20, message=failure or f"'{name}' answered"))

    found = selecting.select(wanted, lambda worded: find(worded, limits, memory, heard))
    if not found.chosen:
        raise DataError(" ".join((nothing_fits(request, wanted.sources, found), *selecting.outcomes)))
    return found


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
