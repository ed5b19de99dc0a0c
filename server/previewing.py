"""Previewing: a few rows of a table of a published version."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..pipelines.errors import DataError
from ..pipelines.model import Noun
from .errors import MissingError

LONGEST_TEXT = 1_000
"""Characters of a cell."""


class Rows(Noun):
    """Some rows of a table, each with a value for each column."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    offset: int
    total: int
    """Rows of the whole table."""


def rows(path: Path, columns: Sequence[str], offset: int, limit: int) -> Rows:
    """Rows of a Parquet file; no columns means all of them.

    Raises:
        MissingError: it has no such column.
        DataError: it cannot be read.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            known = file.schema_arrow.names
            if unknown := [name for name in columns if name not in known]:
                raise MissingError(f"There is no column '{unknown[0][:80]}'. There is: {', '.join(known[:20])}.")
            wanted = list(columns) or known
            groups, skipped = _groups(file, offset)
            found: list[tuple[Any, ...]] = []
            for batch in file.iter_batches(batch_size=10_000, row_groups=groups, columns=wanted):
                start = max(0, offset - skipped)
                skipped += batch.num_rows
                part = batch.slice(start, limit - len(found))
                found += zip(*(map(_cell, part.column(name).to_pylist()) for name in wanted), strict=True)
                if len(found) == limit:
                    break
            return Rows(columns=tuple(wanted), rows=tuple(found), offset=offset, total=file.metadata.num_rows)
    except (OSError, pa.ArrowException) as error:
        raise DataError(f"The table '{path.stem}' cannot be read.") from error


def _groups(file: Any, offset: int) -> tuple[list[int], int]:
    """The row groups from the one with the first row on, and how many rows are before them."""
    before = 0
    for group in range(file.num_row_groups):
        count = file.metadata.row_group(group).num_rows
        if before + count > offset:
            return list(range(group, file.num_row_groups)), before
        before += count
    return [], before


def _cell(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    return value[:LONGEST_TEXT] if isinstance(value, str) else value
