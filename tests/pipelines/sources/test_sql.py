"""SQL: one table or one SELECT of a database, read only, with its password kept."""

from __future__ import annotations

import datetime as dt
import decimal
import sqlite3
import time
import uuid
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashwright.pipelines.errors import DashwrightError, DataError, LimitError, SetupError, SourceError
from dashwright.pipelines.model import Attachment
from dashwright.pipelines.sources import sql, streaming, unheard
from dashwright.pipelines.sources.sql import SqlSource
from dashwright.pipelines.sources.statement import check_select
from dashwright.pipelines.step import Limits

LIMITS = Limits(download_timeout=5)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "shop.db"
    connection = sqlite3.connect(path)
    connection.executescript(
        """
        create table sales (id integer primary key, city text, amount real, "odd name"";--" integer);
        create table "select" (x);
        create view totals as select city, sum(amount) as total from sales group by city;
        """
    )
    rows = [(row, f"Town {row % 7}", row / 4, None) for row in range(3_000, 0, -1)]
    connection.executemany("insert into sales values (?, ?, ?, ?)", rows)
    connection.execute("insert into \"select\" values (1), ('two'), (3.5), (null), (x'00ff')")
    connection.commit()
    connection.close()
    return path


@pytest.fixture
def into(tmp_path: Path) -> Path:
    folder = tmp_path / "into"
    folder.mkdir()
    return folder


def read(url: str, into: Path, limits: Limits = LIMITS, **options: str) -> pa.Table:
    place = SqlSource()
    candidate = place.describe(Attachment(source="sql", reference=url, options=options), limits)
    fetched = place.fetch(candidate, into, limits, unheard)
    assert len(fetched.files) == 1
    return pq.read_table(fetched.files[0].path)


def test_a_table_is_read_with_all_its_rows_in_the_order_of_its_key(shop: Path, into: Path) -> None:
    table = read(f"sqlite:///{shop}", into, table="sales")
    assert table.column_names == ["id", "city", "amount", 'odd name";--']
    assert table["id"].to_pylist() == list(range(1, 3_001))
    assert table["amount"].to_pylist()[:2] == [0.25, 0.5]


def test_a_view_is_read_like_a_table(shop: Path, into: Path) -> None:
    assert read(f"sqlite:///{shop}", into, table="totals").num_rows == 7


def test_values_of_several_kinds_in_one_column_become_text(shop: Path, into: Path) -> None:
    assert read(f"sqlite:///{shop}", into, table="select")["x"].to_pylist() == ["1", "two", "3.5", None, "2 bytes"]


def test_a_select_is_read(shop: Path, into: Path) -> None:
    query = "with big as (select * from sales where amount > 700) select city, count(*) as n from big group by 1 -- end"
    table = read(f"sqlite:///{shop}", into, query=query)
    assert table.column_names == ["city", "n"]
    assert sum(table["n"].to_pylist()) == 200


def test_colons_and_percent_signs_in_a_query_are_no_parameters(shop: Path, into: Path) -> None:
    query = "select ':name' as a, '%s %(x)s' as b, 10 % 3 as c from sales where city like 'Town%' limit 1;"
    assert read(f"sqlite:///{shop}", into, query=query).to_pylist() == [{"a": ":name", "b": "%s %(x)s", "c": 1}]


def test_columns_of_the_same_name_or_none_are_told_apart(shop: Path, into: Path) -> None:
    table = read(f"sqlite:///{shop}", into, query="select 1 as a, 2 as a, 3 as ' '")
    assert table.to_pylist() == [{"a": 1, "a_2": 2, "column_3": 3}]


def test_the_only_table_needs_no_name(tmp_path: Path, into: Path) -> None:
    connection = sqlite3.connect(tmp_path / "one.db")
    connection.executescript("create table only_one (a); insert into only_one values (1)")
    connection.close()
    assert read(f"sqlite:///{tmp_path / 'one.db'}", into).num_rows == 1


@pytest.mark.parametrize("name", ["", "sale", "sales; drop table sales", "sqlite_master", "SALES'--"])
def test_only_names_of_tables_that_exist_are_used(shop: Path, into: Path, name: str) -> None:
    with pytest.raises(DataError, match=r"It has: .*sales"):
        read(f"sqlite:///{shop}", into, table=name)


REFUSED = [
    ("delete from sales", "Only a SELECT"),
    ("update sales set amount = 0", "Only a SELECT"),
    ("insert into sales values (1, 'x', 1, 1)", "Only a SELECT"),
    ("drop table sales", "Only a SELECT"),
    ("create table x as select 1", "Only a SELECT"),
    ("pragma query_only = off", "Only a SELECT"),
    ("attach database '/tmp/x.db' as x", "Only a SELECT|cannot be understood"),
    ("vacuum into '/tmp/x.db'", "Only a SELECT"),
    ("select 1; select 2", "holds 2 statements"),
    ("select 1; drop table sales", "holds 2 statements"),
    ("", "holds 0 statements"),
    ("-- nothing", "holds 0 statements"),
    ("with x as (delete from sales returning *) select * from x", "DELETE"),
    ("select * into copied from sales", "INTO"),
    ("select * from sales for update", "LOCK"),
    ("select * from sales into outfile '/tmp/x'", r"cannot be understood|INTO"),
    ("copy sales to '/tmp/x'", r"Only a SELECT|cannot be understood"),
    ("selec 1", r"cannot be understood|Only a SELECT"),
    ("select 'open", "cannot be understood"),
    ("select " + "(" * 5_000 + "1" + ")" * 5_000, "cannot be understood"),
    ("select " + "1," * 60_000 + "1", "at most 100,000"),
]


