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


def test_a_refreshed_list_is_searched_from_then_on(running: Place, bank: str) -> None:
    def found() -> list[str]:
        result = running.json("search", "fish in tanks", "--source", "world-bank")
        return [item["reference"] for item in result["datasets"]]

    assert CODE not in found()
    done = running.call("sources", "--refresh", "world-bank", DASHWRIGHT_WORLD_BANK_BASE_URL=bank)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "The list of 'world-bank' has 1 dataset now; searches use it from now on.\n"
    kept = running.data_dir / "cache/world-bank.json"
    assert CODE in kept.read_text()
    assert found()[0] == CODE, "also where the question was asked before"


def test_looking_at_sources_starts_nothing(place: Place) -> None:
    seen = {item["name"]: item for item in place.json("sources", DASHWRIGHT_SOURCES="samples, who")}
    assert not (place.data_dir / "postgres.json").exists()
    assert [name for name, item in seen.items() if item["on"]] == ["samples", "who"]
    assert (seen["fred"]["ready"], seen["files"]["searchable"]) == (False, False)
    assert "https://fred.stlouisfed.org" in seen["fred"]["missing"]
    assert seen["who"]["last_failed_at"] is None


def test_every_source_is_shown_with_what_it_lacks_and_how_it_did(running: Place) -> None:
    asked = {"DASHWRIGHT_SOURCES": "samples, fred", "DASHWRIGHT_FRED_BASE_URL": "http://me:sesame@127.0.0.1:9/fred"}
    running.json("search", "Which birds are struck?", **asked)
    seen = {item["name"]: item for item in running.json("sources", **asked)}
    assert seen["samples"]["last_answered_at"]
    assert (seen["fred"]["last_answered_at"], seen["fred"]["address"]) == (None, "http://127.0.0.1:9/fred")
    assert seen["fred"]["last_reason"].startswith("FRED needs a key")

    for width in ("50", "140"):
        shown = running.call("sources", **asked, COLUMNS=width).stdout
        assert max(map(len, shown.splitlines())) <= int(width)
        assert "sesame" not in shown
        assert "● samples" in " ".join(shown.split())
        assert "failed just now: " in " ".join(shown.split())
        assert ("Last answer" in shown) == (width == "140")


def test_a_source_without_a_list_says_so(running: Place) -> None:
    done = running.call("sources", "--refresh", "samples")
    assert (done.returncode, done.stdout) == (1, "")
    assert "The source 'samples' keeps no list of what it has, so there is nothing to refresh." in done.stderr
