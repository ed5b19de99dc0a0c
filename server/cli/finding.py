"""`search`: what data there is on a question, without making a dashboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from .usage import AsJson, DataDir, Planner, Sources, settings_for

if TYPE_CHECKING:
    from ...pipelines.model import Candidate, Candidates
    from ..inquiries import Seek, Sought
    from ..settings import Settings

KIB = 1024


def search(
    question: Annotated[str, typer.Argument(help="What you want to know, in your own words.", show_default=False)],
    sources: Sources = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=100, help="At most so many datasets.")] = 20,
    planner: Planner = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Find datasets that answer a question.

    All sources are asked at once. Those marked with * are the ones that `dashwright new` would take. What was found is
    kept for an hour. With an AI provider the question may be in any language, and its model judges what was found.

    * `dashwright search "life expectancy by country since 1990"`
    * `dashwright search "unemployment" --source samples --json`
    * `dashwright search "forests of Brazil" --source world-bank --source owid`
    * `dashwright search "Welche Pinguinart ist am schwersten?" --planner gemini`
    """
    from ...pipelines.planners import AUTO
    from ..inquiries import Seek
    from .attaching import names_of, planner_of, question_of
    from .output import say, show_json

    asked, wish = question_of(question), planner_of(planner) or AUTO
    settings = settings_for(data_dir)
    seek = Seek(question=asked, sources=names_of(sources or ()), limit=limit, planner=wish)
    sought = _sought(settings, seek)
    if as_json:
        show_json(facts(sought.found) | {"outcomes": list(sought.outcomes)})
        return
    _show(sought.found)
    for outcome in sought.outcomes:
        say(outcome)


def _sought(settings: Settings, seek: Seek) -> Sought:
    from ...pipelines.sources.standing import refuse_missing
    from ..ai import Desk
    from ..inquiring import seek as sought
    from ..store import Ledger
    from .access import store_of

    refuse_missing(seek.sources, settings.limits)  # before a database is started for it
    with store_of(settings) as store:
        desk = Desk(settings, Ledger(store))
        try:
            return sought(seek, store, desk)
        finally:
            desk.close()


def facts(found: Candidates) -> dict[str, Any]:
    """What a program learns of a search. `rights` is an SPDX id, or "other", "own" or "unknown"."""
    from ...pipelines.model.rights import rights

    return {
        "datasets": [
            candidate.model_dump(mode="json") | {"chosen": position in found.chosen, "rights": rights(candidate)}
            for position, candidate in enumerate(found.candidates)
        ],
        "total_found": found.total_found,
        "search_time_ms": found.search_time_ms,
        "failures": found.failures,
    }


def _show(found: Candidates) -> None:
    from ...pipelines.model.rights import licence_name
    from .output import say, show_table

    rows = [
        (
            f"{'*' if position in found.chosen else ' '} {candidate.title}",
            f"{candidate.source}:{candidate.reference}",
            licence_name(candidate),
            covered(candidate),
            amount(candidate),
        )
        for position, candidate in enumerate(found.candidates)
    ]
    if rows:
        show_table(("Dataset", "Source", "Licence", "Covers", "Size"), rows, wrap=0)
    for position in found.chosen:
        candidate = found.candidates[position]
        say(f"* {candidate.title}: {candidate.reason}")
    if not found.chosen:
        say("None of them fits the question well enough to be taken without asking." if rows else "Nothing was found.")
    for name, sentence in found.failures.items():
        say(f"{name}: {sentence}")


def covered(candidate: Candidate) -> str:
    """Years where the source says so, else when it was last changed."""
    if candidate.since is not None and candidate.until is not None:
        return f"{candidate.since} to {candidate.until}"
    return f"changed {candidate.updated_at:%Y-%m}" if candidate.updated_at else ""


def amount(candidate: Candidate) -> str:
    if candidate.rows is not None:
        return f"{candidate.rows:,} row{'s' if candidate.rows != 1 else ''}"
    if candidate.size is None:
        return ""
    size, unit = float(candidate.size), "B"
    for larger in ("KiB", "MiB", "GiB"):
        if size < KIB:
            break
        size, unit = size / KIB, larger
    return f"{size:.3g} {unit}"
