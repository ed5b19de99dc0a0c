"""Widget: one chart, table, metric or text. One class a type, so that a widget that cannot be drawn cannot be made."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from .encoding import Condition, Dimension, Limit, Measure, Position, Sort
from .noun import Identifier, Noun

ScaleType = Literal["linear", "log"]
Stacking = Literal["stacked", "grouped", "normalized"]


class _Widget(Noun):
    id: Identifier
    title: str = Field(min_length=1, max_length=255)
    subtitle: str | None = Field(None, max_length=255)
    why: str = Field("", max_length=500)
    """The reason this widget was chosen, as one sentence for people."""
    frame: Identifier | None = None
    """Name of a table or join. Only a text goes without."""
    where: tuple[Condition, ...] = ()
    position: Position

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """All dimensions this widget groups by."""
        return ()

    @property
    def measures(self) -> tuple[Measure, ...]:
        return ()

    @property
    def raw_columns(self) -> tuple[str, ...]:
        """Columns used as they are, without grouping or aggregate."""
        return ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column used, conditions included, each once, in order of use."""
        used = [dimension.column for dimension in self.dimensions]
        used += [measure.column for measure in self.measures if measure.column is not None]
        used += [*self.raw_columns, *(condition.column for condition in self.where)]
        return tuple(dict.fromkeys(used))


class _Framed(_Widget):
    @model_validator(mode="after")
    def _has_frame(self) -> Self:
        if self.frame is None:
            raise ValueError(f"widget '{self.id}' needs a frame: the name of a table or join")
        return self


def _present(*items: Dimension | None) -> tuple[Dimension, ...]:
    return tuple(item for item in items if item is not None)


class _Cartesian(_Framed):
    x: Dimension
    y: Measure
    color: Dimension | None = None

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        return _present(self.x, self.color)

    @property
    def measures(self) -> tuple[Measure, ...]:
        return (self.y,)

    @model_validator(mode="after")
    def _aggregated(self) -> Self:
        if self.y.aggregate is None:
            raise ValueError(f"widget '{self.id}' draws one value a group: give y an aggregate")
        return self


class LineWidget(_Cartesian):
    """A value over time or over a number; one line for each value of `color`."""

    type: Literal["line"] = "line"
    y_scale: ScaleType = "linear"
    zero: bool = False
    """Whether the value axis starts at zero. Area and bar always do."""
    limit: Limit | None = None
    """At most this many lines, those with the largest values; the rest are left out."""


class AreaWidget(_Cartesian):
    """Parts of a whole over time, stacked."""

    type: Literal["area"] = "area"
    stack: Literal["stacked", "normalized"] = "stacked"
    limit: Limit | None = None


class BarWidget(_Cartesian):
    """A value for each category or period; parts by `color`."""

    type: Literal["bar"] = "bar"
    orientation: Literal["auto", "horizontal", "vertical"] = "auto"
    stack: Stacking = "stacked"
    sort: Sort = Sort()
    limit: Limit | None = None
    others: bool = True
    """Whether what the limit cuts off is shown together as "Other" (only where parts add up)."""


class PieWidget(_Cartesian):
    """Shares of a whole: `x` names the parts."""

    type: Literal["pie"] = "pie"
    sort: Sort = Sort()
    limit: Limit | None = None

    @model_validator(mode="after")
    def _no_color(self) -> Self:
        if self.color is not None:
            raise ValueError(f"pie '{self.id}' has its parts in x: leave color out")
        return self


class ScatterWidget(_Framed):
    """Two measures against each other; one dot a row, or one a value of `detail` when they are aggregated."""

    type: Literal["scatter"] = "scatter"
    x: Measure
    y: Measure
    color: Dimension | None = None
    size: Measure | None = None
    detail: Dimension | None = None
    """What one dot is, when x and y are aggregated; also its name in the tooltip."""
    x_scale: ScaleType = "linear"
    y_scale: ScaleType = "linear"

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        return _present(self.color, self.detail)

    @property
    def measures(self) -> tuple[Measure, ...]:
        return (self.x, self.y) + ((self.size,) if self.size else ())

    @model_validator(mode="after")
    def _dots(self) -> Self:
        aggregated = [measure.aggregate is not None for measure in self.measures]
        if any(aggregated) and not all(aggregated):
            raise ValueError(
                f"scatter '{self.id}' mixes values as they are with aggregates: aggregate x, y and size or none"
            )
        if all(aggregated) and self.detail is None and self.color is None:
            raise ValueError(f"scatter '{self.id}' aggregates, so it needs detail: what one dot is")
        return self


class HeatmapWidget(_Framed):
    """A value for each pair of two groupings, by colour class."""

    type: Literal["heatmap"] = "heatmap"
    x: Dimension
    y: Dimension
    color: Measure
    limit: Limit | None = None
    """At most this many rows, those with the largest values."""

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        return (self.x, self.y)

    @property
    def measures(self) -> tuple[Measure, ...]:
        return (self.color,)

    @model_validator(mode="after")
    def _aggregated(self) -> Self:
        if self.color.aggregate is None:
            raise ValueError(f"heatmap '{self.id}' draws one value a cell: give color an aggregate")
        return self


