"""All files of a job, one after the other, into data/<table>.parquet and tables.json."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb

from ..engine import connect
from ..errors import DataError
from ..model import DataFile, Dataset, Datasets, FileFormat, ReadTable, Tables
from ..step import JobFolder, Limits, Progress, Report
from . import columnar, delimited, lengthening, records, sheets
from .naming import stem, table_name
from .raw import RawTable
from .staging import Staging, stage
from .writing import write

_START, _END = 50.0, 65.0
_MOST_TABLES = 50


def read(folder: JobFolder, limits: Limits, report: Report) -> Tables:
    """Typed tables of all datasets.

    Raises:
        DataError: a file holds no table, or cannot be read.
        LimitError: the data needs more memory or disk than allowed.
    """
    datasets = folder.read(Datasets, folder.datasets)
    files = [(dataset, file) for dataset in datasets.datasets for file in dataset.files]
    read_tables: list[ReadTable] = []
    with connect(limits, folder.path) as connection, stage(connection, folder.path) as staging:
        for number, (dataset, file) in enumerate(files):
            done = _START + (_END - _START) * number / len(files)
            report(Progress(step="analyze_datasets", percent=done, message=f"Reading {file.name}"))
            read_tables += _tables(folder, dataset, file, staging, limits, {table.name for table in read_tables})
    tables = Tables(tables=tuple(read_tables))
    folder.write(tables, folder.tables)
    rows = sum(table.rows for table in tables.tables if table.long_of is None)
    report(Progress(step="analyze_datasets", percent=_END, message=f"Read {rows:,} rows"))
    return tables


def _tables(
    folder: JobFolder, dataset: Dataset, file: DataFile, staging: Staging, limits: Limits, taken: set[str]
) -> list[ReadTable]:
    path = _find(folder, file)
    title = dataset.title if len(dataset.files) == 1 else stem(file.name)
    try:
        raws = _reader(file.format)(path, file.name, title, staging, limits)
    except duckdb.OutOfMemoryException:
        raise
    except (duckdb.Error, UnicodeError) as error:
        raise DataError(f"'{file.name}' cannot be read as {file.format}: {_first_line(error)}.") from error
    found: list[ReadTable] = []
    for number, raw in enumerate(raws[:_MOST_TABLES]):
        names = _names(dataset, file, raw, len(raws), number)
        name = table_name(*names, taken=taken | {table.name for table in found})
        found.append(write(staging, raw, table=name, dataset=dataset.name, folder=folder.path))
        used = taken | {table.name for table in found}
        found += lengthening.lengthen(staging.connection, found[-1], folder=folder.path, taken=used)
    return found


def _names(dataset: Dataset, file: DataFile, raw: RawTable, tables: int, number: int) -> list[str]:
    """Names for a table, best first."""
    base = dataset.name if len(dataset.files) == 1 else stem(file.name)
    if tables == 1 or (number == 0 and raw.title == dataset.title):
        return [base, f"{base}_data"]
    return [raw.title, f"{base} {raw.title}", f"{base} {number + 1}"]


def _find(folder: JobFolder, file: DataFile) -> Path:
    for place in (folder.path, folder.downloads, folder.data):
        if (place / file.path).is_file():
            return place / file.path
    raise DataError(f"The file '{file.name}' is not in the job's folder any more: download it again.")


def _reader(kind: FileFormat) -> Callable[[Path, str, str, Staging, Limits], list[RawTable]]:
    def in_lines(path: Path, file_name: str, title: str, staging: Staging, limits: Limits) -> list[RawTable]:
        return records.read(path, file_name, title, staging, limits, by_line=True)

    def whole(path: Path, file_name: str, title: str, staging: Staging, limits: Limits) -> list[RawTable]:
        return records.read(path, file_name, title, staging, limits, by_line=False)

    readers: dict[FileFormat, Callable[[Path, str, str, Staging, Limits], list[RawTable]]] = {
        "csv": delimited.read,
        "tsv": delimited.read,
        "json": whole,
        "jsonl": in_lines,
        "parquet": columnar.read,
        "xlsx": sheets.read,
        "ods": sheets.read,
    }
    return readers[kind]


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200].rstrip(".")
