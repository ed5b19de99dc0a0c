"""A file with names of countries as people write them, and codes of the World Bank, become one dashboard."""

from __future__ import annotations

import nbformat
import pycountry
import pytest

from dashwright.pipelines import build
from dashwright.pipelines.model import Attachment, Plan, Profile, Version
from dashwright.pipelines.services import Service
from dashwright.pipelines.step import JobFolder, Limits, silent

from .conftest import Wire
from .playing import nations
from .test_together import job

SPOKEN = {"CIV": "Ivory Coast", "KOR": "South Korea", "TUR": "Turkey", "LAO": "Laos", "RUS": "Russia", "USA": "USA"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[JobFolder, Version]:
    root = tmp_path_factory.mktemp("root")
    names = [SPOKEN.get(code, pycountry.countries.get(alpha_3=code).name) for code in nations.CODES]
    rows = [f'"{name}",{n % 9 + 1}.5' for n, name in enumerate([*names, "Syldavia"])]
    file = root / "happiness.csv"
    file.write_text("\n".join(["Land,Happiness score", *rows, ""]), encoding="utf-8")
    wire = Wire()
    wire.mount("/world-bank", nations.world_bank())
    services = {"world-bank": Service(base_url=wire.url("/world-bank"))}
    both = (
        Attachment(source="world-bank", reference=nations.LIVES),
        Attachment(source="files", reference=str(file)),
    )
    folder = job(root, "first", both, question="life expectancy against happiness score by country")
    try:
        return folder, build.run(folder, Limits(allow_private_addresses=True, services=services), silent)
    finally:
        wire.close()


def test_names_meet_codes(made: tuple[JobFolder, Version]) -> None:
    folder, version = made
    plan, profile = folder.read(Plan, folder.plan), folder.read(Profile, folder.profile)
    [join] = plan.joins
    assert join.on[0][1] == "Land"
    met = {item.on[0][0]: (item.left_matched, item.right_matched) for item in profile.joins if item.on[0][1] == "Land"}
    count = len(nations.CODES)
    rates = pytest.approx((count / (count + 2), count / (count + 1)))
    assert met["country code"] == rates, "by codes as well as by other names"
    assert met[join.on[0][0]] == rates
    assert {item.source for item in version.provenance} == {"world-bank", "files"}
    assert any("have no partner in 'Happiness'" in note and "Kosovo" in note for note in version.notes)


def test_the_notebook_spells_them(made: tuple[JobFolder, Version]) -> None:
    notebook = nbformat.read(made[0].executed, as_version=4)
    [prepare] = [cell.source for cell in notebook.cells if cell.id == "prepare"]
    assert '"Ivory Coast": "Cote d\'Ivoire"' in prepare
    assert "Syldavia" not in prepare
