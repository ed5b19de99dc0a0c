"""Joins with finer times in a notebook: plain pandas, and the numbers that the readings make."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dashwright.pipelines.checking import problems
from dashwright.pipelines.composing import compose_notebook
from dashwright.pipelines.model import Datasets, Plan, Profile
from dashwright.pipelines.planners import offline
from dashwright.pipelines.planners.llm.assembling import Task, drawn, plan_of
from dashwright.pipelines.planners.llm.draft import Draft
from dashwright.pipelines.planners.llm.reading import read
from tests.pipelines.conftest import Job

MONTHS = [f"{year}-{month:02}-01" for year in range(2000, 2012) for month in range(1, 13)][:-9]
"""2011 has three of them."""
TRADE = "date,shop,Sales,Interest Rate (%)\n" + "".join(
    f"{day},{shop},{n * size},{n % 7}\n" for n, day in enumerate(MONTHS) for shop, size in (("North", 1), ("South", 3))
)
PEOPLE = "country,year,Population\n" + "".join(
    f"{country},{year},{1000 + year}\n" for country in ("Brazil", "Chile", "France") for year in range(2000, 2012)
)
RAIN = "date,Rain\n" + "".join(f"{year}-01-01,{year % 7}\n" for year in range(2000, 2012))
QUESTION = "sales, interest rate and population by year"


@pytest.fixture(scope="module")
def job(job_in: Callable[[Path], Job], tmp_path_factory: pytest.TempPathFactory) -> Job:
    return job_in(tmp_path_factory.mktemp("rollups")).add("trade.csv", TRADE).add("people.csv", PEOPLE)


@pytest.fixture(scope="module")
def profile(job: Job) -> Profile:
    return job.profile()


def prepared(plan: Plan, profile: Profile, job: Job) -> tuple[str, dict[str, Any]]:
    """The source that loads and prepares, and what it makes."""
    notebook = compose_notebook(plan, profile, job.folder.read(Datasets, job.folder.datasets))
    told = {cell.id: cell.source for cell in notebook.cells}
    source = f"{told['imports']}\n{told['style']}\n{told['load']}\n{told['prepare']}"
    made: dict[str, Any] = {"data_folder": str(job.folder.data)}
    exec(compile(source, "notebook", "exec"), made)
    return f"{told['load']}\n{told['prepare']}", made


def test_the_notebook_makes_the_coarser_table_in_plain_pandas(job: Job, profile: Profile) -> None:
    plan = offline.plan(QUESTION, profile)
    source, made = prepared(plan, profile, job)
    assert 'trade_by_year_groups = trade.assign(year=trade["date"].dt.year).groupby(["shop", "year"])' in source
    joined = "".join(source.split())
    assert '[["interest_rate"]].mean().join(trade_by_year_groups[["sales"]].sum(min_count=12))' in joined
    table = made["trade_by_year"]
    fine = pd.DataFrame({"day": MONTHS, "n": range(len(MONTHS))}).assign(year=lambda f: f["day"].str[:4].astype(int))
    sums = fine[fine["year"] < 2011].groupby("year")["n"].sum()
    south = table[table["shop"] == "South"].set_index("year")
    assert (south["sales"].dropna() == 3 * sums).all()
    assert (south["interest_rate"] == fine.assign(rate=fine["n"] % 7).groupby("year")["rate"].mean()).all()
    assert pd.isna(south.loc[2011, "sales"]), "three months are no year"


def test_the_profile_knows_what_the_notebook_makes(job: Job, profile: Profile) -> None:
    _, made = prepared(offline.plan(QUESTION, profile), profile, job)
    table = profile.table("trade_by_year")
    assert table is not None
    assert len(made["trade_by_year"]) == table.rows == 24
    sales = table.column("Sales")
    assert sales is not None
    assert sales.missing == made["trade_by_year"]["sales"].isna().sum() == 2


def test_dates_of_years_are_joined_with_years(job_in: Callable[[Path], Job], tmp_path: Path) -> None:
    job = job_in(tmp_path / "job").add("rain.csv", RAIN).add("people.csv", PEOPLE)
    profile = job.profile()
    source, made = prepared(offline.plan("rain against population by year", profile), profile, job)
    assert 'rain_by_year = rain.assign(year=rain["date"].dt.year)[["rain", "year"]]' in source
    assert len(made["people_with_rain_by_year"]) == 36


def test_a_model_may_name_the_same_join(job: Job, profile: Profile) -> None:
    scatter = {
        "type": "scatter", "title": "Rates and people", "frame": "both", "why": "It answers.",
        "encodings": [{"channel": "x", "column": "Interest Rate (%)"}, {"channel": "y", "column": "Population"}],
    }  # fmt: skip
    join = {"name": "both", "left": "people", "right": "trade_by_year", "on": [{"left": "year", "right": "year"}]}
    answer = {"title": "Rates", "description": "Rates and people.", "widgets": [scatter], "joins": [join]}
    task = Task(profile, QUESTION, offline.plan(QUESTION, profile))
    found = drawn(read(json.dumps(answer), Draft), task)
    assert found.problems == ()
    assert found.parts is not None
    plan = plan_of(found.parts, task)
    assert plan.tables == ("people", "trade_by_year")
    assert problems(plan, profile) == ()
    assert any("has values by month" in note for note in plan.notes)
    assert len(prepared(plan, profile, job)[1]["both"]) == 72


def test_a_model_that_joins_months_with_years_is_told_what_there_is(profile: Profile) -> None:
    join = {"name": "both", "left": "people", "right": "trade", "on": [{"left": "year", "right": "date"}]}
    answer = {"title": "Rates", "description": "", "widgets": [], "joins": [join]}
    found = drawn(read(json.dumps(answer), Draft), Task(profile, QUESTION, offline.plan(QUESTION, profile)))
    assert any("join 'trade_by_year' and 'people' instead" in text for text in found.problems), found.problems
