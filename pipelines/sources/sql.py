"""SQL: a table, or one SELECT, of any database that SQLAlchemy has a driver for, streamed into Parquet."""

from __future__ import annotations

import difflib
import functools
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.pool import NullPool

from ..errors import DataError, LimitError, SetupError, SourceError
from ..model import Attachment, Candidate, Dataset
from ..step import Limits
from . import duck, naming
from .source import Fetched, FetchedFile, Query, Received, Source
from .statement import check_select
from .streaming import stream_to_parquet

MAX_ROWS = 50_000_000
FETCH = 1_000
"""Rows asked of the database at a time."""
DRIVERS = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
}
"""Drivers taken where a URL names none."""
OPTIONS = {"table", "query", "schema"}


class SqlSource(Source):
    """The reference is an SQLAlchemy URL; the options are ``table`` (and ``schema``) or ``query``."""

    name = "sql"
    has_search = False

    def search(self, query: Query, limits: Limits) -> Sequence[Candidate]:
        """Databases are named by people, never searched."""
        del query, limits
        return ()

    def describe(self, attachment: Attachment, limits: Limits) -> Candidate:
        del limits
        url = parse(attachment.reference)
        table, query = attachment.options.get("table"), attachment.options.get("query")
        if unknown := sorted(set(attachment.options) - OPTIONS):
            raise DataError(f"A database has no option '{unknown[0][:100]}'; it has: {', '.join(sorted(OPTIONS))}.")
        if table and query:
            raise DataError(f"Give a table or a query of '{public(url)}', not both.")
        if query:
            check_select(query, url.get_backend_name())
        name = attachment.name or table or Path(url.database or "query").stem or "query"
        return Candidate(
            source=self.name,
            reference=attachment.reference,
            name=naming.file_name(name),
            title=attachment.name or naming.title(name),
            reason="It was attached to the question.",
            options=attachment.options,
        )

    def fetch(
        self, candidate: Candidate, into: Path, limits: Limits, received: Received, previous: Dataset | None = None
    ) -> Fetched:
        del previous
        url = parse(candidate.reference)
        deadline = time.monotonic() + 10 * limits.download_timeout
        ask = asked_of_duckdb if url.get_backend_name() == "duckdb" else asked
        with ask(url, candidate.options, limits, deadline) as answer:
            rows = counted(answer.batches, deadline, public(url), too_slow(public(url), limits))
            written = stream_to_parquet(answer.columns, rows, into, limits, received)
        return Fetched(
            (
                FetchedFile(
                    written.path, f"{naming.file_name(answer.name)}.parquet", "parquet", written.size, written.sha256
                ),
            )
        )

    def public(self, reference: str) -> str:
        try:
            return public(parse(reference))
        except (DataError, SetupError):
            return naming.file_name(reference.rpartition("@")[2], default="database")


def parse(reference: str) -> URL:
    """
    Raises:
        DataError: not an SQLAlchemy URL. What it holds is not repeated: it may be a password.
    """
    try:
        url = make_url(reference.strip())
    except (sa.exc.ArgumentError, ValueError) as error:
        raise DataError(
            "The address of the database is not valid; it looks like 'postgresql://user:password@host/database' "
            "or 'sqlite:///file.db'."
        ) from error
    return url.set(drivername=DRIVERS.get(url.drivername, url.drivername))


def public(url: URL) -> str:
    """The URL with every secret hidden."""
    hidden = {
        name: "***" for name in url.query if any(word in name.lower() for word in ("pass", "key", "token", "pwd"))
    }
    return url.update_query_dict(hidden).render_as_string(hide_password=True)


@dataclass(frozen=True)
class Answer:
    """What a database sends. `name`: of the table, or of the database that was queried."""

    name: str
    columns: list[str]
    batches: Iterator[Sequence[Sequence[Any]]]


@contextmanager
def asked(url: URL, options: dict[str, str], limits: Limits, deadline: float) -> Iterator[Answer]:
    with reading(url, limits, deadline) as connection:
        statement, name = select(connection, url, options)
        result = connection.execution_options(stream_results=True, yield_per=FETCH).execute(statement)
        yield Answer(name, list(result.keys()), iter(result.partitions(FETCH)))


