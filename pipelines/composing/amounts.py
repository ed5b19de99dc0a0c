"""Amounts: how the numbers of a measure are computed, called and written."""

from __future__ import annotations

import math

from ...notebook_templates.naming import Names
from ...notebook_templates.parts import Amount, Form
from ...notebook_templates.source import Code, write
from ..model import Column, Measure
from .frame import Frame

_SIGNS = {
    **dict.fromkeys(["$", "us$", "usd", "dollars", "dollar"], "$"),
    **dict.fromkeys(["€", "eur", "euro", "euros"], "€"),
    **dict.fromkeys(["£", "gbp"], "£"),
    "¥": "¥",
}
_SHARE = Form(after="%", factor=100)
_WHOLE = Form()
_YEAR = Form(comma="")


class Forms:
    """The functions that write numbers in one notebook: each once, under a name of its own."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._known: dict[Form, Code] = {}

    def name(self, form: Form) -> Code:
        if form not in self._known:
            self._known[form] = self._names.take(form.wish, otherwise="{}_form")
        return self._known[form]

    @property
    def share(self) -> Code:
        return self.name(_SHARE)

    @property
    def whole(self) -> Code:
        return self.name(_WHOLE)

    @property
    def definitions(self) -> list[Code]:
        return [Code(f"{name} = {form.definition}") for form, name in self._known.items()]

    def of_column(self, column: Column) -> Code:
        """The function that writes the values of a column in tables and names."""
        match column.type:
            case "boolean":
                return Code("yes_no")
            case "date":
                return Code("day")
            case "datetime":
                return Code("moment" if column.times and column.times.grain == "hour" else "day")
            case "integer" | "number":
                return self.name(number_form(column))
        return Code("words")


def is_year(column: Column) -> bool:
    return column.type == "integer" and (column.role == "time" or column.unit == "year")


def number_form(column: Column, unit: str | None = None, summed: bool = False, averaged: bool = False) -> Form:
    """How values of a column of numbers, or their sums or means, are written."""
    if is_year(column) and not summed:
        return _YEAR
    if column.role == "identifier" and column.type == "integer":
        return _YEAR
    unit = unit if unit is not None else column.unit or ""
    before = _SIGNS.get(unit.strip().lower(), "")
    after = "%" if unit.strip() in ("%", "percent", "per cent") else ""
    decimals = _decimals(column, summed, averaged)
    if before:
        decimals = 0 if decimals == 0 or _typical(column) >= 100 or summed else 2
    if after:
        decimals = min(decimals, 1)
    return Form(before=before, after=after, decimals=decimals, factor=column.scale)


def _typical(column: Column) -> float:
    numbers = column.numbers
    if numbers is None:
        return 1.0
    sizes = [abs(numbers.median), abs(numbers.lower_quartile), abs(numbers.upper_quartile), numbers.std]
    return max(size for size in sizes if math.isfinite(size)) if any(map(math.isfinite, sizes)) else 1.0


def _decimals(column: Column, summed: bool, averaged: bool) -> int:
    """Three figures of a typical value, but no more than the data has; of whole numbers only averages have any."""
    if column.type == "integer" and not averaged:
        return 0
    typical = _typical(column) * column.scale
    if summed:
        typical *= max(column.rows - column.missing, 1) ** 0.5
    if typical <= 0:
        return 0
    wished = min(max(0, 2 - math.floor(math.log10(typical))), 6)
    return min(wished, _precision(column) + averaged)


def _precision(column: Column) -> int:
    """Decimals of the values as they are."""
    if column.type == "integer" or column.scale != 1:
        return 0 if column.type == "integer" else 6
    texts = [repr(value.value) for value in column.values if isinstance(value.value, float)]
    lengths = [len(text.partition(".")[2]) for text in texts if "e" not in text and not text.endswith(".0")]
    return max(lengths, default=0 if texts else 6)


def form_of(measure: Measure, column: Column | None) -> Form:
    """How a measure is written: as the plan asks, or as its column suggests."""
    counted = measure.aggregate in ("count", "distinct") or column is None
    base = (
        _WHOLE
        if counted or column is None
        else number_form(column, measure.unit, summed=measure.aggregate == "sum", averaged=measure.aggregate == "mean")
    )
    if column is not None and column.type == "boolean" and measure.aggregate == "mean":
        base = _SHARE
    match measure.format:
        case "integer":
            return Form(before=base.before, after=base.after, factor=base.factor)
        case "decimal":
            return base if base.decimals else Form(before=base.before, after=base.after, decimals=1, factor=base.factor)
        case "percent":
            return Form(after="%", decimals=min(base.decimals, 1))
        case "share":
            return _SHARE
        case "currency":
            return (
                base if base.before else Form(before="$", decimals=0 if base.decimals == 0 else 2, factor=base.factor)
            )
        case "year":
            return _YEAR
    return base


def amount(measure: Measure, frame: Frame, forms: Forms) -> Amount:
    column = frame.column(measure.column) if measure.column is not None else None
    form = form_of(measure, column)
    unit = measure.unit if measure.unit is not None else (column.unit or "" if column else "")
    counted = measure.aggregate in ("count", "distinct")
    if counted or form.before or form.after:
        unit = measure.unit or "" if counted else ""
    times = column is not None and column.type in ("date", "datetime") and not counted
    negative = column is not None and column.numbers is not None and column.numbers.min < 0
    return Amount(
        column=_numeric(measure, column, frame) if column is not None else None,
        aggregate=measure.aggregate,
        title=measure.title or title_of(measure, column, frame),
        form=forms.of_column(column) if times and column else forms.name(form),
        d3="%d %b %Y" if times else _d3(form),
        unit=unit.strip(),
        adds=(counted and measure.aggregate == "count") or measure.aggregate == "sum",
        whole=counted
        or (column is not None and column.type == "integer" and measure.aggregate != "mean" and column.scale == 1),
        signed=negative and not counted,
        gaps=column is not None and column.missing > 0,
        times=times,
    )


def _numeric(measure: Measure, column: Column, frame: Frame) -> str:
    """The column to compute with: true and false with gaps are objects, which have no mean."""
    short = frame.short[str(measure.column)]
    if column.type != "boolean" or not column.missing or measure.aggregate not in ("mean", "sum"):
        return short
    return frame.derive(
        ("number", short),
        f"{short}_number",
        lambda name: write(
            "$frame[$name] = $frame[$column].astype(float)", frame=frame.variable, name=name, column=short
        ),
    )


def title_of(measure: Measure, column: Column | None, frame: Frame) -> str:
    """What a measure is called where the plan does not say: "Average speed", "Strikes"."""
    if column is None:
        return sentence_case(frame.rows_noun)
    label = column.label
    small = label[0].lower() + label[1:] if label[1:2].islower() else label
    match measure.aggregate:
        case "count":
            return f"Known {small}"
        case "distinct":
            return f"Different {small}"
        case "mean":
            return f"Share with {small}" if column.type == "boolean" else f"Average {small}"
        case "median":
            return f"Median {small}"
        case "min":
            return f"{'Earliest' if column.type in ('date', 'datetime') else 'Lowest'} {small}"
        case "max":
            return f"{'Latest' if column.type in ('date', 'datetime') else 'Highest'} {small}"
        case "sum":
            return f"Total {small}"
    return label


def sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]


def _d3(form: Form) -> str:
    """The same for tooltips, which d3 writes."""
    if form == _SHARE:
        return ".0%"
    dollars = "$" if form.before == "$" else ""
    return f"{dollars}{form.comma}.{form.decimals}f"
