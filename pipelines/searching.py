"""Search: from a request to ranked datasets, and the few of them that fit the question."""

from __future__ import annotations

import time

from .errors import DataError
from .model import Candidate, Candidates, Request
from .providers import NoProviders, Providers
from .providers.transcript import remember
from .selecting import Selecting, excerpt
from .sources import names, source
from .sources.finding import Wanted, find
from .step import JobFolder, Limits, Progress, Report

STEP = "search_datasets"
NO_PROVIDERS = NoProviders()


def search(folder: JobFolder, limits: Limits, report: Report, providers: Providers = NO_PROVIDERS) -> Candidates:
    """What is attached is taken as it is; else the sources that the request prefers are asked, all at once, and a model
    where there is one. A refresh keeps what its version was made of.

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
        found = kept(folder, request) or _selected(folder, request, limits, report, providers)
    found = found.model_copy(update={"search_time_ms": round(1000 * (time.monotonic() - started), 1)})
    folder.write(found, folder.candidates)
    titles = ", ".join(f"'{found.candidates[position].title}'" for position in found.chosen)
    report(Progress(step=STEP, percent=25, message=f"found {titles}"))
    return found


def kept(folder: JobFolder, request: Request) -> Candidates | None:
    """What the version that is refreshed was made of: another search might find other data, which its plan does not
    fit."""
    if request.kind != "refresh" or request.refresh_of is None:
        return None
    before = JobFolder(request.refresh_of).candidates
    return folder.read(Candidates, before) if before.exists() else None


def _selected(folder: JobFolder, request: Request, limits: Limits, report: Report, providers: Providers) -> Candidates:
    """Searched, and what was said to a model about it written down, however that ends."""

    def tell(message: str) -> None:
        report(Progress(step=STEP, percent=5, message=message))

    selecting = Selecting(providers, tell)
    try:
        return searched(request, limits, report, selecting)
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


def searched(request: Request, limits: Limits, report: Report, selecting: Selecting | None = None) -> Candidates:
    unknown = [name for name in request.preferences.sources if name not in names()]
    if unknown:
        source(unknown[0])  # Raises with those there are.
    selecting = selecting or Selecting()

    def find_by(words: str) -> Candidates:
        wanted = Wanted(
            words,
            request.preferences.sources,
            most_candidates=request.preferences.max_candidates,
            most_chosen=request.preferences.max_datasets,
        )
        return find(
            wanted, limits, heard=lambda name: report(Progress(step=STEP, percent=20, message=f"'{name}' answered"))
        )

    found = selecting.select(request.question, request.preferences.sources, find_by, request.preferences.max_datasets)
    if not found.chosen:
        raise DataError(" ".join((nothing_fits(request, found), *selecting.outcomes)))
    return found


def nothing_fits(request: Request, found: Candidates) -> str:
    places = ", ".join(f"'{name}'" for name in dict.fromkeys(request.preferences.sources))
    near = [candidate for candidate in found.candidates if candidate.score > 0][:3]
    titles = "; ".join(f"'{candidate.title}'" for candidate in near or found.candidates[:3])
    nearest = f" {'The nearest are' if near else 'There are, for example,'} {titles}." if titles else ""
    failed = f" Not all sources answered: {' '.join(found.failures.values())}" if found.failures else ""
    return (
        f"No dataset in {places} fits the question '{excerpt(request.question)}'. "
        f"Attach a file, a URL or a database, or ask about what there is.{nearest}{failed}"
    )