@contextmanager
def asked_of_duckdb(url: URL, options: dict[str, str], limits: Limits, deadline: float) -> Iterator[Answer]:
    shown = public(url)
    with duck.reading(require_file(url), shown, deadline, too_slow(shown, limits)) as connection:
        if query := options.get("query"):
            check_select(query, "duckdb")
            name, statement = query_name(url), query
        else:
            schema = options.get("schema") or "main"
            name = chosen_table(url, options.get("table"), duck.tables(connection, schema))
            # DuckDB keeps rows in their order, so the same table has the same digest.
            statement = f"select * from {duck.quoted(schema, name)}"  # noqa: S608 (the table exists, and is quoted)
        result = connection.execute(statement)
        columns = [str(column[0]) for column in result.description or ()]
        yield Answer(name, columns, duck.batches(result, FETCH))


def select(connection: Connection, url: URL, options: dict[str, str]) -> tuple[sa.Executable, str]:
    """What to execute, and a name for what comes out."""
    if query := options.get("query"):
        check_select(query, url.get_backend_name())
        # Colons in the text are no parameters: it goes to the driver as it is.
        return sa.text(query.rstrip().rstrip(";").replace(":", r"\:")), query_name(url)
    inspector = sa.inspect(connection)
    schema = options.get("schema") or None
    if schema and schema not in inspector.get_schema_names():
        raise DataError(f"'{public(url)}' has no schema '{schema[:100]}'.")
    tables = [*inspector.get_table_names(schema), *inspector.get_view_names(schema), *materialized(inspector, schema)]
    name = chosen_table(url, options.get("table"), tables)
    # A star instead of typed columns: the driver's values come as they are, also where they do not fit the type.
    statement: sa.Select[Any] = sa.select(sa.literal_column("*")).select_from(sa.table(name, schema=schema))
    # The same rows in the same order give the same digest, so a refresh sees that nothing changed.
    keys = inspector.get_pk_constraint(name, schema).get("constrained_columns") or []
    return statement.order_by(*map(sa.column, keys)), name


def query_name(url: URL) -> str:
    return Path(url.database or "query").stem or "query"


def chosen_table(url: URL, name: str | None, tables: list[str]) -> str:
    """The table that was named, or the only one.

    Raises:
        DataError: it does not exist, or none was named where there are several.
    """
    if name is None and len(tables) == 1:
        return tables[0]
    if name not in tables:
        raise DataError(no_table(url, name or "", tables))
    return name


def materialized(inspector: sa.Inspector, schema: str | None) -> list[str]:
    try:
        return inspector.get_materialized_view_names(schema)
    except NotImplementedError:
        return []


def no_table(url: URL, name: str, tables: list[str]) -> str:
    if not tables:
        return f"'{public(url)}' has no tables."
    near = difflib.get_close_matches(name, tables, n=5, cutoff=0.4) or sorted(tables)[:10]
    start = f"'{public(url)}' has no table '{name[:100]}'." if name else f"Name one table of '{public(url)}'."
    return f"{start} It has: {', '.join(near)}{' …' if len(tables) > len(near) else ''}."


def counted(
    batches: Iterator[Sequence[Sequence[Any]]], deadline: float, shown: str, late: str
) -> Iterator[Sequence[Sequence[Any]]]:
    """The batches, while there is time.

    Raises:
        LimitError: too many rows, or too slow.
    """
    count = 0
    for batch in batches:
        count += len(batch)
        if count > MAX_ROWS:
            most = f"{MAX_ROWS:,} rows; aggregate or limit them in the query"
            raise LimitError(f"'{shown}' answers with more than {most}.")
        if time.monotonic() > deadline:
            raise LimitError(late)
        yield batch


def too_slow(shown: str, limits: Limits) -> str:
    return (
        f"'{shown}' took longer than {10 * limits.download_timeout:g} s (ten times download_timeout) and was given up; "
        "ask for less."
    )


