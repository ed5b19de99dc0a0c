"""Styling: types of charts, scales, lengths, orders and stacks."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from ....model import (
    AreaWidget,
    BarWidget,
    HistogramWidget,
    LineWidget,
    ScatterWidget,
    Widget,
    WidgetType,
)
from ..ground import capital
from ..vocabulary import CHARTS
from .clauses import Clause, blank, content
from .draft import Done, Draft, Unfit
from .redrawing import redrawn, without_twins
from .targets import Target, find, mentioned, names_type, target, told

_SCALE = re.compile(
    r"\b(?:(?P<no>no|not|without(?: an?| the)?|remove the|drop the|instead of an?) )?(?P<kind>log(?:arithmic(?:al)?)?|"
    r"linear)"
    r"(?:[ -]?(?:scales?|axis|axes))?\b(?: on| for| along)?(?: the)?(?: (?P<axis>[xy])(?:[ -]?axis)?\b)?(?: ?-?axis)?"
)
_ZERO = re.compile(
    r"\b(?:(?P<no>not?|do not|don't|without) )?(?:start(?:s|ing)?|begin(?:s|ning)?)?(?: the)?(?: y)?(?:[ -]?axis)? ?"
    r"(?:at|from|with|to) (?:zero|0)\b|\bzero[ -](?:baseline|based|line)\b"
)


def scale(clause: Clause, draft: Draft) -> Done | None:
    zero = _ZERO.search(clause.text)
    match = _SCALE.search(clause.text)
    if zero is not None and match is None:
        return _from_zero(clause.text, zero, draft)
    if match is None or re.match(r"^(?:add|show|draw) .*\b(?:chart|plot)\b", clause.text):
        return None
    kind = "log" if (match["kind"] == "linear") == bool(match["no"]) else "linear"
    found = mentioned(blank(clause.text, match.span()), draft)

    def scaled(widget: Widget) -> Widget | None:
        axes = [axis for axis in ("x", "y") if f"{axis}_scale" in type(widget).model_fields]
        wanted = [axis for axis in axes if match["axis"] in (None, axis)]
        if match["axis"] is None and kind == "log" and "y" in wanted:
            wanted = ["y"]
        return widget.model_copy(update={f"{axis}_scale": kind for axis in wanted}) if wanted else None

    changed = draft.each(found.widgets, scaled)
    if not changed:
        raise Unfit(f"no line or scatter there can be given a {kind} scale")
    return Done(f"{_start(changed)} a {'logarithmic' if kind == 'log' else 'linear'} scale.")


def _from_zero(text: str, match: re.Match[str], draft: Draft) -> Done:
    found = mentioned(blank(text, match.span()), draft)
    wanted = match["no"] is None

    def started(widget: Widget) -> Widget | None:
        return widget.model_copy(update={"zero": wanted}) if isinstance(widget, LineWidget) else None

    changed = draft.each(found.widgets, started)
    if not changed:
        raise Unfit("no line there can be changed so; bars and areas always start at zero")
    return Done(f"{_start(changed)} an axis that {'starts' if wanted else 'need not start'} at zero.")


_STACK = re.compile(
    r"\b(?P<kind>stack(?:ed)?|grouped|clustered|side[ -]by[ -]side|normali[sz]ed|100 ?%|in percent|as percentages?|"
    r"as shares)\b(?! by)"
)
_TURN = re.compile(r"\b(?P<way>horizontal(?:ly)?|vertical(?:ly)?|sideways|upright)\b")


def stack(clause: Clause, draft: Draft) -> Done | None:
    turn, match = _TURN.search(clause.text), _STACK.search(clause.text)
    if turn is not None:
        way = "horizontal" if turn["way"].startswith(("horiz", "side")) else "vertical"
        found = mentioned(blank(clause.text, turn.span()), draft)
        changed = draft.each(
            found.widgets, lambda w: w.model_copy(update={"orientation": way}) if w.type == "bar" else None
        )
        if not changed:
            raise Unfit(f"there are no bars that could be {way}")
        return Done(f"{_start(changed)} {way} bars.")
    if match is None or (_chart(clause.text) in ("stacked_bar", "grouped_bar") and _NEW.search(clause.text)):
        return None
    said = match["kind"]
    kind = (
        "stacked"
        if said.startswith("stack")
        else "grouped"
        if said.startswith(("group", "clust", "side"))
        else "normalized"
    )
    found = mentioned(blank(clause.text, match.span()), draft)

    def stacked(widget: Widget) -> Widget | None:
        able = isinstance(widget, BarWidget) or (isinstance(widget, AreaWidget) and kind != "grouped")
        return widget.model_copy(update={"stack": kind}) if able and getattr(widget, "color", None) else None

    changed = draft.each(found.widgets, stacked)
    if not changed:
        raise Unfit(f"there are no bars with colours that could be {kind}")
    return Done(f"{_start(changed)} {kind} parts.")


_NEW = re.compile(r"\b(?:as|into|to|use|instead|replace|turn|change|convert)\b")
_KINDS: dict[str, WidgetType] = {
    "stacked_bar": "bar",
    "grouped_bar": "bar",
    "multi_line": "line",
    "color_scatter": "scatter",
}
_CONVERT = tuple(
    re.compile(pattern)
    for pattern in (
        (
            r"^(?:turn|change|convert|make|switch|transform|draw|show|display|replace|swap|redraw|render|have|give me|"
            r"i want|put)?\s*"
            r"(?P<what>.*)\b(?:into|to|as|with|by|for|be|like)\s+(?P<chart>(?:an? |the )?[^,]+)$"
        ),
        (
            r"^(?:use|make it|draw|show|give me|i want|prefer|take|with)?\s*"
            r"(?P<chart>(?:an? |the )?.+?)\s+(?:instead of|"
            r"rather than|not|for(?! each| every))\s+(?P<what>.+)$"
        ),
        r"^make\s+(?P<what>(?:the |it|this|that|my )?.*?)\s*\b(?P<chart>an?\s+.+)$",
        r"^(?:use|make it|prefer|take|draw)\s+(?P<what>)(?P<chart>(?:an? )?.+?)(?:\s+instead)?$",
    )
)


def chart(clause: Clause, draft: Draft) -> Done | None:
    """Another type of chart for a widget; the first one that can be drawn so, where none is named."""
    for pattern in _CONVERT:
        match = pattern.match(clause.text)
        kind = _chart(match["chart"]) if match else None
        if match is None or kind is None or _beside(match["chart"]):
            continue
        wanted: WidgetType = _KINDS.get(kind, kind)  # type: ignore[arg-type]
        if content(match["what"]) and find(match["what"], draft) is None and not names_type(match["what"]):
            continue
        found = target(match["what"], draft)
        before = {widget.id: widget for widget in draft.widgets}
        done = _converted(found, wanted, draft)
        if kind in ("stacked_bar", "grouped_bar"):
            stacked = {"stack": kind.split("_")[0]}
            draft.each(done, partial(_updated, update=stacked))
        kinds = f"a{'n' * (wanted == 'area')} {wanted}"
        twins = without_twins(draft, done)
        return Done(f"{capital(told([before[widget.id] for widget in done]))} {_became(done)} {kinds}.{twins}")
    return None


def _updated(widget: Widget, update: dict[str, Any]) -> Widget:
    return widget.model_copy(update=update)


def _became(done: list[Widget]) -> str:
    return "is now drawn as" if len(done) == 1 else "are now drawn as"


def _converted(found: Target, kind: WidgetType, draft: Draft) -> list[Widget]:
    reasons: list[str] = []
    done: list[Widget] = []
    for widget in found.widgets:
        if widget.frame is None or (not found.is_named and widget.type in ("metric", kind)):
            continue
        if widget.type == kind:
            done.append(widget)
            continue
        try:
            new = redrawn(draft, widget, kind)
        except Unfit as error:
            reasons.append(f"the {widget.type} “{widget.title}” cannot be a {kind}: {error}")
            continue
        draft.put(new.model_copy(update={"title": _retitled(widget, new)}))
        done.append(new)
        if not found.is_named:
            break
    if not done or (found.is_named and reasons):
        raise Unfit(reasons[0] if reasons else f"there is no other chart that could be a {kind}")
    return done


def _retitled(old: Widget, new: Widget) -> str:
    """The title stays, but for one that names the old type."""
    return (
        new.title
        if isinstance(new, HistogramWidget | ScatterWidget) or re.search(rf"\b{old.type}\b", old.title, re.IGNORECASE)
        else old.title
    )


def _chart(text: str) -> str | None:
    for pattern, kind in CHARTS:
        if re.search(rf"\b(?:{pattern})(?!\w)", text):
            return kind
    short = {
        "bars": "bar",
        "columns": "bar",
        "line": "line",
        "lines": "line",
        "table": "table",
        "map": "map",
        "box": "box",
    }
    words = content(text)
    return short.get(words[0]) if len(words) == 1 else None


def _beside(text: str) -> bool:
    """Whether a text says more than a type: then a new widget or another column is wanted."""
    left = text
    for pattern, _ in CHARTS:
        left = re.sub(rf"\b(?:{pattern})(?!\w)", " ", left)
    return len(content(left)) > 0 and not set(content(left)) <= {
        "bars",
        "columns",
        "line",
        "lines",
        "table",
        "map",
        "box",
    }


def _start(widgets: list[Widget]) -> str:
    return f"{capital(told(widgets))} {'has' if len(widgets) == 1 else 'have'}"
