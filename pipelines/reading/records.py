"""JSON: lists of records, nested or not, flattened into columns and split into related tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ..engine import literal
from ..errors import DataError
from ..model import Repair
from ..step import Limits
from . import documents, encodings
from .delimited import check_width
from .naming import identifier
from .raw import RawColumn, RawTable
from .staging import Staging

_MOST_DEPTH = 6
_BATCH = 50_000
_BATCH_SIZE = 32 * 1024**2
_MOST_SAMPLED = 4_000
Cells = dict[str, str | None]


class _Gathered:
    """One table as it grows: columns by name, cells by row, full batches already in files."""

    def __init__(self, title: str, staging: Staging) -> None:
        self.title = title
        self.headers: dict[str, int] = {}
        self.count = 0
        self._staging = staging
        self._rows: list[Cells] = []
        self._size = 0
        self._files: list[Path] = []
        self._samples: list[dict[str, None]] = []

    def add(self, cells: Cells) -> None:
        for header in cells:
            if header not in self.headers:
                self.headers[header] = len(self.headers)
                self._samples.append({})
        self._rows.append(cells)
        self.count += 1
        self._size += sum(len(cell) for cell in cells.values() if cell)
        if len(self._rows) >= _BATCH or self._size > _BATCH_SIZE:
            self._flush()

    def _flush(self) -> pa.Table:
        columns = {}
        for header, position in self.headers.items():
            cells = [row.get(header) for row in self._rows]
            sample = self._samples[position]
            if not self._files or len(sample) < _MOST_SAMPLED:
                sample.update(dict.fromkeys(cell for cell in cells if cell is not None))
            columns[f"c{position}"] = pa.array(cells, pa.string())
        table = pa.table(columns)
        target = self._staging.file("records.parquet")
        pq.write_table(table, target)
        self._files.append(target)
        self._rows, self._size = [], 0
        return table

    def raw(self, limits: Limits, file_name: str) -> RawTable:
        """The table, ready for typing."""
        check_width(len(self.headers), file_name, limits)
        complete = not self._files
        if self._rows:
            table = self._flush()
        listed = ", ".join(literal(str(file)) for file in self._files)
        relation = f"read_parquet([{listed}], union_by_name = true)"
        nested = sum(1 for header in self.headers if "." in header)
        told = Repair(kind="flattened", count=nested, sentence=f"{nested} nested fields became columns of their own.")
        return RawTable(
            title=self.title,
            relation=self._staging.register(table) if complete else relation,
            columns=tuple(
                RawColumn(f"c{position}", header, tuple(self._samples[position]))
                for header, position in self.headers.items()
            ),
            complete=complete,
            repairs=(told,) if nested else (),
            staged=True,
        )


def read(path: Path, file_name: str, title: str, staging: Staging, limits: Limits, *, by_line: bool) -> list[RawTable]:
    """The tables of a JSON file.

    Raises:
        DataError: it is not JSON, or holds no records.
    """
    codec = encodings.detect(path, file_name)
    tables: dict[str, _Gathered] = {}
    try:
        for name, records in documents.records(path, codec, file_name, title, by_line=by_line):
            main = tables.setdefault(name, _Gathered(name, staging))
            for record in records:
                _add(record, main, tables, staging)
    except RecursionError:
        raise DataError(f"'{file_name}' is nested too deeply to be a table: flatten it first.") from None
    found = [table for table in tables.values() if table.count and table.headers]
    if not found:
        raise DataError(f"'{file_name}' has no records in it: a list of objects is needed.")
    return [table.raw(limits, file_name) for table in found]


def _add(record: Any, main: _Gathered, tables: dict[str, _Gathered], staging: Staging) -> None:
    if not isinstance(record, dict):
        main.add({"value": _text(record)})
        return
    if record.get("type") == "Feature" and isinstance(record.get("properties"), dict):
        record = _feature(record)
    cells: Cells = {}
    children: list[tuple[str, list[Any]]] = []
    _flatten(record, "", cells, children, 0)
    key = _key_of(record)
    if children and key is None:
        key = ("row", str(main.count + 1))
        cells = {"row": key[1], **cells}
    main.add(cells)
    for path, items in children:
        child = tables.setdefault(f"{main.title} {path}", _Gathered(f"{main.title} {path}", staging))
        for item in items:
            _add_child(child, f"{identifier(main.title)}_{key[0]}" if key else "row", key[1] if key else "", item)


def _add_child(child: _Gathered, key_name: str, key: str, item: Any) -> None:
    nested: Cells = {}
    if isinstance(item, dict):
        _flatten(item, "", nested, [], 0)
    else:
        nested["value"] = _text(item)
    child.add({key_name: key, **{name: cell for name, cell in nested.items() if name != key_name}})


def _key_of(record: dict[str, Any]) -> tuple[str, str] | None:
    """What tells a record from others, when it says so itself."""
    for key in ("id", "ID", "_id", "key", "code", "name", "uuid"):
        if isinstance(record.get(key), str | int):
            return key, str(record[key])
    return None


def _feature(record: dict[str, Any]) -> dict[str, Any]:
    """GeoJSON: properties, and the place when it is a point."""
    flat = dict(record["properties"])
    geometry = record.get("geometry")
    if isinstance(geometry, dict) and geometry.get("type") == "Point" and isinstance(geometry.get("coordinates"), list):
        place = geometry["coordinates"]
        if len(place) >= 2:
            flat.setdefault("longitude", place[0])
            flat.setdefault("latitude", place[1])
    if "id" in record:
        flat.setdefault("id", record["id"])
    return flat


def _flatten(
    record: dict[str, Any], prefix: str, cells: Cells, children: list[tuple[str, list[Any]]], depth: int
) -> None:
    for name, value in record.items():
        path = f"{prefix}{name}"
        if isinstance(value, dict):
            if depth < _MOST_DEPTH:
                _flatten(value, f"{path}.", cells, children, depth + 1)
            else:
                cells[path] = json.dumps(value, ensure_ascii=False)
        elif isinstance(value, list):
            if value and all(isinstance(item, dict) for item in value):
                children.append((path, value))
            elif len(value) <= 20 and not any(isinstance(item, dict | list) for item in value):
                cells[path] = ", ".join(_text(item) or "" for item in value)
            else:
                cells[path] = json.dumps(value, ensure_ascii=False)
        else:
            cells[path] = _text(value)


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
