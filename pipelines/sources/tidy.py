"""Tidy: one row an observation, as one Parquet file with the types that its columns have."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ..errors import DataError, LimitError
from ..step import Limits
from .naming import identifier
from .source import FetchedFile
from .writing import size_text

TEXT, YEAR, DATE, NUMBER = pa.string(), pa.int32(), pa.date32(), pa.float64()
GROUP = 50_000
"""Rows put together before they are written."""
Columns = Sequence[tuple[str, pa.DataType]]


def write(
    name: str, columns: Columns, rows: Iterable[Sequence[Any]], into: Path, limits: Limits, shown: str
) -> FetchedFile:
    """
    Args:
        name: of the file, without its ending; any text.
        shown: whose data it is, for sentences.

    Raises:
        DataError: there are no rows.
        LimitError: more than `limits.max_download_size` bytes.
    """
    schema = pa.schema([pa.field(title, kind) for title, kind in unique(columns)])
    file = f"{identifier(name)}.parquet"
    path, count = into / file, 0
    # The same rows have the same bytes: no date and no dictionary order of the moment goes in.
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for group in groups(rows):
            writer.write_table(table(group, schema))
            count += len(group)
            if path.stat().st_size > limits.max_download_size:
                break
    size = path.stat().st_size
    if size > limits.max_download_size:
        raise LimitError(
            f"{shown} is larger than {size_text(limits.max_download_size)}, the most that is allowed "
            "(max_download_size)."
        )
    if not count:
        raise DataError(f"{shown} has no values; choose another dataset.")
    with path.open("rb") as content:
        return FetchedFile(path, file, "parquet", size, hashlib.file_digest(content, "sha256").hexdigest())


def table(rows: Sequence[Sequence[Any]], schema: pa.Schema) -> pa.Table:
    return pa.table(
        [pa.array([row[position] for row in rows], field.type) for position, field in enumerate(schema)], schema=schema
    )


def groups(rows: Iterable[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    remaining = iter(rows)
    while group := list(islice(remaining, GROUP)):
        yield group


def unique(columns: Columns) -> Iterator[tuple[str, pa.DataType]]:
    """Each name once; case does not tell names apart."""
    taken: set[str] = set()
    for title, kind in columns:
        base = name = " ".join(title.split())[:200] or "value"
        number = 2
        while name.casefold() in taken:
            name, number = f"{base} ({number})", number + 1
        taken.add(name.casefold())
        yield name, kind
