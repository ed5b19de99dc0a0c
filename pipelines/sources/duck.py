"""DuckDB files, by DuckDB itself: its SQLAlchemy dialect does not keep up with its releases."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from ..errors import DataError, LimitError, SourceError

CLOSED: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": False,
    "lock_configuration": True,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
"""A query could otherwise read any file of this machine and any URL."""


@contextmanager
def reading(path: Path, shown: str, deadline: float, too_slow: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that may only read this one file, interrupted at the deadline.

    Raises:
        SourceError: the file cannot be opened.
        DataError: what was asked is wrong.
        LimitError: it took too long.
    """
    try:
        connection = duckdb.connect(str(path), read_only=True, config=CLOSED)
    except duckdb.Error as error:
        raise SourceError(f"'{shown}' cannot be opened: {first_line(error)}.") from error
    watch = threading.Timer(max(0.0, deadline - time.monotonic()), connection.interrupt)
    watch.daemon = True
    watch.start()
    try:
        yield connection
    except duckdb.InterruptException:
        raise LimitError(too_slow) from None
    except duckdb.Error as error:
        raise DataError(f"'{shown}' refused what was asked: {first_line(error)}.") from error
    finally:
        watch.cancel()
        connection.close()


def first_line(error: duckdb.Error) -> str:
    return str(error).strip().split("\n")[0][:300].rstrip(". ")


def tables(connection: duckdb.DuckDBPyConnection, schema: str | None) -> list[str]:
    """Names of tables and views in a schema."""
    found = connection.execute(
        "select table_name from information_schema.tables where table_schema = ? order by 1", [schema or "main"]
    )
    return [str(row[0]) for row in found.fetchall()]


def quoted(*names: str) -> str:
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def batches(result: duckdb.DuckDBPyConnection, size: int) -> Iterator[Sequence[Sequence[Any]]]:
    while rows := result.fetchmany(size):
        yield rows
