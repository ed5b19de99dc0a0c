"""Archives: tables taken out of .gz and .zip files, trusting none of what their headers say."""

from __future__ import annotations

import gzip
import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path, PurePosixPath
from typing import BinaryIO, TypeVar

from ..errors import DataError, LimitError
from ..step import Limits
from . import naming
from .formats import PACKINGS, SUPPORTED, Kind, is_table, sniff
from .source import FetchedFile
from .writing import CHUNK, Budget, Writing, size_text

MAX_TABLES = 50
"""Tables taken out of one archive."""
DEPTH = 1
"""Archives that may be inside an archive: a .zip of .csv.gz files, but not of those again."""

TABLES = (".csv", ".tsv", ".tab", ".json", ".jsonl", ".ndjson", ".geojson", ".parquet", ".pq", ".xlsx", ".xlsm", ".ods")
TEXTS = (".txt", ".dat", "")
"""Taken when there is nothing that is surely a table."""
NOTES = ("readme", "license", "licence", "copying", "citation", "changelog", "datapackage", "manifest", "codebook")
"""Files with these names tell about the tables beside them."""
M = TypeVar("M")
DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, RuntimeError, ValueError)
"""What Python raises, while it only reads, for archives that are not as they should be."""


@dataclass
class Unpacking:
    """What came out of one archive so far, the archives inside it included."""

    into: Path
    budget: Budget
    max_unpacked: int
    files: list[FetchedFile] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)

    def target(self) -> Path:
        return self.into / f"unpacked-{next(self.numbers)}"


def tables_of(path: Path, name: str, kind: Kind, limits: Limits) -> Unpacking:
    """All tables in an archive, as files beside it.

    Raises:
        DataError: it is damaged, locked, has no table, or has a member that would be written elsewhere.
        LimitError: it holds more than `limits.max_unpacked_size` bytes or `MAX_TABLES` tables.
    """
    over = (
        f"'{name}' ({size_text(path.stat().st_size)}) unpacks to more than {size_text(limits.max_unpacked_size)}, "
        "the most that is allowed (max_unpacked_size)."
    )
    unpacking = Unpacking(path.parent, Budget(limits.max_unpacked_size, over), limits.max_unpacked_size)
    open_archive(path, name, kind, unpacking, depth=0)
    return unpacking


def open_archive(path: Path, name: str, kind: Kind, unpacking: Unpacking, depth: int) -> None:
    if depth > DEPTH:
        raise DataError(f"'{name}' is an archive in an archive in an archive; unpack it and attach the table itself.")
    if kind == "gz":
        unpack_gz(path, name, unpacking, depth)
    else:
        unpack_zip(path, name, unpacking, depth)


def unpack_gz(path: Path, name: str, unpacking: Unpacking, depth: int) -> None:
    inner = name[:-3] if name.lower().endswith(".gz") else name
    written = gunzip(path, unpacking.target(), name, unpacking.budget)
    keep(written, inner, unpacking, depth)


def gunzip(path: Path, target: Path, name: str, budget: Budget) -> Writing:
    """
    Raises:
        DataError: damaged, or breaks off in the middle.
    """
    with gzip.open(path) as packed, Writing(target, budget) as writing:
        return writing.write_all(chunks(packed, name))  # type: ignore[arg-type]


def chunks(file: BinaryIO, name: str) -> Iterator[bytes]:
    """
    Raises:
        DataError: what is packed in the file is damaged.
    """
    while True:
        try:
            chunk = file.read(CHUNK)
        except DAMAGED as error:
            raise DataError(f"'{name}' is damaged or breaks off in the middle; get it again.") from error
        if not chunk:
            return
        yield chunk


def unpack_zip(path: Path, name: str, unpacking: Unpacking, depth: int) -> None:
    try:
        archive = zipfile.ZipFile(path)
    except DAMAGED as error:
        raise DataError(f"'{name}' is not a whole zip archive; get it again.") from error
    with archive:
        # Python cannot tell whether a member without a name is a folder; nobody else could unpack it.
        members = [item for item in archive.infolist() if item.filename and not item.is_dir()]
        for item in members:
            refuse_unsafe(item, name)
        chosen = tables_among(members, lambda item: item.filename)
        if not chosen:
            raise DataError(no_table(name, [item.filename for item in members]))
        if len(chosen) + len(unpacking.files) > MAX_TABLES:
            raise LimitError(f"'{name}' holds {len(chosen)} tables; at most {MAX_TABLES} are read from one archive.")
        failure: DataError | None = None
        for item in chosen:
            try:
                unpack_member(archive, item, name, unpacking, depth)
            except DataError as error:
                failure = error
                unpacking.left_out.append(str(error))
    if not unpacking.files and failure:
        raise failure


