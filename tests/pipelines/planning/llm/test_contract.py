"""Every operation over every provider: a scripted one, and real clients that speak to a server on a real socket."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from dashwright.pipelines.checking import problems
from dashwright.pipelines.errors import PlanError, ProviderError
from dashwright.pipelines.model import Candidate, Profile
from dashwright.pipelines.planners import offline
from dashwright.pipelines.planners.llm import (
    AmendPlan,
    AnalyzeDataset,
    AnalyzeQuery,
    Assistant,
    FindDatasets,
    PlanDashboard,
    RankDatasets,
    SuggestQuestions,
)
from dashwright.pipelines.providers import FoundPage, Providers, provider
from dashwright.pipelines.providers.bridge import Bridge
from dashwright.pipelines.providers.gateway import Gateway
from dashwright.pipelines.services import Service

from ...providers.chat_dialect import COMPATIBLE, OPENAI, PERPLEXITY
from ...providers.dialect import KEY
from ...providers.google_dialect import GEMINI
from ...providers.wire import Asked, Reply, Wire
from .conftest import Scripted, encoding

DIALECTS = {dialect.name: dialect for dialect in (GEMINI, OPENAI, PERPLEXITY, COMPATIBLE)}
Answering = Callable[..., Assistant]


@pytest.fixture(params=["scripted", *DIALECTS])
def answering(request: pytest.FixtureRequest) -> Iterator[Answering]:
    """Makes an assistant whose provider gives these answers in their order, the last one again and again."""
    opened: list[Any] = []

    def make(*answers: dict[str, Any] | str) -> Assistant:
        if request.param == "scripted":
            return Assistant(Scripted(*answers))
        dialect, left = DIALECTS[request.param], [a if isinstance(a, str) else json.dumps(a) for a in answers]

        def reply(asked: Asked) -> Reply:
            if dialect.is_models(asked):
                return dialect.models
            return dialect.answer(left.pop(0) if len(left) > 1 else left[0])

        wire = Wire(reply)
        told = Service(base_url=wire.url + dialect.base, key=KEY, options={"model": "a-model"})
        bridge = Bridge(Gateway([provider(dialect.name, told)]))
        opened.extend((bridge, wire))
        return Assistant(bridge.for_job())

    yield make
    for item in opened:
        item.close()


def candidate(title: str, **more: Any) -> Candidate:
    return Candidate(source="files", reference=f"/secret/{title}.csv", name=title, title=title, **more)


def test_a_query_is_analyzed(answering: Answering) -> None:
    told = {
        "intent": "trend",
        "language": "German",
        "in_english": "How have exports of cars changed since 2000?",
        "data_types": ["exports by year"],
        "suggested_sources": ["worldbank", "made-up", "samples"],
        "visualization_types": ["line", "map"],
        "keywords": ["car exports", "Germany"],
        "first_year": 2000,
        "last_year": 2020,
        "places": ["Germany"],
    }
    asked = AnalyzeQuery(
        question="Wie haben sich die Autoexporte seit 2000 entwickelt?", sources=("samples", "worldbank")
    )
    found = answering(told).analyze_query(asked)
    assert (found.intent, found.language, found.keywords) == ("trend", "German", ("car exports", "Germany"))
    assert found.in_english == "How have exports of cars changed since 2000?"
    assert found.suggested_sources == ("worldbank", "samples")
    assert (found.first_year, found.last_year, found.places) == (2000, 2020, ("Germany",))
    assert found.visualization_types == ("line", "map")


def test_a_dataset_is_analyzed_in_words(answering: Answering, shop: Profile) -> None:
    first = {
        "about": "Orders of a shop, 400 of them.",
        "row": "One order.",
        "columns": [
            {"table": "orders", "column": "sales", "description": "Money for the order."},
            {"table": "orders", "column": "price", "description": "None."},
        ],
        "caveats": ["Returns are missing."],
    }
    better = first | {"about": "Orders of a shop.", "columns": first["columns"][:1]}
    assistant = answering(first, better)
    found = assistant.analyze_dataset(AnalyzeDataset(profile=shop))
    assert (found.about, found.row, found.caveats) == ("Orders of a shop.", "One order.", ("Returns are missing.",))
    assert [(item.table, item.column) for item in found.columns] == [("orders", "sales")]
    wrong = assistant.exchanges[0].problems
    assert any("states the number '400'" in text for text in wrong)
    assert any(text.startswith("columns[1].column: column 'price' is not in 'orders'. It has:") for text in wrong)


def test_candidates_are_ranked_by_their_numbers_alone(answering: Answering) -> None:
    told = {"ranking": [{"candidate": 2, "fits": "answers", "reason": "It has exports."},
                        {"candidate": 9, "fits": "answers", "reason": ""},
                        {"candidate": 2, "fits": "helps", "reason": ""},
                        {"candidate": 0, "fits": "unrelated", "reason": "It has 1,200 birds."}]}  # fmt: skip
    candidates = (
        candidate("birds"),
        candidate("cars", updated_at=datetime(2026, 1, 2, tzinfo=UTC)),
        candidate("exports"),
    )
    assistant = answering(told)
    found = assistant.rank_datasets(RankDatasets(question="exports", candidates=candidates))
    assert [item.candidate for item in found.ranking] == [2, 0]
    assert [item.reason for item in found.ranking] == ["It has exports.", ""], "nobody told the model a number"
    assert "ranking[1].candidate: there is no candidate 9. There is: 0 to 2." in assistant.exchanges[0].problems
    assert all("/secret/" not in exchange.prompt.model_dump_json() for exchange in assistant.exchanges)


def test_a_dashboard_is_planned(answering: Answering, shop: Profile, sales: dict[str, Any]) -> None:
    assistant = answering(sales)
    planned = assistant.plan_dashboard(PlanDashboard(question="How do sales develop by region?", profile=shop))
    assert problems(planned.plan, shop) == ()
    assert planned.outcomes == ()
    assert planned.plan.planner == assistant.exchanges[0].completion.provider  # type: ignore[union-attr]
    assert len(planned.plan.widgets) == len(sales["widgets"])
    assert planned.plan.insights[0].wording == "Sales {direction} by {change:.0%} since {first_period}."


def test_a_plan_is_amended(answering: Answering, shop: Profile) -> None:
    before = offline.plan("sales by region", shop)
    kept = before.widgets[0]
    fresh = {"type": "pie", "id": None, "title": "Orders by region", "frame": "orders",
             "encodings": [encoding("x", "region"), encoding("y", aggregate="count")]}  # fmt: skip
    present = Assistant(Scripted({"widgets": []}))
    with pytest.raises(PlanError, match="Nothing was changed"):
        present.amend_plan(AmendPlan(plan=before, profile=shop, amendment="add a pie"))
    told = present.exchanges[0].prompt.turns[0].text
    draft = json.loads(told.partition("<plan>\n")[2].partition("\n</plan>")[0])
    draft["widgets"] = [draft["widgets"][0], fresh]
    after = answering(draft).amend_plan(AmendPlan(plan=before, profile=shop, amendment="add a pie, drop the rest")).plan
    assert [widget.type for widget in after.widgets] == [kept.type, "pie"]
    assert after.widgets[0].model_copy(update={"position": kept.position}) == kept
    assert problems(after, shop) == ()


def test_questions_are_suggested(answering: Answering, shop: Profile) -> None:
    plan = offline.plan("Sales by region?", shop)
    told = {"questions": ["Sales by  region?", "Which products lose money?", "which products lose money?", "Why?"]}
    found = answering(told).suggest_questions(SuggestQuestions(plan=plan, profile=shop, most=3))
    assert found.questions == ("which products lose money?", "Why?")


def test_an_answer_in_a_code_fence_or_between_words_is_read(
    answering: Answering, shop: Profile, sales: dict[str, Any]
) -> None:
    text = f"Here it is {{as asked}}:\n```json\n{json.dumps(sales)}\n```\nAnything else?"
    assistant = answering(text)
    planned = assistant.plan_dashboard(PlanDashboard(question="sales", profile=shop))
    assert (len(assistant.exchanges), planned.outcomes) == (1, ())


def test_what_no_round_mends_is_a_failure_with_a_name(answering: Answering) -> None:
    assistant = answering("I would rather not.", "Really not.", "No.", "Never.")
    with pytest.raises(ProviderError, match="to 'analyze query' could be used: The answer has no JSON object"):
        assistant.analyze_query(AnalyzeQuery(question="What?"))
    assert len(assistant.exchanges) == 4


def page(title: str, url: str, **more: Any) -> FoundPage:
    return FoundPage(title=title, url=url, **more)


PAGES = (
    page("Cars", "https://cars.example/list.CSV", description="All cars.", updated_on=date(2026, 1, 1)),
    page("Advertisement", "https://shop.example/"),
    page("Script", "javascript:alert(1)"),
    page("Exports", "https://stats.example/exports", publisher="Statistics"),
)


def test_datasets_are_found_by_search_and_judged_by_a_model() -> None:
    told = {"datasets": [
        {"page": 3, "title": "Exports of cars", "description": "By year.", "publisher": "Somebody", "format": "XLSX",
         "size": "3 MB", "updated": "2025-10-01", "relevance": "high"},
        {"page": 1, "title": "", "description": "", "publisher": None, "format": None, "size": None, "updated": None,
         "relevance": "none"},
        {"page": 2, "title": "Script", "description": "", "relevance": "high"},
    ]}  # fmt: skip
    providers: Providers = Scripted(told, pages=PAGES)
    found = Assistant(providers).find_datasets(FindDatasets(question="car exports"))
    assert [(item.title, item.relevance) for item in found] == [("Exports of cars", 0.9), ("Cars", 0.5)]
    assert (found[0].source, found[0].url, found[0].format) == ("Statistics", "https://stats.example/exports", "xlsx")
    assert (found[0].size, found[0].updated_on) == ("3 MB", date(2025, 10, 1))
    assert (found[1].source, found[1].format, found[1].updated_on) == ("cars.example", "csv", date(2026, 1, 1))


def test_pages_are_taken_as_they_are_where_no_model_judges_them() -> None:
    providers: Providers = Scripted(ProviderError("Nobody is there."), pages=PAGES)
    found = Assistant(providers).find_datasets(FindDatasets(question="car exports", limit=3))
    assert [item.title for item in found] == ["Cars", "Advertisement"]
    assert Assistant(Scripted({})).find_datasets(FindDatasets(question="car exports")) == ()
