"""Kaggle: its own client through our guard, and files from wherever it keeps them."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from dashwright.pipelines.errors import DashwrightError, DataError, LimitError, SetupError, SourceError
from dashwright.pipelines.model import Attachment, Candidate, DataFile, Dataset
from dashwright.pipelines.services import Service
from dashwright.pipelines.sources import Fetched, Query, source, unheard
from dashwright.pipelines.sources.kaggle.licences import licence
from dashwright.pipelines.step import Limits

from .conftest import CSV, Wire, posted, send, send_json
from .playing.kaggle import NEWTS, STORED, Kaggle, serve_stored

KEY = "abcdefghijklmnopqrstuvwxyz012345"
BASIC = "Basic " + base64.b64encode(f"ann:{KEY}".encode()).decode()


@pytest.fixture
def kaggle(wire: Wire) -> Kaggle:
    played = Kaggle(wire.mount("/storage", serve_stored))
    wire.mount("/kaggle", played)
    return played


@pytest.fixture
def limits(wire: Wire) -> Limits:
    service = Service(base_url=wire.url("/kaggle"), user="ann", key=SecretStr(KEY))
    return Limits(download_timeout=5, services={"kaggle": service})


def with_service(limits: Limits, **changed: Any) -> Limits:
    service = limits.service("kaggle").model_copy(update=changed)
    return limits.model_copy(update={"services": {"kaggle": service}})


def search(limits: Limits, *words: str, limit: int = 5) -> list[str]:
    found = source("kaggle").search(Query(" ".join(words), words, limit), limits)
    return [item.reference for item in found]


def describe(limits: Limits, reference: str = "ann/newts", **options: str) -> Candidate:
    return source("kaggle").describe(Attachment(source="kaggle", reference=reference, options=options), limits)


def fetch(
    limits: Limits, into: Path, reference: str = "ann/newts", previous: Dataset | None = None, **options: str
) -> Fetched:
    into.mkdir(exist_ok=True)
    candidate = Candidate(source="kaggle", reference=reference, name="x", title="x", options=options)
    return source("kaggle").fetch(candidate, into, limits, unheard, previous)


def named(fetched: Fetched) -> list[str]:
    return [file.name for file in fetched.files]


# --- searching ----------------------------------------------------------------------------------------------------


def test_a_search_reads_as_many_pages_as_it_needs_and_leaves_private_datasets_out(
    kaggle: Kaggle, limits: Limits
) -> None:
    kaggle.datasets = [{**NEWTS, "ref": f"ann/newts-{number}", "isPrivate": number == 1} for number in range(9)]
    assert search(limits, "newts") == ["ann/newts-0", *(f"ann/newts-{number}" for number in range(2, 6))]
    assert [question.get("pageToken") for _, question in kaggle.asked] == [None, "2", "4"]
    assert kaggle.asked[0][1] == {
        "sortBy": "DATASET_SORT_BY_RELEVANCE",
        "search": "newts",
        "maxSize": limits.max_download_size,
        "pageSize": 5,
    }


def test_a_search_asks_for_fewer_words_until_something_is_found(kaggle: Kaggle, limits: Limits) -> None:
    assert search(limits, "newts", "ponds", "iowa") == ["ann/newts"]
    assert [question["search"] for _, question in kaggle.asked] == ["newts ponds iowa", "newts ponds"]
    kaggle.asked.clear()
    assert search(limits, "a", "b", "c", "d", "e") == []
    assert len(kaggle.asked) == 3
    assert search(limits) == []


def test_pages_without_an_end_are_given_up(wire: Wire, limits: Limits) -> None:
    asked = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        asked.append(posted(request))
        send_json(request, {"datasets": [NEWTS], "nextPageToken": str(len(asked))})

    wire.mount("/kaggle", answer)
    assert search(limits, "newts") == ["ann/newts"]
    assert len(asked) == 30


def test_what_is_found_says_what_the_list_says(kaggle: Kaggle, limits: Limits) -> None:
    kaggle.datasets = [
        NEWTS,
        {**NEWTS, "ref": "../../secret"},
        {**NEWTS, "ref": "ann/other", "licenseName": "Unknown", "ownerName": None},
    ]
    first, other = source("kaggle").search(Query("Newts?", ("newts",), 5), limits)
    assert first.license is not None
    assert (first.license.name, first.license.spdx) == ("CC0: Public Domain", None)
    assert first.license.url == first.url == "https://www.kaggle.com/datasets/ann/newts"
    assert first.description == "Counted by hand"
    assert (other.license, other.publisher) == (None, "Ann")


# --- describing ---------------------------------------------------------------------------------------------------


def test_a_dataset_is_described_with_its_rights_and_columns(kaggle: Kaggle, limits: Limits) -> None:
    found = describe(limits)
    assert found.license is not None
    assert (found.license.spdx, found.license.url) == ("CC0-1.0", "https://spdx.org/licenses/CC0-1.0.html")
    assert found.attribution == "Ann's office, 'Newts of the ponds', Kaggle, https://www.kaggle.com/datasets/ann/newts"
    assert found.updated_at == datetime(2024, 5, 1, 10, 20, 30, 123_000, tzinfo=UTC)
    assert (found.size, found.tags, found.publisher) == (4096, ("animals",), "Ann's office")
    assert (found.columns, found.notes) == (("city", "sales"), {"city": "Where the pond is"})


@pytest.mark.parametrize(
    ("ids", "name", "spdx"),
    [
        (["cc-by-sa-4.0"], "CC-BY-SA-4.0", "CC-BY-SA-4.0"),
        (["GPL-2.0"], "GPL-2.0-only", "GPL-2.0-only"),
        (["CC0-1.0", "copyright-authors"], "CC0-1.0; copyright of the authors", None),
        (["other"], "other, as the dataset's page says", None),
        (["Pond-2"], "Pond-2", None),
    ],
)
def test_ids_of_licences_are_those_of_spdx_or_explained_by_a_link(ids: list[str], name: str, spdx: str | None) -> None:
    found = licence(ids, "https://page.example")
    assert found is not None
    assert (found.name, found.spdx) == (name, spdx)
    assert found.url == (f"https://spdx.org/licenses/{spdx}.html" if spdx else "https://page.example")


def test_what_is_unknown_is_no_licence() -> None:
    assert licence(["unknown", ""], "https://page.example") is None


@pytest.mark.parametrize(
    ("reference", "kept"),
    [
        ("https://www.kaggle.com/datasets/ann/newts?select=newts.csv", "ann/newts"),
        ("https://kaggle.com/datasets/ann/newts/", "ann/newts"),
        (" ann/newts/3 ", "ann/newts/versions/3"),
        ("https://www.kaggle.com/datasets/ann/newts/versions/3", "ann/newts/versions/3"),
    ],
)
def test_a_dataset_is_named_in_any_usual_way(kaggle: Kaggle, limits: Limits, reference: str, kept: str) -> None:
    assert describe(limits, reference).reference == kept


@pytest.mark.parametrize(
    "reference",
    [
        "newts",
        "https://elsewhere.org/datasets/ann/newts",
        "https://www.kaggle.com/code/ann/newts",
        "../newts",
        "a/b/c/d",
    ],
)
def test_what_is_no_dataset_is_refused_unasked(kaggle: Kaggle, limits: Limits, reference: str) -> None:
    with pytest.raises(DataError, match="is no dataset of Kaggle's"):
        describe(limits, reference)
    assert not kaggle.asked


def test_private_datasets_of_the_keys_account_are_nobodys(kaggle: Kaggle, limits: Limits, tmp_path: Path) -> None:
    kaggle.datasets[0]["isPrivate"] = True
    with pytest.raises(DataError, match="private on Kaggle"):
        describe(limits)
    with pytest.raises(DataError, match="private on Kaggle"):
        fetch(limits, tmp_path / "into")


# --- fetching -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("packed", [False, True])
def test_the_only_table_is_fetched_alone_packed_or_not(
    kaggle: Kaggle, limits: Limits, tmp_path: Path, packed: bool
) -> None:
    kaggle.packed = packed
    fetched = fetch(limits, tmp_path / "into")
    assert named(fetched) == ["newts.csv"]
    assert fetched.files[0].path.read_bytes() == CSV
    assert [question.get("pageToken") for method, question in kaggle.asked if "List" in method] == [None, "2"]
    assert kaggle.asked[-1] == (
        "DownloadDataset",
        {"ownerSlug": "ann", "datasetSlug": "newts", "fileName": "newts.csv"},
    )


def test_several_tables_come_in_one_archive(kaggle: Kaggle, limits: Limits, tmp_path: Path) -> None:
    kaggle.files = ["newts.csv", "pond.png", "colours.csv"]
    fetched = fetch(limits, tmp_path / "into", "ann/newts/versions/2")
    assert named(fetched) == ["newts.csv", "colours.csv"]
    assert kaggle.asked[-1][1] == {"ownerSlug": "ann", "datasetSlug": "newts", "datasetVersionNumber": 2}


def test_one_of_several_tables_is_chosen_by_an_option(kaggle: Kaggle, limits: Limits, tmp_path: Path) -> None:
    kaggle.files = [*(f"other-{number}.csv" for number in range(60)), "newts.csv", "colours.csv"]
    kaggle.page_size = 20
    assert named(fetch(limits, tmp_path / "a", file="colours.csv")) == ["colours.csv"]
    assert not describe(limits, file="colours.csv").columns
    with pytest.raises(LimitError, match=r"62 tables on Kaggle; at most 50 .* option 'file', such as 'other-0\.csv'"):
        fetch(limits, tmp_path / "b")
    with pytest.raises(DataError, match=r"no file 'frogs\.csv' on Kaggle\. It has: 'other-0\.csv', .* and 57 more"):
        describe(limits, file="frogs.csv")
    with pytest.raises(DataError, match=r"no option 'files'\. There are: file\."):
        fetch(limits, tmp_path / "d", files="newts.csv")


def test_a_dataset_without_a_table_is_not_downloaded(kaggle: Kaggle, limits: Limits, tmp_path: Path) -> None:
    kaggle.files = ["pond.png"]
    with pytest.raises(DataError, match=r"'ann/newts' has no table in it, only 'pond\.png'"):
        fetch(limits, tmp_path / "into")
    assert "DownloadDataset" not in dict(kaggle.asked)


def test_more_files_than_anybody_looks_at_are_a_limit(wire: Wire, kaggle: Kaggle, limits: Limits) -> None:
    kaggle.files, kaggle.page_size = [f"{number}.png" for number in range(31)], 1
    with pytest.raises(LimitError, match="more than 30 files"):
        fetch(limits, Path())


def test_nothing_new_costs_one_question(kaggle: Kaggle, limits: Limits, tmp_path: Path) -> None:
    first = fetch(limits, tmp_path / "a")
    file = first.files[0]
    before = Dataset(
        name="newts",
        title="Newts",
        source="kaggle",
        reference="ann/newts",
        files=(DataFile(path="x", name=file.name, format=file.format, size=file.size, sha256=file.sha256),),
        fetched_at=datetime.now(UTC),
        etag=first.etag,
    )
    kaggle.asked.clear()
    assert fetch(limits, tmp_path / "b", previous=before).unchanged
    assert [method for method, _ in kaggle.asked] == ["GetDataset"]
    kaggle.datasets[0]["currentVersionNumber"] = 4
    assert not fetch(limits, tmp_path / "c", previous=before).unchanged


# --- who is told the key ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("user", "said"), [("ann", BASIC), (None, f"Bearer {KEY}")])
def test_a_name_with_its_key_or_a_token_is_told_and_nothing_that_lies_about(
    kaggle: Kaggle,
    limits: Limits,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    user: str | None,
    said: str,
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name, value in {"API_TOKEN": "another", "USERNAME": "bob", "KEY": "b", "API_ENVIRONMENT": "TEST"}.items():
        monkeypatch.setenv(f"KAGGLE_{name}", value)
    kaggle.authorization = said
    with caplog.at_level(logging.DEBUG):
        assert named(fetch(with_service(limits, user=user), tmp_path / "into")) == ["newts.csv"]
    assert KEY not in caplog.text
    assert capfd.readouterr() == ("", "")
    assert not (tmp_path / ".kaggle").exists()


def test_the_server_that_keeps_the_files_is_told_nothing_but_what_file(
    kaggle: Kaggle, limits: Limits, other_wire: Wire, tmp_path: Path
) -> None:
    kaggle.storage = other_wire.mount("/storage", serve_stored)
    free = limits.model_copy(update={"allow_private_addresses": True})
    assert named(fetch(free, tmp_path / "a")) == ["newts.csv"]
    ((path, headers),) = other_wire.requests
    assert path.startswith("/storage/plain/newts.csv?")
    assert "authorization" not in headers
    assert headers.get("content-length", "0") == "0"
    with pytest.raises(DataError, match="private network"):
        fetch(limits, tmp_path / "b")
    assert len(other_wire.requests) == 1


@pytest.mark.parametrize("status", [307, 308])
def test_a_question_is_not_put_again_to_another_server(
    wire: Wire, other_wire: Wire, limits: Limits, status: int
) -> None:
    wire.mount("/kaggle", lambda request: send(request, b"", status, location=other_wire.url("/x")))
    with pytest.raises(SourceError, match="sends our question on"):
        describe(limits.model_copy(update={"allow_private_addresses": True}))
    assert not other_wire.requests


def test_a_redirect_with_the_key_in_it_is_not_followed(wire: Wire, other_wire: Wire, limits: Limits) -> None:
    wire.mount("/kaggle", lambda request: send(request, b"", 302, location=other_wire.url(f"/{KEY}.csv")))
    with pytest.raises(SourceError, match="with our key in it"):
        describe(limits.model_copy(update={"allow_private_addresses": True}))
    assert not other_wire.requests


def test_without_a_key_it_is_said_where_to_get_one(limits: Limits) -> None:
    with pytest.raises(
        SetupError, match=r"https://www\.kaggle\.com/settings.*KAGGLE_API_TOKEN.*KAGGLE_KEY.*~/\.kaggle"
    ):
        describe(with_service(limits, key=None, user=None))


def test_a_key_that_cannot_be_read_is_the_operators(limits: Limits) -> None:
    with pytest.raises(SetupError, match=r"^It is empty\.$"):
        describe(with_service(limits, key=None, options={"problem": "It is empty."}))


# --- failures -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (401, {"code": 401, "message": f"Unauthenticated {KEY}"}, SetupError, "does not take the key"),
        (403, {"code": 403, "message": "Permission denied"}, DataError, "it is private"),
        (404, {"code": 404, "message": "Not found"}, DataError, "no such dataset"),
        (429, {"error": {"code": 429, "message": "Too many", "status": "x"}}, SourceError, "too often"),
        (400, {"code": 400, "message": KEY}, DataError, "HTTP 400"),
        (500, {"code": 500}, SourceError, "HTTP 500"),
        (200, {"code": 401, "message": "Unauthenticated"}, SetupError, "does not take the key"),
        (200, {"error": {"code": 429, "message": "Too many", "status": "x"}}, SourceError, "too often"),
        (200, {"code": 500, "message": "Oh"}, SourceError, "HTTP 500"),
        (200, {"error": f"key {KEY}\n is\x00 bad."}, DataError, r"says 'key \*\*\* is bad'\."),
        (200, {"errorMessage": "Not for you"}, DataError, "says 'Not for you'"),
    ],
)
def test_failures_are_sentences_without_the_key_also_where_they_claim_to_be_none(
    wire: Wire, limits: Limits, status: int, body: object, kind: type[DashwrightError], words: str
) -> None:
    wire.mount("/kaggle", lambda request: send_json(request, body, status, retry_after="0"))
    with pytest.raises(kind, match=words) as caught:
        describe(limits)
    assert KEY not in str(caught.value)
    assert str(caught.value).endswith(".")


def test_a_busy_minute_and_a_broken_answer_pass(kaggle: Kaggle, wire: Wire, limits: Limits) -> None:
    troubles = iter(["busy", "broken"])

    def answer(request: BaseHTTPRequestHandler) -> None:
        match next(troubles, None):
            case "busy":
                send(request, b"{}", 429, retry_after="0")
            case "broken":
                send(request, b'{"ref": "ann', content_length="1000")
            case _:
                kaggle(request)

    wire.mount("/kaggle", answer)
    assert describe(limits).title == "Newts of the ponds"


def test_a_server_that_does_not_answer_is_given_up(wire: Wire, limits: Limits) -> None:
    wire.mount("/kaggle", lambda request: void(request.rfile.read(1_000_000)))  # more than ever comes
    with pytest.raises(SourceError, match=r"within 0\.2 s \(DASHWRIGHT_KAGGLE_TIMEOUT\)"):
        describe(with_service(limits, timeout=0.2))


def void(_: object) -> None:
    """Nothing is answered."""


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<!DOCTYPE html><html></html>", "a web page instead of data"),
        (b"[]", "another form"),
        (b'"text"', "another form"),
        (b"{}", "another form"),
        (b'{"dataset": {"title": "Newts"}}', "another form"),
        (json.dumps({**NEWTS, "title": ""}).encode(), "another form"),
        (json.dumps({**NEWTS, "title": {"en": "Newts"}}).encode(), "another form"),
        (json.dumps({**NEWTS, "totalBytes": "many"}).encode(), "another form"),
        (json.dumps({**NEWTS, "lastUpdated": "soon"}).encode(), "another form"),
        (json.dumps({**NEWTS, "lastUpdated": 5}).encode(), "another form"),
        (json.dumps({**NEWTS, "tags": "animals"}).encode(), "another form"),
        (json.dumps({**NEWTS, "tags": [1]}).encode(), "another form"),
        (b"[" * 100_000, "something that cannot be read"),
    ],
)
def test_an_answer_of_another_form_is_a_sentence(wire: Wire, limits: Limits, body: bytes, words: str) -> None:
    wire.mount("/kaggle", lambda request: send(request, body, content_type="application/json"))
    with pytest.raises(SourceError, match=words):
        describe(limits)


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ({"items": [], "nextPageToken": "1"}, "changed while it was read"),
        ({"datasetFiles": [{"name": "a.csv"}], "nextPageToken": "1"}, "changed while it was read"),
        ({"items": []}, "another form"),
        ({"datasetFiles": [{"title": "a.csv"}]}, "another form"),
    ],
)
def test_pages_of_files_that_do_not_make_a_whole_are_no_list(
    kaggle: Kaggle, wire: Wire, limits: Limits, tmp_path: Path, page: object, words: str
) -> None:
    wire.mount("/kaggle", instead(kaggle, "ListDatasetFiles", lambda request: send_json(request, page)))
    with pytest.raises(SourceError, match=words):
        fetch(limits, tmp_path / "into")


def instead(kaggle: Kaggle, method: str, answer: Callable[[BaseHTTPRequestHandler], None]) -> Any:
    """Kaggle, but for one of its methods."""
    return lambda request: answer(request) if request.path.endswith(method) else kaggle(request)


@pytest.mark.parametrize(
    ("files", "body", "media_type", "words"),
    [
        (["newts.csv"], b"<html><body>Sign in</body></html>", "text/html; charset=utf-8", "a web page instead"),
        (["newts.csv"], b'{"code": 429, "message": "Too many"}', "application/json", "too often"),
        (["newts.csv"], b'{"error": {"code": 403}}', "", "it is private"),
        (["newts.csv", "colours.csv"], CSV, "application/zip", "no archive of all"),
        (["newts.csv", "colours.csv"], b"PK\x03\x04nothing", "application/zip", "is damaged"),
        (["newts.csv"], STORED["pond.png"], "text/csv", "a PNG picture"),
    ],
)
def test_what_comes_instead_of_the_files_is_no_table(
    kaggle: Kaggle,
    wire: Wire,
    limits: Limits,
    tmp_path: Path,
    files: list[str],
    body: bytes,
    media_type: str,
    words: str,
) -> None:
    kaggle.files = files
    wire.mount(
        "/kaggle",
        instead(kaggle, "DownloadDataset", lambda request: send(request, body, content_type=media_type)),
    )
    with pytest.raises(DashwrightError, match=words):
        fetch(limits, tmp_path / "into")


def test_a_download_larger_than_allowed_is_stopped(kaggle: Kaggle, limits: Limits, tmp_path: Path) -> None:
    with pytest.raises(LimitError, match="max_download_size"):
        fetch(limits.model_copy(update={"max_download_size": 4_000}), tmp_path / "into")
