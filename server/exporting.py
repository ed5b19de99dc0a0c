"""Exporting: what of a version is taken home. Tables are written piece by piece into a file that has no name, so that
neither memory nor a cancelled request leaves anything behind."""

from __future__ import annotations

import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Literal, NamedTuple

from ..pipelines.errors import DataError, LimitError
from ..pipelines.model import Plan, Profile, Version
from ..pipelines.model.rights import licence_name
from ..pipelines.step import JobFolder

Format = Literal["ipynb", "source", "html", "csv", "parquet", "png", "pdf"]
LONGEST = 300.0
"""Seconds for the tables of a version."""
ROWS = 20_000
"""Written at a time."""


class Kind(NamedTuple):
    ending: str
    media_type: str


KINDS: dict[Format, Kind] = {
    "ipynb": Kind("ipynb", "application/x-ipynb+json"),
    "source": Kind("ipynb", "application/x-ipynb+json"),
    "html": Kind("html", "text/html; charset=utf-8"),
    "csv": Kind("zip", "application/zip"),
    "parquet": Kind("zip", "application/zip"),
    "png": Kind("png", "image/png"),
    "pdf": Kind("pdf", "application/pdf"),
}
NOTEBOOKS = {"ipynb": "executed.ipynb", "source": "notebook.ipynb"}
PICTURES = {"html": "page.html", "png": "page.png", "pdf": "page.pdf"}


def name_of(version: Version, format_: Format) -> str:
    what = ", source" if format_ == "source" else f", {format_}" if format_ in ("csv", "parquet") else ""
    return f"{version.title} (version {version.number}{what}).{KINDS[format_].ending}"


def notebook(folder: Path, format_: Format) -> IO[bytes]:
    """The notebook with its outputs, or (source) without.

    Raises:
        DataError: it cannot be read.
    """
    try:
        return (folder / NOTEBOOKS[format_]).open("rb")
    except OSError as error:
        raise DataError("The notebook of this version cannot be read.") from error


def tables(folder: Path, format_: Format, scratch: Path) -> IO[bytes]:
    """A ZIP file of the tables behind the widgets, with a text that says where they come from.

    Raises:
        DataError: one cannot be read.
        LimitError: it takes too long, or the disk is full.
    """
    import pyarrow as pa

    files = JobFolder(folder)
    plan, profile = files.read(Plan, files.plan), files.read(Profile, files.profile)
    version = files.read(Version, files.version)
    wanted = used(plan)
    deadline = time.monotonic() + LONGEST
    scratch.mkdir(parents=True, exist_ok=True)
    found = tempfile.TemporaryFile(dir=scratch)  # noqa: SIM115 - whoever gets it closes it
    try:
        with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED if format_ == "csv" else zipfile.ZIP_STORED) as pack:
            pack.writestr("SOURCES.txt", sources(version))
            for table in profile.tables:
                if table.name in wanted:
                    write = _write_csv if format_ == "csv" else _write_parquet
                    write(pack, folder / table.path, table.name, deadline)
    except (pa.ArrowException, OSError) as error:
        found.close()
        if isinstance(error, OSError) and error.errno is not None and not isinstance(error, FileNotFoundError):
            raise LimitError(f"The tables cannot be written to '{scratch}': {error.strerror}.") from error
        raise DataError("A table of this version cannot be read.") from error
    except BaseException:
        found.close()
        raise
    return found


def used(plan: Plan) -> frozenset[str]:
    """Names of the tables behind widgets, also by way of joins; of all, where a plan has texts alone."""
    joins = {join.name: join for join in plan.joins}
    found: set[str] = set()
    left = [widget.frame for widget in plan.widgets if widget.frame]
    while left:
        name = left.pop()
        if name in joins:
            left += [joins[name].left, joins[name].right]
        else:
            found.add(name)
    return frozenset(found or plan.tables)


def sources(version: Version) -> str:
    """Where the data comes from and what may be done with it, as its licences want it told."""
    parts = [f"{version.title}, version {version.number}", f"Data as of {version.data_as_of:%Y-%m-%d %H:%M} UTC", ""]
    for source in version.provenance:
        told = (source.title, source.publisher, source.attribution, source.url, f"Licence: {licence_name(source)}")
        parts += [" ".join(line.split()) for line in told if line] + [""]
    return "\r\n".join(parts)


def _batches(path: Path, deadline: float) -> Iterator[Any]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        yield file.schema_arrow
        for batch in file.iter_batches(batch_size=ROWS):
            if time.monotonic() > deadline:
                raise LimitError(
                    f"The tables could not be written within {LONGEST:g} s; take the format 'parquet', or the notebook."
                )
            yield batch


def _write_csv(pack: zipfile.ZipFile, path: Path, name: str, deadline: float) -> None:
    import pyarrow.csv

    batches = _batches(path, deadline)
    with pack.open(f"{name}.csv", "w", force_zip64=True) as entry:
        entry.write(b"\xef\xbb\xbf")  # or spreadsheets take it for their own encoding
        with pyarrow.csv.CSVWriter(entry, next(batches)) as writer:
            for batch in batches:
                writer.write_batch(batch)


def _write_parquet(pack: zipfile.ZipFile, path: Path, name: str, deadline: float) -> None:
    with path.open("rb") as file, pack.open(f"{name}.parquet", "w", force_zip64=True) as entry:
        while piece := file.read(1024**2):
            if time.monotonic() > deadline:
                raise LimitError(f"The tables could not be written within {LONGEST:g} s.")
            entry.write(piece)
