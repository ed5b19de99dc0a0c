"""Planners and AI providers of another package: a small one installed into a folder on the path, with real workers."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dashwright.pipelines import planners
from dashwright.pipelines.errors import InputError, PlanError, SetupError
from dashwright.pipelines.model import Plan
from dashwright.pipelines.providers import Prompt, Turn
from dashwright.pipelines.step import JobFolder
from dashwright.server import settings
from dashwright.server.ai import Desk
from dashwright.server.nouns import Account
from dashwright.server.store import Ledger

from .conftest import fresh_database, opened_site

if TYPE_CHECKING:
    from .conftest import Site

CODE = """
from dashwright.pipelines.planners import offline
from dashwright.pipelines.providers import Completion, Provider


class Moon(Provider):
    name = "moon"
    model = "full"

    async def complete(self, prompt, timeout):
        return Completion(text="{}", provider=self.name, model=self.model)

    async def models(self, timeout):
        return None


def plan(question, profile, *, title=None, max_widgets=12, datasets=()):
    made = offline.plan(question, profile, title=title, max_widgets=1, datasets=datasets)
    return made.model_copy(update={"title": "By the almanac"})


def silent(question, profile, **wishes):
    return None


def broken(question, profile, **wishes):
    raise RuntimeError("a detail that is nobody's business")
"""
POINTS = """[dashwright.planners]
almanac = almanac:plan
moon = almanac:Moon
silent = almanac:silent
broken = almanac:broken
away = almanac.away:plan
offline = almanac:broken
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of the package, on the path of this process, too."""
    folder = tmp_path_factory.mktemp("almanac")
    (folder / "almanac.py").write_text(CODE)
    (folder / "almanac-1.0.dist-info").mkdir()
    (folder / "almanac-1.0.dist-info/METADATA").write_text("Metadata-Version: 2.1\nName: almanac\nVersion: 1.0\n")
    (folder / "almanac-1.0.dist-info/entry_points.txt").write_text(POINTS)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        yield folder
        sys.modules.pop("almanac", None)


def loaded(monkeypatch: pytest.MonkeyPatch, planner: str) -> settings.Settings:
    monkeypatch.setenv("DASHWRIGHT_PLANNER", planner)
    return settings.load()


@pytest.fixture(scope="module")
def place(installed: Path, cluster: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site whose settings name a planner of the package."""
    data_dir = tmp_path_factory.mktemp("others") / "data"
    with fresh_database(cluster) as url, opened_site(data_dir, url, planner="almanac") as site:
        site.worker(threads=2, PYTHONPATH=str(installed))
        yield site


def test_a_planner_of_another_package_plans_where_the_settings_name_it(place: Site) -> None:
    job = place.ended(place.ask())
    assert job.status == "completed", (job.error_message, place.log())
    folder = JobFolder(place.folder(job))
    made = folder.read(Plan, folder.plan)
    assert (made.title, made.planner, len(made.widgets)) == ("By the almanac", "almanac", 1)
    assert place.store.dashboard(job.slug).title == "By the almanac"


@pytest.mark.usefixtures("installed")
def test_a_provider_of_another_package_is_asked(place: Site) -> None:
    desk = Desk(place.settings.model_copy(update={"planner": "moon"}), Ledger(place.store))
    question = Prompt(operation="plan_dashboard", system="Be brief.", turns=(Turn(role="user", text="?"),), answer={})
    try:
        answer = desk.case(Account()).complete(question)
    finally:
        desk.close()
    assert (answer.provider, answer.model) == ("moon", "full")


@pytest.mark.usefixtures("installed")
def test_settings_know_planners_from_providers(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (loaded(monkeypatch, "almanac").providers, settings.load().others_planner) == ((), "almanac")
    assert (loaded(monkeypatch, "moon, offline").providers, settings.load().others_planner) == (("moon",), None)
    assert (loaded(monkeypatch, "offline").providers, settings.load().others_planner) == ((), None)


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("planner", "sentence"),
    [
        (
            "almanack",
            "There is: auto, offline, gemini, openai, perplexity, compatible, almanac, away, broken, moon, silent.",
        ),
        ("moon, nobody", "There is no planner 'nobody'. There is: auto, offline,"),
        ("moon, almanac", "The planner 'almanac' asks no AI provider, and so stands alone."),
    ],
)
def test_a_setting_that_cannot_be_stops_the_start_with_what_there_is(
    monkeypatch: pytest.MonkeyPatch, planner: str, sentence: str
) -> None:
    with pytest.raises(SetupError) as caught:
        loaded(monkeypatch, planner)
    assert str(caught.value).startswith("DASHWRIGHT_PLANNER cannot be used: The")
    assert sentence in str(caught.value)
    with pytest.raises(InputError):
        planners.refuse_unknown(planner.split(", "))


@pytest.mark.usefixtures("installed")
def test_what_is_wrong_with_a_planner_of_others_is_a_sentence_that_names_it(place: Site) -> None:
    with pytest.raises(SetupError, match=r"^The planner 'away' of the package 'almanac' cannot be loaded \(Mod"):
        planners.find("away")
    for name, what in (("silent", "made no plan but a 'NoneType'"), ("broken", r"failed \(RuntimeError\)")):
        with pytest.raises(PlanError, match=f"^The planner '{name}' of the package 'almanac' {what}\\.$"):
            planners.find(name)("?", None)  # type: ignore[arg-type]
    assert planners.find("offline").__module__.startswith("dashwright.")


def test_a_command_ends_with_the_sentence(installed: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "dashwright.server.cli", "doctor", "--data-dir", str(tmp_path)],
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(installed), "DASHWRIGHT_PLANNER": "nobody"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "There is no planner 'nobody'. There is: auto, offline," in done.stderr
    assert "almanac" in done.stderr
    assert "Traceback" not in done.stderr