@pytest.mark.parametrize(("query", "words"), REFUSED)
@pytest.mark.parametrize("backend", ["sqlite", "postgresql", "duckdb", "mysql", "unheard-of"])
def test_anything_but_one_select_is_refused(query: str, words: str, backend: str) -> None:
    if backend == "mysql" and " into " in query and query.startswith("select"):
        pytest.skip("MySQL selects into variables and files; the grammar says so in its own way")
    with pytest.raises(DataError, match=words) as caught:
        check_select(query, backend)
    assert str(caught.value).endswith(".")


@given(st.text(max_size=80))
def test_any_text_is_a_select_or_refused_with_a_sentence(text: str) -> None:
    for query in (text, "select " + text):
        try:
            check_select(query, "postgresql")
        except DataError as error:
            assert str(error).endswith(".")  # noqa: PT017 (either way is right)


def test_the_database_itself_refuses_to_write_should_a_statement_slip_through(shop: Path) -> None:
    url = sql.parse(f"sqlite:///{shop}")
    with (
        pytest.raises(DataError, match="readonly database"),
        sql.reading(url, LIMITS, time.monotonic() + 5) as connection,
    ):
        connection.exec_driver_sql("delete from sales")


def test_a_query_that_takes_too_long_is_interrupted(shop: Path, into: Path) -> None:
    query = "select count(*) from sales a, sales b, sales c, sales d where a.amount + b.amount + c.amount > d.amount"
    with pytest.raises(LimitError, match=r"took longer than 0\.5 s"):
        read(f"sqlite:///{shop}", into, Limits(download_timeout=0.05), query=query)


def test_too_much_data_is_refused_on_the_way(shop: Path, into: Path) -> None:
    query = "select hex(randomblob(500)) as x from sales a, sales b limit 300000"
    with pytest.raises(LimitError, match=r"larger than 976\.6 KiB"):
        read(f"sqlite:///{shop}", into, Limits(max_download_size=1_000_000), query=query)
    assert sum(path.stat().st_size for path in into.iterdir()) < 200_000_000


def test_too_many_columns_are_refused(shop: Path, into: Path) -> None:
    query = "select " + ", ".join(f"{number} as c{number}" for number in range(50))
    with pytest.raises(DataError, match=r"has 50 columns; at most 20"):
        read(f"sqlite:///{shop}", into, Limits(max_columns=20), query=query)


def test_no_rows_are_told_as_that(shop: Path, into: Path) -> None:
    with pytest.raises(DataError, match="answered with no rows"):
        read(f"sqlite:///{shop}", into, query="select * from sales where false")


def test_an_error_of_the_query_is_told_with_what_the_database_says(shop: Path, into: Path) -> None:
    with pytest.raises(DataError, match=r"refused what was asked: no such column: nope\."):
        read(f"sqlite:///{shop}", into, query="select nope from sales")


def test_a_missing_database_file_is_not_made(tmp_path: Path, into: Path) -> None:
    for kind in ("sqlite", "duckdb"):
        with pytest.raises(DataError, match="There is no database file"):
            read(f"{kind}:///{tmp_path / 'none.db'}", into, table="x")
    assert not (tmp_path / "none.db").exists()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "duckdb:///:memory:"])
def test_a_database_in_memory_is_nobodys_data(into: Path, url: str) -> None:
    with pytest.raises(DataError, match="in memory holds no data"):
        read(url, into, table="x")


def test_a_file_that_is_no_database_is_a_sentence(tmp_path: Path, into: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"not a database, not at all " * 100)
    with pytest.raises(DashwrightError, match="file is not a database"):
        read(f"sqlite:///{tmp_path / 'x.db'}", into, table="x")


def test_a_missing_driver_is_told_with_the_cure(into: Path) -> None:
    with pytest.raises(SetupError, match=r"'unheard' need a driver that is not installed"):
        read("unheard://host/db", into, table="x")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://bob:sesame@127.0.0.1:1/shop",
        "postgresql://bob:sesame@nowhere.invalid/shop",
        "postgresql://127.0.0.1:1/shop?user=bob&password=sesame",
    ],
)
def test_a_database_that_does_not_answer_is_a_sentence_without_the_password(into: Path, url: str) -> None:
    with pytest.raises(SourceError, match="cannot be opened") as caught:
        read(url, into, table="x")
    assert "sesame" not in str(caught.value)
    assert "sesame" not in repr(caught.value.__cause__)


