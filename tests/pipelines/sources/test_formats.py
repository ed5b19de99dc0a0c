"""A file is what it holds, whatever it is called; what holds no table is told by name."""

from __future__ import annotations

import io
import json
import os
import random
import struct
import zipfile
from pathlib import Path

import msoffcrypto.format.ooxml
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashwright.pipelines.errors import DataError, LimitError
from dashwright.pipelines.sources import formats
from dashwright.pipelines.sources.formats import sniff

from .conftest import opendocument


def kind(folder: Path, content: bytes, name: str, media_type: str = "") -> str:
    path = folder / "file"
    path.write_bytes(content)
    return sniff(path, name, media_type)


def workbook(rows: int = 3) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in range(rows):
        sheet.append([f"name {row}", row])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def packed(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


TEXTS = [
    (b"a,b\n1,2\n", "x.csv", "csv"),
    (b"a,b\n1,2\n", "x", "csv"),
    (b"a\n1\n", "x.csv", "csv"),
    (b"a;b\n1;2\n", "x.txt", "csv"),
    (b"a\tb\n1\t2\n", "x.tsv", "tsv"),
    (b"a\tb\n1\t2\n", "x.txt", "tsv"),
    (b"a\tb\n1\t2\n", "x.csv", "tsv"),
    (b"a,b\n1,2\n", "x.tab", "tsv"),
    ("naïve,café\n1,2\n".encode("cp1252"), "x.csv", "csv"),
    ("\ufeffa,b\n1,2\n".encode(), "x.csv", "csv"),
    ("a,b\n1,2\n".encode("utf-16"), "x.csv", "csv"),
    ("a,b\n1,2\n".encode("utf-16-le") * 20, "x.csv", "csv"),
    ("a,b\n1,2\n".encode("utf-16-be") * 20, "x.csv", "csv"),
    ("a,b\n1,2\n".encode("utf-32"), "x.csv", "csv"),
    ("城市,人口\n北京,21\n".encode(), "x.csv", "csv"),
    ("城市,人口\n北京,21\n".encode("gb18030"), "x.csv", "csv"),
    (b"<script>alert(1)</script>,b\n1,2\n", "x.csv", "csv"),
    (b'"); import os #,b\n1,2\n', "x.csv", "csv"),
    (b"[id],[name]\n1,2\n", "x.csv", "csv"),
    (b"{x},b\n1,2\n", "x.csv", "csv"),
    (b"ORC,level\n1,2\n", "x.csv", "csv"),
    (b"RIFF,b\n1,2\n", "x.csv", "csv"),
    (b'[{"a": 1}]', "x.json", "json"),
    (b'\xef\xbb\xbf[{"a": 1}]', "x.json", "json"),
    (b'{"a": [1, 2],\n "b": 2}', "x.json", "json"),
    (b'[{"a": 1}]', "x.csv", "json"),
    (b"[[1, 2], [3, 4]]", "download", "json"),
    (b'{"a": 1}\n{"a": 2}\n', "x.jsonl", "jsonl"),
    (b'{"a": 1}\n{"a": 2}\n', "x.json", "jsonl"),
    (b'{"a": 1}\n{"a": 2}\n', "x.ndjson", "jsonl"),
    (b'{"a": 1}\n', "x.jsonl", "jsonl"),
    (b'{"a": 1}\n', "x.json", "json"),
    (b'{"type": "FeatureCollection", "features": []}', "x.geojson", "json"),
    (b"[" * 100_000, "x.json", "json"),
    (json.dumps([{"a": "x" * 100} for _ in range(2_000)]).encode(), "x.json", "json"),
    (b"a,b\n1,2\n", "x.csv.gz", "csv"),
]


@pytest.mark.parametrize(("content", "name", "expected"), TEXTS)
def test_text_is_told_by_its_content(tmp_path: Path, content: bytes, name: str, expected: str) -> None:
    assert kind(tmp_path, content, name) == expected


def test_workbooks_and_archives_are_told_apart(tmp_path: Path) -> None:
    pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}).to_parquet(tmp_path / "t.parquet")
    assert sniff(tmp_path / "t.parquet", "anything") == "parquet"
    assert kind(tmp_path, opendocument(), "anything.zip") == "ods"
    assert kind(tmp_path, workbook(), "anything.csv") == "xlsx"
    assert kind(tmp_path, packed({"a.csv": b"a\n1\n"}), "x.xlsx") == "zip"
    assert kind(tmp_path, b"\x1f\x8b\x08\x00rest", "x.csv") == "gz"


