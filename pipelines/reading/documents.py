"""JSON files as lists of records, whatever they are wrapped in; long ones piece by piece."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ..errors import DataError

WHOLE = 16 * 1024**2
"""Files up to this many bytes are parsed at once."""
_MOST_WHOLE = 160 * 1024**2
"""Longer ones must be a list of records, which can be read one after the other."""
_CHUNK = 1024**2
_LONGEST_RECORD = 64 * 1024**2
_RECORD_KEYS = ("data", "results", "records", "items", "rows", "features", "values", "value", "observations", "entries")
_ARRAY = re.compile(r'\s*(?:\{(?s:.{0,20000}?)"(?:' + "|".join(_RECORD_KEYS) + r')"\s*:\s*)?\[\s*(?=\{\s*")')
"""The start of a list of records, at the top or under one of the usual names."""


def records(
    path: Path, codec: str, file_name: str, title: str, *, by_line: bool
) -> Iterator[tuple[str, Iterable[Any]]]:
    """Titles with the records under them.

    Raises:
        DataError: the file is not JSON.
    """
    if by_line:
        yield title, _lines(path, codec, file_name)
        return
    if path.stat().st_size > WHOLE:
        with path.open(encoding=codec, errors="replace") as file:
            start = _ARRAY.match(file.read(_CHUNK).removeprefix("\ufeff"))
        if start is not None:
            yield title, _array(path, codec, file_name, start.end())
            return
        if path.stat().st_size > _MOST_WHOLE:
            raise DataError(
                f"'{file_name}' is JSON of {path.stat().st_size // 1024**2} MB that is no plain list of records: "
                "save it with one record a line (.jsonl)."
            )
    yield from lists(_document(path, codec, file_name), title)


def _document(path: Path, codec: str, file_name: str) -> Any:
    text = path.read_bytes().decode(codec, "replace").removeprefix("\ufeff").replace("\x00", "")
    try:
        return json.loads(text, parse_constant=_nothing)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":
            return list(_lines(path, codec, file_name))
        raise DataError(
            f"'{file_name}' is not valid JSON: {error.msg.lower()} at line {error.lineno}, column {error.colno}."
        ) from None
    except ValueError:
        raise _too_long(file_name) from None


def _nothing(_: str) -> None:
    """NaN and Infinity, which JSON does not know, are missing."""


def _too_long(file_name: str) -> DataError:
    return DataError(f"'{file_name}' holds a number that is too long to be read: keep it as text, in quotes.")


def _lines(path: Path, codec: str, file_name: str) -> Iterator[Any]:
    with path.open(encoding=codec, errors="replace") as file:
        for number, line in enumerate(file, start=1):
            text = line.strip().strip("\ufeff").rstrip(",")
            if not text or text in "[]":
                continue
            try:
                yield json.loads(text, parse_constant=_nothing)
            except json.JSONDecodeError as error:
                raise DataError(f"'{file_name}' is not valid JSON in line {number}: {error.msg.lower()}.") from None
            except ValueError:
                raise _too_long(file_name) from None


def _array(path: Path, codec: str, file_name: str, start: int) -> Iterator[Any]:
    """The items of a list one after the other; `start` is in characters. What follows the list is left."""
    decoder = json.JSONDecoder(parse_constant=_nothing)
    with path.open("rb") as file:
        text = _Text(file, codec)
        text.skip(start)
        while text.until_item():
            try:
                item, end = decoder.raw_decode(text.buffer, text.position)
            except json.JSONDecodeError as error:
                if len(text.buffer) - text.position < _LONGEST_RECORD and text.more():
                    continue
                raise DataError(
                    f"'{file_name}' is not valid JSON: {error.msg.lower()}, or it ends too early."
                ) from None
            except ValueError:
                raise _too_long(file_name) from None
            text.position = end
            yield item


class _Text:
    """A file's text as far as it was needed; what is behind `position` is dropped now and then."""

    def __init__(self, file: Any, codec: str) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder(codec)("replace")
        self.buffer = ""
        self.position = 0

    def more(self) -> bool:
        """Read on. False at the end of the file."""
        data = self._file.read(_CHUNK)
        if not data:
            return False
        self.buffer = self.buffer[self.position :] + self._decoder.decode(data)
        self.position = 0
        return True

    def skip(self, count: int) -> None:
        while len(self.buffer) < count + 1 and self.more():
            pass
        self.buffer = self.buffer.removeprefix("\ufeff")
        self.position = count

    def until_item(self) -> bool:
        """Move to the next item of the list. False at its end."""
        while True:
            while self.position < len(self.buffer) and self.buffer[self.position] in ", \t\r\n":
                self.position += 1
            if self.position < len(self.buffer):
                return self.buffer[self.position] != "]"
            if not self.more():
                return False


def lists(document: Any, title: str) -> list[tuple[str, list[Any]]]:
    """The lists of records in a document, with a title each."""
    if isinstance(document, list):
        if len(document) == 2 and isinstance(document[0], dict) and isinstance(document[1], list) and document[1]:
            return [(title, document[1])]
        return [(title, _with_header(document))]
    if not isinstance(document, dict):
        return []
    if isinstance(document.get("data"), list) and document["data"] and isinstance(document["data"][0], list):
        return [(title, _with_header(document["data"], document))]
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
        if isinstance(inner, dict) and (found := lists(inner, title)) and key != "value":
            return found
    if len(document) >= 2 and all(isinstance(value, dict) for value in document.values()):
        keys = [set(value) for value in document.values()]
        if len(set.intersection(*keys)) >= 0.5 * max(map(len, keys)):
            return [(title, [{"key": key, **value} for key, value in document.items()])]
    named_lists = [
        (key, value)
        for key, value in document.items()
        if isinstance(value, list) and value and isinstance(value[0], dict)
    ]
    if named_lists:
        return [(title if len(named_lists) == 1 else key, value) for key, value in named_lists]
    if len(document) >= 2 and all(isinstance(value, int | float) for value in document.values()):
        return [(title, [{"key": key, "value": value} for key, value in document.items()])]
    inner_lists = [found for value in document.values() if isinstance(value, dict) for found in lists(value, title)]
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
