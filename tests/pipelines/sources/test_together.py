"""Tables of two services become one dashboard, which says what the join loses, and says it anew at each refresh."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from dashwright.pipelines import build
from dashwright.pipelines.checking import losers
from dashwright.pipelines.model import Attachment, Plan, Preferences, Profile, Request, Version
from dashwright.pipelines.services import Service
from dashwright.pipelines.step import JobFolder, Limits, silent

from .conftest import Wire
from .playing import nations

QUESTION = "life expectancy against income by country since 1990"
BOTH = (
    Attachment(source="world-bank", reference=nations.INCOME),
    Attachment(source="who", reference="WHOSIS_000001"),
)
BANK, WHO = "Gross national income (GNI) per capita, PPP (current international $)", "Life expectancy at birth (years)"
LOST = (
    f"3 of 75 countries of '{BANK}' have no partner in '{WHO}': Channel Islands, Kosovo and Puerto Rico.",
    f"11 of 31 years of '{BANK}' have no partner in '{WHO}': 1990, 1991, 1992, 1993, 1994 and 6 more.",
    f"2 of 74 countries of '{WHO}' have no partner in '{BANK}': Cook Islands and Niue.",
)


@pytest.fixture(scope="module")
def services() -> Iterator[Wire]:
    wire = Wire()
    wire.mount("/world-bank", nations.world_bank())
    wire.mount("/who", nations.who())
    yield wire
    wire.close()


def limits(wire: Wire) -> Limits:
    places = {name: Service(base_url=wire.url(f"/{name}")) for name in ("world-bank", "who")}
    return Limits(allow_private_addresses=True, services=places)


def job(
    root: Path,
    name: str,
    attachments: tuple[Attachment, ...],
    refresh_of: Path | None = None,
    question: str = QUESTION,
) -> JobFolder:
    folder = JobFolder(root / "jobs" / name)
    request = Request(
        kind="refresh" if refresh_of else "new",
        dashboard_id="lives",
        slug="lives",
        question=question,
        attachments=attachments,
        preferences=Preferences(planner="offline", sources=("world-bank",)),
        version_number=2 if refresh_of else 1,
        refresh_of=str(refresh_of) if refresh_of else None,
    )
    folder.write(request, folder.request)
    return folder


@pytest.fixture(scope="module")
def made(services: Wire, tmp_path_factory: pytest.TempPathFactory) -> tuple[JobFolder, Version]:
    folder = job(tmp_path_factory.mktemp("root"), "first", BOTH)
    return folder, build.run(folder, limits(services))


def shown(folder: JobFolder) -> list[str]:
    """The texts of all HTML widgets of an executed notebook."""
    notebook = nbformat.read(folder.executed, as_version=4)
    states = notebook.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"].values()
    return [item["state"]["value"] for item in states if item["model_name"] == "HTMLModel" and "value" in item["state"]]


def test_two_services_make_one_table_and_one_chart(made: tuple[JobFolder, Version]) -> None:
    folder, version = made
    plan = folder.read(Plan, folder.plan)
    assert [join.on for join in plan.joins] == [(("country code", "country code"), ("year", "year"))]
    scatter = next(widget for widget in plan.widgets if widget.type == "scatter")
    assert scatter.frame == plan.joins[0].name
    assert {item.source for item in version.provenance} == {"world-bank", "who"}
    assert not [note for note in plan.notes if "stands once for each" in note], "no value repeats in it"


def test_the_profile_has_the_rate_and_the_losers_by_name(made: tuple[JobFolder, Version]) -> None:
    profile = made[0].read(Profile, made[0].profile)
    best = profile.joins[0]
    assert (round(best.left_matched, 2), round(best.right_matched, 2)) == (0.62, 0.97)
    assert best.cardinality == "one-to-one"
    lost = {(item.column, item.values, item.lost) for item in best.left_unmatched}
    assert lost == {("country code", 75, 3), ("year", 31, 11)}
    assert best.left_unmatched[0].first == ("Channel Islands", "Kosovo", "Puerto Rico")
    assert [item.first for item in best.right_unmatched] == [("Cook Islands", "Niue")]


def test_notes_and_page_tell_the_losers(made: tuple[JobFolder, Version]) -> None:
    folder, version = made
    assert version.notes[-3:] == LOST
    [told] = [text for text in shown(folder) if "partner" in text]
    assert [part.removesuffix("</li>").replace("&#x27;", "'") for part in told.split("<li>")[1:]] == [
        *LOST[:2],
        LOST[2] + "</li></ul>",
    ]


def test_a_refresh_tells_other_losers(made: tuple[JobFolder, Version], services: Wire) -> None:
    folder, _ = made
    root = folder.path.parent.parent
    fewer = nations.who()
    fewer.rows = [row for row in fewer.rows if row["SpatialDim"] not in ("BRA", "COK", "NIU")]
    services.mount("/who", fewer)
    try:
        second = job(root, "second", BOTH, refresh_of=root / "versions/lives/1")
        version = build.run(second, limits(services), silent)
    finally:
        services.mount("/who", nations.who())
    notes = [note for note in version.notes if "have no partner" in note]
    assert notes[0].endswith("Brazil, Channel Islands, Kosovo and Puerto Rico.")
    assert len(notes) == 2
    [told] = [text for text in shown(second) if "have no partner" in text]
    assert "4 of 75 countries" in told
    assert "Brazil, Channel Islands, Kosovo and Puerto Rico." in told
    assert "Niue" not in told


def test_two_indicators_of_the_world_bank_are_found_and_joined(services: Wire, tmp_path: Path) -> None:
    folder = job(tmp_path, "searched", ())
    for step in build.STEPS[:5]:
        step.run(folder, limits(services), silent)
    plan, profile = folder.read(Plan, folder.plan), folder.read(Profile, folder.profile)
    assert {table.title for table in profile.tables} == {BANK, "Life expectancy at birth, total (years)"}
    assert len(plan.joins) == 1
    assert "scatter" in {widget.type for widget in plan.widgets}
    assert losers(plan, profile) == (
        f"1 of 75 countries of '{BANK}' has no partner in 'Life expectancy at birth, total (years)': Channel Islands.",
    )
    assert json.loads(folder.candidates.read_text())["chosen"]
