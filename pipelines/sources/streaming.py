"""Streaming: rows of any Python values into one Parquet file, a batch at a time.

A database does not say beforehand what its columns will hold, and some hold several kinds of values. So batches are
written with the types they have, and at the end all of them are brought to the narrowest type that holds them all.
"""

from __future__ import annotations

import datetime as dt
import decimal
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ..errors import DataError, LimitError
from ..step import Limits
from .source import Received
from .writing import CHUNK, Budget, Writing, size_text

GROUP_ROWS = 100_000
GROUP_BYTES = 64 * 1024**2
"""A part is written when it has that many rows or bytes."""
KEPT = (bool, int, float, str, dt.datetime, dt.date, dt.time)


def stream_to_parquet(
    names: Sequence[str], batches: Iterable[Sequence[Sequence[Any]]], into: Path, limits: Limits, received: Received
) -> Writing:
    """
    Raises:
        DataError: no columns, or more than `limits.max_columns`; no rows.
        LimitError: more than `limits.max_download_size` bytes.
    """
    if len(names) > limits.max_columns:
        raise DataError(
            f"The answer has {len(names):,} columns; at most {limits.max_columns:,} are read (max_columns)."
        )
    columns = distinct(names)
    parts: list[Path] = []
    schemas: list[pa.Schema] = []
    spent = 0
    for table in groups(columns, batches):
        part = into / f"part-{len(parts)}.parquet"
        pq.write_table(table, part)
        parts.append(part)
        schemas.append(table.schema)
        spent += part.stat().st_size
        received(spent, None)
        if spent > limits.max_download_size:
            raise LimitError(over(limits))
    if not parts:
        raise DataError("The database answered with no rows; nothing can be shown from it.")
    return digested(join(parts, unify(schemas), into / "table.parquet"), limits)


def over(limits: Limits) -> str:
    return (
        f"The answer of the database is larger than {size_text(limits.max_download_size)}, the most that is allowed "
        "(max_download_size); aggregate or limit it in the query."
    )


def digested(path: Path, limits: Limits) -> Writing:
    with (
        path.open("rb") as file,
        Writing(path.with_suffix(".whole"), Budget(limits.max_download_size, over(limits))) as out,
    ):
        out.write_all(iter(lambda: file.read(CHUNK), b""))
    path.unlink()
    return out


def distinct(names: Sequence[str]) -> list[str]:
    """Names for columns, each once and none empty."""
    result: list[str] = []
    for position, text in enumerate(names, start=1):
        base = name = text.strip() or f"column_{position}"
        number = 2
        while name in result:
            name, number = f"{base}_{number}", number + 1
        result.append(name)
    return result


def groups(columns: list[str], batches: Iterable[Sequence[Sequence[Any]]]) -> Iterator[pa.Table]:
    """Batches put together until they are worth writing."""
    pending: list[pa.Table] = []
    for batch in batches:
        arrays = [array([row[position] for row in batch]) for position in range(len(columns))]
        pending.append(pa.table(arrays, names=columns))
        rows, size = sum(map(len, pending)), sum(table.nbytes for table in pending)
        if rows >= GROUP_ROWS or size >= GROUP_BYTES:
            yield joined(pending)
            pending = []
    if pending:
        yield joined(pending)


def joined(tables: list[pa.Table]) -> pa.Table:
    schema = unify([table.schema for table in tables])
    return pa.concat_tables([cast(table, schema) for table in tables])


def array(values: list[Any]) -> pa.Array:
    """Values of one column. Where they are of several kinds, all become text."""
    plain = [simple(value) for value in values]
    kinds = {type(value) for value in plain if value is not None}
    # Asked for dates and numbers together, pyarrow makes the numbers days.
    if len(kinds) == 1 or kinds <= {int, float}:
        with suppress(ValueError, TypeError, OverflowError, pa.ArrowException):
            return pa.array(plain)
    return pa.array([None if value is None else str(value) for value in plain], pa.string())


def simple(value: Any) -> Any:
    """A value as Parquet and every reader of it know it."""
    if value is None or type(value) in KEPT:
        return value
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return f"{len(value)} bytes"
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, default=str, ensure_ascii=False)
    return str(value)


def unify(schemas: Sequence[pa.Schema]) -> pa.Schema:
    """One schema for all: the same columns, each of a type that holds what each part has."""
    return pa.schema(
        [pa.field(name, common({schema.field(position).type for schema in schemas}))
         for position, name in enumerate(schemas[0].names)]
    )  # fmt: skip


def common(types: set[pa.DataType]) -> pa.DataType:
    kinds = {kind for kind in types if not pa.types.is_null(kind)}
    if not kinds:
        return pa.string()
    if len(kinds) == 1:
        return next(iter(kinds))
    numeric: Callable[[pa.DataType], bool] = lambda kind: pa.types.is_integer(kind) or pa.types.is_floating(kind)  # noqa: E731
    return pa.float64() if all(map(numeric, kinds)) else pa.string()


def cast(table: pa.Table, schema: pa.Schema) -> pa.Table:
    arrays = [
        column if column.type == field.type else pc.cast(column, field.type, safe=False)
        for column, field in zip(table.columns, schema, strict=True)
    ]
    return pa.table(arrays, schema=schema)


def join(parts: list[Path], schema: pa.Schema, target: Path) -> Path:
    with pq.ParquetWriter(target, schema) as writer:
        for part in parts:
            writer.write_table(cast(pq.read_table(part), schema))
            part.unlink()
    return target
