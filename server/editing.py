"""Editing: a plan changed piece by piece, as somebody does who sees it. What comes out is a valid plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from ..pipelines.errors import PlanError
from ..pipelines.model import Plan, Position, Widget, sentence
from .errors import ConflictError, MissingError


def widget_of(plan: Plan, widget_id: str) -> Widget:
    """The widget of this id.

    Raises:
        MissingError: there is none.
    """
    for widget in plan.widgets:
        if widget.id == widget_id:
            return widget
    there = ", ".join(widget.id for widget in plan.widgets)
    raise MissingError(f"There is no widget '{widget_id}'. There is: {there}.")


def added(plan: Plan, widget: Widget, *, at_end: bool) -> Plan:
    """With one more widget, below all others or where it says.

    Raises:
        PlanError: the plan would not be valid.
        ConflictError: there is something of this name.
    """
    if any(widget.id == other.id for other in plan.widgets):
        raise ConflictError(f"There is a widget '{widget.id}' already; choose another id.")
    if at_end:
        bottom = max(other.position.y + other.position.height for other in plan.widgets)
        widget = widget.model_copy(update={"position": _moved(widget.position, bottom)})
    return _with(plan, widgets=(*plan.widgets, widget))


def replaced(plan: Plan, widget: Widget) -> Plan:
    """With another widget in the place of the one of its id.

    Raises:
        MissingError: there is none.
        PlanError: the plan would not be valid.
    """
    before = widget_of(plan, widget.id)
    return _with(plan, widgets=tuple(widget if other is before else other for other in plan.widgets))


def without(plan: Plan, widget_id: str) -> Plan:
    """Without a widget; rows of the grid that are empty then are closed.

    Raises:
        MissingError: there is none.
        PlanError: it is the last one.
    """
    gone = widget_of(plan, widget_id)
    return _with(plan, widgets=_closed([widget for widget in plan.widgets if widget is not gone]))


def reordered(plan: Plan, widget_ids: Sequence[str]) -> Plan:
    """With the widgets in this order, laid out anew.

    Raises:
        MissingError: one of them does not exist.
        PlanError: not each is named once.
    """
    from ..pipelines.planners.offline.layout import placed  # with it comes the whole planner

    widgets = [widget_of(plan, name) for name in widget_ids]
    if len(set(widget_ids)) != len(widget_ids) or len(widgets) != len(plan.widgets):
        raise PlanError(f"Name each of the {len(plan.widgets)} widgets once.")
    return _with(plan, widgets=placed(widgets))


def _closed(widgets: Sequence[Widget]) -> tuple[Widget, ...]:
    taken = sorted({y for one in widgets for y in range(one.position.y, one.position.y + one.position.height)})
    row = {y: place for place, y in enumerate(taken)}
    return tuple(one.model_copy(update={"position": _moved(one.position, row[one.position.y])}) for one in widgets)


def _moved(position: Position, y: int) -> Position:
    return position.model_copy(update={"y": y})


def _with(plan: Plan, **changes: Any) -> Plan:
    """Validated anew, which a copy is not."""
    try:
        return Plan.model_validate({name: getattr(plan, name) for name in Plan.model_fields} | changes)
    except ValidationError as error:
        raise PlanError(f"The changed plan is not valid: {sentence(error)}.") from error
