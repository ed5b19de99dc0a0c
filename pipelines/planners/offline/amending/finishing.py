"""Finishing: a draft becomes a plan that is sound, with its sentences and places following what was changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from ....checking import problems
from ....errors import PlanError
from ....model import (
    CorrelationInsight,
    Insight,
    MetricWidget,
    ParameterValue,
    Plan,
    Position,
    Widget,
    sentence,
)
from .. import layout
from .draft import Draft, is_same
from .redrawing import parts_of

NOTE = "Changed as asked: "
NOTE_LIMIT = 500


def finished(draft: Draft, changes: Sequence[str], words: str) -> Plan:
    """The plan of a draft.

    Raises:
        PlanError: what was asked for cannot be drawn, or would not be true.
    """
    before = draft.plan
    draft.insights = _following(draft)
    widgets = _placed(_explained(draft, words), draft)
    kept = [note for note in before.notes if not note.startswith(NOTE)]
    update: dict[str, Any] = {
        "title": draft.title,
        "notes": (*kept[:11], _note(changes)),
        "tables": tuple(draft.tables),
        "joins": tuple(draft.joins),
        "filters": tuple(draft.filters),
        "widgets": widgets,
        "insights": tuple(draft.insights),
        "suggestions": tuple(draft.suggestions),
        "parameters": tuple(draft.parameters.values()),
    }
    made = _sound(before.model_copy(update=update), draft)
    made = made.model_copy(update={"parameters": _used(made)})
    if _without_notes(made) == _without_notes(before):
        raise PlanError("Everything is as asked already, so nothing was changed.")
    try:
        return Plan.model_validate(made.model_dump())
    except ValidationError as error:
        raise PlanError(f"The change makes no sound plan, so nothing was changed: {sentence(error)}.") from error


def _note(changes: Sequence[str]) -> str:
    text = NOTE + " ".join(dict.fromkeys(changes))
    return text if len(text) <= NOTE_LIMIT else f"{text[: NOTE_LIMIT - 1]}…"


def _without_notes(plan: Plan) -> Plan:
    return plan.model_copy(update={"notes": ()})


def _explained(draft: Draft, words: str) -> list[Widget]:
    """Changed widgets say what they were changed for."""
    old = {widget.id: widget for widget in draft.plan.widgets}
    why = f"Changed as asked: “{' '.join(words.split())[:300]}”."
    return [
        widget if widget.id not in old or old[widget.id] == widget else widget.model_copy(update={"why": why})
        for widget in draft.widgets
    ]


def _placed(widgets: Sequence[Widget], draft: Draft) -> tuple[Widget, ...]:
    """Widgets stay where they are as long as they can; new charts come below."""
    old = {widget.id: widget for widget in draft.plan.widgets}
    new = [widget for widget in widgets if widget.id not in old]
    swapped = any(isinstance(w, MetricWidget) != isinstance(old[w.id], MetricWidget) for w in widgets if w.id in old)
    if draft.is_moved or swapped or any(isinstance(widget, MetricWidget) for widget in new):
        return layout.placed(widgets)
    stay = [widget for widget in widgets if widget.id in old]
    bottom = max((widget.position.y + widget.position.height for widget in stay), default=0)
    return (*stay, *(_lowered(widget, bottom) for widget in layout.placed(new)))


def _lowered(widget: Widget, rows: int) -> Widget:
    at = widget.position
    position = Position(x=at.x, y=at.y + rows, width=at.width, height=at.height)
    return widget.model_copy(update={"position": position})


def _following(draft: Draft) -> list[Insight]:
    """Sentences that are about a chart change with it, and go with it."""
    now = {widget.id: widget for widget in draft.widgets}
    told = list(draft.insights)
    for old in draft.plan.widgets:
        new = now.get(old.id)
        if new == old or any(
            _is_about(item, other)
            for item in told
            for other in draft.widgets
            if other.id != old.id and _same(old, other)
        ):
            continue
        told = [
            item
            for insight in told
            for item in ([_like(insight, new)] if _is_about(insight, old) else [insight])
            if item
        ]
    return told


def _same(one: Widget, other: Widget) -> bool:
    left, right = parts_of(one), parts_of(other)
    return is_same(left.x, right.x) and is_same(left.y, right.y)


def _is_about(insight: Insight, widget: Widget) -> bool:
    parts = parts_of(widget)
    if insight.frame != widget.frame or parts.y is None or not is_same(insight.y, parts.y):
        return False
    if isinstance(insight, CorrelationInsight):
        return is_same(insight.x, parts.other)
    return is_same(insight.x, parts.x)


def _like(insight: Insight, widget: Widget | None) -> Insight | None:
    """The sentence for what the chart shows now; None where it shows nothing of the kind."""
    if widget is None:
        return None
    parts = parts_of(widget)
    x: Any = parts.other if isinstance(insight, CorrelationInsight) else parts.x
    if x is None or parts.y is None or (not isinstance(insight, CorrelationInsight) and parts.y.aggregate is None):
        return None
    if insight.type in ("change", "trend") and x.time_unit in ("month_of_year", "day_of_week", "hour_of_day"):
        return None
    shown = is_same(x, insight.x) and is_same(parts.y, insight.y)
    update: dict[str, Any] = {"x": x, "y": parts.y}
    return insight.model_copy(update=update | ({} if shown else {"wording": None}))


def _used(plan: Plan) -> tuple[Any, ...]:
    """Parameters that something still takes its value from."""
    limits = [getattr(widget, "limit", None) for widget in (*plan.widgets, *plan.suggestions)]
    values = [
        condition.value for item in (*plan.widgets, *plan.suggestions, *plan.insights) for condition in item.where
    ]
    values += [getattr(filter_, "start", None) for filter_ in plan.filters]
    names = {item.parameter for item in (*limits, *values) if isinstance(item, ParameterValue)}
    before = {item.name for item in plan.parameters}
    return tuple(item for item in plan.parameters if item.name in names or not before)


def _sound(made: Plan, draft: Draft) -> Plan:
    """Without sentences, controls and suggestions that the change made wrong.

    Raises:
        PlanError: a widget would be wrong that was not before.
    """
    known = set(problems(draft.plan, draft.profile))
    if set(problems(made, draft.profile)) <= known:
        return made
    for part in ("suggestions", "insights", "filters"):
        kept = []
        for item in getattr(made, part):
            alone = made.model_copy(update={"suggestions": (), "insights": (), "filters": (), part: (item,)})
            rest = made.model_copy(update={"suggestions": (), "insights": (), "filters": ()})
            if set(problems(alone, draft.profile)) - known <= set(problems(rest, draft.profile)):
                kept.append(item)
        made = made.model_copy(update={part: tuple(kept)})
    wrong = [text for text in problems(made, draft.profile) if text not in known]
    if wrong:
        raise PlanError(f"This cannot be done, so nothing was changed: {wrong[0]}")
    return made
