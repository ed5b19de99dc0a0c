"""Files too large to be looked at whole: one fast pass when they are regular, a forgiving one when they are not."""

# Times in files have no zone; those with one are kept in UTC.
# ruff: noqa: DTZ001

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

import duckdb
import pytest

ROWS = 300_000
"""Enough for files that are not parsed whole."""


def lines(row: Callable[[int], str], count: int = ROWS) -> str:
    return "".join(f"{row(number)}\n" for number in range(count))


def typical(number: int) -> str:
    day, paid = number % 28 + 1, "yes" if number % 2 else "no"
    return f"{number},2020-01-{day:02},region {number % 7},{number % 1000 / 4},{paid},some words"


HEADER = "id,day,region,price,paid,note\n"


def test_regular_file_is_read_whole(job: Any) -> None:
    table = job.add("large.csv", HEADER + lines(typical)).read().tables[0]
    assert table.rows == ROWS
    assert [column.type for column in table.columns] == ["integer", "date", "text", "number", "boolean", "text"]
    total = duckdb.sql(
        f"SELECT sum(price), count(*) FILTER (paid), max(day) FROM '{job.folder.path / table.path}'"
    ).fetchall()[0]
    assert total == (sum(number % 1000 / 4 for number in range(ROWS)), ROWS // 2, datetime(2020, 1, 28))


def test_late_value_of_another_kind_is_counted_and_missing(job: Any) -> None:
    table = (
        job.add("late.csv", HEADER + lines(typical) + "1,2020-01-01,region 1,abc,yes,late\n" + lines(typical, 90_000))
        .read()
        .tables[0]
    )
    assert table.rows == ROWS + 90_001
    assert next(column.type for column in table.columns if column.name == "price") == "number"
    unread = next(repair for repair in table.repairs if repair.kind == "unread")
    assert (unread.column, unread.count) == ("price", 1)


def test_whole_numbers_with_late_decimals_become_numbers(job: Any) -> None:
    content = (
        "id,amount,text\n"
        + lines(lambda n: f"{n},{n % 500},{'words ' * 8}")
        + "7,1.5,end\n"
        + lines(lambda n: f"{n},{n % 500},{'words ' * 8}", 20_000)
    )
    table = job.add("late.csv", content).read().tables[0]
    assert table.columns[1].type == "number"
    assert duckdb.sql(
        f"SELECT max(amount), count(*) FILTER (amount = 1.5) FROM '{job.folder.path / table.path}'"
    ).fetchall()[0] == (499.0, 1)
    assert not [repair for repair in table.repairs if repair.kind == "unread"]


def test_kind_that_most_later_values_lack_falls_back_to_text(job: Any) -> None:
    def row(number: int) -> str:
        odd = 12_000 < number < 50_000 or 100_000 < number < 130_000 or 170_000 < number < 200_000
        return f"{number},{'word' if odd else number},{'filler ' * 8}"

    table = job.add("mixed.csv", "id,code,text\n" + lines(row)).read().tables[0]
    assert table.columns[1].type == "text"
    assert duckdb.sql(f"SELECT count(code) FROM '{job.folder.path / table.path}'").fetchall()[0] == (ROWS,)


def test_marks_for_missing_are_counted(job: Any) -> None:
    table = job.add("marks.csv", HEADER + lines(lambda n: typical(n).replace(",0.25,", ",n/a,"))).read().tables[0]
    marked = next(repair for repair in table.repairs if repair.kind == "missing_marks")
    assert marked.column == "price"
    assert marked.count == ROWS // 1000


def test_preamble_footer_and_ragged_rows_of_a_large_file_are_repaired(job: Any) -> None:
    content = (
        f"Report of prices\n\n{HEADER}{lines(typical, 150_000)}5,2020-01-01,short\n{HEADER}{lines(typical, 150_000)}"
        "\nSource: somewhere\n"
    )
    table = job.add("report.csv", content).read().tables[0]
    assert table.rows == 300_001
    assert {repair.kind for repair in table.repairs} >= {"preamble", "footer", "short_rows"}


def test_large_file_in_another_encoding_is_read(job: Any) -> None:
    table = (
        job.add("latin.csv", (HEADER + lines(lambda n: typical(n).replace("words", "Wörter"))).encode("cp1252"))
        .read()
        .tables[0]
    )
    path = job.folder.path / table.path
    assert duckdb.sql(f"SELECT DISTINCT note FROM '{path}'").fetchall() == [("some Wörter",)]


def test_stray_quote_in_a_large_file_costs_no_rows(job: Any) -> None:
    content = HEADER + lines(typical, 150_000) + '5,2020-01-01,"stray,1.5,yes,x\n' + lines(typical, 150_000)
    table = job.add("stray.csv", content).read().tables[0]
    assert table.rows == 300_001


MEASURE = """
import resource, sys
from pathlib import Path
from dashwright.pipelines import profiling, reading
from dashwright.pipelines.step import JobFolder, Limits, silent
folder = JobFolder(Path(sys.argv[1]))
reading.read(folder, Limits(), silent)
profiling.profile(folder, Limits(), silent)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@pytest.mark.timeout(600)
def test_hundred_megabytes_need_little_memory(job: Any) -> None:
    job.add("large.csv", HEADER + lines(lambda n: typical(n) + " and more words here", 1_300_000))
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(job.folder.path)], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 1_536


def test_numbers_and_dates_written_for_people_are_read_in_a_large_file(job: Any) -> None:
    def row(number: int) -> str:
        share = "n/a" if number % 9 == 0 else f"{number % 1000 / 10}%"
        return f'{number % 28 + 1:02}/{number % 12 + 1:02}/2015;{share};"$1,{number % 1000:03}";(5);{"words " * 5}'

    table = job.add("people.csv", "day;share;cost;net;note\n" + lines(row)).read().tables[0]
    assert [column.type for column in table.columns] == ["date", "number", "integer", "integer", "text"]
    found = duckdb.sql(
        f"SELECT count(share), max(share), min(cost), max(cost), sum(net), count(day), max(day) "
        f"FROM '{job.folder.path / table.path}'"
    ).fetchall()[0]
    assert found == (ROWS - -(-ROWS // 9), 99.9, 1000, 1999, -5 * ROWS, ROWS, datetime(2015, 12, 28))
    assert next(repair.count for repair in table.repairs if repair.kind == "missing_marks") == -(-ROWS // 9)
