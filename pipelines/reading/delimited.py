"""Text files of cells: csv, tsv and their relatives. Small ones are looked at whole, large ones left to duckdb."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ..engine import literal
from ..errors import DataError
from ..model import Repair
from ..step import Limits
from . import cells, dialects, encodings, layouts
from .aligning import Aligner
from .dialects import Dialect
from .grids import Grid, grids, tell_alignment
from .parsing import records
from .raw import RawColumn, RawTable
from .staging import Staging

WHOLE = 12 * 1024**2
"""Files up to this many bytes are parsed by Python, which forgives more than duckdb."""
_HEAD = 192 * 1024
_TAIL = 64 * 1024
_LEAST_LINES = 25
_BATCH = 20_000
_LONGEST_LINE = 32 * 1024**2
_LONGEST_FOR_DUCKDB = 2_000_000
"""Its buffers are sixteen times as large; longer lines are left to the forgiving parser."""


def rows_of_text(path: Path, file_name: str) -> tuple[list[list[str]], Dialect]:
    """All rows of a small file with the dialect they were parsed by.

    Raises:
        DataError: it is empty or no text.
    """
    codec = encodings.detect(path, file_name)
    text = path.read_bytes().decode(codec, "replace").removeprefix("\ufeff").replace("\x00", "")
    return parse(text)


def parse(text: str) -> tuple[list[list[str]], Dialect]:
    """Rows and dialect of a text."""
    lines = text.split("\n" if "\n" in text else "\r")
    dialect = dialects.detect("\n".join(line.rstrip("\r") for line in islice(lines, 4_000)))
    while lines and not lines[-1].strip("\r\x1a"):
        lines.pop()
    return list(records(lines[dialect.skip :], dialect)), dialect


def read(path: Path, file_name: str, title: str, staging: Staging, limits: Limits) -> list[RawTable]:
    """The tables of a delimited file.

    Raises:
        DataError: nothing in it can be read as a table.
    """
    codec = encodings.detect(path, file_name)
    if path.stat().st_size <= WHOLE:
        rows, dialect = rows_of_text(path, file_name)
        found = grids(rows, title=title, dialect=dialect)
        told = _encoding_repair(codec)
        tables = [
            from_grid(grid, staging, limits, file_name, dialect.decimal_comma, told) for grid in found if usable(grid)
        ]
        if not tables:
            raise nothing_in(file_name, found)
        return tables
    return [_large(path, file_name, title, codec, staging, limits)]


def usable(grid: Grid) -> bool:
    return bool(grid.rows) and any(any(row) for row in grid.rows)


def nothing_in(file_name: str, found: list[Grid]) -> DataError:
    if found and found[0].headers and found[0].has_header:
        names = ", ".join(header[:40] for header in found[0].headers[:5])
        return DataError(f"'{file_name}' has a header ({names}) but no rows: there is nothing to show.")
    return DataError(f"'{file_name}' has no table in it: no rows of cells were found.")


def check_width(columns: int, file_name: str, limits: Limits) -> None:
    """Raises:
    DataError: there are more columns than a table may have.
    """
    if columns > limits.max_columns:
        raise DataError(
            f"'{file_name}' has {columns:,} columns; a table may have at most {limits.max_columns:,}. "
            "Keep the columns you need, or turn the table so that they become rows."
        )


def _encoding_repair(codec: str) -> list[Repair]:
    if codec in ("utf-8", "utf-8-sig"):
        return []
    return [Repair(kind="encoding", sentence=f"The file is not written in UTF-8; it was read as {codec}.")]


def from_grid(
    grid: Grid, staging: Staging, limits: Limits, file_name: str, decimal_comma: bool | None, told: list[Repair]
) -> RawTable:
    """A table in memory, known to duckdb."""
    check_width(len(grid.headers), file_name, limits)
    columns = [list(column) for column in zip(*grid.rows, strict=True)]
    keep = [position for position, header in enumerate(grid.headers) if header or any(columns[position])]
    dropped = len(grid.headers) - len(keep)
    repairs = [*told, *grid.repairs]
    if dropped:
        repairs.append(
            Repair(kind="empty_columns", count=dropped, sentence=f"{dropped} columns without name and values left out.")
        )
    keys = [f"c{position}" for position in keep]
    relation = staging.register(pa.table([pa.array(columns[position], pa.string()) for position in keep], names=keys))
    return RawTable(
        title=grid.title,
        relation=relation,
        columns=tuple(
            RawColumn(key, grid.headers[position], tuple(dict.fromkeys(columns[position])))
            for key, position in zip(keys, keep, strict=True)
        ),
        complete=True,
        repairs=tuple(repairs),
        warnings=tuple(grid.warnings),
        decimal_comma=decimal_comma,
    )


@dataclass(frozen=True)
class _Shape:
    """What samples say of a large file."""

    dialect: Dialect
    headers: list[str]
    skip: int
    """Lines before the first row of the body."""
    sample: list[list[str]]
    tail: int
    """Rows at the end that are no data."""
    regular: bool
    repairs: tuple[Repair, ...]


def _large(path: Path, file_name: str, title: str, codec: str, staging: Staging, limits: Limits) -> RawTable:
    shape = _shape(path, file_name, title, codec)
    check_width(len(shape.headers), file_name, limits)
    keys = [f"c{position}" for position in range(len(shape.headers))]
    columns = [
        RawColumn(key, header, tuple(dict.fromkeys(row[position] for row in shape.sample)))
        for position, (key, header) in enumerate(zip(keys, shape.headers, strict=True))
    ]
    repairs = (*_encoding_repair(codec), *shape.repairs)
    comma = shape.dialect.decimal_comma

    def streamed() -> RawTable:
        staged, told = _stream(path, codec, shape, keys, staging)
        relation = f"read_parquet({literal(str(staged))})"
        return RawTable(title, relation, tuple(columns), False, (*repairs, *told), decimal_comma=comma, staged=True)

    if not shape.regular:
        return streamed()
    relation = _relation(staging.in_utf8(path, codec), shape, keys)
    return RawTable(title, relation, tuple(columns), False, repairs, decimal_comma=comma, otherwise=streamed)


def _relation(path: Path, shape: _Shape, keys: list[str]) -> str:
    types = ", ".join(f"{literal(key)}: 'VARCHAR'" for key in keys)
    dialect = shape.dialect
    return (
        f"read_csv({literal(str(path))}, auto_detect = false, header = false, skip = {shape.skip}, "
        f"columns = {{{types}}}, "
        f"delim = {literal(dialect.delimiter or chr(31))}, quote = {literal(dialect.quote)}, "
        f"escape = {literal(dialect.escape or dialect.quote)}, null_padding = false, strict_mode = true, "
        f"max_line_size = {_LONGEST_FOR_DUCKDB}, allow_quoted_nulls = true)"
    )


def _shape(path: Path, file_name: str, title: str, codec: str) -> _Shape:
    head, end = _head(path, codec, file_name)
    lines = head.split(end)[:-1]
    dialect = dialects.detect("\n".join(line.rstrip("\r") for line in lines))
    rows = list(records(lines[dialect.skip :], dialect))
    region = next(iter(layouts.find(rows)), None)
    if region is None or not region.body:
        raise DataError(f"'{file_name}' has no table in it: no rows of cells were found.")
    grid = grids(rows, title=title, dialect=dialect, drop_totals=False)[0]
    body = rows[region.body[0] :]
    width = len(grid.headers)
    middle = _pieces(path, codec, dialect, end)
    tail_rows = _rows_at_end(path, codec, dialect, end)
    tail = len(tail_rows) - _end_of_body(tail_rows, width)
    sample = [row for row in [*body, *middle, *tail_rows[: len(tail_rows) - tail]] if len(row) == width]
    irregular = any(len(row) != width for row in body[:-1]) or any(len(row) != width for row in middle)
    quiet = not region.repeated and len(layouts.find(rows)) == 1 and not irregular and tail == 0
    skip = _lines_before(lines, dialect, region.body[0])
    kept = tuple(
        repair for repair in grid.repairs if repair.kind in ("preamble", "header_rows", "no_header", "empty_columns")
    )
    return _Shape(
        dialect,
        grid.headers,
        skip,
        [[c.strip() for c in row] for row in sample],
        tail,
        quiet and end == "\n" and len(dialect.delimiter) == 1,
        kept,
    )


def _head(path: Path, codec: str, file_name: str) -> tuple[str, str]:
    """Enough of the start for a few dozen lines, and how lines end."""
    size = _HEAD
    while True:
        head = _text_at(path, codec, 0, size)
        end = "\n" if "\n" in head else "\r"
        if head.count(end) >= _LEAST_LINES or size >= min(_LONGEST_LINE, path.stat().st_size):
            break
        size *= 8
    if end not in head:
        raise DataError(
            f"'{file_name}' is one line of more than {_LONGEST_LINE // 1024**2} MB: it is no table of rows and columns."
        )
    return head, end


def _lines_before(lines: list[str], dialect: Dialect, rows: int) -> int:
    """Physical lines that the first `rows` rows take."""
    taken = 0

    def counted() -> Iterator[str]:
        nonlocal taken
        for line in lines[dialect.skip :]:
            taken += 1
            yield line

    parsed = records(counted(), dialect)
    for _ in range(rows):
        next(parsed)
    return dialect.skip + taken


def _text_at(path: Path, codec: str, start: int, size: int) -> str:
    with path.open("rb") as file:
        file.seek(start)
        data = file.read(size)
    decoder = codecs.getincrementaldecoder(codec)("replace")
    return decoder.decode(data).removeprefix("\ufeff").replace("\x00", "")


def _pieces(path: Path, codec: str, dialect: Dialect, end: str) -> list[list[str]]:
    """Rows from further on. A piece may start inside a quoted cell; rows of another width there prove nothing."""
    if codec.startswith(("utf-16", "utf-32")):
        return []
    size = path.stat().st_size
    found: list[list[str]] = []
    for place in (size // 4, size // 2, 3 * size // 4):
        lines = _text_at(path, codec, place, _TAIL).split(end)[1:-1]
        found += list(records(lines, dialect))[:-1]
    return found


def _rows_at_end(path: Path, codec: str, dialect: Dialect, end: str) -> list[list[str]]:
    if codec.startswith(("utf-16", "utf-32")):
        return []
    size = path.stat().st_size
    lines = _text_at(path, codec, max(0, size - _TAIL), _TAIL).split(end)[1:]
    while lines and not lines[-1].strip("\r\x1a"):
        lines.pop()
    return list(records(lines, dialect))


def _end_of_body(rows: list[list[str]], width: int) -> int:
    """How many of the last rows belong to the table."""
    end = len(rows)
    while end and ((cells.filled(rows[end - 1]) <= max(1, width // 3) and width > 2) or not any(rows[end - 1])):
        end -= 1
    return end if len(rows) - end <= 40 else len(rows)


def _stream(path: Path, codec: str, shape: _Shape, keys: list[str], staging: Staging) -> tuple[Path, list[Repair]]:
    """An irregular large file, row by row, into Parquet of text."""
    width = len(keys)
    aligner = Aligner(width, _types(shape.sample, width), shape.dialect)
    target = staging.file("stream.parquet")
    schema = pa.schema([(key, pa.string()) for key in keys])
    headers = [header.strip() for header in shape.headers]
    with pq.ParquetWriter(target, schema, compression="snappy") as writer:
        for batch in _batches(_body(path, codec, shape), shape.tail):
            aligned = [aligner.align(row) for row in batch]
            aligned = [row for row in aligned if any(row) and [c.strip() for c in row] != headers]
            if aligned:
                arrays = [pa.array(column, pa.string()) for column in zip(*aligned, strict=True)]
                writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
    grid = Grid("", [], [])
    tell_alignment(grid, aligner)
    if shape.tail:
        grid.repairs.append(
            Repair(kind="footer", count=shape.tail, sentence=f"{shape.tail} rows below the table left out.")
        )
    return target, grid.repairs


def _types(sample: list[list[str]], width: int) -> list[str]:
    return layouts.types(sample, range(len(sample)), width)


def _body(path: Path, codec: str, shape: _Shape) -> Iterator[list[str]]:
    with path.open(encoding=codec, errors="replace", newline="" if shape.regular else None) as file:
        lines: Iterable[str] = (line.rstrip("\r\n").replace("\x00", "") for line in islice(file, shape.skip, None))
        yield from records(lines, shape.dialect)


def _batches(rows: Iterator[list[str]], tail: int) -> Iterator[list[list[str]]]:
    """Rows in batches bounded by count and size, the last `tail` rows left out."""
    batch: list[list[str]] = []
    size = 0
    for row in rows:
        batch.append(row)
        size += sum(map(len, row))
        if len(batch) >= _BATCH + tail or (size > 64 * 1024**2 and len(batch) > tail):
            keep = batch[len(batch) - tail :] if tail else []
            yield batch[: len(batch) - tail]
            batch, size = keep, 0
    yield batch[: len(batch) - tail]
