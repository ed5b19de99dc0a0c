"""JSON: lists of records, nested or not, flattened into columns and split into related tables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from ..errors import DataError
from ..model import Repair
from ..step import Limits
from . import encodings
from .delimited import check_width
from .raw import RawColumn, RawTable
from .staging import Staging

_MOST_DEPTH = 6
_RECORD_KEYS = (
    "data",
    "results",
    "records",
    "items",
    "rows",
    "features",
    "values",
    "value",
    "observations",
    "entries",
    "result",
)
Cells = dict[str, str | None]


class _Collected:
    """One table as it grows: columns by name, cells by row."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.rows: list[Cells] = []
        self.headers: dict[str, None] = {}

    def add(self, cells: Cells) -> None:
        self.headers.update(dict.fromkeys(cells))
        self.rows.append(cells)


def read(path: Path, file_name: str, title: str, staging: Staging, limits: Limits, *, lines: bool) -> list[RawTable]:
    """The tables of a JSON file.

    Raises:
        DataError: it is not JSON, or holds no records.
    """
    codec = encodings.detect(path, file_name)
    try:
        document = list(_lines(path, codec, file_name)) if lines else _document(path, codec, file_name)
        tables = collect(document, title)
    except RecursionError:
        raise DataError(f"'{file_name}' is nested too deeply to be a table: flatten it first.") from None
    found = [table for table in tables if table.rows]
    if not found:
        raise DataError(f"'{file_name}' has no records in it: a list of objects is needed.")
    return [_raw(table, staging, limits, file_name) for table in found]


def _document(path: Path, codec: str, file_name: str) -> Any:
    text = path.read_bytes().decode(codec, "replace").removeprefix("\ufeff").replace("\x00", "")
    try:
        return json.loads(text, parse_constant=lambda _: None)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":
            return list(_lines(path, codec, file_name))
        raise DataError(
            f"'{file_name}' is not valid JSON: {error.msg.lower()} at line {error.lineno}, column {error.colno}."
        ) from None
    except ValueError as error:
        raise DataError(f"'{file_name}' holds a number that is too long to be read: {error}.") from None


def _lines(path: Path, codec: str, file_name: str) -> Iterator[Any]:
    with path.open(encoding=codec, errors="replace") as file:
        for number, line in enumerate(file, start=1):
            text = line.strip().strip("\ufeff").rstrip(",")
            if not text or text in "[]":
                continue
            try:
                yield json.loads(text, parse_constant=lambda _: None)
            except ValueError as error:
                raise DataError(f"'{file_name}' is not valid JSON in line {number}: {error}.") from None


def collect(document: Any, title: str) -> list[_Collected]:
    """The main table first, then those split off."""
    tables: dict[str, _Collected] = {}
    for name, records in _lists(document, title):
        main = tables.setdefault(name, _Collected(name))
        for number, record in enumerate(records):
            _add(record, number, main, tables)
    return list(tables.values())


def _lists(document: Any, title: str) -> list[tuple[str, list[Any]]]:
    """The lists of records in a document, with a title each."""
    if isinstance(document, list):
        if len(document) == 2 and isinstance(document[0], dict) and isinstance(document[1], list) and document[1]:
            return [(title, document[1])]
        return [(title, _with_header(document))]
    if not isinstance(document, dict):
        return []
    if document and all(isinstance(value, list) for value in document.values()):
        if _are_columns(document):
            return [(title, [dict(zip(document, row, strict=True)) for row in zip(*document.values(), strict=True)])]
        named = [
            (name, _with_header(value))
            for name, value in document.items()
            if value and isinstance(value[0], dict | list)
        ]
        if named:
            return [(title if len(named) == 1 else name, value) for name, value in named]
    for key in _RECORD_KEYS:
        inner = document.get(key)
        if isinstance(inner, list) and inner and isinstance(inner[0], dict | list):
            return [(title, _with_header(inner, document))]
        if isinstance(inner, dict) and (found := _lists(inner, title)) and key not in ("value",):
            return found
    if len(document) >= 2 and all(isinstance(value, dict) for value in document.values()):
        keys = [set(value) for value in document.values()]
        if len(set.intersection(*keys)) >= 0.5 * max(map(len, keys)):
            return [(title, [{"key": key, **value} for key, value in document.items()])]
    lists = [
        (key, value)
        for key, value in document.items()
        if isinstance(value, list) and value and isinstance(value[0], dict)
    ]
    if lists:
        return [(title if len(lists) == 1 else key, value) for key, value in lists]
    if len(document) >= 2 and all(isinstance(value, int | float) for value in document.values()):
        return [(title, [{"key": key, "value": value} for key, value in document.items()])]
    inner_lists = [found for value in document.values() if isinstance(value, dict) for found in _lists(value, title)]
    return inner_lists or [(title, [document])]


