"""Widgets: list, add, replace, remove, put in another order. Each change makes a new version in the background."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import Field, RootModel, StringConstraints

from ....pipelines.errors import InputError
from ....pipelines.model import Identifier, Noun, Plan, Widget
from ... import editing
from ...access import Action
from ...nouns import Dashboard, Job
from ...store import Revisions
from ..route import Call, Routes, Slug
from .plans import begun, check, fitting
from .published import folder_of, plan_in, tagged

routes = Routes("Widgets")

WidgetId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]


class Widgets(Noun):
    items: tuple[Widget, ...]
    suggestions: tuple[Widget, ...] = Field(description="What the planner thought of, too; ready to be added.")


class AnyWidget(RootModel[Widget]):
    """One chart, table, metric or text."""


class NewWidget(Noun):
    widget: Widget
    place: Literal["end", "as said"] = Field("end", description="Below all others, or where its position says.")


class Order(Noun):
    widgets: Annotated[tuple[Identifier, ...], Field(min_length=1, max_length=40, description="Each id once.")]


@routes.get("/dashboards/{slug}/widgets", "List the widgets", Action.SEE, tagged=True, problems=(409, 422))
def list_widgets(call: Call, slug: Slug) -> Widgets:
    plan = plan_in(tagged(call, slug)[1])
    return Widgets(items=plan.widgets, suggestions=plan.suggestions)


@routes.get("/dashboards/{slug}/widgets/{widget_id}", "Show a widget", Action.SEE, tagged=True, problems=(409, 422))
def show_widget(call: Call, slug: Slug, widget_id: WidgetId) -> AnyWidget:
    return AnyWidget(editing.widget_of(plan_in(tagged(call, slug)[1]), widget_id))


@routes.post("/dashboards/{slug}/widgets", "Add a widget", Action.CHANGE, status=202, guarded=True)
def add_widget(call: Call, slug: Slug, body: NewWidget) -> Job:
    return _edited(call, slug, lambda plan: editing.added(plan, body.widget, at_end=body.place == "end"))


@routes.put("/dashboards/{slug}/widgets/{widget_id}", "Replace a widget", Action.CHANGE, status=202, guarded=True)
def replace_widget(call: Call, slug: Slug, widget_id: WidgetId, body: AnyWidget) -> Job:
    if body.root.id != widget_id:
        raise InputError(f"The widget of the address is '{widget_id}', that of the body '{body.root.id}'.")
    return _edited(call, slug, lambda plan: editing.replaced(plan, body.root))


@routes.delete(
    "/dashboards/{slug}/widgets/{widget_id}",
    "Remove a widget",
    Action.CHANGE,
    status=202,
    guarded=True,
    problems=(422,),
)
def remove_widget(call: Call, slug: Slug, widget_id: WidgetId) -> Job:
    return _edited(call, slug, lambda plan: editing.without(plan, widget_id))


@routes.put("/dashboards/{slug}/order", "Put the widgets in order", Action.CHANGE, status=202, guarded=True)
def order_widgets(call: Call, slug: Slug, body: Order) -> Job:
    """Lays the widgets out anew in this order: single numbers on top, then two charts a row."""
    return _edited(call, slug, lambda plan: editing.reordered(plan, body.widgets))


def _edited(call: Call, slug: str, edit: Callable[[Plan], Plan]) -> Job:
    def change(dashboard: Dashboard) -> Plan:
        check(call, dashboard)
        return fitting(call, dashboard, edit(plan_in(folder_of(call, dashboard))))

    return begun(call, Revisions(call.store).edit(slug, change))
