"""Files: what a person has on disk, and what is behind a URL, in every format."""

from __future__ import annotations

import gzip
import io
import json
import os
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from dashwright.pipelines.errors import DataError, LimitError
from dashwright.pipelines.model import Attachment
from dashwright.pipelines.sources import Fetched, unheard
from dashwright.pipelines.sources.files import FilesSource
from dashwright.pipelines.step import Limits

from .conftest import CSV, Wire, opendocument

LIMITS = Limits(allow_private_addresses=True, download_timeout=5)
FRAME = pd.DataFrame({"city": ["Bern", "Rome"], "sales": [1, 2]})


def written(frame: pd.DataFrame, name: str) -> bytes:
    target = io.BytesIO()
    kind = name.split(".")[1]
    if kind in ("csv", "tsv", "txt"):
        return frame.to_csv(index=False, sep="," if kind == "csv" else "\t").encode()
    if kind in ("jsonl", "ndjson", "json"):
        return frame.to_json(orient="records", lines=kind != "json").encode()
    if kind == "parquet":
        frame.to_parquet(target)
    elif kind == "ods":
        return opendocument()
    else:
        frame.to_excel(target, engine="openpyxl", index=False)
    return target.getvalue()


def pack(content: bytes, name: str) -> bytes:
    if name.endswith(".gz"):
        return gzip.compress(content)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(name.removesuffix(".zip"), content)
    return target.getvalue()


def fetch(reference: str, into: Path, limits: Limits = LIMITS) -> Fetched:
    into.mkdir(exist_ok=True)
    place = FilesSource()
    return place.fetch(place.describe(Attachment(reference=reference), limits), into, limits, unheard)


@pytest.mark.parametrize("packing", ["", ".gz", ".zip"])
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("t.csv", "csv"), ("t.tsv", "tsv"), ("t.txt", "tsv"), ("t.json", "json"), ("t.jsonl", "jsonl"),
        ("t.ndjson", "jsonl"), ("t.parquet", "parquet"), ("t.xlsx", "xlsx"), ("t.ods", "ods"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("where", ["disk", "web"])
def test_every_format_comes_from_everywhere_packed_or_not(
    tmp_path: Path, wire: Wire, name: str, kind: str, packing: str, where: str
) -> None:
    content = written(FRAME, name)
    sent = pack(content, name + packing) if packing else content
    (tmp_path / (name + packing)).write_bytes(sent)
    reference = str(tmp_path / (name + packing)) if where == "disk" else wire.serve(f"/{name}{packing}", sent)
    fetched = fetch(reference, tmp_path / "into")
    assert [(file.name, file.format) for file in fetched.files] == [(name, kind)]
    assert fetched.files[0].path.read_bytes() == content


def test_a_missing_file_is_told_with_where_it_was_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match=rf"There is no file 'none\.csv' \(looked for '{tmp_path}/none\.csv'\)"):
        fetch("none.csv", tmp_path / "into")


def test_a_directory_is_told_as_that(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is a folder; attach the files in it one by one"):
        fetch(str(tmp_path), tmp_path / "into")


def test_an_empty_file_is_told_as_that(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    with pytest.raises(DataError, match=r"'empty\.csv' is empty"):
        fetch(str(tmp_path / "empty.csv"), tmp_path / "into")


def test_binary_rubbish_named_csv_is_told_as_that(tmp_path: Path) -> None:
    (tmp_path / "rubbish.csv").write_bytes(os.urandom(10_000))
    with pytest.raises(DataError, match=r"'rubbish\.csv' is binary"):
        fetch(str(tmp_path / "rubbish.csv"), tmp_path / "into")


def test_a_url_that_answers_html_is_told_as_that(wire: Wire, tmp_path: Path) -> None:
    url = wire.serve("/sales.csv", b"<!doctype html><html><body>Sign in</body></html>", content_type="text/html")
    with pytest.raises(DataError, match=r"'sales\.csv' is a web page \(HTML\), not data"):
        fetch(url, tmp_path / "into")


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null"])
def test_a_device_is_no_file(tmp_path: Path, path: str) -> None:
    with pytest.raises(DataError, match="is a device or a pipe"):
        fetch(path, tmp_path / "into")


def test_a_pipe_is_no_file_and_nobody_waits_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(DataError, match="is a device or a pipe"):
        fetch(str(tmp_path / "pipe.csv"), tmp_path / "into")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable for root")
def test_a_file_that_may_not_be_read_is_told_as_that(tmp_path: Path) -> None:
    path = tmp_path / "secret.csv"
    path.write_bytes(CSV)
    path.chmod(0)
    with pytest.raises(DataError, match="may not be read"):
        fetch(str(path), tmp_path / "into")


def test_a_path_too_long_for_the_system_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read: File name too long"):
        fetch(str(tmp_path / ("x" * 300)), tmp_path / "into")


def test_a_local_file_over_the_limit_is_refused_before_it_is_copied(tmp_path: Path) -> None:
    (tmp_path / "large.csv").write_bytes(CSV)
    limits = LIMITS.model_copy(update={"max_download_size": 1_000})
    with pytest.raises(LimitError, match=r"'large\.csv' has .*max_download_size"):
        fetch(str(tmp_path / "large.csv"), tmp_path / "into", limits)
    assert list((tmp_path / "into").iterdir()) == []


def test_the_copy_does_not_change_with_the_original(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_bytes(CSV)
    fetched = fetch(str(path), tmp_path / "into")
    path.write_bytes(b"gone")
    assert fetched.files[0].path.read_bytes() == CSV


@pytest.mark.parametrize("spelling", ["{path}", "file://{path}", " {path} ", "{folder}/./sub/../sales 2024.csv"])
def test_a_local_file_may_be_written_in_several_ways(tmp_path: Path, spelling: str) -> None:
    path = tmp_path / "sales 2024.csv"
    path.write_bytes(CSV)
    (tmp_path / "sub").mkdir()
    text = spelling.format(path=path, folder=tmp_path)
    candidate = FilesSource().describe(Attachment(reference=text), LIMITS)
    assert candidate.reference == str(path)
    assert candidate.title == "Sales 2024"


def test_what_looks_like_a_table_by_name_only_decides_between_texts(tmp_path: Path) -> None:
    (tmp_path / "export.xlsx").write_bytes(CSV)
    assert fetch(str(tmp_path / "export.xlsx"), tmp_path / "into").files[0].format == "csv"


def test_a_url_without_a_name_takes_that_of_the_server(wire: Wire, tmp_path: Path) -> None:
    candidate = FilesSource().describe(Attachment(reference=wire.serve("/", CSV)), LIMITS)
    assert candidate.name == "127.0.0.1"
    fetched = fetch(wire.url("/") + "?format=csv", tmp_path / "into")
    assert fetched.files[0].name == "127.0.0.1"


def test_secrets_in_a_url_stay_out_of_what_is_shown(wire: Wire) -> None:
    url = "https://bob:sesame@data.example/a.csv?token=hunter2"
    candidate = FilesSource().describe(Attachment(reference=url), LIMITS)
    assert candidate.reference == url
    assert FilesSource().public(url) == candidate.url == "https://data.example/a.csv?token=***"


def test_nested_json_in_any_depth_is_left_to_the_reader(tmp_path: Path) -> None:
    (tmp_path / "deep.json").write_text(json.dumps({"a": {"b": [{"c": 1}] * 3}}))
    assert fetch(str(tmp_path / "deep.json"), tmp_path / "into").files[0].format == "json"
