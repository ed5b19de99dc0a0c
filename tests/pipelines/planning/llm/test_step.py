"""The step with providers: who is asked, what is written down, and what people are told meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dashwright.pipelines import planning
from dashwright.pipelines.errors import PlanError, ProviderError
from dashwright.pipelines.model import DataFile, Dataset, Datasets, Plan, Profile, Request
from dashwright.pipelines.planners import offline
from dashwright.pipelines.planners.llm.keeping import draft_of
from dashwright.pipelines.providers import NoProviders
from dashwright.pipelines.providers.transcript import Transcript
from dashwright.pipelines.publishing import PARTS
from dashwright.pipelines.step import JobFolder, Limits, Progress, silent

from .conftest import Scripted, draft, encoding, widget

GOOD = draft(widget("bar", "Sales by region", encoding("x", "region"), encoding("y", "sales")))


def job(path: Path, profile: Profile, **request: Any) -> JobFolder:
    folder = JobFolder(path)
    told = {"dashboard_id": "d", "slug": "shop", "question": "sales by region"} | request
    folder.write(Request.model_validate(told), folder.request)
    folder.write(profile, folder.profile)
    file = DataFile(path="x.csv", name="x.csv", format="csv", size=1, sha256="0")
    secret = "postgresql://me:hunter2@db/x"
    dataset = Dataset(
        name="data",
        title="Shop",
        source="sql",
        reference=secret,
        url=secret,
        files=(file,),
        fetched_at=datetime.now(UTC),
    )
    folder.write(Datasets(datasets=(dataset,)), folder.datasets)
    return folder


def test_the_model_plans_and_all_of_it_is_written_down(tmp_path: Path, shop: Profile) -> None:
    folder, providers, told = job(tmp_path, shop), Scripted(GOOD), list[Progress]()
    made = planning.plan(folder, Limits(), told.append, providers)
    assert folder.read(Plan, folder.plan) == made
    assert (made.planner, [item.title for item in made.widgets]) == ("gemini", ["Sales by region"])
    assert [item.message for item in told] == ["Planning the dashboard", "asking gemini…", "Planned 1 widget."]
    transcript = folder.read(Transcript, folder.prompts)
    assert [exchange.prompt for exchange in transcript.exchanges] == providers.prompts
    completion = transcript.exchanges[0].completion
    assert completion is not None
    assert (completion.provider, completion.model, completion.seconds) == ("gemini", "a-model", 0.5)
    assert "hunter2" not in folder.prompts.read_text()
    assert folder.prompts.name in PARTS


def test_why_a_model_was_not_used_is_told_to_the_maker_and_not_to_viewers(tmp_path: Path, shop: Profile) -> None:
    folder, told = job(tmp_path, shop), list[Progress]()
    made = planning.plan(folder, Limits(), told.append, Scripted(ProviderError("gemini is down.")))
    assert made.planner == "offline"
    assert made == offline.plan("sales by region", shop, datasets=folder.read(Datasets, folder.datasets).datasets)
    sentence = "The offline planner made the plan: gemini is down."
    assert told[-1].message.endswith(f"widgets. {sentence}")
    assert folder.read(Transcript, folder.prompts).outcomes == (sentence,)
    assert "gemini" not in made.model_dump_json()


def test_asking_again_adds_to_what_is_written_down(tmp_path: Path, shop: Profile) -> None:
    folder = job(tmp_path, shop)
    planning.plan(folder, Limits(), silent, Scripted(ProviderError("gemini is down.")))
    planning.plan(folder, Limits(), silent, Scripted(GOOD))
    assert [bool(item.failure) for item in folder.read(Transcript, folder.prompts).exchanges] == [True, False]


@pytest.mark.parametrize(
    ("wish", "names", "planner"),
    [
        ("auto", ("gemini",), "gemini"),
        ("auto", (), "offline"),
        ("offline", ("gemini",), "offline"),
        ("gemini", ("gemini",), "gemini"),
        ("gemini, offline", ("gemini",), "gemini"),
        ("house", ("house",), "house"),
    ],
)
def test_the_wished_planner_is_asked(
    tmp_path: Path, shop: Profile, wish: str, names: tuple[str, ...], planner: str
) -> None:
    folder = job(tmp_path, shop, preferences={"planner": wish})
    providers = Scripted(GOOD, name=names[0]) if names else NoProviders()
    assert planning.plan(folder, Limits(), silent, providers).planner == planner
    assert folder.prompts.exists() == (planner != "offline")


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ("gemini", r"The AI provider 'gemini' is not configured\. There is: auto, openai, offline"),
        ("openai,gemini", r"The AI provider 'gemini' is not configured\."),
        ("openai,oracle", r"There is no planner 'oracle'\. There is: auto, openai, offline"),
        ("oracle", r"There is no planner 'oracle'\."),
    ],
)
def test_a_planner_that_is_not_there_is_told(tmp_path: Path, shop: Profile, wish: str, sentence: str) -> None:
    folder = job(tmp_path, shop, preferences={"planner": wish})
    with pytest.raises(PlanError, match=sentence):
        planning.plan(folder, Limits(), silent, Scripted(GOOD, name="openai"))


def amendment(tmp_path: Path, shop: Profile, words: str) -> tuple[JobFolder, Plan]:
    version = job(tmp_path / "version", shop)
    before = planning.plan(version, Limits(), silent)
    return job(tmp_path / "job", shop, kind="amend", refresh_of=str(version.path), amendment=words), before


def test_a_model_amends_the_plan_of_the_version(tmp_path: Path, shop: Profile) -> None:
    folder, before = amendment(tmp_path, shop, "call it Turnover")
    answer = draft_of(before).model_dump(mode="json") | {"title": "Turnover"}
    made = planning.plan(folder, Limits(), silent, Scripted(answer))
    assert (made.title, made.widgets, made.planner) == ("Turnover", before.widgets, "gemini")
    assert folder.read(Transcript, folder.prompts).exchanges[0].prompt.operation == "amend_plan"


def test_rules_amend_where_no_model_answers(tmp_path: Path, shop: Profile) -> None:
    folder, before = amendment(tmp_path, shop, "call it Turnover")
    told: list[Progress] = []
    made = planning.plan(folder, Limits(), told.append, Scripted(ProviderError("gemini is down.")))
    assert made == offline.amend(before, shop, "call it Turnover")
    assert told[-1].message.endswith("The change was made by rules: gemini is down.")


def test_what_neither_understands_is_told_with_both_reasons(tmp_path: Path, shop: Profile) -> None:
    folder, _ = amendment(tmp_path, shop, "rhubarb rhubarb rhubarb")
    with pytest.raises(PlanError, match=r"A model could not be asked: gemini is down\."):
        planning.plan(folder, Limits(), silent, Scripted(ProviderError("gemini is down.")))
    assert not folder.plan.exists()
    assert len(folder.read(Transcript, folder.prompts).exchanges) == 1


def test_a_refresh_asks_nobody(tmp_path: Path, shop: Profile) -> None:
    version = job(tmp_path / "version", shop)
    kept = planning.plan(version, Limits(), silent)
    folder = job(tmp_path / "job", shop, kind="refresh", refresh_of=str(version.path))
    providers = Scripted(GOOD)
    assert planning.plan(folder, Limits(), silent, providers) == kept
    assert providers.prompts == []
    assert not folder.prompts.exists()


def test_what_was_said_about_a_plan_goes_along_with_it(tmp_path: Path, shop: Profile) -> None:
    first = job(tmp_path / "first", shop)
    planning.plan(first, Limits(), silent, Scripted(GOOD))
    begun = first.read(Transcript, first.prompts)
    assert len(begun.exchanges) == 1
    # Amended by rules: the words of the model are still where the plan comes from.
    amended = job(tmp_path / "amended", shop, kind="amend", refresh_of=str(first.path), amendment="call it Shop")
    planning.plan(amended, Limits(), silent)
    assert amended.read(Transcript, amended.prompts).exchanges == begun.exchanges
    # Tried again after the worker was lost, it is there once.
    planning.plan(amended, Limits(), silent)
    assert amended.read(Transcript, amended.prompts).exchanges == begun.exchanges
    refreshed = job(tmp_path / "refreshed", shop, kind="refresh", refresh_of=str(amended.path))
    planning.plan(refreshed, Limits(), silent, Scripted(GOOD))
    assert refreshed.prompts.read_bytes() == amended.prompts.read_bytes()


def test_a_transcript_that_cannot_be_read_does_not_stop_a_refresh(tmp_path: Path, shop: Profile) -> None:
    first = job(tmp_path / "first", shop)
    planning.plan(first, Limits(), silent, Scripted(GOOD))
    first.prompts.write_text('{"from": "another version"}')
    refreshed = job(tmp_path / "refreshed", shop, kind="refresh", refresh_of=str(first.path))
    planning.plan(refreshed, Limits(), silent)
    assert refreshed.plan.exists()