def _are_columns(document: dict[str, list[Any]]) -> bool:
    lengths = {len(value) for value in document.values()}
    return len(lengths) == 1 and not any(
        isinstance(item, dict | list) for value in document.values() for item in value[:20]
    )


def _with_header(rows: list[Any], document: dict[str, Any] | None = None) -> list[Any]:
    """Lists of cells become records: named by the document's list of columns, else by the first row."""
    if not rows or not all(isinstance(row, list) for row in rows[:50]):
        return rows
    names = _column_names(document or {}, len(rows[0]))
    if names is None and len(rows) > 1 and all(isinstance(cell, str) for cell in rows[0]):
        names, rows = [str(cell) for cell in rows[0]], rows[1:]
    names = names or [f"column {number}" for number in range(1, max(len(row) for row in rows) + 1)]
    return [dict(zip(names, row, strict=False)) for row in rows if isinstance(row, list)]


def _column_names(document: dict[str, Any], width: int) -> list[str] | None:
    for key in ("columns", "fields", "header", "headers"):
        listed = document.get(key)
        if isinstance(listed, list) and len(listed) == width:
            names = [
                item.get("name", item.get("label", item.get("id"))) if isinstance(item, dict) else item
                for item in listed
            ]
            if all(isinstance(item, str) for item in names):
                return [str(item) for item in names]
    return None


def _add(record: Any, number: int, main: _Collected, tables: dict[str, _Collected]) -> None:
    if not isinstance(record, dict):
        main.add({"value": _text(record)})
        return
    if record.get("type") == "Feature" and isinstance(record.get("properties"), dict):
        record = _feature(record)
    cells: Cells = {}
    children: list[tuple[str, list[Any]]] = []
    _flatten(record, "", cells, children, 0)
    main.add(cells)
    for path, items in children:
        child = tables.setdefault(f"{main.title} {path}", _Collected(f"{main.title} {path}"))
        key_name, key = _key_of(record, number)
        for item in items:
            inner: Cells = {key_name: key}
            if isinstance(item, dict):
                nested: Cells = {}
                _flatten(item, "", nested, [], 0)
                inner |= {(name if name != key_name else f"{path} {name}"): cell for name, cell in nested.items()}
            else:
                inner["value"] = _text(item)
            child.add(inner)


def _key_of(record: dict[str, Any], number: int) -> tuple[str, str]:
    for key in ("id", "ID", "_id", "key", "code", "name", "uuid"):
        if isinstance(record.get(key), str | int):
            return key, str(record[key])
    return "row", str(number + 1)


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


def _raw(table: _Collected, staging: Staging, limits: Limits, file_name: str) -> RawTable:
    headers = list(table.headers)
    check_width(len(headers), file_name, limits)
    keys = [f"c{position}" for position in range(len(headers))]
    columns = [[row.get(header) for row in table.rows] for header in headers]
    relation = staging.register(pa.table([pa.array(column, pa.string()) for column in columns], names=keys))
    sampled = zip(keys, headers, columns, strict=True)
    repairs = []
    nested = sum(1 for header in headers if "." in header)
    if nested:
        repairs.append(
            Repair(kind="flattened", count=nested, sentence=f"{nested} nested fields became columns of their own.")
        )
    return RawTable(
        title=table.title,
        relation=relation,
        columns=tuple(
            RawColumn(key, header, tuple(dict.fromkeys(cell for cell in column if cell is not None)))
            for key, header, column in sampled
        ),
        complete=True,
        repairs=tuple(repairs),
    )
