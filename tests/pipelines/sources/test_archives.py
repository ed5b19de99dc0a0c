"""Tables come out of archives; nothing else does, and nothing gets out of the folder."""

from __future__ import annotations

import gzip
import io
import stat
import zipfile
from pathlib import Path

import pytest
import pyzipper
from hypothesis import given
from hypothesis import strategies as st

from dashwright.pipelines.errors import DataError, LimitError
from dashwright.pipelines.sources import archives
from dashwright.pipelines.sources.archives import Unpacking, measure_workbook, tables_of
from dashwright.pipelines.sources.formats import sniff
from dashwright.pipelines.step import Limits

TABLE = b"city,sales\nBern,1\nRome,2\n"


def packed(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def unpack(folder: Path, content: bytes, name: str = "data.zip", limits: Limits | None = None) -> Unpacking:
    inner = folder / "into"
    inner.mkdir(exist_ok=True)
    path = inner / "original"
    path.write_bytes(content)
    kind = sniff(path, name)
    assert kind in ("zip", "gz")
    return tables_of(path, name, kind, limits or Limits())


def names(unpacking: Unpacking) -> list[str]:
    return [file.name for file in unpacking.files]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
def test_the_table_in_a_zip_comes_out_whole(tmp_path: Path, method: int) -> None:
    unpacking = unpack(tmp_path, packed({"sales.csv": TABLE}, method))
    assert names(unpacking) == ["sales.csv"]
    assert unpacking.files[0].path.read_bytes() == TABLE
    assert unpacking.files[0].size == len(TABLE)


def test_a_zip_with_several_tables_gives_all_of_them(tmp_path: Path) -> None:
    files = {"a/2023.csv": TABLE, "a/2024.csv": TABLE, "b/rows.json": b'[{"x": 1}]', "README.md": b"# About"}
    unpacking = unpack(tmp_path, packed(files))
    assert names(unpacking) == ["2023.csv", "2024.csv", "rows.json"]
    assert [file.format for file in unpacking.files] == ["csv", "csv", "json"]


def test_what_systems_and_authors_put_beside_tables_is_no_table(tmp_path: Path) -> None:
    files = {
        "__MACOSX/._sales.csv": b"\x00\x05\x16\x07",
        ".hidden.csv": TABLE,
        "readme.txt": b"Read me.",
        "LICENSE": b"CC0",
        "datapackage.json": b"{}",
        "sales.csv": TABLE,
    }
    assert names(unpack(tmp_path, packed(files))) == ["sales.csv"]


def test_a_text_is_taken_when_there_is_nothing_else(tmp_path: Path) -> None:
    assert names(unpack(tmp_path, packed({"sales.txt": TABLE, "photo.jpg": b"\xff\xd8\xff"}))) == ["sales.txt"]


def test_a_zip_with_no_table_in_it_lists_what_there_is(tmp_path: Path) -> None:
    files = {f"photo{number}.jpg": b"\xff\xd8\xff" for number in range(7)}
    with pytest.raises(DataError, match=r"has no table in it, only 'photo0.jpg'.* and 2 more\. Supported: CSV"):
        unpack(tmp_path, packed(files))


def test_an_empty_zip_is_told_as_that(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is an empty archive"):
        unpack(tmp_path, packed({}))


@pytest.mark.parametrize(
    "path",
    ["../sales.csv", "a/../../sales.csv", "/etc/sales.csv", "..\\sales.csv", "\\\\host\\sales.csv", "C:\\sales.csv"],
)
def test_a_zip_with_a_path_that_climbs_out_is_refused(tmp_path: Path, path: str) -> None:
    before = set(tmp_path.parent.rglob("*"))
    with pytest.raises(DataError, match="climbs out of the archive"):
        unpack(tmp_path, packed({"good.csv": TABLE, path: TABLE}))
    assert {item.name for item in set(tmp_path.parent.rglob("*")) - before} <= {"into", "original"}


def test_a_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        link = zipfile.ZipInfo("sales.csv")
        link.create_system = 3
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(DataError, match=r"has a link 'sales\.csv' instead of a file"):
        unpack(tmp_path, target.getvalue())


def test_a_zip_bomb_is_refused_while_it_unpacks(tmp_path: Path) -> None:
    bomb = packed({"zeros.csv": b"0" * 30_000_000})
    assert len(bomb) < 50_000
    with pytest.raises(LimitError, match=r"unpacks to more than 976\.6 KiB, the most that is allowed"):
        unpack(tmp_path, bomb, limits=Limits(max_unpacked_size=1_000_000))


def test_a_zip_bomb_that_lies_about_its_size_is_refused_all_the_same(tmp_path: Path) -> None:
    bomb = bytearray(packed({"zeros.csv": b"0" * 30_000_000}))
    true, lie = (30_000_000).to_bytes(4, "little"), (1_000).to_bytes(4, "little")
    assert bomb.count(true) == 2
    lying = bytes(bomb.replace(true, lie))
    # Python believes the header and stops there; either way no more than the limit is written.
    with pytest.raises((LimitError, DataError)):
        unpack(tmp_path, lying, limits=Limits(max_unpacked_size=1_000_000))
    assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) < 2_000_000


def test_many_files_together_meet_the_same_limit(tmp_path: Path) -> None:
    files = {f"{number}.csv": b"a\n" + b"1\n" * 100_000 for number in range(10)}
    with pytest.raises(LimitError, match="unpacks to more than"):
        unpack(tmp_path, packed(files), limits=Limits(max_unpacked_size=1_000_000))


def test_a_gz_bomb_is_refused_while_it_unpacks(tmp_path: Path) -> None:
    with pytest.raises(LimitError, match="unpacks to more than"):
        unpack(tmp_path, gzip.compress(b"0" * 30_000_000), "x.csv.gz", Limits(max_unpacked_size=1_000_000))
    assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) < 2_000_000


