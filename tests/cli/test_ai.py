"""AI at the command line: a local server stands in for the model, all else is as a person has it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from dashwright.pipelines.planners.llm.draft import Draft
from dashwright.pipelines.planners.llm.operations import DatasetAnalysis, QueryAnalysis, Questions, Ranking
from tests.conftest import Place
from tests.pipelines.providers.chat_dialect import MODELS, answer
from tests.pipelines.providers.wire import Asked, Reply, Wire

KEY = "sesame-of-the-command-line"
SALES = "month,region,revenue\n" + "".join(
    f"2025-{month:02}-01,{region},{month * price:.2f}\n"
    for month in range(1, 13)
    for region, price in (("North", 3.5), ("South", 2.25), ("West", 4.0))
)


def draft(kind: str, title: str) -> Draft:
    encodings = [{"channel": "x", "column": "region"}, {"channel": "y", "column": "revenue", "aggregate": "sum"}]
    widget = {"type": kind, "title": f"A {kind} of revenue", "frame": "sales", "encodings": encodings}
    return Draft.model_validate({"title": title, "widgets": [widget]})


ANSWERS: dict[str, Any] = {
    "analyze_query": QueryAnalysis(
        language="German", in_english="Which species of penguin is heaviest?", keywords=("penguins",)
    ),
    "plan_dashboard": draft("bar", "Sales by the model"),
    "amend_plan": draft("pie", "Sales as a pie"),
    "suggest_questions": Questions(questions=("Which region grows fastest?",)),
    "analyze_dataset": DatasetAnalysis.model_validate(
        {
            "about": "Revenue of three regions.",
            "row": "a month of a region",
            "columns": [{"table": "sales", "column": "revenue", "description": "What was sold."}],
            "caveats": ["One year alone."],
        }
    ),
}


GERMAN = "Welche Pinguinart ist am schwersten?"


def said(asked: Asked) -> Reply:
    if asked.method == "GET":
        return MODELS
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    operation = asked.body["response_format"]["json_schema"]["name"]
    if operation == "rank_datasets":
        return answer(judgement(asked.body["messages"][-1]["content"]).model_dump_json())
    return answer(ANSWERS[operation].model_dump_json())


def judgement(told: str) -> Ranking:
    listed = json.loads(told.partition("<candidates>\n")[2].partition("\n</candidates>")[0])
    number = next(item["candidate"] for item in listed if item["title"] == "Penguins of the Palmer Archipelago")
    said = {"candidate": number, "fits": "answers", "reason": "Es enthält\x1b]\x07 das Gewicht."}
    return Ranking.model_validate({"ranking": [said]})


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    wire = Wire(said)
    yield wire
    wire.close()


@pytest.fixture(scope="module")
def asked(wire: Wire, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Everything but JupyterLab, started by somebody with a model."""
    variables = {
        "DASHWRIGHT_PLANNER": "compatible",
        "DASHWRIGHT_COMPATIBLE_BASE_URL": f"{wire.url}/v1",
        "DASHWRIGHT_COMPATIBLE_MODEL": "one",
        "DASHWRIGHT_COMPATIBLE_API_KEY": KEY,
        "DASHWRIGHT_COMPATIBLE_PRICE": "100/100/1000",
    }
    place = Place(tmp_path_factory.mktemp("ai") / "data", variables)
    place.up()
    yield place
    place.end()
    place.assert_nothing_left()


