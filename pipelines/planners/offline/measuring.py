"""Measuring: what is taken of a column, in which format, and how it is called."""

from __future__ import annotations

from ...model import Aggregate, Column, Measure, ValueFormat
from .ground import Ground, capital, lower_first, plural
from .said import is_flag
from .words import name_words, word_set

_CURRENCIES = ("$", "€", "£", "¥", "usd", "eur", "gbp", "us$", "dollar", "euro")


_GOOD = word_set("life expectancy profit revenue sales income satisfaction employment rating score")


_BAD = word_set(
    "unemployment mortality death deaths fatalities cost crime emissions obesity poverty delay damage missing"
)


def default_aggregate(column: Column, *, repeated: bool = False) -> Aggregate:
    """Sums for what adds up, averages for rates, the middle for lopsided values, distinct counts for identifiers."""
    if column.type not in ("integer", "number", "boolean") or column.role == "identifier":
        return "distinct"
    if is_flag(column):
        return "mean"
    if column.additive and not repeated:
        return "sum"
    lopsided = column.numbers is not None and abs(column.numbers.skew) > 3
    return "median" if lopsided else "mean"


def value_format(column: Column | None, aggregate: Aggregate | None) -> ValueFormat:
    if column is None or aggregate in ("count", "distinct"):
        return "integer"
    if is_flag(column):
        return "share" if aggregate == "mean" else "integer"
    if column.type in ("date", "datetime"):
        return "date"
    if column.role == "time" and aggregate is None:
        return "year"
    unit = (column.unit or "").strip().casefold()
    if unit in ("%", "percent"):
        return "percent"
    if unit and any(unit.startswith(sign) for sign in _CURRENCIES):
        return "currency"
    return "share" if is_share(column) and aggregate != "sum" else "auto"


def is_share(column: Column) -> bool:
    """Fractions of one: between 0 and 1, and called so."""
    words = set(name_words(column.name)) & {
        "pct",
        "percent",
        "percentage",
        "share",
        "proportion",
        "fraction",
        "rate",
        "ratio",
    }
    return bool(words) and column.numbers is not None and column.numbers.min >= 0 and column.numbers.max <= 1


def good_direction(column: Column) -> str | None:
    """Which change is good news, where nobody would argue."""
    words = set(name_words(column.name)) | set(name_words(column.label))
    if words & _BAD:
        return "down"
    return "up" if words & _GOOD else None


_AGGREGATE_WORDS: dict[Aggregate, str] = {
    "sum": "Total", "mean": "Average", "median": "Median", "min": "Lowest", "max": "Highest",
    "count": "Number", "distinct": "Number of different",
}  # fmt: skip


def measure_of(ground: Ground, name: str | None, aggregate: Aggregate | None = None) -> Measure:
    """A measure with title, unit and format. Without a column: the count of rows."""
    if name is None and ground.counting is not None:
        name = ground.counting
    if name is None:
        return Measure(aggregate="count", title=capital(f"number of {ground.row_nouns}")[:120], format="integer")
    column = ground.column(name)
    if aggregate is None:
        aggregate = default_aggregate(column, repeated=ground.frame.repeats(name))
    aggregate = honest_aggregate(column, aggregate, is_multiplied=ground.frame.is_multiplied)
    unit = None if aggregate in ("count", "distinct") or is_flag(column) else column.unit
    return Measure(
        column=name,
        aggregate=aggregate,
        title=measure_title(ground, name, aggregate),
        format=value_format(column, aggregate),
        unit=unit and unit[:40],
    )


def measure_title(ground: Ground, name: str, aggregate: Aggregate | None) -> str:
    """How a measure of a column is called; what is taken of it is said in the subtitle."""
    column, title = ground.column(name), capital(ground.label(name))
    if aggregate == "distinct":
        title = _counted_title(column, title)
    elif is_flag(column) and aggregate == "mean":
        title = _flag_title(title)
    return title[:120]


def _flag_title(title: str) -> str:
    """ "Share with garden", "Share readmitted", "Share active" for "is active"."""
    first, _, rest = title.partition(" ")
    if first.casefold() in ("is", "was", "are") and rest:
        return f"Share {rest}"
    if first.casefold() == "has" and rest:
        return f"Share with {rest}"
    if not rest and first.casefold().endswith(("ed", "en")):
        return f"Share {lower_first(first)}"
    return f"Share with {lower_first(title)}"


def _counted_title(column: Column, title: str) -> str:
    """Ids stand for things: "Number of orders" rather than of different order ids."""
    *thing, last = title.split(" ")
    if column.role == "identifier" and thing and last.casefold() in ("id", "ids", "number", "no", "key", "code"):
        return f"Number of {plural(lower_first(' '.join(thing)))}"
    return f"Number of different {plural(lower_first(title))}"


def raw_measure(ground: Ground, name: str) -> Measure:
    """The values as they are."""
    column = ground.column(name)
    title = capital(ground.label(name))[:120]
    return Measure(column=name, title=title, format=value_format(column, None), unit=column.unit and column.unit[:40])


def honest_aggregate(column: Column, aggregate: Aggregate, *, is_multiplied: bool = False) -> Aggregate:
    """What was asked for, unless it means nothing: sums of rates become averages, averages of texts become counts.

    Where a join repeats rows of both sides every sum is too large.
    """
    if aggregate in ("count", "distinct"):
        return aggregate
    if column.type == "boolean":
        return "mean"
    if column.type not in ("integer", "number"):
        return aggregate if aggregate in ("min", "max") and column.type in ("date", "datetime") else "count"
    if column.role == "identifier" and aggregate in ("sum", "mean", "median"):
        return "distinct"
    return "mean" if aggregate == "sum" and (column.additive is False or is_multiplied) else aggregate


def aggregate_text(measure: Measure) -> str:
    """ "Average, years" under the title of a chart."""
    if measure.aggregate is None or measure.aggregate == "count":
        return measure.unit or ("Count" if measure.aggregate == "count" else "")
    if measure.format == "share" and (measure.title or "").startswith("Share "):
        return "Share"
    word = _AGGREGATE_WORDS[measure.aggregate]
    return "Count" if measure.aggregate == "distinct" else f"{word}, {measure.unit}" if measure.unit else word
