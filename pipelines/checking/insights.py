"""Insights: whether what is to be stated can be computed."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Column, CorrelationInsight, Insight, Measure, ShareInsight
from .columns import DATED, Columns, missing_columns
from .conditions import condition_problems
from .encodings import dimension_problems, measure_problems, number_only, ordered_axis


def insight_problems(insight: Insight, columns: Columns, is_join: bool) -> Iterator[str]:
    missing = list(missing_columns(insight.columns, insight.frame, columns))
    if missing:
        yield from missing
        return
    owner = f"insight '{insight.id}'"
    measures = (insight.x, insight.y) if isinstance(insight, CorrelationInsight) else (insight.y,)
    dimension = insight.detail if isinstance(insight, CorrelationInsight) else insight.x
    for measure in measures:
        yield from measure_problems(measure, columns, owner)
        if measure.column is not None and _is_bare(measure, columns[measure.column]):
            yield from number_only(measure, columns, owner)
    if dimension is not None:
        yield from dimension_problems(dimension, columns, owner)
    yield from condition_problems(insight.where, columns, owner, is_join=is_join)
    if insight.type in ("change", "trend") and dimension is not None:
        yield from ordered_axis(dimension, columns, owner)
    if isinstance(insight, ShareInsight) and not _adds_up(insight.y):
        yield f"The {owner} is a share, but the {insight.y.aggregate} of '{insight.y.column}' does not add up."


def _is_bare(measure: Measure, column: Column) -> bool:
    """Whether the values themselves are compared: dates can be shown so, but not computed with."""
    return measure.aggregate is None or (measure.aggregate in ("min", "max") and column.type in DATED)


def _adds_up(measure: Measure) -> bool:
    return measure.aggregate in ("count", "sum")
