"""Bringing: frames and files that a person names become the datasets of a job's folder, as downloading leaves them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.parquet as pq

from ...pipelines.errors import DataError, InputError, LimitError
from ...pipelines.model import Attachment, DataFile, Dataset, Datasets
from ...pipelines.sources import naming
from ...pipelines.step import JobFolder, Limits
from .frames import take

_MEANINGLESS = {"data", "dataframe", "dataset", "df", "frame", "table", "x"}
"""Names of variables that say nothing about what is in them."""
MAX_DATA = 20


class Brought(NamedTuple):
    """`notes` and `orders` are what the files cannot say; `orders` by dataset and column."""

    notes: tuple[str, ...]
    orders: dict[tuple[str, str], tuple[str, ...]]


def bring(data: Mapping[str, object], folder: JobFolder, limits: Limits) -> Brought:
    """Write each frame as Parquet, copy each file, and ``datasets.json``.

    Raises:
        DashwrightError: something cannot be taken, or cannot be stored; the sentence says which and why.
    """
    if not data:
        raise InputError('Say what to ask about: dashwright.ask("…", frame), or the path of a file.')
    if len(data) > MAX_DATA:
        raise InputError(f"{len(data)} tables are too many for one question; at most {MAX_DATA} can be taken.")
    folder.downloads.mkdir(parents=True, exist_ok=True)
    datasets: list[Dataset] = []
    notes: list[str] = []
    orders: dict[tuple[str, str], tuple[str, ...]] = {}
    for name, one in data.items():
        taken = {dataset.name for dataset in datasets}
        if isinstance(one, str | os.PathLike):
            datasets.append(_file(os.fspath(one), name, taken, folder, limits))
            continue
        table, said, ordered = take(one, name, limits.max_columns)
        file = _written(table, naming.file_name(name), folder)
        made = Dataset(
            name=naming.identifier(name, taken),
            title=_title(name),
            source="files",
            reference=name,
            files=(file,),
            fetched_at=datetime.now(UTC),
        )
        datasets.append(made)
        notes += said
        orders.update({(made.name, column): order for column, order in ordered.items()})
    folder.write(Datasets(datasets=tuple(datasets)), folder.datasets)
    return Brought(tuple(notes), orders)


def named(data: tuple[object, ...], known_as: Mapping[str, object], given: Mapping[str, object]) -> dict[str, object]:
    """What was given with its names: those it was given by, else the variables that it is in (`known_as`), else files'
    own names, else "data"."""
    found: dict[str, object] = {}
    for one in data:
        variable = next((name for name, value in known_as.items() if value is one and not name.startswith("_")), None)
        if isinstance(one, str | os.PathLike):
            wish = naming.stem(naming.file_name(os.fsdecode(os.fspath(one))))
        else:
            wish = variable or "data"
        found[_free(wish, found.keys() | given.keys())] = one
    return {**found, **given}


def _free(wish: str, taken: Any) -> str:
    number, name = 2, wish
    while name in taken:
        name, number = f"{wish} {number}", number + 1
    return name


def _title(name: str) -> str:
    return "Data" if name.rstrip("0123456789 _").lower() in _MEANINGLESS else naming.title(name)


def _written(table: Any, name: str, folder: JobFolder) -> DataFile:
    unfinished = folder.downloads / ".frame.parquet"
    try:
        pq.write_table(table, unfinished, compression="snappy")
    except OSError as error:
        raise LimitError(f"'{name}' cannot be stored in '{folder.downloads}': {error.strerror or error}.") from error
    except Exception as error:  # pyarrow's own kinds have no common base that is public
        raise DataError(f"'{name}' cannot be written as Parquet: {str(error)[:300]}.") from error
    with unfinished.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    path = f"downloads/{digest}.parquet"
    os.replace(unfinished, folder.path / path)
    size = (folder.path / path).stat().st_size
    return DataFile(path=path, name=f"{name}.parquet", format="parquet", size=size, sha256=digest)


def _file(reference: str, name: str, taken: set[str], folder: JobFolder, limits: Limits) -> Dataset:
    # Sources bring clients of the web along, which frames do not need.
    from ...pipelines import downloading
    from ...pipelines.sources.files import FilesSource

    candidate = FilesSource().describe(Attachment(reference=reference), limits)
    progress = downloading.ByteProgress(lambda _: None, candidate.title, 0, 1)
    made = downloading.dataset(candidate, downloading.fetch(folder, candidate, limits, progress, None), list(taken))
    wanted = Path(naming.file_name(reference)).name
    if naming.stem(wanted) == name:
        return made
    return made.model_copy(update={"name": naming.identifier(name, taken), "title": _title(name)})
