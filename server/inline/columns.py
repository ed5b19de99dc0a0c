"""One column of somebody's frame as Arrow, with what was done to it: never more than a reader can be told."""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa

_UNITS = ((86_400.0, "days"), (3_600.0, "h"), (60.0, "min"), (1.0, "s"))
_TYPED = ("datetime", "datetime64", "timedelta", "timedelta64", "period", "interval")
"""Kinds of objects that pandas has types for, as `infer_dtype` calls them."""
_LONGEST_TEXT = 4_000
"""Characters of an object that is written as text."""


class Converted(NamedTuple):
    """`unit` is added to the column's name, `note` is a sentence without its subject, `order` has all categories of an
    ordered column, lowest first."""

    array: pa.Array | pa.ChunkedArray
    unit: str | None = None
    note: str | None = None
    order: tuple[str, ...] = ()


def converted(values: pd.Series[Any]) -> Converted:
    """The values in a type that Parquet and the steps know; what has none becomes text."""
    kind = values.dtype
    if isinstance(kind, pd.SparseDtype):
        return converted(values.astype(kind.subtype))
    if isinstance(kind, pd.CategoricalDtype):
        return _categories(values, kind)
    if isinstance(kind, pd.PeriodDtype):
        return Converted(_plain(values.dt.to_timestamp()), note="has periods, shown by the day that each begins with")
    if isinstance(kind, pd.IntervalDtype):
        return Converted(_texts(values))
    if isinstance(kind, pd.ArrowDtype) and not _is_simple(kind.pyarrow_dtype):
        return _arrow(values, kind.pyarrow_dtype)
    letter = getattr(kind, "kind", "O")
    if letter == "M" and (zone := _zone(kind)) is not None:
        return Converted(_plain(values.dt.tz_localize(None)), note=f"has times in {zone}")
    if letter == "m":
        return _durations(values)
    if letter == "c":
        return Converted(_texts(values), note="has complex numbers, taken as text")
    if letter == "f" and getattr(kind, "itemsize", 8) not in (4, 8):
        return Converted(_plain(values.astype("float64")))
    if letter == "O":
        return _objects(values)
    try:
        return Converted(_plain(values))
    except (pa.ArrowException, TypeError, ValueError):
        return Converted(_texts(values), note=f"is of the type {kind}, taken as text")


def _plain(values: pd.Series[Any]) -> pa.Array | pa.ChunkedArray:
    return pa.Array.from_pandas(values)


def _zone(kind: Any) -> object | None:
    return getattr(kind, "tz", None) or getattr(getattr(kind, "pyarrow_dtype", None), "tz", None)


def _is_simple(kind: pa.DataType) -> bool:
    """Whether the rules for pandas' own types fit, too."""
    types = pa.types
    return bool(
        types.is_integer(kind)
        or types.is_floating(kind)
        or types.is_boolean(kind)
        or types.is_string(kind)
        or types.is_large_string(kind)
        or types.is_temporal(kind)
    )


def _arrow(values: pd.Series[Any], kind: pa.DataType) -> Converted:
    if pa.types.is_dictionary(kind):
        return _dictionary(values, kind)
    if pa.types.is_string_view(kind):  # polars' texts, which fewer functions know
        return Converted(pa.array(values.array).cast(pa.large_string()))
    if pa.types.is_decimal(kind):
        return Converted(_plain(values.astype("float64")))
    if pa.types.is_null(kind):
        return Converted(pa.nulls(len(values), pa.string()))
    return Converted(_texts(values), note=f"is of the type {kind}, taken as text")


def _dictionary(values: pd.Series[Any], kind: pa.DictionaryType) -> Converted:
    whole = pa.array(values.array)
    parts = whole.chunks if isinstance(whole, pa.ChunkedArray) else [whole]
    plain = pa.large_string() if pa.types.is_string_view(kind.value_type) else kind.value_type
    names = [part.dictionary.cast(plain) for part in parts]
    decoded = [name.take(part.indices) for name, part in zip(names, parts, strict=True)]
    order = tuple(map(str, names[0].to_pylist())) if kind.ordered and names else ()
    return Converted(pa.chunked_array(decoded, plain), order=order)


def _categories(values: pd.Series[Any], kind: pd.CategoricalDtype) -> Converted:
    """As their values: numbers stay numbers. The order of an ordered one is told."""
    categories = kind.categories
    is_cut = isinstance(categories, pd.IntervalIndex)
    plain = Converted(_texts(values)) if is_cut else converted(values.astype(categories.dtype))
    order = tuple(str(item) for item in categories) if kind.ordered else ()
    return plain._replace(order=order)


def _durations(values: pd.Series[Any]) -> Converted:
    """As numbers, in the largest unit of which the middle one is at least one."""
    seconds = values.dt.total_seconds()
    middle = float(seconds.abs().median()) if seconds.notna().any() else 0.0
    size, unit = next((item for item in _UNITS if middle >= item[0]), _UNITS[-1])
    return Converted(_plain((seconds / size).astype("float64")), unit, f"has durations, shown in {unit}")


def _objects(values: pd.Series[Any]) -> Converted:
    """Python's own objects: of one kind they keep it, else each becomes text, which reading takes to numbers or dates
    where nearly all are some."""
    found = pd.api.types.infer_dtype(values, skipna=True)
    if found in _TYPED and (inferred := values.infer_objects()).dtype != values.dtype:
        return converted(inferred)
    if found == "empty":
        return Converted(pa.nulls(len(values), pa.string()))
    if found == "decimal":
        return Converted(_plain(pd.to_numeric(values.astype("float64"))))
    if found == "mixed-integer-float":
        return Converted(_plain(pd.to_numeric(values)))
    if found in ("string", "integer", "floating", "boolean", "date", "datetime", "datetime64", "time"):
        try:
            plain = pa.Array.from_pandas(values)
        except (pa.ArrowException, OverflowError, TypeError, ValueError):
            note = None if found == "string" else "has values out of any number's or date's range, taken as text"
            return Converted(_texts(values), note=note)
        if pa.types.is_timestamp(plain.type) and plain.type.tz is not None:  # of several zones
            return converted(pd.to_datetime(values, utc=True))
        return Converted(plain)
    if found in ("timedelta", "timedelta64"):
        return _durations(pd.to_timedelta(values))
    kinds = sorted({type(value).__name__ for value in values.head(10_000) if not _is_missing(value)})
    what = f"values of several kinds ({', '.join(kinds[:4])})" if len(kinds) > 1 else f"values of the kind '{kinds[0]}'"
    return Converted(_texts(values), note=f"has {what}, read as text")


def _texts(values: pd.Series[Any]) -> pa.Array:
    texts = [None if _is_missing(value) else str(value)[:_LONGEST_TEXT] for value in values]
    return pa.array([text and written(text) for text in texts], pa.string())


def written(text: str) -> str:
    """As UTF-8 can write it: it has no halves of surrogate pairs."""
    return text.encode("utf-8", "replace").decode()


def _is_missing(value: Any) -> bool:
    missing = pd.isna(value)
    return missing is True or (getattr(missing, "ndim", 1) == 0 and bool(missing))
