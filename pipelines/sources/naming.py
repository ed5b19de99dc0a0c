"""Names: from what strangers call a file to a title for people and an identifier for programs."""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections.abc import Container
from pathlib import PurePosixPath

NAME_LENGTH = 150
SUFFIXES = {
    ".csv", ".tsv", ".tab", ".txt", ".json", ".jsonl", ".ndjson", ".parquet", ".pq", ".xlsx", ".xlsm", ".ods",
    ".gz", ".zip", ".geojson",
}  # fmt: skip
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_TAKEN = {*keyword.kwlist, *dir(builtins), "pd", "pandas", "np", "plt", "bq", "bqplot", "ipywidgets", "widgets"}


def file_name(text: str, default: str = "data") -> str:
    """The last part of a path in any system's spelling, printable and not too long."""
    last = _UNPRINTABLE.sub("", text).replace("\\", "/").rstrip("/").rsplit("/", 1)[-1].strip(" .")
    if len(last) > NAME_LENGTH:
        suffixes = "".join(PurePosixPath(last).suffixes[-2:])[-20:]
        last = last[: NAME_LENGTH - len(suffixes)] + suffixes
    return last or default


def stem(name: str) -> str:
    """A file's name without the endings that tell its format: *sales.csv.gz* → *sales*."""
    path = PurePosixPath(name)
    while path.suffix.lower() in SUFFIXES:
        path = path.with_suffix("")
    return path.name


def title(name: str) -> str:
    """A file's name as a title: *us-sales_2024.csv* → *Us sales 2024*."""
    words = re.sub(r"[\s_\-+]+", " ", stem(name)).strip()
    return words[:1].upper() + words[1:] if words else "Data"


def identifier(text: str, taken: Container[str] = ()) -> str:
    """A valid `Identifier` near to the text: no word of Python's, and none of those taken."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:56].strip("_")
    if not name:
        name = "data"
    elif not name[0].isalpha():
        name = f"data_{name}"[:56].rstrip("_")
    if name in _TAKEN:
        name += "_data"
    number, unique = 2, name
    while unique in taken:
        unique, number = f"{name}_{number}", number + 1
    return unique
