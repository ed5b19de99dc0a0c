"""`sources`: where data can be looked for, and how each place does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import Place
from tests.pipelines.sources.conftest import Wire
from tests.pipelines.sources.playing.world_bank import WorldBank

CODE = "SP.FISH.TANK"


@pytest.fixture(scope="module")
def bank() -> Iterator[str]:
    """The address of the World Bank."""
    wire = Wire()
    yield wire.mount("/wb", WorldBank())
    wire.close()


def found(place: Place) -> list[str]:
    result = place.json("search", "fish in tanks", "--source", "world-bank")
    return [item["reference"] for item in result["datasets"]]


def test_a_refreshed_list_is_searched_from_then_on(place: Place, bank: str) -> None:
    place.variables["DASHWRIGHT_WORLD_BANK_BASE_URL"] = bank
    assert CODE not in found(place)
    done = place.call("sources", "--refresh", "world-bank")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "The list of 'world-bank' has 1 dataset now; searches use it from now on.\n"
    assert CODE in (place.data_dir / "cache/world-bank.json").read_text()
    assert found(place)[0] == CODE, "also where the question was asked before"

    place.variables["DASHWRIGHT_WORLD_BANK_BASE_URL"] = bank.replace("/wb", "/nowhere")
    assert place.call("sources", "--refresh", "world-bank").returncode == 1
    assert CODE in (place.data_dir / "cache/world-bank.json").read_text()


def test_every_source_is_shown_with_what_it_lacks_and_how_it_did(place: Place) -> None:
    place.variables |= {
        "DASHWRIGHT_SOURCES": "samples, who",
        "DASHWRIGHT_WHO_BASE_URL": "http://me:sesame@127.0.0.1:9",
        "DASHWRIGHT_WHO_TIMEOUT": "20",
    }
    before = {item["name"]: item for item in place.json("sources")}
    assert not (place.data_dir / "postgres.json").exists(), "looking starts nothing"
    assert [name for name, item in before.items() if item["on"]] == ["samples", "who"]
    assert (before["fred"]["ready"], before["files"]["searchable"]) == (False, False)
    assert "https://fred.stlouisfed.org" in before["fred"]["missing"]
    assert before["who"]["last_failed_at"] is None

    place.json("search", "Is CO2 rising?")
    after = {item["name"]: item for item in place.json("sources")}
    assert after["samples"]["last_answered_at"]
    assert (after["who"]["last_answered_at"], after["who"]["address"]) == (None, "http://127.0.0.1:9")
    assert "127.0.0.1" in after["who"]["last_reason"]

    for width in ("50", "140"):
        shown = place.call("sources", COLUMNS=width).stdout
        assert max(map(len, shown.splitlines())) <= int(width)
        assert "sesame" not in shown
        assert "● samples" in " ".join(shown.split())
        assert "failed just now: " in " ".join(shown.split())
        assert ("Last answer" in shown) == (width == "140")


def test_a_source_without_a_list_says_so(place: Place) -> None:
    for name, sentence in (
        ("samples", "The source 'samples' keeps no list of what it has, so there is nothing to refresh."),
        ("nowhere", "There is no source 'nowhere'. The sources are: "),
        ("all", "Name one source to refresh"),
    ):
        done = place.call("sources", "--refresh", name)
        assert (done.returncode, done.stdout) == (1, "")
        assert sentence in done.stderr
