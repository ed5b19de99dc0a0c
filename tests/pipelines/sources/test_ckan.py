"""CKAN: datasets of any portal, one file of each."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from dashwright.pipelines.errors import DashwrightError, DataError, SetupError, SourceError
from dashwright.pipelines.model import Attachment, Candidate, DataFile, Dataset
from dashwright.pipelines.services import Service
from dashwright.pipelines.sources import Fetched, Query, source, unheard
from dashwright.pipelines.step import Limits

from .conftest import Wire, send, send_json
from .playing.ckan import CSV, Ckan


@pytest.fixture
def portal(wire: Wire) -> Ckan:
    played = Ckan(wire.url("/ckan"))
    wire.mount("/ckan", played)
    return played


@pytest.fixture
def limits(wire: Wire) -> Limits:
    return Limits(download_timeout=5, services={"ckan": Service(base_url=wire.url("/ckan"))})


def describe(limits: Limits, reference: str = "trees", **options: str) -> Candidate:
    return source("ckan").describe(Attachment(source="ckan", reference=reference, options=options), limits)


def fetch(
    limits: Limits, into: Path, previous: Dataset | None = None, reference: str = "trees", **options: str
) -> Fetched:
    into.mkdir(exist_ok=True)
    candidate = Candidate(source="ckan", reference=reference, name="x", title="x", options=options)
    return source("ckan").fetch(candidate, into, limits, unheard, previous)


def search(limits: Limits, limit: int = 5) -> list[str]:
    found = source("ckan").search(Query("Trees of the town", ("trees", "town"), limit), limits)
    return [item.reference.rpartition("/")[2] for item in found]


def test_the_best_table_of_a_dataset_is_brought_and_the_others_are_told(
    portal: Ckan, limits: Limits, tmp_path: Path
) -> None:
    fetched = fetch(limits, tmp_path / "into")
    assert fetched.files[0].path.read_bytes() == CSV
    assert (fetched.files[0].name, fetched.files[0].format) == ("trees.csv", "csv")
    assert "There are also: Trees in a workbook." in describe(limits).description


def test_a_dataset_is_described_in_its_own_words(portal: Ckan, limits: Limits) -> None:
    found = describe(limits)
    assert (found.title, found.publisher, found.tags, found.size) == (
        "The trees of the town",
        "The Town",
        ("green",),
        27,
    )
    assert found.description.startswith("Each one. Since 1900.")
    assert found.license is not None
    assert (found.license.spdx, found.license.name) == (None, "Creative Commons Attribution")
    assert found.updated_at == datetime(2026, 6, 1, tzinfo=UTC)
    portal.packages[0].update(license_id="odc-odbl", license_url=None)
    licence = describe(limits).license
    assert licence is not None
    assert licence.spdx == "ODbL-1.0"
    portal.packages[0].update(license_id="notspecified", license_title="License not specified")
    assert describe(limits).license is None


def test_texts_in_several_languages_are_read_in_english_or_the_first(portal: Ckan, limits: Limits) -> None:
    portal.packages[0].update(title={"de": "Bäume", "en": "Trees"}, notes={"de": "Alle", "en": ""})
    found = describe(limits)
    assert (found.title, found.description.partition(" ")[0]) == ("Trees", "Alle")


@pytest.mark.parametrize(
    "path",
    [
        "/dataset/trees",
        "/dataset/trees/resource/id-of-trees.csv",
        "/dataset/trees?tab=1#x",
        "/api/3/action/package_show?id=trees",
        "/api/action/package_show?id=id-of-trees",
    ],
)
def test_a_dataset_is_named_by_any_of_its_addresses(
    portal: Ckan, limits: Limits, wire: Wire, tmp_path: Path, path: str
) -> None:
    found = describe(limits, wire.url(f"/ckan{path}"))
    assert found.url == wire.url("/ckan/dataset/trees")
    assert fetch(limits, tmp_path / "into", None, found.reference).files[0].path.read_bytes() == CSV


def test_a_resource_can_be_chosen_and_a_wrong_one_is_told_with_those_there_are(
    portal: Ckan, limits: Limits, wire: Wire, tmp_path: Path
) -> None:
    portal.packages[0]["resources"].append(portal.file("Shrubs", "csv", "shrubs.csv"))
    portal.files["shrubs.csv"] = b"shrub,height\nBox,1\n"
    assert fetch(limits, tmp_path / "a", resource="Shrubs").files[0].name == "shrubs.csv"
    page = describe(limits, wire.url("/ckan/dataset/trees/resource/id-of-shrubs.csv")).reference
    assert fetch(limits, tmp_path / "b", None, page).files[0].name == "shrubs.csv"
    with pytest.raises(DataError, match=r"no resource 'Weeds'\. It has: Trees as text, Shrubs, Trees in a workbook"):
        describe(limits, resource="Weeds")
    with pytest.raises(DataError, match=r"'Leaflet' of .* is no table"):
        describe(limits, resource="Leaflet")
    with pytest.raises(DataError, match="no option 'colour'"):
        describe(limits, colour="red")


def test_a_dataset_without_a_table_is_not_found_and_told(portal: Ckan, limits: Limits) -> None:
    portal.packages[0]["resources"] = [
        portal.file("Map", "WMS", "map"),
        {**portal.file("Old", "CSV", "x"), "url": "ftp://x/y.csv"},
        {**portal.file("Bad", "CSV", "x"), "url": "http://[::1/y.csv"},
    ]
    assert search(limits) == []
    with pytest.raises(DataError, match="no file that can be read as a table; it has: WMS, CSV"):
        describe(limits)


def test_a_search_goes_on_over_pages_until_it_has_enough(portal: Ckan, limits: Limits) -> None:
    maps = [portal.package(f"trees-{number}", resources=[portal.file("Map", "WMS", "m")]) for number in range(60)]
    hidden = portal.package("trees-hidden", private=True)
    portal.packages = [*maps, hidden, *(portal.package(f"trees-of-{number}") for number in range(10))]
    assert search(limits, 3) == ["trees-of-0", "trees-of-1", "trees-of-2"]
    assert [query["start"] for _, query in portal.asked] == ["0", "50"]


def test_a_search_ends_where_pages_do_not(wire: Wire, limits: Limits) -> None:
    asked: list[str] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        asked.append(request.path)
        package = {"name": "x", "resources": []}
        send_json(request, {"success": True, "result": {"count": 10**9, "results": [package]}})

    wire.mount("/ckan", answer)
    assert search(limits) == []
    assert len(asked) == 4


@pytest.mark.parametrize("status", [200, 404])
def test_what_is_not_there_is_said_whatever_the_status(portal: Ckan, limits: Limits, status: int) -> None:
    portal.failing_status = status
    with pytest.raises(DataError, match="no such dataset"):
        describe(limits, "shrubs")


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (403, {"success": False, "error": {"__type": "Authorization Error", "message": "no"}}, DataError, "own users"),
        (200, {"success": False, "error": {"__type": "Authorization Error"}}, DataError, "own users"),
        (200, {"success": False, "error": {"message": "Solr is down."}}, SourceError, "'Solr is down'"),
        (409, {"success": False, "error": {"__type": "Validation Error", "id": ["Bad"]}}, SourceError, "Bad"),
        (200, {"success": False, "error": "broken"}, SourceError, "said 'broken'"),
        (200, {"success": False}, SourceError, "refused"),
        (200, {"success": True, "result": []}, SourceError, "another form"),
        (200, {"success": True, "result": {"name": "../x"}}, SourceError, "another form"),
        (200, [1], SourceError, "another form"),
        (500, "x", SourceError, "HTTP 500"),
        (429, {}, SourceError, "more often than it allows"),
    ],
)  # fmt: skip
def test_failures_are_sentences(
    wire: Wire, limits: Limits, status: int, body: Any, kind: type[DashwrightError], words: str
) -> None:
    wire.mount("/ckan", lambda request: send_json(request, body, status, retry_after="0"))
    with pytest.raises(kind, match=words) as caught:
        describe(limits)
    assert str(caught.value).endswith(".")


def test_a_page_instead_of_an_answer_is_a_sentence(wire: Wire, limits: Limits) -> None:
    wire.mount("/ckan", lambda request: send(request, b"<html>Maintenance</html>", content_type="text/html"))
    with pytest.raises(SourceError, match="a web page instead of data"):
        describe(limits)


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"<!doctype html><html>Sign in</html>", "web page"), (b"", "empty"), (b"%PDF-1.7", "PDF")],
)
def test_a_file_that_is_not_what_the_portal_says_is_a_sentence(
    portal: Ckan, limits: Limits, tmp_path: Path, content: bytes, words: str
) -> None:
    portal.files["trees.csv"] = content
    with pytest.raises(DataError, match=words):
        fetch(limits, tmp_path / "into")


def test_a_file_that_breaks_off_is_never_half_a_table(portal: Ckan, wire: Wire, limits: Limits, tmp_path: Path) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        if "download" in request.path:
            send(request, CSV, content_length=str(len(CSV) + 10))
        else:
            portal(request)

    wire.mount("/ckan", answer)
    with pytest.raises(SourceError, match="broke off"):
        fetch(limits, tmp_path / "into")


def test_only_the_portal_of_the_settings_may_be_private(
    portal: Ckan, wire: Wire, other_wire: Wire, limits: Limits, tmp_path: Path
) -> None:
    other_wire.mount("/ckan", portal)
    with pytest.raises(DataError, match="private network"):
        describe(limits, other_wire.url("/ckan/dataset/trees"))
    with pytest.raises(DataError, match="private network"):
        describe(limits, portal=other_wire.url("/ckan"))
    with pytest.raises(DataError, match="private network"):
        describe(limits, wire.url("/elsewhere/dataset/trees"))
    portal.packages[0]["resources"] = [{"url": other_wire.url("/ckan/download/trees.csv"), "format": "CSV"}]
    with pytest.raises(DataError, match="private network"):
        fetch(limits, tmp_path / "into")
    assert not other_wire.requests


def test_a_name_needs_a_portal_and_an_address_no_password(limits: Limits) -> None:
    without = limits.model_copy(update={"services": {}})
    with pytest.raises(SetupError, match="DASHWRIGHT_CKAN_BASE_URL"):
        describe(without)
    with pytest.raises(SetupError, match="DASHWRIGHT_CKAN_BASE_URL"):
        search(without)
    with pytest.raises(DataError, match="no name and password") as caught:
        describe(without, "https://me:sesame@portal.example/dataset/trees")
    assert "sesame" not in str(caught.value)
    with pytest.raises(DataError, match="no address of a dataset"):
        describe(without, "https://portal.example/organization/town")


def test_nothing_new_downloads_nothing_unless_another_file_took_its_place(
    portal: Ckan, limits: Limits, tmp_path: Path
) -> None:
    first = fetch(limits, tmp_path / "a")
    file = first.files[0]
    before = Dataset(
        name="trees",
        title="Trees",
        source="ckan",
        reference="trees",
        files=(DataFile(path="x", name=file.name, format=file.format, size=file.size, sha256=file.sha256),),
        fetched_at=datetime.now(UTC),
        etag=first.etag,
        last_modified=first.last_modified,
    )
    again = fetch(limits, tmp_path / "b", before)
    assert (again.unchanged, again.etag) == (True, first.etag)
    portal.packages[0]["resources"] = [portal.file("Trees of 2026", "CSV", "2026.csv")]
    portal.files["2026.csv"] = b"tree,height\nElm,3\n"
    assert not fetch(limits, tmp_path / "c", before).unchanged


@pytest.mark.parametrize("spoil", [lambda answer: answer.pop("success"), lambda answer: answer["result"].pop("name")])
def test_a_changed_schema_is_a_sentence(wire: Wire, limits: Limits, spoil: Callable[[Any], Any]) -> None:
    content = json.loads(json.dumps({"success": True, "result": Ckan("http://x").packages[0]}))
    spoil(content)
    wire.mount("/ckan", lambda request: send_json(request, content))
    with pytest.raises(SourceError, match="another form"):
        describe(limits)
