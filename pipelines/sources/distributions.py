"""Distributions: the files in which a catalogue offers one dataset, and those of them that are fetched.

The same table often comes in several formats. Those that are read best are taken; the option `file` names another.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path, PurePosixPath

from pydantic import TypeAdapter, ValidationError

from ..errors import DataError, SourceError
from ..step import Limits
from .answers import Validators
from .archives import is_note
from .files import FilesSource
from .formats import SUPPORTED
from .naming import file_name, stem
from .source import Fetched, FetchedFile
from .web import Download

MOST_FILES = 20
"""Fetched at once without being named."""
FORMATS = ("csv", "tsv", "parquet", "xlsx", "ods", "jsonl", "json", "zip", "gz")
"""Best first."""
_SPELLINGS = {
    "tab": "tsv",
    "pq": "parquet",
    "xlsm": "xlsx",
    "ndjson": "jsonl",
    "jsonlines": "jsonl",
    "geojson": "json",
    "gzip": "gz",
    "x-gzip": "gz",
    "x-csv": "csv",
    "comma-separated-values": "csv",
    "tab-separated-values": "tsv",
    "x-ndjson": "jsonl",
    "x-jsonlines": "jsonl",
    "geo+json": "json",
    "vnd.apache.parquet": "parquet",
    "x-parquet": "parquet",
    "vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "vnd.oasis.opendocument.spreadsheet": "ods",
    "x-zip-compressed": "zip",
}
_UNSAID = ("", "octet-stream", "x-download", "download", "binary", "plain", "txt")
"""Media types that say nothing of a format; the name may."""
_DIGEST = {"md5": 32, "sha1": 40, "sha256": 64, "sha512": 128}
"""Hexadecimal digits."""


@dataclass(frozen=True)
class Distribution:
    """One file that a dataset can be had as."""

    name: str
    url: str = ""
    media_type: str = ""
    """As it is offered: a media type, or "CSV", ".csv"."""
    size: int | None = None
    checksum: str = ""
    """As *md5:d41d8cd98f00b204e9800998ecf8427e*; empty where none is told."""
    about: str = ""
    """What tells it from others of the same dataset: two of the same are one table in two formats."""

    @property
    def format(self) -> str | None:
        """One of `FORMATS`; None for what is no table."""
        said = self.media_type.strip().lower().partition(";")[0].strip().rpartition("/")[2].lstrip(".")
        if said not in _UNSAID:
            return usual(said)
        path = PurePosixPath(file_name(self.name))
        if is_note(path):
            return None
        suffixes = [part.lower().lstrip(".") for part in path.suffixes[-2:]]
        if suffixes[1:] in (["gz"], ["zip"]) and usual(suffixes[0]) not in (None, "zip", "gz"):
            return usual(suffixes[0])
        return usual(suffixes[-1]) if suffixes else None


def usual(text: str) -> str | None:
    found = _SPELLINGS.get(text, text)
    return found if found in FORMATS else None


def alike(name: str) -> str:
    """Files of one record are the same table where only their endings differ."""
    return stem(name).casefold()


def chosen(items: Sequence[Distribution], options: Mapping[str, str], shown: str) -> tuple[Distribution, ...]:
    """Those to fetch.

    Raises:
        DataError: there is no table, more than are fetched at once, or none of the name asked for.
    """
    tables = [item for item in items if item.format]
    if not tables:
        raise DataError(f"{shown} has no file that is a table{among(items)}. Supported: {SUPPORTED}.")
    if wanted := options.get("file"):
        named = tuple(item for item in tables if item.name == wanted)
        if not named:
            raise DataError(f"{shown} has no table '{wanted[:100]}'{among(tables)}.")
        return named[:1]
    found = best(tables)
    if len(found) > MOST_FILES:
        raise DataError(
            f"{shown} has {len(found)} tables; at most {MOST_FILES} are fetched at once. Choose one with the option "
            f"'file'{among(found)}."
        )
    return found


def best(tables: Sequence[Distribution]) -> tuple[Distribution, ...]:
    """Each table in the format that is read best; archives only where there is nothing else."""
    plain = [item for item in tables if item.format not in ("zip", "gz")] or list(tables)
    rank = {name: position for position, name in enumerate(FORMATS)}
    first: dict[str, int] = {}
    for item in plain:
        first[item.about] = min(rank[item.format or ""], first.get(item.about, len(rank)))
    return tuple(item for item in plain if rank[item.format or ""] == first[item.about])


def among(items: Sequence[Distribution]) -> str:
    if not items:
        return ""
    names = ", ".join(f"'{item.name[:60]}'" for item in items[:5])
    return f"; there are {names}{f' and {len(items) - 5} more' if len(items) > 5 else ''}"


Save = Callable[[Distribution, Path], Download]
"""Brings one of them to a path."""


def fetch(items: Sequence[Distribution], into: Path, limits: Limits, save: Save) -> Fetched:
    """All of them, checked and unpacked. One that turns out to be no table is left out while others are one.

    Raises:
        DataError: none is a table.
        SourceError: one is not as its digest says.
    """
    files: list[FetchedFile] = []
    left_out: list[str] = []
    numbers = count()
    failure: DataError | None = None
    for item in items:
        # A folder for each: what comes out of two archives must not meet.
        folder = Path(tempfile.mkdtemp(dir=into))
        try:
            fetched = one(item, folder, limits, save)
        except DataError as error:
            failure = error
            left_out.append(str(error))
            continue
        else:
            left_out += fetched.left_out
            for file in fetched.files:
                path = into / f"table-{next(numbers)}"
                file.path.rename(path)
                files.append(FetchedFile(path, file.name, file.format, file.size, file.sha256))
        finally:
            shutil.rmtree(folder)
    if failure and not files:
        raise failure
    return Fetched(tuple(files), left_out=tuple(left_out))


Ask = Callable[[Distribution, Path, Validators | None], Download]
"""Brings one of them, unless its server says that what was told of it before still holds."""
STATES = TypeAdapter(dict[str, Validators])


def fetch_changed(items: Sequence[Distribution], into: Path, limits: Limits, ask: Ask, etag: str | None) -> Fetched:
    """All of them, or nothing where each one's own server says that it is as it was when `etag` was told.

    Raises:
        DataError: none is a table.
        SourceError: one is not as its digest says.
    """
    before = states(etag)
    begun: dict[Distribution, Download] = {}
    if before.keys() == set(map(mark, items)):
        for item in items:
            answer = ask(item, into / "begun", before[mark(item)])
            if answer.written is not None:
                begun[item] = answer
                break
        else:
            return Fetched(unchanged=True, etag=etag)
    now: dict[str, Validators] = {}

    def save(item: Distribution, target: Path) -> Download:
        answer = begun.get(item) or ask(item, target, None)
        if item in begun and answer.written is not None:
            answer.written.move(target)
        now[mark(item)] = answer.validators
        return answer

    fetched = fetch(items, into, limits, save)
    told = len(now) == len(items) and all(said.questions() for said in now.values())
    return replace(fetched, etag=STATES.dump_json(now).decode() if told else None)


def mark(item: Distribution) -> str:
    """What a server said of one file must not be asked about another that took its place."""
    return hashlib.sha256(item.url.encode()).hexdigest()[:16]


def states(etag: str | None) -> dict[str, Validators]:
    try:
        return STATES.validate_json(etag or "")
    except ValidationError:
        return {}


def one(item: Distribution, folder: Path, limits: Limits, save: Save) -> Fetched:
    answer = save(item, folder / "original")
    if answer.written is None:
        raise SourceError(f"'{item.name[:100]}' was not sent; try again.")
    check(item, answer.written.path)
    name = file_name(item.name if PurePosixPath(item.name).suffix else answer.name or item.name)
    return FilesSource().opened(answer.written, name, limits, answer.media_type)


def check(item: Distribution, path: Path) -> None:
    """
    Raises:
        SourceError: what came is not what the catalogue says.
    """
    size = path.stat().st_size
    if item.size is not None and size != item.size:
        raise SourceError(
            f"'{item.name[:100]}' has {size:,} bytes instead of the {item.size:,} that its catalogue says; try again."
        )
    kind, _, digest = item.checksum.lower().partition(":")
    if _DIGEST.get(kind) != len(digest) or not re.fullmatch(r"[0-9a-f]+", digest):
        return
    with path.open("rb") as content:
        found = hashlib.file_digest(content, lambda: hashlib.new(kind, usedforsecurity=False)).hexdigest()
    if found != digest:
        raise SourceError(
            f"'{item.name[:100]}' is not the file that its catalogue describes (its {kind} is another); try again."
        )
