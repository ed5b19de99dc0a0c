"""Readings by month of FRED and readings by year of the World Bank become one dashboard."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from pydantic import SecretStr

from dashwright.pipelines import build
from dashwright.pipelines.model import Attachment, Plan, Profile, Version
from dashwright.pipelines.services import Service
from dashwright.pipelines.step import JobFolder, Limits, silent

from .conftest import Wire
from .playing import nations
from .playing.fred import EGGS, Fred
from .test_together import job

KEY = "abcdefghijklmnopqrstuvwxyz012345"
RATE = {
    **EGGS,
    "id": "UNRATE",
    "title": "Unemployment Rate",
    "observation_start": "1985-01-01",
    "observation_end": "2020-09-01",
    "units": "Percent",
    "units_short": "%",
}
MONTHS = [f"{year}-{month:02}-01" for year in range(1985, 2021) for month in range(1, 13)][:-3]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[JobFolder, Version]:
    wire = Wire()
    values = [(day, f"{4 + n % 5}.0") for n, day in enumerate(MONTHS)]
    wire.mount("/fred", Fred(KEY, most=1_000, series={"UNRATE": RATE}, values=values))
    wire.mount("/world-bank", nations.world_bank())
    services = {
        "fred": Service(base_url=wire.url("/fred"), key=SecretStr(KEY)),
        "world-bank": Service(base_url=wire.url("/world-bank")),
    }
    both = (
        Attachment(source="world-bank", reference=nations.LIVES),
        Attachment(source="fred", reference="UNRATE"),
    )
    folder = job(
        tmp_path_factory.mktemp("root"), "first", both, question="life expectancy against unemployment rate by year"
    )
    try:
        return folder, build.run(folder, Limits(allow_private_addresses=True, services=services), silent)
    finally:
        wire.close()


def test_months_meet_years_in_one_chart(made: tuple[JobFolder, Version]) -> None:
    folder, version = made
    plan = folder.read(Plan, folder.plan)
    [join] = plan.joins
    assert join.on == (("year", "year"),)
    assert any(widget.type == "scatter" and widget.frame == join.name for widget in plan.widgets)
    assert "'Unemployment Rate' has values by month, so its yearly means are joined." in version.notes
    assert {item.source for item in version.provenance} == {"world-bank", "fred"}


def test_the_rates_of_the_match_are_those_of_years(made: tuple[JobFolder, Version]) -> None:
    profile = made[0].read(Profile, made[0].profile)
    [join] = profile.joins
    assert {join.left, join.right} == {profile.tables[0].name, profile.rollups[0].name}
    rates = {join.left: join.left_matched, join.right: join.right_matched}
    assert rates[profile.tables[0].name] == 1.0
    assert rates[profile.rollups[0].name] == pytest.approx(31 / 36), "the World Bank's years begin in 1990"


def test_the_notebook_that_ran_has_it_as_pandas(made: tuple[JobFolder, Version]) -> None:
    notebook = nbformat.read(made[0].executed, as_version=4)
    [prepare] = [cell.source for cell in notebook.cells if cell.id == "prepare"]
    assert ".dt.year" in prepare
    assert '.groupby("year")' in prepare
    assert Path(made[0].path, "notebook.ipynb").exists()
