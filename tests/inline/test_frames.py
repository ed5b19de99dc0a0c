"""Frames as people have them: every one becomes a table that the steps can read, or one sentence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import dashwright
from dashwright.pipelines.errors import DashwrightError
from dashwright.pipelines.model import Profile
from dashwright.pipelines.step import JobFolder
from dashwright.server.inline import bringing, drawing
from dashwright.server.inline.frames import MAX_ROWS, take

from .conftest import ROWS, sales

DAYS = pd.date_range("2024-03-01", periods=ROWS, freq="D")
LEVELS = ["low", "middle", "high"]


def objects(*values: Any) -> pd.Series[Any]:
    return pd.Series([values[n % len(values)] for n in range(ROWS)], dtype=object)


COLUMNS: dict[str, tuple[Any, str, str]] = {
    # name: values, type in Arrow, words of the note
    "category": (pd.Categorical(objects("a", "b")), "string", ""),
    "numbered category": (pd.Categorical(objects(1, 2)), "int64", ""),
    "mixed category": (pd.Categorical(objects(1, "a", 2.5)), "string", "several kinds (float, int, str)"),
    "ordered": (pd.Categorical(objects(*LEVELS), categories=LEVELS, ordered=True), "string", ""),
    "cut": (pd.cut(np.arange(ROWS), 4), "string", ""),
    "days": (pd.Categorical(DAYS), "timestamp", ""),
    "seconds": (DAYS.astype("datetime64[s]"), "timestamp", ""),
    "zoned": (DAYS.tz_localize("Europe/Berlin"), "timestamp", "has times in Europe/Berlin"),
    "zoned objects": (objects(*DAYS.tz_localize("Asia/Tokyo")), "timestamp", "has times in Asia/Tokyo"),
    "two zones": (objects(DAYS[0].tz_localize("Asia/Tokyo"), DAYS[1].tz_localize("UTC")), "timestamp", "in UTC"),
    "period": (pd.period_range("2019-01", periods=ROWS, freq="M"), "timestamp", "periods"),
    "whole or none": (pd.array([1, None] * (ROWS // 2), dtype="Int64"), "int64", ""),
    "yes or none": (pd.array([True, None] * (ROWS // 2), dtype="boolean"), "bool", ""),
    "text or none": (pd.array(["a", None] * (ROWS // 2), dtype="string"), "string", ""),
    "small": (np.ones(ROWS, dtype="float16"), "double", ""),
    "sparse": (pd.arrays.SparseArray([0, 1] * (ROWS // 2)), "int64", ""),
    "huge": (objects(2**70, 1), "string", "out of any number's"),
    "decimals": (objects(Decimal("1.25"), None), "double", ""),
    "complex": (np.ones(ROWS) * 1j, "string", "complex numbers"),
    "dates": (objects(dt.date(1500, 1, 1), dt.date(2024, 1, 1)), "date32", ""),
    "times": (objects(dt.time(1, 2)), "time64", ""),
    "mixed": (objects(1, "a", 2.5, None, dt.date(2024, 1, 1)), "string", "several kinds (date, float, int, str)"),
    "lists": (objects([1, 2]), "string", "the kind 'list'"),
    "bytes": (objects(b"ab"), "string", "the kind 'bytes'"),
    "arrays": (objects(np.array([1, 2])), "string", "the kind 'ndarray'"),
    "half a letter": (objects("\ud800", "a"), "string", ""),
    "nothing": (objects(None), "string", ""),
    "no number": (np.full(ROWS, np.nan), "double", ""),
    "arrow list": (pd.Series([[1]] * ROWS, dtype=pd.ArrowDtype(pa.list_(pa.int64()))), "string", "list<"),
    "arrow decimal": (pd.Series(["1.5"] * ROWS, dtype=pd.ArrowDtype(pa.decimal128(5, 2))), "double", ""),
    "arrow names": (
        pd.Series(["a", "b"] * (ROWS // 2), dtype=pd.ArrowDtype(pa.dictionary(pa.int32(), pa.string()))),
        "string",
        "",
    ),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_column_keeps_its_type_or_says_what_became_of_it(name: str) -> None:
    values, kind, note = COLUMNS[name]
    taken = take(pd.DataFrame({name: values}), "sales", 2_000)
    assert str(taken.table.schema.field(name).type).removeprefix("large_").startswith(kind)
    assert [note in text for text in taken.notes] == ([True] if note else [])


@pytest.mark.parametrize(
    ("seconds", "unit", "first"),
    [(86_400 * 3, "days", 3.0), (7_200, "h", 2.0), (90, "min", 1.5), (0.5, "s", 0.5)],
)
def test_durations_are_numbers_in_a_unit_that_fits(seconds: float, unit: str, first: float) -> None:
    taken = take(pd.DataFrame({"wait": pd.to_timedelta([seconds, seconds], unit="s")}), "calls", 10)
    assert taken.table.to_pydict() == {f"wait ({unit})": [first, first]}


def test_times_of_a_zone_stay_what_its_clocks_say() -> None:
    at = pd.Series([pd.Timestamp("2024-07-01 23:30", tz="Europe/Berlin")])
    assert take(at.to_frame("at"), "log", 10).table["at"].to_pylist() == [pd.Timestamp("2024-07-01 23:30")]


SHAPES: dict[str, tuple[Any, list[str]]] = {
    "positions": (sales().query("amount > 50"), ["date", "region", "amount"]),
    "named index": (sales().set_index("region"), ["region", "date", "amount"]),
    "dates as index": (sales()[["amount"]].set_index(DAYS), ["date", "amount"]),
    "names as index": (sales()[["amount"]].set_index(pd.Index([f"n{n}" for n in range(ROWS)])), ["index", "amount"]),
    "index beside its column": (sales().set_index("region", drop=False), ["region", "date", "region 2", "amount"]),
    "levels": (
        sales().groupby(["region", sales()["date"].dt.year.rename("year")]).agg({"amount": ["sum", "mean"]}),
        ["region", "year", "amount sum", "amount mean"],
    ),
    "the same name twice": (pd.DataFrame([[1, 2, 3]], columns=["a", "a", "A"]), ["a", "a 2", "A 3"]),
    "numbers as names": (pd.DataFrame([[1, 2]]), ["0", "1"]),
    "odd names": (
        pd.DataFrame([[1, 2, 3]], columns=pd.Index([None, ("a", "b"), dt.date(2024, 1, 1)], tupleize_cols=False)),
        ["column 1", "a b", "2024-01-01"],
    ),
    "series": (sales()["amount"], ["amount"]),
    "series without a name": (pd.Series([1, 2]), ["value"]),
    "counts": (sales()["region"].value_counts(), ["region", "count"]),
    "arrow": (pa.table({"a": [1, None], "b": ["x", "y"]}), ["a", "b"]),
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_names_of_columns_and_an_index_that_means_something(name: str) -> None:
    data, names = SHAPES[name]
    assert take(data, "data", 2_000).table.column_names == names


class Streamed:
    """As polars and others give their rows."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._table.__arrow_c_stream__(requested_schema)