@pytest.mark.parametrize("url", ["sesame", "://bob:sesame@host", "postgresql://bob:sesame@host:port/x", ""])
def test_an_address_that_is_none_is_not_repeated(into: Path, url: str) -> None:
    with pytest.raises(DataError, match="address of the database is not valid") as caught:
        read(url, into, table="x")
    assert "sesame" not in str(caught.value)
    assert "sesame" not in SqlSource().public("postgresql://bob:sesame@host:port/x")


def test_options_that_do_not_exist_or_contradict_are_refused(shop: Path, into: Path) -> None:
    with pytest.raises(DataError, match="no option 'tabel'; it has: query, schema, table"):
        read(f"sqlite:///{shop}", into, tabel="sales")
    with pytest.raises(DataError, match="a table or a query"):
        read(f"sqlite:///{shop}", into, table="sales", query="select 1")


# --- duckdb -------------------------------------------------------------------------------------------------------


@pytest.fixture
def duck(tmp_path: Path) -> str:
    path = tmp_path / "shop.duckdb"
    connection = duckdb.connect(str(path))
    connection.execute(
        "create table sales as select range as id, range / 4 as amount, date '2024-01-01' as d from range(50)"
    )
    connection.close()
    return f"duckdb:///{path}"


def test_a_duckdb_table_keeps_its_types(duck: str, into: Path) -> None:
    table = read(duck, into, table="sales")
    assert table.num_rows == 50
    assert [str(kind) for kind in table.schema.types] == ["int64", "double", "date32[day]"]


def test_a_duckdb_query_cannot_read_files_of_this_machine(duck: str, into: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("a\n1\n")
    for query in (f"select * from read_csv('{tmp_path}/secret.csv')", f"select * from '{tmp_path}/secret.csv'"):
        with pytest.raises(DataError, match="refused"):
            read(duck, into, query=query)


def test_a_slow_duckdb_query_is_interrupted(duck: str, into: Path) -> None:
    query = "select count(*) from range(100000000) a, range(100000000) b where a.range % 7 = b.range % 11"
    with pytest.raises(LimitError, match=r"took longer than 0\.5 s"):
        read(duck, into, Limits(download_timeout=0.05), query=query)


def test_a_duckdb_table_that_does_not_exist_is_told_with_those_there_are(duck: str, into: Path) -> None:
    with pytest.raises(DataError, match=r"has no table 'sale'\. It has: sales"):
        read(duck, into, table="sale")


def test_a_file_that_is_no_duckdb_database_is_a_sentence(tmp_path: Path, into: Path) -> None:
    (tmp_path / "x.duckdb").write_bytes(b"not a database, not at all " * 1_000)
    with pytest.raises(SourceError, match="cannot be opened"):
        read(f"duckdb:///{tmp_path / 'x.duckdb'}", into, table="x")


# --- streaming ----------------------------------------------------------------------------------------------------


def test_every_kind_of_value_has_a_place(tmp_path: Path) -> None:
    row: list[Any] = [
        1, 2**70, 1.5, float("nan"), decimal.Decimal("1.10"), "text", b"\x00", True, None, dt.date(2024, 1, 2),
        dt.datetime(2024, 1, 2, 3, tzinfo=dt.UTC), dt.time(3, 4), dt.timedelta(1), uuid.UUID(int=1), {"a": 1}, [1, 2],
    ]  # fmt: skip
    names = [f"c{number}" for number in range(len(row))]
    result = streaming.stream_to_parquet(names, [[row], [[None] * len(row)]], tmp_path, LIMITS, unheard)
    table = pq.read_table(result.path)
    assert table.num_rows == 2
    assert table["c1"].to_pylist() == [str(2**70), None]
    assert table["c4"].to_pylist() == [1.1, None]
    assert table["c14"].to_pylist() == ['{"a": 1}', None]


def test_dates_and_numbers_in_one_column_become_text_and_no_dates(tmp_path: Path) -> None:
    batches = [[(dt.date(2024, 1, 2),), (5,)]]
    table = pq.read_table(streaming.stream_to_parquet(["a"], batches, tmp_path, LIMITS, unheard).path)
    assert table["a"].to_pylist() == ["2024-01-02", "5"]


VALUES = st.none() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=5) | st.booleans() | st.dates()


@given(st.lists(st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=4), min_size=1, max_size=6))
def test_any_values_in_any_batches_give_one_table_with_all_rows(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[tuple[Any, Any]]]
) -> None:
    folder = tmp_path_factory.getbasetemp() / "streams"
    folder.mkdir(exist_ok=True)
    # Small parts, so that a few rows already make several with types of their own.
    whole, streaming.GROUP_ROWS = streaming.GROUP_ROWS, 2
    try:
        result = streaming.stream_to_parquet(["a", "b"], batches, folder, LIMITS, unheard)
    finally:
        streaming.GROUP_ROWS = whole
    table = pq.read_table(result.path)
    assert table.num_rows == sum(map(len, batches))
    missing = [value is None for batch in batches for value, _ in batch]
    assert [value is None for value in table["a"].to_pylist()] == missing