class HistogramWidget(_Framed):
    """How the values of one column are distributed."""

    type: Literal["histogram"] = "histogram"
    x: Dimension
    color: Dimension | None = None

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        return _present(self.x, self.color)

    @model_validator(mode="after")
    def _binned(self) -> Self:
        if self.x.bins is None and self.x.time_unit is None:
            raise ValueError(f"histogram '{self.id}' needs bins or a time_unit on x")
        return self


class BoxWidget(_Framed):
    """Quartiles of a measure, for each category of `x` or for all rows."""

    type: Literal["box"] = "box"
    x: Dimension | None = None
    y: Measure
    limit: Limit | None = None

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        return _present(self.x)

    @property
    def measures(self) -> tuple[Measure, ...]:
        return (self.y,)

    @model_validator(mode="after")
    def _raw(self) -> Self:
        if self.y.column is None or self.y.aggregate is not None:
            raise ValueError(f"box '{self.id}' needs the values of a column in y, without aggregate")
        return self


class MetricWidget(_Framed):
    """One number; with `x` (a time) the last full period against the one before, and a sparkline."""

    type: Literal["metric"] = "metric"
    y: Measure
    x: Dimension | None = None
    good: Literal["up", "down"] | None = None
    """Which direction is good news. None: neither, shown in grey."""

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        return _present(self.x)

    @property
    def measures(self) -> tuple[Measure, ...]:
        return (self.y,)

    @model_validator(mode="after")
    def _aggregated(self) -> Self:
        if self.y.aggregate is None:
            raise ValueError(f"metric '{self.id}' is one number: give y an aggregate")
        if self.x is not None and self.x.bins is not None:
            raise ValueError(f"metric '{self.id}' compares periods: x takes a time, not bins")
        return self


class TableWidget(_Framed):
    """Rows as they are (`show`), or one row a group (`by` and `values`)."""

    type: Literal["table"] = "table"
    show: tuple[str, ...] = Field((), max_length=20)
    by: tuple[Dimension, ...] = Field((), max_length=6)
    values: tuple[Measure, ...] = Field((), max_length=12)
    sort_by: str | None = None
    """A column of `show` or `by`, or the title or column of one of `values`. None: the first of `values`."""
    order: Literal["ascending", "descending"] = "descending"
    limit: Limit = 10

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        return self.by

    @property
    def measures(self) -> tuple[Measure, ...]:
        return self.values

    @property
    def raw_columns(self) -> tuple[str, ...]:
        return self.show

    @model_validator(mode="after")
    def _rows_or_groups(self) -> Self:
        if bool(self.show) == bool(self.by or self.values):
            raise ValueError(f"table '{self.id}' shows rows (show) or groups (by and values), one of the two")
        if any(value.aggregate is None for value in self.values):
            raise ValueError(f"table '{self.id}' has one row a group: give every value an aggregate")
        return self


class MapWidget(_Framed):
    """Countries or US states coloured by a value (`x` the place), or points by `longitude` and `latitude`."""

    type: Literal["map"] = "map"
    level: Literal["country", "us_state", "point"]
    x: Dimension | None = None
    color: Measure | None = None
    longitude: str | None = None
    latitude: str | None = None
    size: Measure | None = None
    detail: str | None = None
    """Column that names a point."""

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        return _present(self.x)

    @property
    def measures(self) -> tuple[Measure, ...]:
        return tuple(measure for measure in (self.color, self.size) if measure)

    @property
    def raw_columns(self) -> tuple[str, ...]:
        return tuple(name for name in (self.longitude, self.latitude, self.detail) if name)

    @model_validator(mode="after")
    def _place(self) -> Self:
        if self.level == "point":
            if self.longitude is None or self.latitude is None:
                raise ValueError(f"map '{self.id}' of points needs longitude and latitude")
            if any(measure.aggregate is not None for measure in self.measures):
                raise ValueError(f"map '{self.id}' draws one point a row: leave the aggregates out")
        elif self.x is None or self.color is None or self.color.aggregate is None:
            raise ValueError(f"map '{self.id}' of places needs x (the place) and color with an aggregate")
        return self


class TextWidget(_Widget):
    """A paragraph written by a person or a model: plain text, blank lines part paragraphs, no markup."""

    type: Literal["text"] = "text"
    text: str = Field(min_length=1, max_length=4000)


Widget = Annotated[
    LineWidget
    | AreaWidget
    | BarWidget
    | PieWidget
    | ScatterWidget
    | HeatmapWidget
    | HistogramWidget
    | BoxWidget
    | MetricWidget
    | TableWidget
    | MapWidget
    | TextWidget,
    Field(discriminator="type"),
]
WidgetType = Literal[
    "line", "area", "bar", "pie", "scatter", "heatmap", "histogram", "box", "metric", "table", "map", "text"
]
