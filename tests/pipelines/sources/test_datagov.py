"""data.gov: datasets found by their words, one file of each."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from dashwright.pipelines.errors import DashwrightError, DataError, SetupError, SourceError
from dashwright.pipelines.model import Attachment, Candidate, DataFile, Dataset
from dashwright.pipelines.services import Service
from dashwright.pipelines.sources import Fetched, Query, source, unheard
from dashwright.pipelines.step import Limits

from .conftest import Wire, send, send_json
from .playing.datagov import CSV, DataGov

KEY = "abcdefghijklmnopqrstuvwxyz012345"


@pytest.fixture
def catalogue(wire: Wire) -> DataGov:
    played = DataGov(KEY, wire.url("/datagov"))
    wire.mount("/datagov", played)
    return played


@pytest.fixture
def limits(wire: Wire) -> Limits:
    return Limits(download_timeout=5, services={"datagov": Service(base_url=wire.url("/datagov"), key=SecretStr(KEY))})


def describe(limits: Limits, reference: str = "airports-5e97a", **options: str) -> Candidate:
    return source("datagov").describe(Attachment(source="datagov", reference=reference, options=options), limits)


def fetch(limits: Limits, into: Path, previous: Dataset | None = None, title: str = "x") -> Fetched:
    into.mkdir(exist_ok=True)
    candidate = Candidate(source="datagov", reference="airports-5e97a", name="x", title=title)
    return source("datagov").fetch(candidate, into, limits, unheard, previous)


def search(limits: Limits, limit: int = 5) -> list[str]:
    found = source("datagov").search(Query("Which airports?", ("airports",), limit), limits)
    return [item.reference for item in found]


def test_a_dataset_is_found_again_by_the_words_of_its_name(catalogue: DataGov, limits: Limits, tmp_path: Path) -> None:
    fetched = fetch(limits, tmp_path / "into")
    assert fetched.files[0].path.read_bytes() == CSV
    asked = [query["q"] for path, query in catalogue.asked if path == "search"]
    assert asked == ["airports 5e97a", "airports"]


def test_a_dataset_whose_name_says_little_is_found_by_its_title(
    catalogue: DataGov, limits: Limits, tmp_path: Path
) -> None:
    catalogue.entries = [catalogue.entry("airports-5e97a", "Landing places")]
    assert fetch(limits, tmp_path / "into", None, "Landing places").files
    with pytest.raises(DataError, match="no dataset 'airports-5e97a'"):
        describe(limits)


def test_a_dataset_is_described(catalogue: DataGov, limits: Limits) -> None:
    for reference in ("uuid-of-airports-5e97a", "https://catalog.data.gov/dataset/airports-5e97a?from=x"):
        catalogue.entries[0]["title"] = "Airports uuid of"
        found = describe(limits, reference)
        assert found.reference == "airports-5e97a"
    assert (found.publisher, found.tags, found.since, found.until) == ("Office of Landing", ("air",), 1990, 2025)
    assert found.license is not None
    assert found.license.spdx == "CC0-1.0"
    assert found.updated_at == datetime(2026, 3, 4, tzinfo=UTC)
    with pytest.raises(DataError, match=r"'Map' of .* is no table\. It has: File 2"):
        describe(limits, resource="Map")
    with pytest.raises(DataError, match="no option 'colour'"):
        describe(limits, colour="red")


def test_a_search_skips_what_is_restricted_or_no_table_over_pages(catalogue: DataGov, limits: Limits) -> None:
    catalogue.entries = [
        *(catalogue.entry(f"secret-{number}", "Airports", accessLevel="non-public") for number in range(3)),
        catalogue.entry("strange", "Airports", distribution=["x", {"downloadURL": None}, 7]),
        catalogue.entry("none", "Airports", distribution=None),
        *(catalogue.entry(f"open-{number}", "Airports") for number in range(9)),
    ]
    assert search(limits, 3) == ["open-0", "open-1", "open-2"]
    assert [query.get("after") for _, query in catalogue.asked] == [None, "3", "6"]


def test_what_is_restricted_is_told(catalogue: DataGov, limits: Limits) -> None:
    catalogue.entries[0]["dcat"]["accessLevel"] = "restricted public"
    with pytest.raises(DataError, match=r"'restricted public' at data\.gov"):
        describe(limits)


def test_pages_without_an_end_end(wire: Wire, limits: Limits) -> None:
    asked: list[str] = []
    played = DataGov(KEY, "http://x.example")

    def answer(request: BaseHTTPRequestHandler) -> None:
        asked.append(request.path)
        send_json(request, {"results": [played.entry("x", "X", distribution=[])], "after": f"p{len(asked)}"})

    wire.mount("/datagov", answer)
    assert search(limits) == []
    assert len(asked) == 3


def test_the_key_is_needed_goes_to_data_gov_alone_and_is_never_shown(
    catalogue: DataGov, wire: Wire, other_wire: Wire, limits: Limits, tmp_path: Path
) -> None:
    with pytest.raises(SetupError, match=r"https://api\.data\.gov/signup and set DATA_GOV_API_KEY"):
        describe(limits.model_copy(update={"services": {}}))
    catalogue.key = "another"
    with pytest.raises(SetupError, match="does not take the key") as caught:
        describe(limits)
    assert KEY not in str(caught.value)
    catalogue.key = KEY
    other = other_wire.serve("/airports.csv", CSV)
    catalogue.entries[0]["dcat"]["distribution"] = [{"downloadURL": other}]
    assert fetch(limits.model_copy(update={"allow_private_addresses": True}), tmp_path / "into").files
    assert KEY not in json.dumps(other_wire.requests)
    assert KEY in json.dumps(wire.requests)


def test_files_elsewhere_are_guarded(catalogue: DataGov, other_wire: Wire, limits: Limits, tmp_path: Path) -> None:
    catalogue.entries[0]["dcat"]["distribution"] = [{"downloadURL": other_wire.url("/airports.csv")}]
    with pytest.raises(DataError, match="private network"):
        fetch(limits, tmp_path / "into")
    assert not other_wire.requests


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (429, {"error": {"code": "OVER_RATE_LIMIT", "message": "slow"}}, SourceError, "1,000 questions an hour"),
        (403, {"error": {"code": "API_KEY_MISSING"}}, SetupError, "DATA_GOV_API_KEY"),
        (422, {"message": "Validation error", "detail": {}}, SourceError, "said 'Validation error'"),
        (404, {"error": "Not Found"}, DataError, "HTTP 404"),
        (500, "<html>", SourceError, "HTTP 500"),
        (200, {"error": "Not Found"}, SourceError, "another form"),
        (200, "x", SourceError, "another form"),
    ],
)
def test_failures_are_sentences(
    wire: Wire, limits: Limits, status: int, body: Any, kind: type[DashwrightError], words: str
) -> None:
    wire.mount("/datagov", lambda request: send_json(request, body, status, retry_after="0"))
    with pytest.raises(kind, match=words) as caught:
        describe(limits)
    assert str(caught.value).endswith(".")


def test_a_busy_moment_passes(catalogue: DataGov, wire: Wire, limits: Limits) -> None:
    busy = iter([1, 1])

    def answer(request: BaseHTTPRequestHandler) -> None:
        if next(busy, None):
            send(request, b"{}", 503, retry_after="0")
        else:
            catalogue(request)

    wire.mount("/datagov", answer)
    assert describe(limits).title == "Airports"


@pytest.mark.parametrize(
    "spoil", [lambda entry: entry.pop("slug"), lambda entry: entry.pop("dcat"), lambda entry: entry.update(title=[])]
)
def test_a_changed_schema_is_a_sentence(catalogue: DataGov, limits: Limits, spoil: Callable[[Any], Any]) -> None:
    changed = catalogue.entry("x", "X")
    spoil(changed)
    catalogue.search = lambda request, query: send_json(request, {"results": [changed]})  # type: ignore[method-assign]
    with pytest.raises(SourceError, match="another form"):
        describe(limits)


def test_nothing_new_downloads_nothing(catalogue: DataGov, limits: Limits, tmp_path: Path) -> None:
    first = fetch(limits, tmp_path / "a")
    file = first.files[0]
    before = Dataset(
        name="airports",
        title="Airports",
        source="datagov",
        reference="airports-5e97a",
        files=(DataFile(path="x", name=file.name, format=file.format, size=file.size, sha256=file.sha256),),
        fetched_at=datetime.now(UTC),
        etag=first.etag,
    )
    assert fetch(limits, tmp_path / "b", before).unchanged
    catalogue.etag = '"2"'
    assert not fetch(limits, tmp_path / "c", before).unchanged
