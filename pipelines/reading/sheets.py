"""Workbooks: every sheet of an Excel or OpenDocument file, with merged cells, titles above and totals below."""

from __future__ import annotations

import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum

from ..errors import DataError
from ..model import Repair
from ..step import Limits
from .delimited import from_grid, nothing_in, usable
from .grids import Grid, grids
from .raw import RawTable
from .staging import Staging

_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_MOST_CELLS = 40_000_000


def read(path: Path, file_name: str, title: str, staging: Staging, limits: Limits) -> list[RawTable]:
    """The tables of a workbook.

    Raises:
        DataError: it cannot be opened, or no sheet holds a table.
    """
    tables: list[RawTable] = []
    empty: list[Grid] = []
    sheets = _sheets(path, file_name)
    for name, rows, merged in sheets:
        told = (
            [
                Repair(
                    kind="merged_cells", count=merged, sentence=f"{merged} merged cells on sheet '{name}' were filled."
                )
            ]
            if merged
            else []
        )
        for grid in grids(rows, title=title if len(sheets) == 1 else name, dialect=None):
            if usable(grid):
                tables.append(from_grid(grid, staging, limits, file_name, None, told))
            else:
                empty.append(grid)
    if not tables:
        raise nothing_in(file_name, empty)
    return tables


def _sheets(path: Path, file_name: str) -> list[tuple[str, list[list[str]], int]]:
    _check(path, file_name)
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        found = []
        for meta in workbook.sheets_metadata:
            if meta.typ != SheetTypeEnum.WorkSheet:
                continue
            sheet = workbook.get_sheet_by_name(meta.name)
            if sheet.total_height * sheet.total_width > _MOST_CELLS:
                raise DataError(
                    f"Sheet '{meta.name}' of '{file_name}' has more than {_MOST_CELLS:,} cells: save it as CSV."
                )
            rows = [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
            found.append((meta.name, rows, _fill(rows, sheet.merged_cell_ranges or [])))
    except PasswordError:
        raise _locked(file_name) from None
    except (CalamineError, zipfile.BadZipFile, OSError) as error:
        raise DataError(f"'{file_name}' cannot be opened as a workbook: {error}.") from error
    return [(name, rows, merged) for name, rows, merged in found if rows]


def _check(path: Path, file_name: str) -> None:
    with path.open("rb") as file:
        start = file.read(8)
    if not start:
        raise DataError(f"'{file_name}' is empty: there is no data in it.")
    if start.startswith(_OLD_OFFICE):
        raise _locked(file_name)
    if not zipfile.is_zipfile(path):
        raise DataError(f"'{file_name}' is no workbook: its content is of another format than its name says.")
    with zipfile.ZipFile(path) as archive:
        if "encryption-data" in _manifest(archive):
            raise _locked(file_name)


def _manifest(archive: zipfile.ZipFile) -> str:
    if "META-INF/manifest.xml" not in archive.namelist():
        return ""
    with archive.open("META-INF/manifest.xml") as file:
        return file.read(1_000_000).decode("utf-8", "replace")


def _locked(file_name: str) -> DataError:
    return DataError(
        f"'{file_name}' is protected by a password, or in the format of Excel before 2007: "
        "save it as .xlsx without a password."
    )


def _fill(rows: list[list[str]], ranges: list[tuple[tuple[int, int], tuple[int, int]]]) -> int:
    """Merged cells of the body get their value in every row; across columns the header rules fill them."""
    filled = 0
    for (top, left), (bottom, right) in ranges:
        if top >= len(rows) or left >= len(rows[top]) or bottom == top:
            continue
        value = rows[top][left]
        for row in range(top + 1, min(bottom, len(rows) - 1) + 1):
            if left < len(rows[row]) and not rows[row][left] and left == right:
                rows[row][left] = value
                filled += 1
    return filled


def _text(cell: object) -> str:
    """A cell as a CSV would have it."""
    if cell is None or cell == "":
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell.total_seconds())
    return str(cell)
