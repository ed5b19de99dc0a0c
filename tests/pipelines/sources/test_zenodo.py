"""Zenodo: the tables of a record, with its creators, licence and digests."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from dashwright.pipelines.errors import DashwrightError, DataError, LimitError, SourceError
from dashwright.pipelines.model import Attachment, Candidate, DataFile, Dataset
from dashwright.pipelines.services import Service
from dashwright.pipelines.sources import Fetched, Query, source, unheard
from dashwright.pipelines.step import Limits

from .conftest import Wire, send, send_json
from .playing.zenodo import SNAILS, Zenodo


@pytest.fixture
def zenodo(wire: Wire) -> Zenodo:
    played = Zenodo()
    wire.mount("/zenodo", played)
    return played


@pytest.fixture
def limits(wire: Wire) -> Limits:
    return Limits(download_timeout=5, services={"zenodo": Service(base_url=wire.url("/zenodo"))})


def describe(limits: Limits, reference: str = "7", **options: str) -> Candidate:
    return source("zenodo").describe(Attachment(source="zenodo", reference=reference, options=options), limits)


def fetch(limits: Limits, into: Path, reference: str = "7", previous: Dataset | None = None, **options: str) -> Fetched:
    into.mkdir(exist_ok=True)
    candidate = Candidate(source="zenodo", reference=reference, name="x", title="x", options=options)
    return source("zenodo").fetch(candidate, into, limits, unheard, previous)


def search(limits: Limits, limit: int = 3) -> list[Candidate]:
    return list(source("zenodo").search(Query("Snails in gardens", ("snails", "gardens"), limit), limits))


def test_each_table_of_a_record_comes_once_in_the_format_that_is_read_best(
    zenodo: Zenodo, limits: Limits, tmp_path: Path
) -> None:
    fetched = fetch(limits, tmp_path / "into")
    assert [(file.name, file.format) for file in fetched.files] == [("snails.csv", "csv"), ("shells.tsv", "tsv")]
    assert fetched.files[0].path.read_bytes() == SNAILS
    assert all(path.is_file() for path in (tmp_path / "into").iterdir())


def test_a_file_is_chosen_by_its_name(zenodo: Zenodo, limits: Limits, tmp_path: Path) -> None:
    fetched = fetch(limits, tmp_path / "into", file="snails.json")
    assert [file.name for file in fetched.files] == ["snails.json"]
    assert describe(limits, file="shells.tsv").size == len(zenodo.files["shells.tsv"])
    with pytest.raises(DataError, match=r"has no table 'none\.csv'; there are 'snails\.csv'"):
        describe(limits, file="none.csv")
    with pytest.raises(DataError, match=r"no option 'table'. There is: file"):
        describe(limits, table="x")


def test_archives_are_opened_where_there_is_nothing_else(zenodo: Zenodo, limits: Limits, tmp_path: Path) -> None:
    for name in ("one", "two"):
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            archive.writestr(f"{name}.csv", f"{name},b\n1,2\n")
        zenodo.files[f"{name}.zip"] = content.getvalue()
    assert {file.name for file in fetch(limits, tmp_path / "a").files} == {"snails.csv", "shells.tsv"}
    zenodo.files = {name: content for name, content in zenodo.files.items() if name.endswith(".zip")}
    files = fetch(limits, tmp_path / "b").files
    assert [(file.name, file.path.read_bytes()[:3]) for file in files] == [("one.csv", b"one"), ("two.csv", b"two")]


def test_a_record_is_described_with_those_who_made_it_and_their_licence(zenodo: Zenodo, limits: Limits) -> None:
    found = describe(limits)
    assert found.title == "Snails of the botanical garden"
    assert found.description == "All snails & shells. alert(1)"
    assert found.attribution == (
        "Doe, Jane; Roe, Rick (2021): Snails of the botanical garden. Zenodo. https://doi.org/10.5281/zenodo.7"
    )
    assert found.license is not None
    assert found.license.spdx == "CC-BY-4.0"
    assert found.updated_at == datetime(2021, 3, 4, tzinfo=UTC)
    assert found.size == len(SNAILS) + len(zenodo.files["shells.tsv"])
    assert found.url == "https://zenodo.org/records/7"


def test_a_licence_of_their_own_is_told_with_a_link(zenodo: Zenodo, limits: Limits) -> None:
    zenodo.about["license"] = {"id": "other-closed"}
    licence = describe(limits).license
    assert licence is not None
    assert (licence.spdx, licence.name, licence.url) == (None, "other-closed", "https://zenodo.org/records/7")
    del zenodo.about["license"]
    assert describe(limits).license is None


@pytest.mark.parametrize(
    "reference",
    [
        "7",
        " 10.5281/zenodo.7 ",
        "doi:10.5281/zenodo.7",
        "https://doi.org/10.5281/ZENODO.7",
        "https://zenodo.org/records/7?page=1",
        "https://zenodo.org/record/7/files/snails.csv",
    ],
)
def test_a_record_is_named_in_any_usual_way(zenodo: Zenodo, limits: Limits, reference: str) -> None:
    assert describe(limits, reference).reference == "7"


def test_a_doi_of_others_is_looked_for(zenodo: Zenodo, limits: Limits) -> None:
    zenodo.others = [{**zenodo.record(12), "doi": "10.1234/Snails"}]
    with pytest.raises(DataError, match=r"no record with the DOI '10\.1234/none'"):
        describe(limits, "10.1234/none")
    zenodo.others[0]["doi"] = "10.1234/snails"
    assert describe(limits, "https://doi.org/10.1234/Snails").reference == "12"


@pytest.mark.parametrize("reference", ["snails", "-7", "7/../8", "https://elsewhere.org/records/7", "7 OR 8"])
def test_what_is_no_record_is_refused_unasked(zenodo: Zenodo, limits: Limits, reference: str) -> None:
    with pytest.raises(DataError, match="is no record of Zenodo"):
        describe(limits, reference)
    assert not zenodo.asked


def test_a_search_gives_open_records_with_tables_from_several_pages(zenodo: Zenodo, limits: Limits) -> None:
    other = zenodo.record(20)
    closed = {**other, "metadata": {**zenodo.about, "access_right": "restricted"}}
    pictures = {**other, "files": [{**other["files"][0], "key": "snail.png"}]}
    zenodo.others = [closed, *({**pictures, "id": number} for number in range(100, 130))]
    found = search(limits)
    assert [item.reference for item in found] == ["7"]
    assert [query["page"] for _, query in zenodo.asked] == ["1", "2"]
    assert zenodo.asked[0][1] == {"q": "snails gardens", "type": "dataset", "size": "25", "page": "1"}
    zenodo.others = [{**other, "id": number} for number in range(200, 300)]
    zenodo.asked.clear()
    assert len(search(limits, 3)) == 3
    assert len(zenodo.asked) == 1


def test_words_of_a_question_are_not_a_language(zenodo: Zenodo, limits: Limits) -> None:
    source("zenodo").search(Query("x", ("snails", "title:*", '"', "a/b"), 3), limits)
    assert zenodo.asked[0][1]["q"] == "snails"


def test_a_file_that_is_not_what_its_digest_says_is_refused(wire: Wire, limits: Limits, tmp_path: Path) -> None:
    class Changed(Zenodo):
        def record(self, number: int) -> dict[str, Any]:
            record = super().record(number)
            record["files"][0]["checksum"] = "md5:" + "0" * 32
            return record

    wire.mount("/zenodo", Changed())
    with pytest.raises(SourceError, match=r"'snails\.csv' is not the file that its catalogue describes \(its md5"):
        fetch(limits, tmp_path / "into")


def test_a_file_of_another_size_is_refused(wire: Wire, limits: Limits, tmp_path: Path) -> None:
    class Cut(Zenodo):
        def record(self, number: int) -> dict[str, Any]:
            record = super().record(number)
            record["files"][0]["size"] += 1
            return record

    wire.mount("/zenodo", Cut())
    with pytest.raises(SourceError, match="bytes instead of"):
        fetch(limits, tmp_path / "into")


def test_a_web_page_called_csv_is_left_out_while_others_are_tables(
    zenodo: Zenodo, limits: Limits, tmp_path: Path
) -> None:
    zenodo.files["snails.csv"] = b"<!DOCTYPE html><html>Please sign in</html>"
    fetched = fetch(limits, tmp_path / "a")
    assert [file.name for file in fetched.files] == ["shells.tsv"]
    assert "'snails.csv' is a web page" in fetched.left_out[0]
    del zenodo.files["shells.tsv"]
    with pytest.raises(DataError, match="is a web page"):
        fetch(limits, tmp_path / "b")


def test_names_of_files_go_nowhere(zenodo: Zenodo, limits: Limits, tmp_path: Path) -> None:
    zenodo.files = {"../../etc/a b?#%2e.csv": SNAILS}
    fetched = fetch(limits, tmp_path / "into")
    assert fetched.files[0].path.parent == tmp_path / "into"
    assert fetched.files[0].name == "a b?#%2e.csv"


def test_too_many_tables_want_a_choice_and_none_is_said(zenodo: Zenodo, limits: Limits) -> None:
    zenodo.files = {f"part{number}.csv": SNAILS for number in range(21)}
    with pytest.raises(DataError, match=r"has 21 tables; at most 20 .* 'part0\.csv'.* and 16 more"):
        describe(limits)
    zenodo.files = {"snail.png": b"x", "README.csv": SNAILS}
    with pytest.raises(DataError, match=r"no file that is a table; there are 'snail\.png'"):
        describe(limits)


def test_all_files_together_keep_the_limit(zenodo: Zenodo, limits: Limits, tmp_path: Path) -> None:
    zenodo.files = {f"part{number}.csv": SNAILS * 10 for number in range(5)}
    with pytest.raises(LimitError, match="max_download_size"):
        fetch(limits.model_copy(update={"max_download_size": 20_000}), tmp_path / "into")


def test_the_newest_version_is_asked_for_again_and_nothing_new_costs_one_question(
    zenodo: Zenodo, limits: Limits, tmp_path: Path
) -> None:
    assert describe(limits, "10.5281/zenodo.6").reference == "6"
    first = fetch(limits, tmp_path / "a", "6")
    files = tuple(
        DataFile(path="x", name=file.name, format=file.format, size=file.size, sha256=file.sha256)
        for file in first.files
    )
    before = Dataset(
        name="snails",
        title="Snails",
        source="zenodo",
        reference="6",
        files=files,
        fetched_at=datetime.now(UTC),
        etag=first.etag,
    )
    zenodo.asked.clear()
    assert fetch(limits, tmp_path / "b", "6", before).unchanged
    assert [path for path, _ in zenodo.asked] == ["records/6", "records/7"]
    zenodo.latest = 8
    zenodo.files["snails.csv"] = SNAILS + b"Plot 99,2024,1\n"
    assert fetch(limits, tmp_path / "c", "6", before).files[0].size == len(SNAILS) + 15


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (404, b"{}", DataError, "no such record"),
        (410, b"{}", DataError, "no such record, or no longer"),
        (403, b"{}", DataError, "not open"),
        (429, b"{}", SourceError, "30 searches a minute"),
        (400, b'{"message": "Bad <b>query</b>"}', SourceError, "said 'Bad query'"),
        (500, b"<html>", SourceError, "HTTP 500"),
        (200, b'{"status": 500, "message": "no"}', SourceError, "another form"),
        (200, b"<!DOCTYPE html><html>Maintenance</html>", SourceError, "a web page instead of data"),
        (200, b'{"id": 7, "metadata": {"title": "T"}, "files": "none"}', SourceError, "another form"),
        (200, b'{"id": 7, "met', SourceError, "cannot be read"),
    ],
)
def test_failures_are_sentences(
    wire: Wire, limits: Limits, status: int, body: bytes, kind: type[DashwrightError], words: str
) -> None:
    wire.mount("/zenodo", lambda request: send(request, body, status, retry_after="0"))
    with pytest.raises(kind, match=words):
        describe(limits)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda answer: answer.pop("hits"),
        lambda answer: answer["hits"].pop("total"),
        lambda answer: answer["hits"]["hits"][0].update(id="seven"),
        lambda answer: answer["hits"]["hits"][0]["metadata"].pop("title"),
    ],
)
def test_a_search_in_another_form_is_told(wire: Wire, limits: Limits, spoil: Callable[[Any], Any]) -> None:
    answer = {"hits": {"hits": [Zenodo().record(7)], "total": 1}}
    spoil(answer)
    wire.mount("/zenodo", lambda request: send_json(request, answer))
    with pytest.raises(SourceError, match="Zenodo answers in another form"):
        search(limits)


def test_a_slow_answer_ends_at_the_source_s_own_time_out(wire: Wire, limits: Limits) -> None:
    over = threading.Event()
    service = limits.services["zenodo"].model_copy(update={"timeout": 0.2})
    wire.mount("/zenodo", lambda _request: over.wait(30) and None)
    with pytest.raises(SourceError, match="DASHWRIGHT_ZENODO_TIMEOUT"):
        describe(limits.model_copy(update={"services": {"zenodo": service}}))
    over.set()


def test_a_redirect_to_a_private_machine_is_refused(wire: Wire, other_wire: Wire, limits: Limits) -> None:
    def answer(request: BaseHTTPRequestHandler) -> None:
        send(request, b"", 302, location=other_wire.serve("/records/7", b"{}"))

    wire.mount("/zenodo", answer)
    with pytest.raises(DataError, match="redirects to where it may not"):
        describe(limits)
    assert not other_wire.requests
