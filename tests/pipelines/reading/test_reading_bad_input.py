"""Files that hold no table, or one that is out of all proportion: a sentence or a table, never a crash."""

from __future__ import annotations

import os
import random
from typing import Any

import duckdb
import pytest

from dashwright.pipelines.errors import DataError


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("empty.csv", b"", "'empty.csv' is empty"),
        ("blank.csv", b"\n\n  \n", "'blank.csv' is empty"),
        ("header.csv", b"date,region\n", "'header.csv' has a header (date, region) but no rows"),
        (
            "rubbish.csv",
            random.Random(1).randbytes(100_000),
            "'rubbish.csv' is no table of text: its content is binary",
        ),
        ("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "its content is a picture"),
        ("page.csv", b"<!DOCTYPE html><html><body>Sign in</body></html>", "'page.csv' is a web page"),
        ("broken.json", b'{"a": [1, 2', "'broken.json' is not valid JSON"),
        ("scalar.json", b"42", "'scalar.json' has no records"),
        ("long.json", b'[{"a": ' + b"9" * 5000 + b"}]", "'long.json' holds a number that is too long"),
        ("lines.jsonl", b'{"a": 1}\nnot json\n', "'lines.jsonl' is not valid JSON in line 2"),
        ("deep.json", b"[" * 100_000 + b"]" * 100_000, "'deep.json' is nested too deeply"),
        ("deeper.json", b'{"a":' * 20_000 + b"1" + b"}" * 20_000, "'deeper.json' is nested too deeply"),
        ("fake.xlsx", b"not a workbook", "'fake.xlsx' is no workbook"),
        ("locked.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "'locked.xlsx' is protected by a password"),
        ("fake.parquet", b"PAR1 but no more", "'fake.parquet' cannot be read as Parquet"),
    ],
)
def test_file_without_a_table_ends_in_a_sentence(job: Any, name: str, content: bytes, sentence: str) -> None:
    with pytest.raises(DataError) as caught:
        job.add(name, content).read()
    assert sentence in str(caught.value)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("count", [5_000, 10_000])
def test_too_many_columns_are_refused_with_both_numbers(job: Any, count: int) -> None:
    names = ",".join(f"c{number}" for number in range(count))
    row = ",".join("1" * count)
    with pytest.raises(DataError, match=f"has {count:,} columns; a table may have at most 2,000"):
        job.add("wide.csv", f"{names}\n{row}\n{row}\n").read()


def test_single_line_of_fifty_megabytes_is_refused(job: Any) -> None:
    with pytest.raises(DataError, match="is one line of more than 32 MB"):
        job.add("line.csv", b"x," * 25_000_000).read()


def test_one_column_is_a_table(job: Any) -> None:
    profile = job.add("one.csv", "value\n1\n2\n3.5\n").profile()
    assert profile.tables[0].rows == 3


def test_cells_of_a_megabyte_are_read_and_shortened_in_the_profile(job: Any) -> None:
    profile = job.add("cells.csv", "id,text\n" + "".join(f"{n},{'abc ' * 262_144}\n" for n in range(30))).profile()
    column = profile.tables[0].column("text")
    assert profile.tables[0].rows == 30
    assert column.role == "text"
    assert all(len(example) <= 80 for example in column.examples)
    assert len(profile.model_dump_json()) < 20_000


def test_not_a_number_and_infinity_are_missing(job: Any) -> None:
    table = job.add("numbers.csv", "a,b\n1,NaN\n2,inf\n3,1e400\n4,-Infinity\n5,2.5\n6,3.5\n").read().tables[0]
    assert [row["b"] for row in job.rows(table)] == [None, None, None, None, 2.5, 3.5]
    assert {repair.kind for repair in table.repairs} == {"unread", "missing_marks"}


def test_dates_no_calendar_has_are_missing_and_counted(job: Any) -> None:
    table = (
        job.add("dates.csv", "d,v\n0000-01-01,1\n9999-12-31,2\n2015-01-01,3\n2015-02-30,4\n2016-02-01,5\n")
        .read()
        .tables[0]
    )
    days = [row["d"].year if row["d"] else None for row in job.rows(table)]
    assert days == [None, 9999, 2015, None, 2016]
    assert next(repair.count for repair in table.repairs if repair.kind == "unread") == 2


def test_right_to_left_and_emoji_are_kept(job: Any) -> None:
    table = job.add("rtl.csv", "שם,القيمة,😀 col\nאבג,1,👍🏽\nدهر,2,👎\n").read().tables[0]
    assert job.rows(table)[0] == {"שם": "אבג", "القيمة": 1, "😀 col": "👍🏽"}


def test_a_hundred_thousand_distinct_texts_are_profiled(job: Any) -> None:
    content = "k,v\n" + "".join(f"key{number}x,{number}\n" for number in range(150_000))
    column = job.add("keys.csv", content).profile().tables[0].column("k")
    assert 140_000 < column.distinct < 160_000
    assert len(column.values) <= 100


def test_ten_million_distinct_categories_are_profiled(job: Any) -> None:
    path = job.folder.downloads / "made.parquet"
    duckdb.sql(
        f"COPY (SELECT 'category ' || i AS k, i % 7 AS v FROM range(10000000) AS r(i)) TO '{path}' (FORMAT parquet)"
    )
    table = job.add("categories.parquet", path).profile().tables[0]
    assert table.rows == 10_000_000
    assert 9_000_000 < table.column("k").distinct <= 10_000_000
    assert len(table.column("k").values) <= 100


def test_mixed_types_in_a_column_are_kept_as_text(job: Any) -> None:
    rows = ["1,a", "2015-01-02,b", "true,c", "word,d", "1.5,e", "$3,f", "x,g", "more,h"]
    table = job.add("mixed.csv", "v,k\n" + "\n".join(rows) + "\n").read().tables[0]
    assert [row["v"] for row in job.rows(table)] == [row.split(",")[0] for row in rows]


def test_mixed_types_in_json_are_kept(job: Any) -> None:
    records = '[{"v": 1}, {"v": "two"}, {"v": {"a": [3]}}, {"v": [4, 5]}, {"v": null}, {"v": true}, 6]'
    rows = job.rows(job.add("mixed.json", records).read().tables[0])
    assert [row["v"] for row in rows] == ["1", "two", None, "4, 5", None, "true", None]
    assert (rows[2]["v.a"], rows[6]["value"]) == (3, 6)


def test_what_json_nests_too_deeply_for_columns_is_kept_as_text(job: Any) -> None:
    table = job.add("nested.json", '[{"id": 1, "v": ' + '{"a":' * 100 + "1" + "}" * 100 + "}]").read().tables[0]
    (row,) = job.rows(table)
    assert row["id"] == 1
    assert all(len(name.split(".")) < 10 for name in row)
    assert '{"a": 1}' in next(value for name, value in row.items() if name != "id")


def test_quote_that_nothing_closes_costs_one_cell(job: Any) -> None:
    lines = "".join(f"{number},x{number}\n" for number in range(5_000))
    table = job.add("open.csv", f'a,b\n-1,"open\n{lines}').read().tables[0]
    assert table.rows == 5_001


def test_nothing_half_made_stays_when_reading_fails(job: Any) -> None:
    job.add("good.csv", "a,b\n1,2\n3,4\n").add("bad.csv", os.urandom(50_000))
    with pytest.raises(DataError):
        job.read()
    assert not job.folder.tables.exists()
    assert not [path.name for path in job.folder.path.rglob(".*")]
