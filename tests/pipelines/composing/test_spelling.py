"""Joins of countries that are called differently: the notebook says how, with nothing but pandas."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode

from dashwright.pipelines import composing
from dashwright.pipelines.checking import losers, problems
from dashwright.pipelines.model import Plan, Profile, Request
from dashwright.pipelines.planners import offline
from dashwright.pipelines.step import Limits, silent
from tests.pipelines.conftest import Job
from tests.pipelines.profiling.test_profiling_spelling import OF_THE_BANK, SPOKEN, THREE, csv

YEARS = range(2000, 2006)


def composed(job: Job, question: str) -> tuple[Plan, Profile, NotebookNode]:
    profile = job.profile()
    plan = offline.plan(question, profile)
    assert problems(plan, profile) == ()
    job.folder.write(Request(dashboard_id="a", slug="a", question=question), job.folder.request)
    job.folder.write(plan, job.folder.plan)
    return plan, profile, composing.compose(job.folder, Limits(), silent)


def run(notebook: NotebookNode, job: Job) -> dict[str, Any]:
    told = {cell.id: cell.source for cell in notebook.cells}
    made: dict[str, Any] = {"data_folder": str(job.folder.data)}
    for name in ("imports", "style", "load", "prepare", "partners"):
        exec(compile(told[name], name, "exec"), made)
    return made


def test_codes_are_written_as_names_in_the_notebook(job: Job) -> None:
    incomes = "iso3,year,Income\n" + "".join(f"{code},{year},{year}\n" for code in THREE for year in YEARS)
    job.add("happy.csv", csv("country", SPOKEN, "Happiness")).add("incomes.csv", incomes)
    plan, profile, notebook = composed(job, "happiness against income by country")
    made = run(notebook, job)
    assert made["country_spellings"]["South Korea"] == "KOR"
    assert len(made["country_spellings"]) == 8, "no more than is needed"
    assert len(made[plan.joins[0].name]) == 8 * len(YEARS)
    assert "DEU" in made["partners"][0]
    assert losers(plan, profile) == ("1 of 9 countries of 'incomes' has no partner in 'happy': DEU.",)


def test_both_sides_are_told_by_the_names_they_have(job: Job) -> None:
    job.add("happy.csv", csv("country", SPOKEN, "Happiness")).add("beds.csv", csv("nation", OF_THE_BANK, "Beds"))
    plan, _, notebook = composed(job, "beds against happiness by country")
    made = run(notebook, job)
    assert set(made[plan.joins[0].name]["country"]) == set(SPOKEN) - {"Wakanda"}
    assert "France" not in made["nation_spellings"], "it is called so by both"
    told = " ".join(made["partners"])
    assert "Wakanda" in told
    assert "Germany" in told


def test_one_country_under_two_names_on_one_side(job: Job) -> None:
    both = tuple("Turkiye" if year > 2002 else "Turkey" for year in YEARS)
    happy = "country,year,Happiness\n" + "".join(
        f'"{name if name != "Turkey" else both[n]}",{year},{n}\n' for name in SPOKEN for n, year in enumerate(YEARS)
    )
    job.add("happy.csv", happy).add("beds.csv", csv("iso3", THREE, "Beds"))
    plan, profile, notebook = composed(job, "beds against happiness by country")
    assert profile.joins[0].left_matched == pytest.approx(8 / 9), "one of two names is not a country more"
    made = run(notebook, job)
    assert len(made[plan.joins[0].name]) == 8 * len(YEARS)


def test_a_name_that_a_refresh_brings_is_told(job_in: Callable[[Path], Job], tmp_path: Path) -> None:
    job = job_in(tmp_path / "job").add("happy.csv", csv("country", SPOKEN, "Happiness"))
    job.add("beds.csv", csv("nation", OF_THE_BANK, "Beds"))
    _, _, notebook = composed(job, "beds against happiness by country")
    job.add("beds.csv", csv("nation", (*OF_THE_BANK, "Syldavia"), "Beds"))
    job.read()
    assert "Syldavia" in " ".join(run(notebook, job)["partners"])
