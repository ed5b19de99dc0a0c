"""Finding: all sources at once, each dataset once, what serves better first, and no search done twice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from dashwright.pipelines.errors import SourceError
from dashwright.pipelines.model import Candidate, Candidates, License
from dashwright.pipelines.services import Service
from dashwright.pipelines.sources.finding import Wanted, find, ordered
from dashwright.pipelines.sources.merging import merged
from dashwright.pipelines.sources.weighing import (
    countries,
    freshness,
    openness,
    place_fit,
    size_fit,
    time_fit,
    years_asked,
)
from dashwright.pipelines.step import Limits

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def offered(title: str = "Life expectancy by country", **facts: Any) -> Candidate:
    given = {"source": "one", "reference": title, "name": "x", "title": title}
    return Candidate.model_validate(given | facts)


@pytest.fixture
def libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package with sources is installed."""
    monkeypatch.syspath_prepend(Path(__file__).parent / "installed")


class Shelf:
    """A memory as the server has one, in a dictionary."""

    def __init__(self) -> None:
        self.kept: dict[str, Candidates] = {}
        self.given_up: list[str] = []
        self.answers: dict[str, str | None] = {}

    def recall(self, wanted: Wanted) -> Candidates | None:
        return self.kept.get(wanted.key)

    def keep(self, wanted: Wanted, found: Candidates) -> None:
        self.kept[wanted.key] = found

    def give_up(self, wanted: Wanted) -> None:
        self.given_up.append(wanted.key)

    def note(self, answers: Mapping[str, str | None], seconds: Mapping[str, float] = MappingProxyType({})) -> None:
        self.answers.update(answers)
        assert seconds.keys() == answers.keys()


# --- asking -------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("libraries")
def test_each_source_has_a_time_of_its_own() -> None:
    limits = Limits(services={"silent": Service(timeout=0.3)})
    found = find(Wanted("Is CO2 rising?", ("silent", "samples")), limits)
    assert found.failures == {"silent": "The source 'silent' did not answer within 0.3 s."}
    assert found.candidates[0].name == "co2_concentration"


@pytest.mark.usefixtures("libraries")
def test_no_answer_at_all_is_a_sentence_and_nothing_is_kept() -> None:
    shelf = Shelf()
    wanted = Wanted("Is CO2 rising?", ("away",))
    with pytest.raises(SourceError, match="No source answered"):
        find(wanted, Limits(), shelf)
    assert (shelf.kept, shelf.given_up) == ({}, [wanted.key])
    assert shelf.answers == {"away": "The library is closed; try again later."}


def test_a_kept_search_is_not_done_again() -> None:
    shelf = Shelf()
    wanted = Wanted("Is CO2 rising?", ("samples",))
    first = find(wanted, Limits(), shelf)
    heard: list[str] = []
    again = find(wanted, Limits(), shelf, lambda name, _: heard.append(name))
    assert heard == []
    assert again.candidates == first.candidates


def test_the_same_search_has_the_same_key_however_it_is_written() -> None:
    key = Wanted("Is  CO2 rising?", ("samples", "who")).key
    assert Wanted("is co2 RISING?", ("who", "samples", "who")).key == key
    assert Wanted("is co2 rising?", ("who",)).key != key
    assert Wanted("is co2 rising?", ("who", "samples"), most_chosen=1).key != key
    assert len(key) == 64


# --- merging ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            offered("A", url="https://doi.org/10.5281/zenodo.77"),
            offered("B", source="two", reference="10.5281/ZENODO.77"),
        ),
        (
            offered("A", url="https://www.data.example/set/1/"),
            offered("B", source="two", url="http://data.example/set/1"),
        ),
        (
            offered("Rain and snow by city", publisher="The Office"),
            offered("Rain and Snow, by City", source="two", publisher="the office"),
        ),
    ],
)
def test_the_same_dataset_in_two_sources_is_one_candidate(one: Candidate, other: Candidate) -> None:
    (only,) = merged([one, other])
    assert only.source == "one"
    assert only.also_at == (f"two: {other.reference}",)