class Convertible:
    def to_pandas(self) -> pd.DataFrame:
        return pd.DataFrame({"a": [1]})


def test_frames_of_other_packages_are_taken() -> None:
    table = pa.table({"whole": [1, None], "day": pa.array([dt.date(2024, 1, 1)] * 2)})
    taken = take(Streamed(table), "data", 10).table
    assert taken.schema.field("whole").type == pa.int64()
    assert taken.to_pydict() == table.to_pydict()
    views = pa.table({"text": pa.array(["a", None]).cast(pa.string_view())})
    assert take(Streamed(views), "data", 10).table["text"].to_pylist() == ["a", None]
    names = pa.DictionaryArray.from_arrays(pa.array([1, None], pa.uint8()), pa.array(["a", "b"]).cast(pa.string_view()))
    assert take(Streamed(pa.table({"name": names})), "data", 10).table["name"].to_pylist() == ["b", None]
    assert take(Convertible(), "data", 10).table.to_pydict() == {"a": [1]}


REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "no rows": (lambda: sales().head(0), "'data' has columns but no rows: there is nothing to show."),
    "no columns": (lambda: sales()[[]], "'data' has 60 rows but no columns: there is nothing to show."),
    "nothing": (pd.DataFrame, "'data' is empty: it has no columns and no rows."),
    "too wide": (lambda: pd.DataFrame(np.zeros((1, 11))), "'data' has 11 columns; at most 10 can be taken."),
    "too long": (lambda: pd.DataFrame({"a": np.zeros(MAX_ROWS + 1, "int8")}), "10,000,001 rows; in a notebook at most"),
    "list": (lambda: [1], "'data' is a 'list'; what can be asked about are pandas and polars DataFrames"),
    "class": (lambda: pd.DataFrame, "'data' is a 'type'"),
    "none": (lambda: None, "'data' is a 'NoneType'"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_shown_is_said_in_a_sentence(name: str) -> None:
    data, words = REFUSED[name]
    with pytest.raises(DashwrightError) as caught:
        take(data(), "data", 10)
    assert words in str(caught.value)


def test_frame_with_every_type_becomes_a_dashboard_and_stays_as_it_was() -> None:
    data = sales().assign(**{name: values for name, (values, _, _) in COLUMNS.items()})
    data = data.set_index(["region", "date"])
    before = data.copy(deep=True)
    answer = dashwright.ask("How does the amount differ by ordered?", data)
    drawn = drawing.run_cells(answer.notebook, JobFolder(answer._folder.path))
    assert drawn
    pd.testing.assert_frame_equal(data, before)
    profile = answer._folder.read(Profile, answer._folder.profile)
    ordered = profile.tables[0].column("ordered")
    assert ordered is not None
    assert (ordered.role, ordered.order) == ("ordered", tuple(LEVELS))


def test_tables_are_called_as_their_variables_files_or_as_they_were_given(tmp_path: Path) -> None:
    sold, known = sales(), {"_": 1, "sold": None}
    known["sold"] = sold
    names = bringing.named((sold, sales(), sales(), tmp_path / "old sales.csv.gz"), known, {"regions": sales()})
    assert list(names) == ["sold", "data", "data 2", "old sales", "regions"]
