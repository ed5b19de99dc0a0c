"""The connection to PostgreSQL, and the migrations that bring its tables to what this version needs."""

from __future__ import annotations

import contextlib
import select
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, InterfaceError, InvalidatePoolError, OperationalError, ProgrammingError
from sqlalchemy.pool import ConnectionPoolEntry

from ..pipelines.errors import SetupError

# Alembic takes 0.3 s to import, and whoever only reads or writes rows does without: it is imported where it is used.
if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

MIGRATION_LOCK = 0x6461736877  # "dashw"
QUEUE_PREFIX = "huey"
CONNECT_TIMEOUT = 10
"""Seconds."""
MOST_OVERFLOW = 10
"""Connections that an engine may have beyond its pool, while many are needed at once."""
IDLE_TIMEOUT = 60.0
"""Seconds. Nobody waits for anything but the database within a transaction."""
UNTRIED = 30.0
"""Seconds of idleness after which a connection is tried before it is used: a network may have forgotten it."""


class DatabaseGoneError(SetupError):
    """The database does not answer. It may come back."""


def normalized(url: str) -> URL:
    """With the driver that we use, whatever the address says: postgres:// and postgresql:// are psycopg 3."""
    return make_url(url.replace("postgres://", "postgresql://", 1)).set(drivername="postgresql+psycopg")


def libpq(url: str | URL) -> str:
    """The address as psycopg itself takes it, with its password."""
    known = normalized(url) if isinstance(url, str) else url
    return known.set(drivername="postgresql").render_as_string(hide_password=False)


def connect(url: str, pool_size: int = 5, idle: float = IDLE_TIMEOUT) -> Engine:
    """An engine; connections are made when they are needed.

    Args:
        idle: seconds after which the server ends a transaction in which nothing happens. A process that stands still
            in one, stopped or on a machine that sleeps, would else keep its locks from all the others.
    """
    engine = create_engine(
        normalized(url),
        pool_size=pool_size,
        max_overflow=MOST_OVERFLOW,
        hide_parameters=True,  # an error text must not carry questions or addresses of data
        connect_args={
            "connect_timeout": CONNECT_TIMEOUT,
            "application_name": "dashwright",
            "client_encoding": "utf8",
        },
    )

    # Not as an option of the connection: poolers refuse those.
    @event.listens_for(engine, "connect")
    def end_idle_transactions(connection: psycopg.Connection, _record: object) -> None:
        connection.execute("SELECT set_config('idle_in_transaction_session_timeout', %s, false)", [f"{idle:.3f}s"])
        connection.commit()

    @event.listens_for(engine, "checkin")
    def note_use(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info["used_at"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def replace_dead(connection: psycopg.Connection, record: ConnectionPoolEntry, _: object) -> None:
        if "used_at" in record.info and not _is_alive(connection, time.monotonic() - record.info["used_at"]):
            raise InvalidatePoolError

    return engine


def _is_alive(connection: psycopg.Connection, idle: float) -> bool:
    """Whether the server still listens. A question for each use, as SQLAlchemy's own way, would be a third of a
    request's round trips; a server that hung up can be seen from here, as there is something to read."""
    if connection.closed:
        return False
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    if idle < UNTRIED and not poll.poll(0):
        return True
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except psycopg.Error:
        return False
    return True


@contextlib.contextmanager
def answering() -> Iterator[None]:
    """Say in a sentence what went wrong with the database.

    Raises:
        DatabaseGoneError: it does not answer.
        SetupError: it has not the tables that are needed.
    """
    try:
        yield
    except (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError) as error:
        raise DatabaseGoneError(f"The database does not answer: {_first_line(error)}") from error
    except (ProgrammingError, psycopg.ProgrammingError) as error:
        if isinstance(getattr(error, "orig", error), psycopg.errors.UndefinedTable | psycopg.errors.UndefinedColumn):
            raise SetupError(
                "The database has not the tables of this version of Dashwright; run `dashwright migrate`."
            ) from error
        raise
    except DBAPIError as error:
        if error.connection_invalidated or isinstance(error.orig, psycopg.errors.IdleInTransactionSessionTimeout):
            raise DatabaseGoneError(f"The database does not answer: {_first_line(error)}") from error
        raise


def migrate(url: str, revision: str = "head") -> None:
    """Bring the tables to a revision, the newest as a rule. Several processes may try at once.

    Raises:
        DatabaseGoneError: the database does not answer.
        SetupError: the tables were made by a newer Dashwright, or the database does not take every text.
    """
    from alembic import command

    engine = connect(url, pool_size=1)
    try:
        with answering(), engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
            _refuse_encoding(connection)
            _refuse_newer(connection)
            config = configuration(connection)
            if revision == "head" or revision.startswith("+"):
                command.upgrade(config, revision)
            else:
                command.downgrade(config, revision)
            _make_queue_tables(connection)
    finally:
        engine.dispose()


def is_current(url: str) -> bool:
    """Whether the tables are those of this version."""
    engine = connect(url, pool_size=1)
    try:
        with answering(), engine.connect() as connection:
            return _revisions(connection) == set(_scripts(connection).get_heads())
    finally:
        engine.dispose()


def configuration(connection: Connection) -> Config:
    """Alembic's configuration, made here instead of read from a file."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _scripts(connection: Connection) -> ScriptDirectory:
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(configuration(connection))


def is_ours(name: str | None, kind: str, _: object) -> bool:
    """Whether Alembic should look at a thing: not at the tables of the queue, which Huey declares itself."""
    return not (kind == "table" and name is not None and name.startswith(f"{QUEUE_PREFIX}_"))


def _refuse_encoding(connection: Connection) -> None:
    encoding = connection.scalar(text("SHOW server_encoding"))
    if encoding != "UTF8":
        raise SetupError(
            f"The database '{connection.engine.url.database}' has the encoding {encoding}, which cannot keep every "
            "text; name one that was made with ENCODING 'UTF8' TEMPLATE template0."
        )


def _refuse_newer(connection: Connection) -> None:
    known = {script.revision for script in _scripts(connection).walk_revisions()}
    if unknown := _revisions(connection) - known:
        raise SetupError(
            f"The database was made by a newer Dashwright (its revision is '{min(unknown)}'); install that version."
        )


def _revisions(connection: Connection) -> set[str]:
    if not connection.scalar(text("SELECT to_regclass('alembic_version')")):
        return set()
    return set(connection.scalars(text("SELECT version_num FROM alembic_version")))


def _make_queue_tables(connection: Connection) -> None:
    """Huey's tables, by its own statements, in the transaction that makes ours."""
    from huey.storage import PostgresStorage

    statements: list[str] = PostgresStorage("", dsn="", table_prefix=QUEUE_PREFIX, create_tables=False).ddl
    for statement in statements:
        connection.execute(text(statement))


def _first_line(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    return (str(cause).strip() or type(cause).__name__).splitlines()[0].rstrip(".") + "."
