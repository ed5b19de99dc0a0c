"""Finding: what data there is on a question, which sources there are, and what AI providers took."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from ....pipelines.errors import InputError
from ....pipelines.model import QUESTION_LIMIT, Candidate, Noun
from ....pipelines.model.rights import caution, licence_name, rights
from ....pipelines.planners import AUTO, OFFLINE, known
from ....pipelines.sources import names
from ....pipelines.sources.standing import ALL
from ....pipelines.sources.writing import size_text
from ...access import Action
from ...inquiries import Seek, Sought
from ...nouns import Spent
from ...places import places
from ...store import Ledger, SourceAnswers
from ..asking import replied
from ..attaching import UNNAMEABLE
from ..route import Call, Routes
from .dashboards import Source

routes = Routes("Data")

Planner = Annotated[
    str, Field(pattern=r"^[a-z][a-z0-9_, -]{0,200}$", description="auto, offline, or AI providers in their order.")
]


class SearchQuery(Noun):
    question: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=QUESTION_LIMIT)]
    source: Annotated[
        tuple[Source, ...],
        Field(max_length=20, description="None: those of the settings; `all`: every one that is ready."),
    ] = ()
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    planner: Planner = "auto"


class Offer(Noun):
    """A dataset to choose: where the source says so, `dataset` has its rows, bytes, columns and years, and its `reason`
    says why it is offered. To have it, name its `source` and `reference` in the `data` of a new dashboard."""

    dataset: Candidate
    rights: str = Field(description="The SPDX id of its licence, or `other`, `own` or `unknown`.")
    licence: str = Field(description="As people read it.")
    caution: str | None = Field(description="What to know before it is shared, where nobody states a licence.")
    covers: str = Field(description="For people: its years, rows and columns, and when it changed, as far as known.")
    nameable: bool = Field(description="Whether it can be named in `data`.")
    chosen: bool = Field(description="Whether a new dashboard would take it.")


class Offers(Noun):
    items: tuple[Offer, ...]
    total_found: int
    search_time_ms: float
    failures: dict[str, str] = Field(description="Sources that did not answer, each with a sentence.")
    outcomes: tuple[str, ...] = Field(description="Why a model was of no use, where it was not.")


class SourceSummary(Noun):
    name: str
    is_default: bool = Field(description="Whether it is asked where nobody says which.")
    has_search: bool = Field(description="Whether it can be searched; else its data is named by people.")
    failure: str | None = Field(description="Why it did not answer, where it did not when it was last asked.")


class SourceList(Noun):
    items: tuple[SourceSummary, ...]


class PlannerList(Noun):
    """What `planner` may be; whether an AI provider has a key is known to the worker alone."""

    items: tuple[str, ...]


class CostsQuery(Noun):
    days: Annotated[int, Field(ge=1, le=366)] = 30


class Costs(Noun):
    items: tuple[Spent, ...]


@routes.get("/search", "Find datasets", Action.ASK, slow=True, quota="searches", problems=(502,))
def search(call: Call, query: SearchQuery) -> Offers:
    """Asks all sources at once; with an AI provider the question may be in any language, and its model judges what was
    found. A worker does it, which has the keys. What was found is kept for an hour."""
    there = [name for name in names() if name not in UNNAMEABLE]
    if unknown := [name for name in query.source if name not in (*there, ALL)]:
        raise InputError(f"There is no source '{unknown[0]}'. There is: {', '.join(there)}.")
    sources = tuple(dict.fromkeys(query.source))
    seek = Seek(question=query.question, sources=sources, limit=query.limit, planner=query.planner)
    reply = replied(call, seek, Sought)
    found = reply.found
    return Offers(
        items=tuple(
            _offer(candidate, chosen=place in found.chosen) for place, candidate in enumerate(found.candidates)
        ),
        total_found=found.total_found,
        search_time_ms=found.search_time_ms,
        failures=found.failures,
        outcomes=reply.outcomes,
    )


def _offer(candidate: Candidate, *, chosen: bool) -> Offer:
    return Offer(
        dataset=candidate,
        rights=rights(candidate),
        licence=licence_name(candidate),
        caution=caution(candidate),
        covers=_covers(candidate),
        nameable=candidate.source not in UNNAMEABLE,
        chosen=chosen,
    )


def _covers(candidate: Candidate) -> str:
    years = sorted({year for year in (candidate.since, candidate.until) if year is not None})
    parts = [" to ".join(map(str, years))] if years else []
    if candidate.rows is not None:
        parts.append(f"{candidate.rows:,} rows")
    if candidate.columns:
        parts.append(f"{len(candidate.columns):,} columns")
    if candidate.size is not None:
        parts.append(size_text(candidate.size))
    if candidate.updated_at:
        parts.append(f"changed {candidate.updated_at:%Y-%m-%d}")
    return ", ".join(parts)


@routes.get("/sources", "List the sources of data", Action.ASK)
def list_sources(call: Call) -> SourceList:
    found = places(call.settings, SourceAnswers(call.store).last())
    return SourceList(
        items=tuple(
            SourceSummary(
                name=one.standing.name,
                is_default=one.is_on,
                has_search=one.standing.has_search,
                failure=one.last.reason if one.is_failing else None,
            )
            for one in found
            if one.standing.name not in UNNAMEABLE
        )
    )


@routes.get("/planners", "List who can plan", Action.ASK)
def list_planners(call: Call) -> PlannerList:
    """`auto`, `offline`, and the AI providers that the operator allows."""
    allowed = known() if call.settings.planner == AUTO else (AUTO, OFFLINE, *call.settings.providers)
    return PlannerList(items=allowed)


@routes.get("/costs", "Tell what AI providers took", Action.ADMINISTER)
def show_costs(call: Call, query: CostsQuery) -> Costs:
    """Day by day (UTC), the newest first."""
    return Costs(items=Ledger(call.store).by_day(query.days))