@contextmanager
def reading(url: URL, limits: Limits, deadline: float) -> Iterator[Connection]:
    """A connection in a transaction that may only read, with the database's errors as sentences.

    Raises:
        SetupError: no driver.
        SourceError: the database does not answer, or refuses.
        DataError: what was asked is wrong.
    """
    shown = public(url)
    try:
        engine = open_engine(url, limits)
    except (sa.exc.NoSuchModuleError, ImportError) as error:
        raise SetupError(
            f"Databases of the kind '{url.get_backend_name()}' need a driver that is not installed "
            f"('{url.drivername}'); those for PostgreSQL, SQLite and DuckDB come with Dashwright."
        ) from error
    try:
        with engine.connect() as connection:
            prepare(connection, url, limits, deadline)
            yield connection
    except sa.exc.SQLAlchemyError as error:
        if time.monotonic() > deadline or "statement timeout" in str(error) or "interrupted" in str(error):
            raise LimitError(too_slow(shown, limits)) from None
        # `from None`: the driver's error may hold the address with its password.
        if isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError) and error.statement is None:
            raise SourceError(f"'{shown}' cannot be opened: {first_line(error, url)}.") from None
        raise DataError(f"'{shown}' refused what was asked: {first_line(error, url)}.") from None
    finally:
        engine.dispose()


def first_line(error: sa.exc.SQLAlchemyError, url: URL) -> str:
    """What the driver says, without the password, the statement and links to manuals."""
    text = str(getattr(error, "orig", None) or error).strip().split("\n")[0]
    for secret in (url.password, *url.query.values()):
        if isinstance(secret, str) and len(secret) > 2:
            text = text.replace(secret, "***")
    return text[:300].rstrip(". ")


def open_engine(url: URL, limits: Limits) -> Engine:
    seconds = max(1, int(limits.download_timeout))
    backend = url.get_backend_name()
    make = functools.partial(sa.create_engine, poolclass=NullPool, hide_parameters=True)
    if backend == "postgresql":
        # `options` cannot be taken back by the query: the whole session only reads.
        options = f"-c default_transaction_read_only=on -c statement_timeout={int(10_000 * limits.download_timeout)}"
        return make(url, connect_args={"connect_timeout": seconds, "options": options})
    if backend == "sqlite":
        return make(read_only_sqlite(url))
    return make(url)


def require_file(url: URL) -> Path:
    """
    Raises:
        DataError: a database in a file, without the file.
    """
    text = (url.database or "").removeprefix("file:").partition("?")[0]
    if not text or text == ":memory:":
        raise DataError("A database in memory holds no data of anybody; name its file, as in 'sqlite:///file.db'.")
    path = Path(text).expanduser().absolute()
    if not path.is_file():
        raise DataError(f"There is no database file '{path}'; check the path.")
    return path


def read_only_sqlite(url: URL) -> URL:
    path = require_file(url)
    return URL.create("sqlite", database=path.as_uri(), query={"mode": "ro", "uri": "true"})


def prepare(connection: Connection, url: URL, limits: Limits, deadline: float) -> None:
    """Begin a transaction that may only read, where the database has such a thing."""
    backend = url.get_backend_name()
    if backend == "sqlite":
        connection.exec_driver_sql("PRAGMA query_only = ON")
        driver: Any = connection.connection.driver_connection
        # Called every so many steps of SQLite's machine; a true answer interrupts.
        driver.set_progress_handler(lambda: time.monotonic() > deadline, 100_000)
    elif backend == "postgresql":
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
    elif backend in ("mysql", "mariadb"):
        seconds = 10 * limits.download_timeout
        own = getattr(connection.dialect, "is_mariadb", False)
        longest = f"max_statement_time = {seconds:.3f}" if own else f"MAX_EXECUTION_TIME = {int(1_000 * seconds)}"
        connection.exec_driver_sql(f"SET SESSION {longest}")
        connection.exec_driver_sql("SET SESSION TRANSACTION READ ONLY")
        connection.commit()
    elif backend == "oracle":
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