REFUSED = [
    (b"", "x.csv", "is empty"),
    (b" \n\r\n\t ", "x.csv", "is empty"),
    (b"\xef\xbb\xbf", "x.csv", "is empty"),
    (b"\x00" * 5_000, "x.csv", "is empty"),
    (random.Random(1).randbytes(20_000), "rubbish.csv", "is binary, not text"),
    (b"a,b\n1,2\n" * 20_000 + random.Random(2).randbytes(60_000), "x.csv", "is binary, not text"),
    (b"%PDF-1.7\n%\xe2\xe3\n", "x.csv", "is a PDF document"),
    (b"\x89PNG\r\n\x1a\n\x00\x00", "x.csv", "is a PNG picture"),
    (b"SQLite format 3\x00" + bytes(100), "x.csv", "is an SQLite database"),
    (b"BZh91AY&SY" + b"\x00\x01" * 50, "x.csv.bz2", "is a bzip2 archive"),
    (b"PAR1" + bytes(100), "x.parquet", "breaks off"),
    (b"PAR1", "x.parquet", "breaks off"),
    (b"PK\x03\x04 and then nothing of use", "x.zip", "damaged or breaks off"),
    (packed({"word/document.xml": b"<x/>", "[Content_Types].xml": b"<x/>"}), "x.docx", "document of an office program"),
    (packed({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b""}), "x.odt", "not a spread"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "x.xls", r"old office program \(.xls"),
    (b"<!DOCTYPE html>\n<html><body>Sign in</body></html>", "x.csv", r"is a web page \(HTML\)"),
    (b"\n<!-- made by -->\n<HTML lang='en'><table></table>", "x.csv", r"is a web page \(HTML\)"),
    (b"<?xml version='1.0'?><!DOCTYPE html><html></html>", "x.csv", r"is a web page \(HTML\)"),
    (b"<?xml version='1.0'?><rows/>", "x.csv", "is XML"),
    (b"hello there", "x.json", "called JSON but"),
    (b"a,b\n1,2\n", "x.jsonl", "called JSON but"),
    (bytes(257) + b"ustar" + bytes(300), "x.tar", "tar archive"),
    (b"\x80\x04\x95\x00", "x.csv", "pickle"),
]


@pytest.mark.parametrize(("content", "name", "words"), REFUSED)
def test_what_is_no_table_is_refused_with_one_sentence(tmp_path: Path, content: bytes, name: str, words: str) -> None:
    with pytest.raises(DataError, match=words) as caught:
        kind(tmp_path, content, name)
    assert str(caught.value).startswith(f"'{name}'")
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


def test_a_page_that_only_its_media_type_gives_away_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="web page"):
        kind(tmp_path, b"<div>Please sign in</div>", "x.csv", "text/html")


def test_a_table_sent_as_html_by_a_careless_server_is_still_a_table(tmp_path: Path) -> None:
    assert kind(tmp_path, b"a,b\n1,2\n", "x.csv", "text/html") == "csv"


def test_a_password_protected_workbook_is_told_as_that(tmp_path: Path) -> None:
    locked = io.BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(workbook())).encrypt("secret", locked)
    with pytest.raises(DataError, match="is protected by a password"):
        kind(tmp_path, locked.getvalue(), "book.xlsx")


def test_a_password_protected_opendocument_is_told_as_that(tmp_path: Path) -> None:
    manifest = b"<manifest><file-entry full-path='content.xml'><encryption-data/></file-entry></manifest>"
    files = {
        "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": os.urandom(100),
        "META-INF/manifest.xml": manifest,
    }
    with pytest.raises(DataError, match="is protected by a password"):
        kind(tmp_path, packed(files), "book.ods")


def test_an_archive_with_a_huge_table_of_contents_is_refused_before_it_is_read(tmp_path: Path) -> None:
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 60_000, 60_000, formats.MAX_DIRECTORY + 1, 0, 0)
    with pytest.raises(LimitError, match="holds 60,000 files"):
        kind(tmp_path, b"PK\x03\x04" + bytes(100) + end, "x.zip")


@given(content=st.binary(min_size=1, max_size=3_000), name=st.sampled_from(["x.csv", "x.json", "x.zip", "x.xlsx", "x"]))
def test_any_bytes_are_a_format_or_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, name: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "any"
    for start in (b"", b"PK\x03\x04", b"PAR1", b"\x1f\x8b", b"{", b"[{", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        path.write_bytes(start + content)
        try:
            assert sniff(path, name)
        except DataError as error:
            assert str(error).endswith(".")  # noqa: PT017 (either way is right)


@given(
    st.lists(
        st.lists(st.integers() | st.text("abc xyzäöü", min_size=1), min_size=2, max_size=5), min_size=1, max_size=20
    )
)
def test_every_table_of_words_and_numbers_is_taken_as_csv(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[object]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "table"
    path.write_text("\n".join(",".join(map(str, ["a", "b", *row])) for row in rows), encoding="utf-8")
    assert sniff(path, "t.csv") == "csv"
