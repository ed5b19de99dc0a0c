"""duckdb as the steps use it: bounded memory, spilling into the job's folder, no extension from the network."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from .errors import LimitError
from .step import Limits

_SHARE_OF_MEMORY = 0.25
"""Of the process's limit. duckdb counts its buffers, not every allocation, and Python needs room beside it."""
_MOST_MEMORY = 900 * 1024**2


@contextmanager
def connect(limits: Limits, folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection whose temporary files lie in `folder` and go away with it.

    Raises:
        LimitError: the work needs more memory or disk than there is.
    """
    memory = min(int(limits.memory * _SHARE_OF_MEMORY), _MOST_MEMORY)
    folder.mkdir(parents=True, exist_ok=True)
    spill = Path(tempfile.mkdtemp(prefix=".duckdb-", dir=folder))
    connection = duckdb.connect(
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "memory_limit": f"{memory // 1024**2}MiB",
            "temp_directory": str(spill),
            "preserve_insertion_order": "true",
        }
    )
    connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
    try:
        yield connection
    except duckdb.OutOfMemoryException as error:
        raise LimitError(
            f"The data needs more than the {memory // 1024**2} MB of memory this job may use: "
            "raise the limit or bring fewer rows."
        ) from error
    finally:
        connection.close()
        shutil.rmtree(spill, ignore_errors=True)


def name(text: str) -> str:
    """An SQL identifier, whatever is in it."""
    return '"' + text.replace('"', '""') + '"'


def literal(text: str) -> str:
    """An SQL text literal, whatever is in it."""
    return "'" + text.replace("'", "''") + "'"


def first_row(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    """The first row of an answer, read to its end: a connection takes no other work before that."""
    rows = connection.execute(query).fetchall()
    return rows[0] if rows else ()