def test_what_says_more_of_itself_is_kept_in_the_place_of_the_first() -> None:
    url = "https://data.example/set/1"
    rich = offered("B", source="two", url=url, rows=10, columns=("a",), license=License(name="CC0-1.0"))
    kept = merged([offered("A", url=url), offered("C"), rich])
    assert [(item.source, item.title) for item in kept] == [("two", "B"), ("one", "C")]
    assert kept[0].also_at == ("one: A",)


def test_a_source_knows_its_own_datasets_apart() -> None:
    page = "https://data.example/set/1"
    assert len(merged([offered("A", url=page), offered("B", url=page), offered("A", url=page)])) == 2


def test_different_datasets_of_one_host_or_one_short_title_stay_apart() -> None:
    apart = [
        offered("Rain", url="https://data.example", publisher="x"),
        offered("Rain", source="two", url="https://data.example/", publisher="x"),
        offered("Rain", source="three", url="https://data.example/?id=2", publisher="x"),
    ]
    assert len(merged(apart)) == 3


# --- weighing -----------------------------------------------------------------------------------------------------


def test_of_two_that_are_about_the_question_the_one_that_covers_it_comes_first() -> None:
    old = offered("Life expectancy by country", reference="old", since=1900, until=1950)
    new = offered("Life expectancy by country", reference="new", since=1960, until=2024)
    ranked = ordered("Life expectancy by country since 1990", [old, new], Limits())
    assert [item.candidate.reference for item in ranked] == ["new", "old"]


def test_no_licence_and_no_freshness_make_up_for_another_subject() -> None:
    off = offered("Rain in Peru", since=1960, until=2024, rows=1000, license=License(name="CC0-1.0"), updated_at=NOW)
    bare = offered("Life expectancy by country", since=1900, until=1950)
    ranked = ordered("Life expectancy by country since 1990", [off, bare], Limits())
    assert ranked[0].candidate.title == bare.title


@pytest.mark.parametrize(
    ("question", "years"),
    [
        ("rain in 2008", (2008, 2008)),
        ("between 2015 and 2010", (2010, 2015)),
        ("rain", None),
        ("route 66 and 12345", None),
    ],
)
def test_years_are_read_from_a_question(question: str, years: tuple[int, int] | None) -> None:
    assert years_asked(question) == years


def test_since_reaches_to_what_statistics_can_know() -> None:
    first, last = years_asked("GDP since 1990") or (0, 0)
    assert first == 1990
    assert last == datetime.now(UTC).year - 2


def test_the_share_of_the_years_counts() -> None:
    half = offered(since=2000, until=2004)
    assert time_fit("from 2000 to 2009", half) == pytest.approx(0.5)
    assert time_fit("from 2010 to 2019", half) == 0
    assert time_fit("life", half) == time_fit("in 2000", offered()) == 0.5


def test_places_are_countries_by_any_of_their_names() -> None:
    assert countries("Rain in South Korea, Türkiye and the UK") >= {"KOR", "GBR"}
    assert place_fit("beer in Germany", offered("Beer in Germany")) == 1
    assert place_fit("beer in Germany", offered("Beer", columns=("country", "litres"))) > 0.8
    assert place_fit("beer in Germany", offered("Beer in France")) < 0.2
    assert place_fit("beer", offered("Beer in France")) == 0.5


def test_the_present_needs_fresh_data_more_than_the_past() -> None:
    old = offered(updated_at=datetime(2012, 1, 1, tzinfo=UTC))
    assert freshness("unemployment now", old, NOW) == 0
    assert freshness("unemployment in 2008", old, NOW) == 0.5
    assert freshness("unemployment", offered(updated_at=NOW), NOW) == 1


def test_what_cannot_be_downloaded_or_used_counts_less() -> None:
    assert size_fit(offered(size=10), 5) == 0
    assert size_fit(offered(rows=3), 5) == 0.2
    assert size_fit(offered(rows=300), 5) == 1
    free, own = offered(license=License(name="CC BY", spdx="CC-BY-4.0")), offered(license=License(name="Ours"))
    closed = offered(license=License(name="CC-BY-NC-4.0", spdx="CC-BY-NC-4.0"))
    assert openness(free) > openness(own) > openness(closed) > openness(offered())
