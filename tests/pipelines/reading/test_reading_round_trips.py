"""A table written in any dialect is read back the same."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashwright.pipelines.errors import DataError
from dashwright.pipelines.reading import marks

WORDS = st.text(st.characters(codec="utf-8", categories=("L",)), min_size=3, max_size=12).filter(
    lambda word: not marks.is_missing(word)
)
TEXTS = st.one_of(
    WORDS,
    st.tuples(WORDS, WORDS).map(", ".join),
    WORDS.map(lambda word: f'a "{word}" b'),
    st.tuples(WORDS, WORDS).map(lambda pair: f"{pair[0]}\n{pair[1]}"),
)
DAYS = st.integers(0, 20_000).map(lambda days: date(1975, 1, 1) + timedelta(days))


@dataclass(frozen=True)
class Written:
    """How a table is written."""

    delimiter: str
    decimal: str
    thousands: str
    day: str
    codec: str
    end: str
    preamble: str
    footer: str
    quoted: bool


DIALECTS = st.builds(
    Written,
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    decimal=st.just("."),
    thousands=st.sampled_from(["", ","]),
    day=st.sampled_from(["%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d %b %Y", "%B %d, %Y"]),
    codec=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    end=st.sampled_from(["\n", "\r\n"]),
    preamble=st.sampled_from(["", "Report of the office\n", "Report of the office\nMade by hand\n\n"]),
    footer=st.sampled_from(["", "\nSource: the office\n"]),
    quoted=st.booleans(),
) | st.builds(
    Written,
    delimiter=st.sampled_from([";", "\t"]),
    decimal=st.just(","),
    thousands=st.sampled_from(["", "."]),
    day=st.sampled_from(["%d.%m.%Y", "%d/%m/%Y"]),
    codec=st.sampled_from(["utf-8", "utf-16"]),
    end=st.just("\r\n"),
    preamble=st.just(""),
    footer=st.just(""),
    quoted=st.booleans(),
)

Row = tuple[str, int, float, date]
AMOUNTS = st.floats(-1e6, 1e6).map(lambda amount: round(amount, 2))
ROWS = st.lists(st.tuples(TEXTS, st.integers(-5_000_000, 5_000_000), AMOUNTS, DAYS), min_size=8, max_size=30)
# What decides day or month, and comma or point, must be there: a table that leaves it open is read by convention.
CLEAR: list[Row] = [("clear", 12, 0.25, date(2001, 5, 31)), ("as day", 1_234_567, 98_765.75, date(2001, 12, 24))]


def number(value: float, how: Written) -> str:
    text = f"{value:,.2f}" if isinstance(value, float) else f"{value:,}"
    return text.replace(",", "#").replace(".", how.decimal).replace("#", how.thousands)


def write(rows: list[Row], how: Written) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(
        buffer,
        delimiter=how.delimiter,
        quoting=csv.QUOTE_ALL if how.quoted else csv.QUOTE_MINIMAL,
        lineterminator=how.end,
    )
    writer.writerow(["label", "pieces", "amount", "day"])
    for text, whole, amount, day in rows:
        writer.writerow([text, number(whole, how), number(amount, how), day.strftime(how.day)])
    extra = how.preamble.replace("\n", how.end), how.footer.replace("\n", how.end)
    return (extra[0] + buffer.getvalue() + extra[1]).encode(how.codec)


@settings(
    max_examples=settings.default.max_examples,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(rows=ROWS, how=DIALECTS)
def test_a_table_in_any_dialect_is_read_back_the_same(
    job_in: Callable[[Path], Any], rows: list[Row], how: Written
) -> None:
    rows = CLEAR + rows
    with tempfile.TemporaryDirectory() as folder:
        job = job_in(Path(folder) / "job")
        table = job.add("table.csv", write(rows, how)).read().tables[0]
        found = job.rows(table)
    assert [column.type for column in table.columns] == ["text", "integer", "number", "date"]
    assert [row["pieces"] for row in found] == [row[1] for row in rows]
    assert [row["amount"] for row in found] == [row[2] for row in rows]
    assert [row["day"].date() for row in found] == [row[3] for row in rows]
    assert [row["label"] for row in found] == [row[0] for row in rows]


ANYTHING = st.binary(max_size=2_000) | st.text(max_size=2_000).map(str.encode)


@settings(
    max_examples=2 * settings.default.max_examples,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    content=ANYTHING
    | st.lists(st.text(st.sampled_from("ab1,;\"'\n\t .-$%"), max_size=40), max_size=20).map(
        lambda parts: "\n".join(parts).encode()
    )
)
def test_any_bytes_end_in_a_table_or_a_sentence(job_in: Callable[[Path], Any], content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        job = job_in(Path(folder) / "job")
        job.add("any.csv", content)
        profile, sentence = None, ""
        try:
            profile = job.profile()
        except DataError as error:
            sentence = str(error)
    assert sentence.endswith(".") if profile is None else all(table.rows for table in profile.tables)
