"""The step: request and profile in, plan.json out; a refresh keeps the plan it has."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from dashwright.pipelines import planning
from dashwright.pipelines.errors import DataError, PlanError
from dashwright.pipelines.model import DataFile, Dataset, Datasets, Plan, Preferences, Profile, Request
from dashwright.pipelines.step import JobFolder, Limits, Progress, silent


def job(path: Path, profile: Profile, **request: object) -> JobFolder:
    folder = JobFolder(path)
    told = {"dashboard_id": "d", "slug": "shop", "question": "sales by region"} | request
    folder.write(Request.model_validate(told), folder.request)
    folder.write(profile, folder.profile)
    file = DataFile(path="x.csv", name="x.csv", format="csv", size=1, sha256="0")
    dataset = Dataset(
        name="data", title="Shop", source="files", reference="x.csv", files=(file,), fetched_at=datetime.now(UTC)
    )
    folder.write(Datasets(datasets=(dataset,)), folder.datasets)
    return folder


def test_plan_is_written_and_reported(tmp_path: Path, shop: Profile) -> None:
    folder = job(tmp_path, shop, title="Shop")
    told: list[Progress] = []
    made = planning.plan(folder, Limits(), told.append)
    assert folder.read(Plan, folder.plan) == made
    assert (made.title, made.planner, made.question) == ("Shop", "offline", "sales by region")
    assert [progress.percent for progress in told] == [75, 85]
    assert {progress.step for progress in told} == {"generate_visualizations"}


def test_planning_again_gives_the_same_file(tmp_path: Path, shop: Profile) -> None:
    folder = job(tmp_path, shop)
    planning.plan(folder, Limits(), silent)
    before = folder.plan.read_bytes()
    planning.plan(folder, Limits(), silent)
    assert folder.plan.read_bytes() == before


def test_wishes_of_the_request_are_kept(tmp_path: Path, shop: Profile) -> None:
    folder = job(tmp_path, shop, preferences=Preferences(max_widgets=2).model_dump())
    assert len(planning.plan(folder, Limits(), silent).widgets) <= 2


def test_unknown_planner_is_told_with_those_that_exist(tmp_path: Path, shop: Profile) -> None:
    folder = job(tmp_path, shop, preferences=Preferences(planner="oracle").model_dump())
    with pytest.raises(PlanError, match=r"There is no planner 'oracle'\. There is: auto, offline"):
        planning.plan(folder, Limits(), silent)
    assert not folder.plan.exists()


def test_refresh_keeps_the_plan_of_its_version(tmp_path: Path, shop: Profile) -> None:
    version = job(tmp_path / "version", shop)
    kept = planning.plan(version, Limits(), silent)
    folder = job(tmp_path / "job", shop, kind="refresh", question="profit", refresh_of=str(version.path))
    assert planning.plan(folder, Limits(), silent) == kept
    assert folder.plan.read_bytes() == version.plan.read_bytes()


def test_refresh_with_data_that_lost_what_the_plan_needs_is_refused(
    tmp_path: Path, shop: Profile, countries: Profile
) -> None:
    version = job(tmp_path / "version", shop)
    planning.plan(version, Limits(), silent)
    folder = job(tmp_path / "job", countries, kind="refresh", refresh_of=str(version.path))
    with pytest.raises(DataError, match="Table 'orders' is not in the data"):
        planning.plan(folder, Limits(), silent)
    assert not folder.plan.exists()


def test_refresh_of_nothing_is_refused(tmp_path: Path, shop: Profile) -> None:
    with pytest.raises(DataError, match="folder of the version"):
        planning.plan(job(tmp_path, shop, kind="refresh"), Limits(), silent)


def test_amendment_changes_the_plan_of_its_version(tmp_path: Path, shop: Profile) -> None:
    version = job(tmp_path / "version", shop)
    kept = planning.plan(version, Limits(), silent)
    folder = job(
        tmp_path / "job", shop, kind="amend", refresh_of=str(version.path), amendment="use the median, call it Shop"
    )
    made = planning.plan(folder, Limits(), silent)
    assert folder.read(Plan, folder.plan) == made
    assert (made.title, made.question) == ("Shop", kept.question)
    assert [widget.id for widget in made.widgets] == [widget.id for widget in kept.widgets]


def test_amendment_without_words_is_refused(tmp_path: Path, shop: Profile) -> None:
    with pytest.raises(DataError, match="An amendment needs the folder"):
        planning.plan(job(tmp_path, shop, kind="amend"), Limits(), silent)
