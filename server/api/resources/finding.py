"""Finding: what data there is on a question, which sources there are, and what AI providers took."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from ....pipelines.errors import InputError
from ....pipelines.model import QUESTION_LIMIT, Candidate, Noun, Preferences
from ....pipelines.sources import names
from ...access import Action
from ...nouns import Spent
from ...store import Ledger, SearchMemory
from ..attaching import UNNAMEABLE
from ..route import Call, Routes
from .dashboards import Source

routes = Routes("Data")


class SearchQuery(Noun):
    question: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=QUESTION_LIMIT)]
    source: Annotated[
        tuple[Source, ...], Field(max_length=20, description="None: those that are asked by default.")
    ] = ()
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class Offer(Noun):
    dataset: Candidate
    chosen: bool = Field(description="Whether a new dashboard would take it.")


class Offers(Noun):
    items: tuple[Offer, ...]
    total_found: int
    search_time_ms: float
    failures: dict[str, str] = Field(description="Sources that did not answer, each with a sentence.")


class SourceSummary(Noun):
    name: str
    is_default: bool = Field(description="Whether it is asked where nobody says which.")


class SourceList(Noun):
    items: tuple[SourceSummary, ...]


class CostsQuery(Noun):
    days: Annotated[int, Field(ge=1, le=366)] = 30


class Costs(Noun):
    items: tuple[Spent, ...]


@routes.get("/search", "Find datasets", Action.ASK, slow=True, quota="searches", problems=(502,))
def search(call: Call, query: SearchQuery) -> Offers:
    """Asks all sources at once. What was found is kept for an hour."""
    from ....pipelines.sources.finding import Wanted, find
    from ....pipelines.sources.ranking import keywords

    sources = tuple(dict.fromkeys(query.source)) or Preferences().sources
    known = [name for name in names() if name not in UNNAMEABLE]
    if unknown := [name for name in sources if name not in known]:
        raise InputError(f"There is no source '{unknown[0]}'. There is: {', '.join(known)}.")
    if not keywords(query.question):
        raise InputError("The question has no word that datasets could be found by; ask in English, naming things.")
    memory = SearchMemory(call.store)
    try:
        found = find(Wanted(query.question, sources, most_candidates=query.limit), call.settings.limits, memory)
    finally:
        memory.close()
    return Offers(
        items=tuple(
            Offer(dataset=candidate, chosen=place in found.chosen)
            for place, candidate in enumerate(found.candidates)
            if candidate.score > 0
        ),
        total_found=found.total_found,
        search_time_ms=found.search_time_ms,
        failures=found.failures,
    )


@routes.get("/sources", "List the sources of data", Action.ASK)
def list_sources(_: Call) -> SourceList:
    default = Preferences().sources
    return SourceList(
        items=tuple(SourceSummary(name=name, is_default=name in default) for name in names() if name not in UNNAMEABLE)
    )


@routes.get("/costs", "Tell what AI providers took", Action.ADMINISTER)
def show_costs(call: Call, query: CostsQuery) -> Costs:
    """Day by day (UTC), the newest first."""
    return Costs(items=Ledger(call.store).by_day(query.days))