def refuse_unsafe(item: zipfile.ZipInfo, name: str) -> None:
    """
    Raises:
        DataError: the member would be written outside the folder, or leads there.
    """
    # `orig_filename` is the name before Python cuts and repairs it.
    shown = naming.file_name(item.orig_filename)
    for spelling in (item.orig_filename, item.filename):
        parts = spelling.replace("\\", "/").split("/")
        if ".." in parts or spelling.startswith(("/", "\\")) or (len(spelling) > 1 and spelling[1] == ":"):
            raise DataError(
                f"'{name}' has a file '{shown}' whose path climbs out of the archive "
                f"({spelling[:80]!r}); such archives are not opened."
            )
    if stat.S_ISLNK(item.external_attr >> 16):
        raise DataError(f"'{name}' has a link '{shown}' instead of a file; such archives are not opened.")


def tables_among(members: Sequence[M], name: Callable[[M], str]) -> list[M]:
    """Those that are tables by name; texts only where there are none; never what systems and authors put beside."""
    usual = [item for item in members if not is_note(PurePosixPath(name(item)))]
    packed = (".gz", ".zip")
    sure = [item for item in usual if PurePosixPath(name(item).lower()).suffix in (*TABLES, *packed)]
    return sure or [item for item in usual if PurePosixPath(name(item).lower()).suffix in TEXTS]


def is_note(path: PurePosixPath) -> bool:
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return hidden or path.name.lower().startswith(NOTES)


def no_table(name: str, inside: list[str]) -> str:
    if not inside:
        return f"'{name}' is an empty archive; nothing can be shown from it."
    shown = ", ".join(f"'{naming.file_name(item)}'" for item in inside[:5])
    more = f" and {len(inside) - 5:,} more" if len(inside) > 5 else ""
    return f"'{name}' has no table in it, only {shown}{more}. Supported: {SUPPORTED}."


def unpack_member(archive: zipfile.ZipFile, item: zipfile.ZipInfo, name: str, unpacking: Unpacking, depth: int) -> None:
    inner = naming.file_name(item.filename)
    if item.flag_bits & 0x1:
        raise DataError(f"'{inner}' in '{name}' is protected by a password; pack it without one and try again.")
    if item.compress_type not in PACKINGS:
        raise DataError(f"'{inner}' in '{name}' is packed in an unusual way; pack it again as an ordinary zip archive.")
    if item.file_size > unpacking.budget.limit - unpacking.budget.spent:
        raise LimitError(unpacking.budget.over)
    try:
        packed = archive.open(item)
    except DAMAGED as error:
        raise DataError(f"'{name}' is damaged at '{inner}'; get it again.") from error
    with packed, Writing(unpacking.target(), unpacking.budget) as writing:
        writing.write_all(chunks(packed, name))  # type: ignore[arg-type]
    keep(writing, inner, unpacking, depth)


def keep(written: Writing, name: str, unpacking: Unpacking, depth: int) -> None:
    """Note a file that came out, or go on into it when it is an archive itself."""
    kind = sniff(written.path, name)
    if not is_table(kind):
        open_archive(written.path, name, kind, unpacking, depth + 1)
        written.path.unlink()
        return
    if kind in ("xlsx", "ods"):
        measure_workbook(written.path, name, unpacking.max_unpacked)
    unpacking.files.append(FetchedFile(written.path, name, kind, written.size, written.sha256))


def measure_workbook(path: Path, name: str, limit: int) -> None:
    """Unpack a workbook to nowhere: readers take all of a sheet into memory, so its true size is counted before.

    Raises:
        LimitError: it unpacks to more than `limit` bytes.
        DataError: it is damaged.
    """
    budget = Budget(
        limit,
        f"The workbook '{name}' ({size_text(path.stat().st_size)}) unpacks to more than {size_text(limit)}, "
        "the most that is allowed (max_unpacked_size).",
    )
    try:
        with zipfile.ZipFile(path) as archive:
            for item in archive.infolist():
                if item.compress_type not in PACKINGS:
                    raise DataError(f"The workbook '{name}' is packed in an unusual way; save it again and retry.")
                with archive.open(item) as packed:
                    for chunk in chunks(packed, name):  # type: ignore[arg-type]
                        budget.spend(len(chunk))
    except DAMAGED as error:
        raise DataError(f"The workbook '{name}' is damaged; save it again and retry.") from error
