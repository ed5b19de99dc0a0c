"""A person's frame as an Arrow table that the steps can read. The frame itself is never changed."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa

from ...pipelines.errors import DataError, InputError, LimitError
from .columns import converted, written

MAX_ROWS = 10_000_000
"""In a kernel that has the frame, too; about 1 GB for ten columns of numbers."""
_LARGE_CHOICES = "take a part (frame.sample({most:_})), or write it to Parquet and ask with `dashwright new --data`"


class Taken(NamedTuple):
    """`notes` are sentences for whoever looks at the dashboard, `orders` categories by column, lowest first."""

    table: pa.Table
    notes: tuple[str, ...]
    orders: dict[str, tuple[str, ...]]


def is_frame(data: object) -> bool:
    """Whether this is a table in memory: pandas, polars, pyarrow, or what gives itself as one of them."""
    if isinstance(data, type):
        return False
    ways = ("__arrow_c_stream__", "__dataframe__", "to_pandas")
    return isinstance(data, pd.DataFrame | pd.Series) or any(callable(getattr(data, way, None)) for way in ways)


def take(data: object, name: str, max_columns: int) -> Taken:
    """The frame's rows, with each column in a type that Parquet and the steps know.

    Raises:
        InputError: it is no frame.
        DataError: it has no rows, no columns or too many.
        LimitError: it has more rows than a notebook's kernel should draw.
    """
    _refuse_size(data, name, max_columns)
    frame = _as_pandas(data, name)
    _refuse_size(frame, name, max_columns)
    frame, notes = _with_index(frame)
    names = _names(frame.columns, notes)
    arrays: dict[str, Any] = {}
    orders: dict[str, tuple[str, ...]] = {}
    for position, column in enumerate(names):
        result = converted(frame.iloc[:, position])
        final = column if result.unit is None else _free(f"{column} ({result.unit})", {*names, *arrays})
        arrays[final] = result.array
        if result.note:
            notes.append(f"'{column}' of '{name}' {result.note}.")
        if result.order:
            orders[final] = result.order
    return Taken(pa.table(arrays), tuple(notes), orders)


def _refuse_size(data: object, name: str, max_columns: int) -> None:
    shape = getattr(data, "shape", None)
    if not isinstance(shape, tuple) or len(shape) not in (1, 2):
        return
    rows, columns = shape[0], shape[1] if len(shape) == 2 else 1
    if not columns and not rows:
        raise DataError(f"'{name}' is empty: it has no columns and no rows.")
    if not columns:
        raise DataError(f"'{name}' has {rows:,} rows but no columns: there is nothing to show.")
    if not rows:
        raise DataError(f"'{name}' has columns but no rows: there is nothing to show.")
    if columns > max_columns:
        raise DataError(f"'{name}' has {columns:,} columns; at most {max_columns:,} can be taken. Choose some of them.")
    if rows > MAX_ROWS:
        raise LimitError(
            f"'{name}' has {rows:,} rows; in a notebook at most {MAX_ROWS:,} are taken: "
            f"{_LARGE_CHOICES.format(most=MAX_ROWS)}."
        )


def _as_pandas(data: object, name: str) -> pd.DataFrame:
    if isinstance(data, pd.DataFrame):
        return data
    if isinstance(data, pd.Series):
        return data.to_frame(data.name if data.name is not None else "value")
    given: Any = data if is_frame(data) else None
    try:
        if callable(getattr(given, "to_frame", None)):  # polars' Series
            given = given.to_frame()
        if callable(getattr(given, "__arrow_c_stream__", None)):
            frame: pd.DataFrame = pa.table(given).to_pandas(types_mapper=pd.ArrowDtype)
            return frame
        if callable(getattr(given, "to_pandas", None)):
            made = given.to_pandas()
            return made if isinstance(made, pd.DataFrame) else made.to_frame()
        if callable(getattr(given, "__dataframe__", None)):
            return pd.api.interchange.from_dataframe(given)
    except Exception as error:
        raise DataError(
            f"'{name}' is a '{type(data).__name__}' that cannot be taken as a pandas DataFrame "
            f"({type(error).__name__}: {str(error)[:200]})."
        ) from error
    if callable(getattr(data, "collect", None)) and not isinstance(data, type):
        raise InputError(f"'{name}' is a '{type(data).__name__}' without rows yet: give {name}.collect().")
    raise InputError(
        f"'{name}' is a '{type(data).__name__}'; what can be asked about are pandas and polars DataFrames, pyarrow "
        f"tables, and paths of files. pandas.DataFrame({name}) may make one of it."
    )


def _with_index(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """With an index that means something as columns: one with a name, of several levels, or not of whole numbers."""
    index = frame.index
    if index.nlevels == 1 and index.name is None and pd.api.types.is_integer_dtype(index.dtype):
        return frame, []
    # Not by reset_index, which refuses names that a column has.
    positions = pd.RangeIndex(len(frame))
    levels = [index.get_level_values(level).to_series(index=positions) for level in range(index.nlevels)]
    labels: list[Hashable] = [name if name is not None else f"index {n}" for n, name in enumerate(index.names, 1)]
    if labels == ["index 1"]:
        labels = ["date" if isinstance(index, pd.DatetimeIndex | pd.PeriodIndex) else "index"]
    body = frame.set_axis(positions, axis=0)
    whole = pd.concat([*levels, body], axis=1)
    whole.columns = _flat([*labels, *frame.columns])
    shown = " and ".join(f"'{label}'" for label in labels)
    return whole, [f"The index is the column{'s' * (len(labels) > 1)} {shown}."] if index.nlevels > 1 else []


def _flat(labels: list[Hashable]) -> pd.Index[Any]:
    """An index of objects as they are: pandas would make a list of tuples a MultiIndex."""
    return pd.Index(labels, dtype=object, tupleize_cols=False)


def _names(labels: pd.Index[Any], notes: list[str]) -> list[str]:
    """Texts, all different, none empty."""
    names: list[str] = []
    for position, label in enumerate(labels, 1):
        parts = label if isinstance(label, tuple) else (label,)
        text = " ".join(str(part).strip() for part in parts if not _is_blank(part)).strip()
        names.append(_free(written(text) or f"column {position}", set(names)))
    if any(isinstance(label, tuple) for label in labels):
        notes.append(f"Column names of several levels are joined, as in '{names[-1]}'.")
    renamed = [name for name, label in zip(names, labels, strict=True) if isinstance(label, str) and name != label]
    twice = [name for name in renamed if name.rpartition(" ")[0] in names]
    if twice:
        notes.append(f"Of columns with the same name the later ones got numbers, as in '{twice[0]}'.")
    return names


def _is_blank(part: object) -> bool:
    return part is None or (isinstance(part, float) and part != part) or str(part).strip() == ""


def _free(wish: str, taken: set[str]) -> str:
    number, name = 2, wish
    folded = {text.casefold() for text in taken}
    while name.casefold() in folded:
        name, number = f"{wish} {number}", number + 1
    return name