@pytest.fixture(scope="module")
def made(asked: Place, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    path: Path = tmp_path_factory.mktemp("sales") / "sales.csv"
    path.write_text(SALES)
    new: dict[str, Any] = asked.json("new", "How does revenue differ by region?", "--data", str(path))
    return new


def test_new_is_planned_by_the_model_and_says_what_that_took(made: dict[str, Any]) -> None:
    assert (made["title"], made["version"]) == ("Sales by the model", 1)
    assert [widget["title"] for widget in made["widgets"]] == ["A bar of revenue"]
    assert (made["ai"]["calls"], made["ai"]["output_tokens"]) == (1, 134)
    assert made["ai"]["cost_usd"] == pytest.approx(0.1352)


def test_explain_shows_the_very_prompts_and_answers(asked: Place, made: dict[str, Any], wire: Wire) -> None:
    [exchange] = asked.json("explain", made["slug"])["prompts"]
    sent = next(request.body for request in wire.asked if request.method == "POST")
    assert exchange["prompt"]["turns"][0]["text"] == sent["messages"][-1]["content"]
    assert exchange["completion"]["text"] == ANSWERS["plan_dashboard"].model_dump_json()
    shown = asked.call("explain", made["slug"], "--prompts").stdout
    for line in sent["messages"][-1]["content"].splitlines():
        assert line in shown
    assert "Answer of compatible (the-model-2026; 12 + 134 tokens;" in shown


def test_amend_changes_it_and_a_failure_leaves_it(asked: Place, made: dict[str, Any], wire: Wire) -> None:
    amended = asked.json("amend", made["slug"], "make it a pie")
    assert (amended["kind"], amended["version"], amended["title"]) == ("amend", 2, "Sales as a pie")
    assert [widget["type"] for widget in amended["widgets"]] == ["pie"]
    said = [exchange["prompt"]["operation"] for exchange in asked.json("explain", made["slug"])["prompts"]]
    assert said == ["plan_dashboard", "amend_plan"]
    failed = asked.call("amend", made["slug"], "xyzzy the plugh", "--planner", "offline", "--json")
    assert failed.returncode == 1
    assert json.loads(failed.stdout)["version"] == 2
    assert "Version 2 stays published." in failed.stderr


def test_describe_and_suggest_ask_the_model_and_do_without_it(asked: Place, made: dict[str, Any], wire: Wire) -> None:
    told = asked.call("describe", made["slug"]).stdout
    for words in ("Revenue of three regions.", "each one a month of a region", "What was sold.", "One year alone."):
        assert words in told
    assert asked.call("suggest", made["slug"]).stdout.strip() == "Which region grows fastest?"
    count = len(wire.asked)
    offline = asked.json("describe", made["slug"], "--planner", "offline")
    facts = {column["name"]: column["facts"] for column in offline["tables"][0]["columns"]}
    assert facts["region"].endswith("North, South, West")
    assert "2025-01" in facts["month"]
    assert offline["by"] == "offline"
    assert len(wire.asked) == count
    broke = asked.call("suggest", made["slug"], "--most", "3", DASHWRIGHT_AI_BUDGET="0.1")
    assert "The budget of $0.10 a day for AI providers is used up" in broke.stderr
    assert "Revenue over time" in broke.stdout, "what the planner thought of and left out"
    assert len(wire.asked) == count


def test_what_everything_cost_is_told_everywhere(asked: Place, made: dict[str, Any]) -> None:
    costs = asked.json("costs")
    by_operation = {row["operation"]: row for row in costs["days"]}
    assert {"plan_dashboard", "amend_plan", "suggest_questions", "analyze_dataset"} <= set(by_operation)
    assert by_operation["plan_dashboard"]["cost_usd"] == pytest.approx(0.1352)
    assert costs["today"]["cost_usd"] == pytest.approx(sum(row["cost_usd"] for row in costs["days"]))
    assert "of $5.00 a day" in asked.call("costs", COLUMNS="200").stdout
    shown = asked.json("show", made["slug"])["ai"]
    assert shown["cost_usd"] == pytest.approx(costs["today"]["cost_usd"]), "all was about this dashboard"
    assert f"{shown['calls']} calls" in asked.call("show", made["slug"]).stdout
    job = asked.json("jobs", made["slug"])[-1]
    assert job["ai"]["cost_usd"] == pytest.approx(0.1352)
    metrics = httpx.get(asked.record()["viewer"] + "metrics").text
    labels = 'operation="plan_dashboard",outcome="answered",provider="compatible"'
    assert f"dashwright_ai_calls_total{{{labels}}} 1.0" in metrics


def test_search_understands_any_language_and_tells_the_models_reasons(asked: Place, wire: Wire) -> None:
    found = asked.json("search", GERMAN)
    [chosen] = [item for item in found["datasets"] if item["chosen"]]
    assert (chosen["name"], found["outcomes"]) == ("penguins", [])
    count = len(wire.asked)
    told = asked.call("search", GERMAN)
    assert "* Penguins of the Palmer Archipelago" in told.stdout
    assert "Es enthält] das Gewicht." in told.stderr
    assert "(judged by compatible)" in told.stderr
    assert not {"\x1b", "\x07"} & set(told.stderr)
    assert len(wire.asked) == count, "the same was answered before"
    by_operation = {row["operation"] for row in asked.json("costs")["days"]}
    assert {"analyze_query", "rank_datasets"} <= by_operation
    alone = asked.call("search", GERMAN, "--planner", "offline")
    assert (alone.returncode, "None of them fits" in alone.stderr or "Nothing was found" in alone.stderr) == (0, True)
    broke = asked.call("search", "Wie schwer sind Pinguine?", DASHWRIGHT_AI_BUDGET="0.1")
    assert "The budget of $0.10 a day for AI providers is used up" in broke.stderr
    assert len(wire.asked) == count


def test_the_key_is_in_no_file(asked: Place, made: dict[str, Any]) -> None:
    files = [path for path in asked.data_dir.rglob("*") if path.is_file()]
    assert [path for path in files if KEY.encode() in path.read_bytes()] == []
