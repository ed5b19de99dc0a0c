"""Google dataset on a refresh: nothing comes where each file's own server says that it is as it was."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dashwright.pipelines.model import Candidate, DataFile, Dataset
from dashwright.pipelines.sources import Fetched, source, unheard
from dashwright.pipelines.step import Limits

from .conftest import CSV, Wire

NAME = "google-dataset"
LIMITS = Limits(download_timeout=5, allow_private_addresses=True)
PAGE = ("/2023.csv", "/2024.csv")


def serve_page(wire: Wire, *paths: str) -> str:
    told = {"@type": "Dataset", "name": "Hives", "distribution": [{"contentUrl": path} for path in paths]}
    return wire.serve("/page", f'<script type="application/ld+json">{json.dumps(told)}</script>'.encode())


def fetch(wire: Wire, into: Path, etag: str | None = None) -> Fetched:
    into.mkdir()
    candidate = Candidate(source=NAME, reference=wire.url("/page"), name="hives", title="Hives")
    previous = Dataset(
        name="hives",
        title="Hives",
        source=NAME,
        reference=wire.url("/page"),
        files=(DataFile(path="downloads/x.csv", name="x.csv", format="csv", size=1, sha256="0" * 64),),
        fetched_at=datetime.now(UTC),
        etag=etag,
    )
    return source(NAME).fetch(candidate, into, LIMITS, unheard, previous if etag else None)


def contents(fetched: Fetched) -> list[bytes]:
    return [file.path.read_bytes() for file in fetched.files]


@pytest.fixture
def first(wire: Wire, tmp_path: Path) -> Fetched:
    serve_page(wire, *PAGE)
    for path in PAGE:
        wire.serve(path, CSV, etag='"one"')
    fetched = fetch(wire, tmp_path / "first")
    wire.requests.clear()
    return fetched


def files_asked(wire: Wire) -> list[str]:
    return [path for path, _ in wire.requests if path in PAGE]


def test_each_file_is_asked_once_where_none_changed(wire: Wire, first: Fetched, tmp_path: Path) -> None:
    again = fetch(wire, tmp_path / "again", first.etag)
    assert again == Fetched(unchanged=True, etag=first.etag)
    assert files_asked(wire) == list(PAGE)


@pytest.mark.parametrize("changed", PAGE)
def test_all_come_where_one_changed_and_that_one_is_sent_once(
    wire: Wire, first: Fetched, tmp_path: Path, changed: str
) -> None:
    wire.serve(changed, CSV + b"Bern,2025,1\n", etag='"two"')
    again = fetch(wire, tmp_path / "again", first.etag)
    assert sorted(map(len, contents(again))) == [len(CSV), len(CSV) + 12]
    assert files_asked(wire).count(changed) == 1
    assert again.etag not in (None, first.etag)
    assert fetch(wire, tmp_path / "third", again.etag).unchanged


@pytest.mark.parametrize("now", [PAGE[:1], ("/2024.csv", "/2025.csv"), (*PAGE, "/2025.csv")])
def test_another_choice_of_files_is_a_change(wire: Wire, first: Fetched, tmp_path: Path, now: tuple[str, ...]) -> None:
    serve_page(wire, *now)
    wire.serve("/2025.csv", CSV, etag='"one"')
    assert contents(fetch(wire, tmp_path / "again", first.etag)) == [CSV] * len(now)


@pytest.mark.parametrize("etag", ["", "null", "[]", '{"x": 1}', '"one"', "{" * 10_000])
def test_what_somebody_else_remembered_is_no_reason_to_bring_nothing(
    wire: Wire, first: Fetched, tmp_path: Path, etag: str
) -> None:
    assert len(fetch(wire, tmp_path / "again", etag).files) == 2


def test_a_server_that_says_nothing_of_its_file_is_asked_for_it(wire: Wire, first: Fetched, tmp_path: Path) -> None:
    wire.serve(PAGE[0], CSV)
    again = fetch(wire, tmp_path / "again", first.etag)
    assert again.etag is None
    assert contents(fetch(wire, tmp_path / "third", again.etag)) == [CSV, CSV]
