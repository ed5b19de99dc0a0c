"""SQL with a real PostgreSQL: streamed from the server, in a transaction that may only read."""

from __future__ import annotations

import resource
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dashwright.pipelines.errors import DataError, LimitError, SourceError
from dashwright.pipelines.model import Attachment
from dashwright.pipelines.sources import sql, unheard
from dashwright.pipelines.sources.sql import SqlSource
from dashwright.pipelines.step import Limits
from dashwright.server.postgres import EmbeddedPostgres
from dashwright.server.settings import load

LIMITS = Limits(download_timeout=10)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = EmbeddedPostgres(load(tmp_path_factory.mktemp("postgres")))
    address = server.start()
    with psycopg.connect(address) as connection:
        connection.execute(
            """
            create table sales (id integer primary key, city text, amount numeric(10, 2), sold timestamptz, tags jsonb,
                                who uuid, parts integer[], raw bytea);
            insert into sales
                select n, 'Town ' || n % 7, n / 4.0, timestamptz '2024-01-01 00:00Z' + n * interval '1 hour',
                       '{"a": 1}', gen_random_uuid(), array[n, n], '\\x00' from generate_series(1, 5000) n;
            create materialized view totals as select city, sum(amount) as total from sales group by city;
            create schema other;
            create table other."Odd; Name" (a integer);
            insert into other."Odd; Name" values (1);
            """
        )
    yield address
    server.stop()


@pytest.fixture
def into(tmp_path: Path) -> Path:
    return tmp_path


def read(url: str, into: Path, limits: Limits = LIMITS, **options: str) -> pa.Table:
    place = SqlSource()
    candidate = place.describe(Attachment(source="sql", reference=url, options=options), limits)
    return pq.read_table(place.fetch(candidate, into, limits, unheard).files[0].path)


def test_a_table_comes_with_values_that_every_reader_knows(url: str, into: Path) -> None:
    table = read(url, into, table="sales")
    assert table.num_rows == 5_000
    first = table.slice(0, 1).to_pylist()[0]
    assert (first["id"], first["city"], first["amount"], first["parts"]) == (1, "Town 1", 0.25, "[1, 1]")
    assert first["sold"].isoformat() == "2024-01-01T01:00:00+00:00"
    assert first["tags"] == '{"a": 1}'
    assert uuid.UUID(first["who"])


def test_schemas_and_materialized_views_are_found(url: str, into: Path) -> None:
    assert read(url, into, table="totals").num_rows == 7
    (into / "table.whole").unlink()
    assert read(url, into, table="Odd; Name", schema="other").num_rows == 1
    with pytest.raises(DataError, match="has no schema 'nope'"):
        read(url, into, table="sales", schema="nope")


def test_a_select_with_colons_and_percents_is_read(url: str, into: Path) -> None:
    query = "select id::text as id, '%s :x' as b from sales where city like 'Town 1%' and id % 2 = 1 limit 1"
    assert read(url, into, query=query).to_pylist() == [{"id": "1", "b": "%s :x"}]


@pytest.mark.parametrize(
    "query",
    [
        "select setval('nothing', 1)",
        "select lo_create(0)",
        "select pg_notify('x', 'y'), set_config('transaction_read_only', 'off', false), lo_create(0)",
    ],
)
def test_functions_that_write_are_refused_by_the_database(url: str, into: Path, query: str) -> None:
    with pytest.raises(DataError, match="refused what was asked"):
        read(url, into, query=query)


def test_a_statement_that_slipped_through_could_still_not_write(url: str) -> None:
    with (
        pytest.raises(DataError, match="read-only transaction"),
        sql.reading(sql.parse(url), LIMITS, time.monotonic() + 9) as connection,
    ):
        connection.exec_driver_sql("delete from sales")
    with psycopg.connect(url) as connection:
        assert connection.execute("select count(*) from sales").fetchone() == (5_000,)


def test_a_slow_query_is_ended_by_the_server(url: str, into: Path) -> None:
    with pytest.raises(LimitError, match="took longer than 1 s"):
        read(url, into, Limits(download_timeout=0.1), query="select pg_sleep(86400)")
    with psycopg.connect(url) as connection:
        running = "select count(*) from pg_stat_activity where state = 'active' and query like '%pg_sleep(86400)%'"
        assert connection.execute(f"{running} and pid <> pg_backend_pid()").fetchone() == (0,)


def test_a_wrong_password_is_a_sentence_without_it(url: str, into: Path) -> None:
    wrong = url.replace("dashwright:", "dashwright:sesame", 1)
    with pytest.raises(SourceError, match="password authentication failed") as caught:
        read(wrong, into, table="sales")
    assert "sesame" not in str(caught.value)


def test_many_long_rows_are_streamed_in_little_memory(url: str, into: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # 360 MB, and as much again as objects.
    query = "select n as id, n || repeat('x', 6000) as code, n / 3.0 as amount from generate_series(1, 60000) n"
    assert pq.read_metadata(fetch_file(url, into, query)).num_rows == 60_000
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown < 550


def fetch_file(url: str, into: Path, query: str) -> Path:
    place = SqlSource()
    candidate = place.describe(Attachment(source="sql", reference=url, options={"query": query}), LIMITS)
    return place.fetch(candidate, into, Limits(download_timeout=30), unheard).files[0].path