def test_too_many_tables_are_refused(tmp_path: Path) -> None:
    files = {f"{number}.csv": TABLE for number in range(archives.MAX_TABLES + 1)}
    with pytest.raises(LimitError, match="holds 51 tables; at most 50"):
        unpack(tmp_path, packed(files))


def test_a_password_protected_zip_is_told_as_that(tmp_path: Path) -> None:
    target = io.BytesIO()
    with pyzipper.AESZipFile(target, "w", encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(b"secret")
        archive.writestr("sales.csv", TABLE)
    with pytest.raises(DataError, match=r"'sales.csv' in 'data.zip' is protected by a password"):
        unpack(tmp_path, target.getvalue())


def test_a_packing_that_takes_memory_at_will_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="packed in an unusual way"):
        unpack(tmp_path, packed({"sales.csv": TABLE}, zipfile.ZIP_LZMA))


def test_gz_files_in_a_zip_are_opened(tmp_path: Path) -> None:
    unpacking = unpack(tmp_path, packed({"a.csv.gz": gzip.compress(TABLE), "b.csv.gz": gzip.compress(TABLE)}))
    assert names(unpacking) == ["a.csv", "b.csv"]
    assert {file.path.read_bytes() for file in unpacking.files} == {TABLE}
    left = {path.name for path in (tmp_path / "into").iterdir()} - {"original"}
    assert left == {file.path.name for file in unpacking.files}


def test_archives_nested_any_deeper_are_refused(tmp_path: Path) -> None:
    deep = packed({"inner.zip": packed({"most.zip": packed({"sales.csv": TABLE})})})
    with pytest.raises(DataError, match="archive in an archive in an archive"):
        unpack(tmp_path, deep)


def test_one_bad_table_among_good_ones_is_left_out_and_told(tmp_path: Path) -> None:
    unpacking = unpack(
        tmp_path, packed({"good.csv": TABLE, "bad.csv": b"", "page.csv": b"<html><body>no</body></html>"})
    )
    assert names(unpacking) == ["good.csv"]
    assert [text.split("'")[1] for text in unpacking.left_out] == ["bad.csv", "page.csv"]


def test_a_zip_with_only_bad_tables_says_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"'bad\.csv' is empty"):
        unpack(tmp_path, packed({"bad.csv": b""}))


def test_a_damaged_member_is_a_sentence(tmp_path: Path) -> None:
    content = bytearray(packed({"sales.csv": TABLE * 200}))
    content[60:70] = b"\xff" * 10
    with pytest.raises(DataError, match="is damaged"):
        unpack(tmp_path, bytes(content))


@pytest.mark.parametrize("cut", [15, 40, 60])
def test_a_gz_that_breaks_off_is_a_sentence(tmp_path: Path, cut: int) -> None:
    content = gzip.compress(bytes(range(256)) * 4)
    with pytest.raises(DataError, match="damaged or breaks off"):
        unpack(tmp_path, content[:cut], "x.csv.gz")


def test_a_gz_of_several_parts_is_read_to_its_end(tmp_path: Path) -> None:
    unpacking = unpack(tmp_path, gzip.compress(TABLE) + gzip.compress(b"Oslo,3\n"), "x.csv.gz")
    assert unpacking.files[0].path.read_bytes() == TABLE + b"Oslo,3\n"


def test_a_tar_in_a_gz_is_told_as_that(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="tar archive"):
        unpack(tmp_path, gzip.compress(bytes(257) + b"ustar" + bytes(300)), "x.tar.gz")


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(packed({"xl/workbook.xml": b"<x/>", "xl/sheet1.xml": b" " * 30_000_000}))
    with pytest.raises(LimitError, match=r"The workbook 'book.xlsx' .* unpacks to more than 976\.6 KiB"):
        measure_workbook(path, "book.xlsx", 1_000_000)


def test_a_member_without_a_name_is_passed_over(tmp_path: Path) -> None:
    content = packed({"a.csv": TABLE, "b.csv": TABLE}).replace(b"b.csv", b"\x00.csv")
    assert [file.name for file in unpack(tmp_path, content, "x.zip").files] == ["a.csv"]


@given(st.binary(max_size=400), st.integers(0, 400))
def test_any_damage_gives_tables_or_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes, position: int
) -> None:
    content = bytearray(packed({"a.csv": TABLE * 3, "b.csv": TABLE}))
    content[position : position + len(noise)] = noise
    folder = tmp_path_factory.getbasetemp() / "damage"
    (folder / "into").mkdir(parents=True, exist_ok=True)
    path = folder / "into" / "original"
    path.write_bytes(content)
    try:
        kind = sniff(path, "x.zip")
        if kind in ("zip", "gz"):
            tables_of(path, "x.zip", kind, Limits())
    except (DataError, LimitError) as error:
        assert str(error).endswith(".")  # noqa: PT017 (either way is right)
