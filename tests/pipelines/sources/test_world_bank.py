"""World Bank: its odd answers, its pages, and the table that comes of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from dashwright.pipelines import downloading, profiling, reading, searching
from dashwright.pipelines.errors import DataError, SourceError
from dashwright.pipelines.model import Attachment, Candidate, DataFile, Dataset, Preferences, Request
from dashwright.pipelines.services import Service
from dashwright.pipelines.sources import Fetched, Query, source, unheard
from dashwright.pipelines.sources.finding import Wanted, find
from dashwright.pipelines.sources.ranking import keywords
from dashwright.pipelines.sources.world_bank import index
from dashwright.pipelines.step import JobFolder, Limits, silent

from ..conftest import Job
from .conftest import Wire, asked, send, send_json
from .playing.world_bank import WorldBank

CODE = "SP.FISH.TANK"
TITLE = "Fish in tanks, total (per 1,000 people)"


@pytest.fixture
def bank(wire: Wire) -> WorldBank:
    played = WorldBank()
    wire.mount("/wb", played)
    return played


@pytest.fixture
def limits(wire: Wire, tmp_path: Path) -> Limits:
    """The server is on loopback, which only the source that the operator set it for may ask."""
    return Limits(
        download_timeout=5, services={"world-bank": Service(base_url=wire.url("/wb/"))}, cache=str(tmp_path / "cache")
    )


def describe(limits: Limits, reference: str = CODE, **options: str) -> Candidate:
    return source("world-bank").describe(Attachment(source="world-bank", reference=reference, options=options), limits)


def fetch(
    limits: Limits, into: Path, reference: str = CODE, previous: Dataset | None = None, **options: str
) -> Fetched:
    into.mkdir(exist_ok=True)
    candidate = Candidate(source="world-bank", reference=reference, name="x", title="x", options=options)
    return source("world-bank").fetch(candidate, into, limits, unheard, previous)


def rows(fetched: Fetched) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(fetched.files[0].path).to_pylist()
    return found


def test_all_pages_become_one_row_for_each_country_and_year_that_has_a_value(
    bank: WorldBank, limits: Limits, tmp_path: Path
) -> None:
    fetched = fetch(limits, tmp_path / "into")
    table = rows(fetched)
    assert len(table) == 4 * 5
    assert table[0] == {
        "country": "Brazil",
        "country code": "BRA",
        "region": "Latin America & Caribbean",
        "income group": "Upper middle income",
        "year": 1990,
        TITLE: 10.0,
    }
    assert [row["country code"] for row in table[::5]] == ["BRA", "CIV", "NAM", "XKX"]
    assert max(int(query["page"]) for path, query in bank.asked if "all" in path) == 6


def test_groups_of_countries_are_apart_and_named(bank: WorldBank, limits: Limits, tmp_path: Path) -> None:
    (sentence,) = fetch(limits, tmp_path / "a").left_out
    assert "('High income', 'World')" in sentence
    groups = rows(fetch(limits, tmp_path / "b", places="groups"))
    assert {(row["country"], row["country code"], row["region"]) for row in groups} == {
        ("World", "WLD", None),
        ("High income", "HIC", None),
    }
    assert len(rows(fetch(limits, tmp_path / "c", places="all"))) == 6 * 5


def test_an_indicator_of_groups_alone_is_a_table_of_them(bank: WorldBank, limits: Limits, tmp_path: Path) -> None:
    bank.values[CODE] = {"1W": {"2012": 1.5}}
    fetched = fetch(limits, tmp_path / "into")
    assert [(row["country"], row["year"]) for row in rows(fetched)] == [("World", 2012)]
    assert not fetched.left_out


def test_two_indicators_are_joined_by_country_and_year(
    bank: WorldBank, limits: Limits, tmp_path: Path, job: Job
) -> None:
    bank.names["SP.CAT.HOME"] = "Cats at home (% of households)"
    bank.values["SP.CAT.HOME"] = {two: dict(series) for two, series in bank.values[CODE].items() if two != "CI"}
    for code in (CODE, "SP.CAT.HOME"):
        file = fetch(limits, tmp_path / code, code).files[0]
        job.add(file.name, file.path)
    best = job.profile().joins[0]
    assert set(best.on) == {("country code", "country code"), ("year", "year")}
    assert min(best.left_matched, best.right_matched) >= 0.75


def test_months_and_quarters_become_dates(bank: WorldBank, limits: Limits, tmp_path: Path) -> None:
    bank.values[CODE] = {"BR": {"2012M08": 1.5, "2012M11": 2.5}, "CI": {"2013Q3": 3.5}}
    assert [(row["country code"], str(row["date"])) for row in rows(fetch(limits, tmp_path / "into"))] == [
        ("BRA", "2012-08-01"),
        ("BRA", "2012-11-01"),
        ("CIV", "2013-07-01"),
    ]


def test_an_indicator_that_is_not_in_the_index_is_asked_for(bank: WorldBank, limits: Limits) -> None:
    found = describe(limits)
    assert (found.title, found.publisher) == (TITLE, "World Bank")
    assert found.description == "Fish that live in tanks. Not those in ponds."
    assert found.tags == ("World Development Indicators", "Agriculture & Rural Development")
    assert found.license is not None
    assert found.license.spdx is None
    assert "per 1,000 people" in found.notes[TITLE]
    assert found.attribution == f"World Bank, World Development Indicators, '{TITLE}' ({CODE}); from Survey of tanks"


def test_one_that_is_in_the_index_costs_no_question(bank: WorldBank, limits: Limits) -> None:
    found = describe(limits, "ny.gdp.pcap.cd")
    assert (found.reference, found.title) == ("NY.GDP.PCAP.CD", "GDP per capita (current US$)")
    assert found.license is not None
    assert found.license.spdx == "CC-BY-4.0"
    assert not bank.asked


def test_series_of_others_have_their_terms(limits: Limits) -> None:
    found = describe(limits, "MS.MIL.XPND.GD.ZS").license
    assert found is not None
    assert (found.spdx, "Stockholm" in found.name) == (None, True)


def test_an_option_that_does_not_exist_is_told_with_those_there_are(limits: Limits) -> None:
    with pytest.raises(DataError, match="can be: countries, groups, all"):
        describe(limits, places="towns")
    with pytest.raises(DataError, match="There are: places"):
        describe(limits, planet="earth")


def test_an_error_with_status_200_is_a_sentence(bank: WorldBank, limits: Limits, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"has no indicator 'SP\.NONE'"):
        fetch(limits, tmp_path / "into", "SP.NONE")


def test_what_the_bank_says_else_is_told(wire: Wire, limits: Limits, tmp_path: Path) -> None:
    said = [{"message": [{"id": "105", "key": "Service currently unavailable", "value": "Down for\nthe day."}]}]
    wire.mount("/wb", lambda request: send_json(request, said))
    with pytest.raises(SourceError, match=r"refused to answer for 'SP\.FISH\.TANK'"):
        fetch(limits, tmp_path / "into")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda page: page[0].update(total=99), "changed while it was read"),
        (lambda page: page[0].update(page=1), "changed while it was read"),
        (lambda page: page[0].update(lastupdated="2026-08-01"), "changed while it was read"),
        (lambda page: page.__setitem__(1, None), "changed while it was read"),
        (lambda page: page[1].pop(), "changed while it was read"),
        (lambda page: page[1][0].pop("value"), "another form"),
        (lambda page: page[1][0].update(date=None), "another form"),
        (lambda page: page[1][0]["indicator"].update(id="SP.DOG"), "another form"),
        (lambda page: page.append({}), "another form"),
    ],
)
def test_a_page_that_does_not_belong_or_has_changed_is_never_half_a_table(
    bank: WorldBank, wire: Wire, limits: Limits, tmp_path: Path, spoil: Callable[[Any], Any], words: str
) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        path, query = asked(request)
        page = bank.answer(path, query)
        if query["page"] == "3":
            page = json.loads(json.dumps(page))
            spoil(page)
        send_json(request, page)

    wire.mount("/wb", answer)
    with pytest.raises(SourceError, match=words) as caught:
        fetch(limits, tmp_path / "into")
    assert str(caught.value).endswith(".")
    assert not list((tmp_path / "into").iterdir())


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<html>Service Unavailable</html>", "a web page instead of data"),
        (b'<?xml version="1.0"?><wb:error/>', "a web page instead of data"),
        (b"[{", "cannot be read"),
        (b"[" * 100_000, "cannot be read"),
        (b"[]", "another form"),
        (b"{}", "another form"),
    ],
)
def test_an_answer_that_is_no_json_of_theirs_is_a_sentence(
    wire: Wire, limits: Limits, tmp_path: Path, body: bytes, words: str
) -> None:
    wire.mount("/wb", lambda request: send(request, body))
    with pytest.raises(SourceError, match=words):
        fetch(limits, tmp_path / "into")


def test_a_busy_server_is_asked_again(bank: WorldBank, wire: Wire, limits: Limits, tmp_path: Path) -> None:
    refusals = iter([429, 503])

    def answer(request: BaseHTTPRequestHandler) -> None:
        status = next(refusals, None)
        if status:
            send(request, b"<html>Busy</html>", status, retry_after="0")
        else:
            bank(request)

    wire.mount("/wb", answer)
    assert len(rows(fetch(limits, tmp_path / "into"))) == 20


def previous(fetched: Fetched, when: datetime) -> Dataset:
    file = fetched.files[0]
    return Dataset(
        name="fish",
        title="Fish",
        source="world-bank",
        reference=CODE,
        files=(DataFile(path="x", name=file.name, format=file.format, size=file.size, sha256=file.sha256),),
        fetched_at=when,
        last_modified=fetched.last_modified,
    )


def test_what_was_not_updated_since_is_not_downloaded_again(bank: WorldBank, limits: Limits, tmp_path: Path) -> None:
    before = previous(fetch(limits, tmp_path / "a"), datetime(2026, 7, 2, tzinfo=UTC))
    bank.asked.clear()
    assert fetch(limits, tmp_path / "b", previous=before).unchanged
    assert len(bank.asked) == 1
    bank.updated = "2026-08-01"
    again = fetch(limits, tmp_path / "c", previous=before)
    assert (again.unchanged, again.last_modified) == (False, "2026-08-01")


def test_what_was_fetched_on_the_day_of_an_update_is_looked_at_again(
    bank: WorldBank, limits: Limits, tmp_path: Path
) -> None:
    before = previous(fetch(limits, tmp_path / "a"), datetime(2026, 7, 1, 23, tzinfo=UTC))
    assert not fetch(limits, tmp_path / "b", previous=before).unchanged


# --- the index ----------------------------------------------------------------------------------------------------


def search(question: str, limits: Limits, most: int = 20) -> list[Candidate]:
    return list(source("world-bank").search(Query(question, keywords(question), most), limits))


def test_each_indicator_that_comes_along_is_whole() -> None:
    found = index.bundled()
    assert len({item.reference for item in found}) == len(found) > 1_400
    assert all(item.title and item.description and item.license and len(item.tags) > 1 for item in found)
    assert len(index.usual()) > 200


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("How long do people live?", {"SP.DYN.LE00.IN"}),
        ("life expectancy against income by country", {"SP.DYN.LE00.IN", "NY.GDP.PCAP.CD", "NY.GDP.PCAP.PP.KD"}),
        ("co2 emissions per person in Europe", {"EN.GHG.CO2.PC.CE.AR5"}),
        ("jobless young people", {"SL.UEM.1524.ZS"}),
        ("child mortality in Africa", {"SH.DYN.MORT"}),
    ],
)
def test_the_usual_indicators_are_found_by_usual_words(question: str, wanted: set[str], limits: Limits) -> None:
    assert wanted <= {item.reference for item in search(question, limits)}


def test_a_question_about_two_things_finds_both_and_brings_two_tables_that_join(
    bank: WorldBank, limits: Limits, tmp_path: Path
) -> None:
    for candidate in index.bundled():
        bank.names[candidate.reference] = candidate.title
        bank.values[candidate.reference] = bank.values[CODE]
    folder = JobFolder(tmp_path / "job")
    request = Request(
        dashboard_id="1",
        slug="x",
        question="Show life expectancy against income by country since 1990",
        preferences=Preferences(sources=("world-bank",)),
    )
    folder.write(request, folder.request)
    searching.search(folder, limits, silent)
    datasets = downloading.download(folder, limits, silent).datasets
    assert [item.reference for item in datasets] == ["SP.DYN.LE00.IN", "NY.GNP.PCAP.PP.CD"]
    assert all(item.license and item.attribution and item.last_modified == bank.updated for item in datasets)
    reading.read(folder, limits, silent)
    best = profiling.profile(folder, limits, silent).joins[0]
    assert set(best.on) == {("country code", "country code"), ("year", "year")}
    assert best.cardinality == "one-to-one"


def test_countries_of_the_question_are_covered_by_tables_of_all_countries(limits: Limits) -> None:
    found = find(Wanted("Unemployment in Spain and Greece since 2005", ("world-bank",)), limits)
    assert [item.reference for item in found.candidates[: len(found.chosen)]] == ["SL.UEM.TOTL.NE.ZS"]


def test_a_search_asks_nobody(bank: WorldBank, limits: Limits) -> None:
    assert search("forests", limits)
    assert not bank.asked


def test_a_refreshed_index_adds_what_is_new_and_keeps_our_words(bank: WorldBank, limits: Limits) -> None:
    assert not [item for item in search("fish in tanks", limits) if item.reference == CODE]
    bank.names["SP.DYN.LE00.IN"] = "Life expectancy, newly named (years)"
    bank.names |= {f"XX.NO.{number}": f"Number {number}" for number in range(20)}
    assert index.refresh(limits) == 22
    assert search("fish in tanks", limits)[0].reference == CODE
    named = {item.reference: item for item in index.indicators(limits)}
    assert named["SP.DYN.LE00.IN"].title == "Life expectancy, newly named (years)"
    assert named["SP.DYN.LE00.IN"].updated_at == datetime(2026, 7, 1, tzinfo=UTC)
    assert "longevity" in named["SP.DYN.LE00.IN"].tags
    assert named["NY.GDP.PCAP.CD"].title == "GDP per capita (current US$)"


def test_a_refresh_that_breaks_off_keeps_the_index_as_it_was(
    bank: WorldBank, wire: Wire, limits: Limits, tmp_path: Path
) -> None:
    index.refresh(limits)
    kept = (tmp_path / "cache" / "world-bank.json").read_bytes()
    bank.names |= {f"XX.NO.{number}": f"Number {number}" for number in range(20)}

    def answer(request: BaseHTTPRequestHandler) -> None:
        path, query = asked(request)
        page = bank.answer(path, query)
        send_json(request, [page[0], None] if query.get("page") == "2" else page)

    wire.mount("/wb", answer)
    with pytest.raises(SourceError, match="changed while it was read"):
        index.refresh(limits)
    assert (tmp_path / "cache" / "world-bank.json").read_bytes() == kept


def test_a_damaged_index_is_as_good_as_none(limits: Limits, tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "world-bank.json").write_text("[{")
    assert search("forests", limits)
