"""FRED: a key in each question, and series by date or year."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from pydantic import SecretStr

from dashwright.pipelines.errors import DashwrightError, DataError, SetupError, SourceError
from dashwright.pipelines.model import Attachment, Candidate, DataFile, Dataset
from dashwright.pipelines.services import Service
from dashwright.pipelines.sources import Fetched, Query, source, unheard
from dashwright.pipelines.step import Limits

from .conftest import Wire, send, send_json
from .playing.fred import EGGS, Fred

KEY = "abcdefghijklmnopqrstuvwxyz012345"


@pytest.fixture
def fred(wire: Wire) -> Fred:
    played = Fred(KEY)
    wire.mount("/fred", played)
    return played


@pytest.fixture
def limits(wire: Wire) -> Limits:
    return Limits(download_timeout=5, services={"fred": Service(base_url=wire.url("/fred"), key=SecretStr(KEY))})


def describe(limits: Limits, reference: str = "EGGS") -> Candidate:
    return source("fred").describe(Attachment(source="fred", reference=reference), limits)


def fetch(limits: Limits, into: Path, reference: str = "EGGS", previous: Dataset | None = None) -> Fetched:
    into.mkdir(exist_ok=True)
    candidate = Candidate(source="fred", reference=reference, name="x", title="x")
    return source("fred").fetch(candidate, into, limits, unheard, previous)


def rows(fetched: Fetched) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(fetched.files[0].path).to_pylist()
    return found


def test_all_pages_of_observations_with_a_value_become_rows_by_date(fred: Fred, limits: Limits, tmp_path: Path) -> None:
    table = rows(fetch(limits, tmp_path / "into"))
    assert table[0] == {"date": date(1980, 1, 1), "Price of Eggs (U.S. Dollars)": 0.51}
    assert [row["date"].month for row in table] == [1, 2, *range(4, 13)]
    assert [query["offset"] for path, query in fred.asked if "observations" in path] == ["0", "5", "10"]


def test_an_annual_series_is_by_year(fred: Fred, limits: Limits, tmp_path: Path) -> None:
    fred.series["EGGS"].update(frequency="Annual", frequency_short="A")
    fred.values = [("1929-01-01", "1120.718"), ("1930-01-01", "-3.5")]
    table = rows(fetch(limits, tmp_path / "into"))
    assert table[1] == {"year": 1930, "Price of Eggs (U.S. Dollars)": -3.5}
    assert describe(limits).columns[0] == "year"


def test_a_series_is_described_with_its_rights_and_the_notice_that_is_asked_for(fred: Fred, limits: Limits) -> None:
    found = describe(limits)
    assert found.license is not None
    assert found.license.name == "public domain: citation requested"
    assert found.url == "https://fred.stlouisfed.org/series/EGGS"
    assert found.attribution is not None
    assert "not endorsed or certified" in found.attribution
    assert found.updated_at == datetime.fromisoformat("2026-11-06T07:46:10-06:00")
    assert (found.since, found.until, found.tags) == (1980, 1980, ("usa",))
    fred.tags.clear()
    assert describe(limits).license is None
    fred.series["EGGS"]["notes"] = "Copyright, 2016, Poultry Board."
    licence = describe(limits).license
    assert licence is not None
    assert "copyrighted" in licence.name


def test_a_search_asks_for_fewer_words_until_something_is_found(fred: Fred, limits: Limits) -> None:
    found = source("fred").search(Query("Price of eggs in Iowa", ("price", "eggs", "iowa"), 5), limits)
    assert [item.reference for item in found] == ["EGGS"]
    assert [query["search_text"] for _, query in fred.asked] == ["price eggs iowa", "price eggs"]
    assert not source("fred").search(Query("Dogs", ("dogs",), 5), limits)


def test_without_a_key_it_is_said_where_to_get_one(limits: Limits) -> None:
    without = limits.model_copy(update={"services": {}})
    with pytest.raises(SetupError, match=r"https://fred\.stlouisfed\.org/docs/api/api_key\.html and set FRED_API_KEY"):
        describe(without)


def test_a_wrong_key_is_the_operators_and_is_not_shown(wire: Wire, limits: Limits) -> None:
    wire.mount("/fred", Fred("another"))
    with pytest.raises(SetupError, match="FRED does not know the key in FRED_API_KEY") as caught:
        describe(limits)
    assert KEY not in str(caught.value)


def test_a_series_that_is_not_there_is_said_though_the_error_claims_to_be_xml(wire: Wire, limits: Limits) -> None:
    body = json.dumps({"error_code": 400, "error_message": "Bad Request.  The series does not exist."}).encode()
    wire.mount("/fred", lambda request: send(request, body, 400, content_type="text/xml; charset=UTF-8"))
    with pytest.raises(DataError, match="no such series"):
        describe(limits)


@pytest.mark.parametrize(("status", "words"), [(429, "120 questions a minute"), (423, "locked"), (500, "HTTP 500")])
def test_limits_and_failures_are_sentences_without_the_key(wire: Wire, limits: Limits, status: int, words: str) -> None:
    body = json.dumps({"error_code": status, "error_message": f"Look at ?api_key={KEY}"}).encode()
    if status == 500:
        body = KEY.encode()
    wire.mount("/fred", lambda request: send(request, body, status, retry_after="0"))
    with pytest.raises(DashwrightError, match=words) as caught:
        describe(limits)
    assert KEY not in str(caught.value)


def test_a_busy_minute_passes(fred: Fred, wire: Wire, limits: Limits) -> None:
    busy = iter([1, 1])

    def answer(request: BaseHTTPRequestHandler) -> None:
        if next(busy, None):
            send(request, b"{}", 429, retry_after="0")
        else:
            fred(request)

    wire.mount("/fred", answer)
    assert describe(limits).title == "Price of Eggs"


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda page: page.update(count=13), "changed while it was read"),
        (lambda page: page.update(offset=0), "changed while it was read"),
        (lambda page: page.update(count=3), "changed while it was read"),
        (lambda page: page.update(observations=[]), "changed while it was read"),
        (lambda page: page.pop("count"), "another form"),
        (lambda page: page["observations"][0].update(date="soon"), "another form"),
        (lambda page: page["observations"][0].update(value="1,5"), "no number"),
        (lambda page: page["observations"][0].update(value="nan"), "no number"),
    ],
)
def test_pages_that_do_not_make_a_whole_are_never_half_a_series(
    wire: Wire, limits: Limits, tmp_path: Path, spoil: Callable[[Any], Any], words: str
) -> None:
    class Spoiled(Fred):
        def page(self, offset: int, limit: int) -> dict[str, Any]:
            page = super().page(offset, limit)
            if offset == 5:
                spoil(page)
            return page

    wire.mount("/fred", Spoiled(KEY))
    with pytest.raises(SourceError, match=words):
        fetch(limits, tmp_path / "into")


def test_nothing_new_costs_one_question(fred: Fred, limits: Limits, tmp_path: Path) -> None:
    first = fetch(limits, tmp_path / "a")
    file = first.files[0]
    before = Dataset(
        name="eggs",
        title="Eggs",
        source="fred",
        reference="EGGS",
        files=(DataFile(path="x", name=file.name, format=file.format, size=file.size, sha256=file.sha256),),
        fetched_at=datetime.now(UTC),
        last_modified=first.last_modified,
    )
    assert KEY not in before.model_dump_json()
    fred.asked.clear()
    assert fetch(limits, tmp_path / "b", previous=before).unchanged
    assert len(fred.asked) == 1
    fred.series["EGGS"] = {**EGGS, "last_updated": "2026-12-06 07:46:10-06"}
    assert not fetch(limits, tmp_path / "c", previous=before).unchanged


def test_a_redirect_to_another_server_takes_no_key_along(
    wire: Wire, other_wire: Wire, limits: Limits, tmp_path: Path
) -> None:
    other_wire.mount("/stolen", lambda request: send_json(request, {"seriess": [EGGS]}))

    def answer(request: BaseHTTPRequestHandler) -> None:
        query = request.path.partition("?")[2]
        send(request, b"", 302, location=other_wire.url(f"/stolen/series?{query}"))

    wire.mount("/fred", answer)
    with pytest.raises(DashwrightError):
        describe(limits.model_copy(update={"allow_private_addresses": True}))
    assert other_wire.requests
    assert KEY not in json.dumps(other_wire.requests)
