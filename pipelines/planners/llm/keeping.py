"""Keeping: a present plan as a draft that a model changes, and what stays of a widget that it changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...model import (
    Condition,
    Dimension,
    Filter,
    Insight,
    Join,
    Measure,
    ParameterValue,
    Plan,
    Scalar,
    Sort,
    TableWidget,
    TextWidget,
    Widget,
)
from .draft import (
    Channel,
    Draft,
    DraftCondition,
    DraftEncoding,
    DraftFilter,
    DraftInsight,
    DraftJoin,
    DraftKey,
    DraftWidget,
    Order,
    SortBy,
)

_CHANNELS: tuple[Channel, ...] = ("x", "y", "color", "size", "detail", "longitude", "latitude")
_UNSAID: dict[str, tuple[str, ...]] = {"line": ("zero",), "bar": ("orientation",), "metric": ("good",)}
"""Fields of a widget that no draft speaks of."""


def draft_of(plan: Plan) -> Draft:
    return Draft(
        title=plan.title,
        description=plan.description,
        notes=plan.notes[:8],
        joins=tuple(_join(join) for join in plan.joins),
        widgets=tuple(draft_widget(widget, plan) for widget in plan.widgets),
        filters=tuple(draft_filter(item) for item in plan.filters[:6]),
        insights=tuple(draft_insight(insight, plan) for insight in plan.insights[:6]),
    )


def draft_widget(widget: Widget, plan: Plan) -> DraftWidget:
    by, order = _order(widget)
    return DraftWidget(
        type=widget.type,
        id=widget.id,
        title=widget.title,
        subtitle=widget.subtitle,
        why=widget.why,
        frame=widget.frame,
        encodings=tuple(_encodings(widget)),
        where=tuple(_condition(condition, plan) for condition in widget.where),
        sort_by=by,
        order=order,
        limit=_limit(widget, plan),
        stack=getattr(widget, "stack", None),
        text=widget.text if isinstance(widget, TextWidget) else None,
    )


def _order(widget: Widget) -> tuple[SortBy | None, Order | None]:
    if isinstance(widget, TableWidget):
        first = [*widget.show, *(dimension.column for dimension in widget.by)][:1]
        return None if widget.sort_by is None else "x" if [widget.sort_by] == first else "y", widget.order
    sort: Sort | None = getattr(widget, "sort", None)
    return (sort.by, sort.order) if sort is not None else (None, None)


def draft_filter(item: Filter) -> DraftFilter:
    return DraftFilter(type=item.type, column=item.column, frame=item.frames[0], label=item.label, why=item.why)


def draft_insight(insight: Insight, plan: Plan) -> DraftInsight:
    return DraftInsight(
        type=insight.type,
        frame=insight.frame,
        encodings=tuple(_encodings(insight)),
        where=tuple(_condition(condition, plan) for condition in insight.where),
        which=getattr(insight, "which", None),
        top=getattr(insight, "top", None),
        wording=getattr(insight, "wording", None),
        why=insight.why,
    )


def like_present(draft: DraftWidget, old: Widget, plan: Plan) -> bool:
    """Whether a model left a widget as it is."""
    return draft == draft_widget(old, plan)


def kept(made: Widget, old: Widget, draft: DraftWidget, plan: Plan) -> Widget:
    """A changed widget with what its draft could not say: parameters, formats, units."""
    if type(made) is not type(old):
        return made
    changes: dict[str, Any] = {name: getattr(old, name) for name in _UNSAID.get(made.type, ())}
    if hasattr(old, "limit") and draft.limit == _limit(old, plan):
        changes["limit"] = old.limit
    forms = {(measure.column, measure.aggregate): measure for measure in old.measures}
    for name in ("x", "y", "color", "size"):
        value = getattr(made, name, None)
        before = forms.get((value.column, value.aggregate)) if isinstance(value, Measure) else None
        if isinstance(value, Measure) and before is not None:
            changes[name] = value.model_copy(update={"format": before.format, "unit": before.unit})
    return made.model_copy(update=changes)


def _encodings(item: Widget | Insight) -> Iterator[DraftEncoding]:
    for channel in _CHANNELS:
        value = getattr(item, channel, None)
        scale = "log" if getattr(item, f"{channel}_scale", None) == "log" else None
        if value is not None:
            yield _encoding(channel, value, scale)
    if isinstance(item, TableWidget):
        yield from (DraftEncoding(channel="column", column=name) for name in item.show)
        yield from (_encoding("group", dimension) for dimension in item.by)
        yield from (_encoding("value", measure) for measure in item.values)


def _encoding(channel: Channel, value: Dimension | Measure | str, scale: str | None = None) -> DraftEncoding:
    told: Mapping[str, Any] = {"column": value}
    if isinstance(value, Dimension):
        told = {"column": value.column, "time_unit": value.time_unit, "bins": value.bins, "title": value.title}
    elif isinstance(value, Measure):
        told = {"column": value.column, "aggregate": value.aggregate, "title": value.title, "scale": scale}
    return DraftEncoding(channel=channel, **told)


def _condition(condition: Condition, plan: Plan) -> DraftCondition:
    values: tuple[Scalar, ...] = condition.values
    if not values and condition.value is not None:
        values = (_value(condition.value, plan),)
    return DraftCondition(
        column=condition.column,
        operator=condition.operator,
        values=tuple(str(value).lower() if isinstance(value, bool) else str(value) for value in values[:200]),
    )


def _value(value: Scalar | ParameterValue, plan: Plan) -> Scalar:
    if not isinstance(value, ParameterValue):
        return value
    found = next(item.value for item in plan.parameters if item.name == value.parameter)
    return found if isinstance(found, bool | int | float | str) else found.isoformat()


def _limit(widget: Widget, plan: Plan) -> int | None:
    limit = getattr(widget, "limit", None)
    value = _value(limit, plan) if limit is not None else None
    return int(value) if isinstance(value, int | float) else None


def _join(join: Join) -> DraftJoin:
    keys = tuple(DraftKey(left=left, right=right) for left, right in join.on)
    return DraftJoin(name=join.name, left=join.left, right=join.right, on=keys, how=join.how, why=join.why)
