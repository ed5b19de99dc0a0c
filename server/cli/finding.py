"""`search`: what data there is on a question, without making a dashboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from .usage import AsJson, DataDir, Planner, Sources, settings_for

if TYPE_CHECKING:
    from ...pipelines.model import Candidate, Candidates
    from ...pipelines.sources.finding import Wanted
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
    from ...pipelines.sources.finding import Wanted
    from ...pipelines.sources.standing import expanded, refuse_missing
    from .attaching import names_of, planner_of, question_of
    from .output import say, show_json

    asked, wish = question_of(question), planner_of(planner) or AUTO
    settings = settings_for(data_dir)
    named = names_of(sources or ())
    refuse_missing(named, settings.limits)
    places = expanded(named or settings.searched, settings.limits)
    found, outcomes = _find(settings, Wanted(asked, places, most_candidates=limit), wish)
    if as_json:
        show_json(facts(found) | {"outcomes": list(outcomes)})
        return
    _show(found)
    for outcome in outcomes:
        say(outcome)


def _find(settings: Settings, wanted: Wanted, planner: str) -> tuple[Candidates, tuple[str, ...]]:
    """What was found, and why a model was of no use where it was not."""
    from ...pipelines.selecting import Selecting
    from ...pipelines.sources.finding import find
    from ..ai import Desk
    from ..nouns import Account
    from ..store import Ledger, SearchMemory
    from .access import store_of

    with store_of(settings) as store:
        memory, desk = SearchMemory(store), Desk(settings, Ledger(store))
        selecting = Selecting(desk.case(Account(), planner))
        try:
            found = selecting.select(wanted, lambda worded: find(worded, settings.limits, memory))
        finally:
            desk.close()
            memory.close()
    about = [candidate for candidate in found.candidates if candidate.score > 0]  # the chosen ones come first
    return found.model_copy(update={"candidates": tuple(about)}), selecting.outcomes


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
