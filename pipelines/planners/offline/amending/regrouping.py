"""Regrouping: other units of time, aggregates, columns and colours."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ....model import Aggregate, Dimension, LineWidget, Measure, TableWidget, TimeUnit, Widget, WidgetType
from ..ground import capital
from ..measuring import measure_of
from ..said import is_date, is_number
from ..vocabulary import AGGREGATES, TIME_UNITS
from .clauses import Clause, blank, content
from .draft import Done, Draft, Unfit, Words, dimension_of, is_same, read
from .redrawing import Parts, parts_of, redrawn, with_column, without_twins
from .targets import find, mentioned, place, told

_CYCLES = ("month_of_year", "day_of_week", "hour_of_day")
_INSTEAD = re.compile(r"\b(?:instead of|rather than|in place of)\b")


_VERB = re.compile(r"\b(?:group|make|show|draw|plot|change|turn|set|put|break|split|aggregate|have|display|use)\b")


def unit(clause: Clause, draft: Draft) -> Done | None:
    """ "Monthly", "by quarter instead of by year"."""
    others, text = place(clause.text, draft)
    wanted, _, rest = _split(text)
    found = _unit(wanted)
    if found is None:
        return None
    name, span = found
    left = blank(wanted, span)
    old = _unit(rest)
    named = None if others.is_named else find(_VERB.sub(" ", left), draft)
    if named is not None:
        others, left = named, ""

    charts = any(widget.type != "metric" and _along_dates(draft, widget) for widget in others.widgets)

    def timed(widget: Widget) -> Widget | None:
        parts = parts_of(widget)
        # Headline numbers compare periods of their own, long enough to have no seasons.
        if widget.type == "metric" and (name in _CYCLES or (charts and not others.is_named)):
            return None
        changes = {key: _in_unit(draft, widget, item, name) for key, item in (("x", parts.x), ("color", parts.color))}
        changes = {key: item for key, item in changes.items() if item is not None}
        if not changes:
            return None
        line = widget.type in ("line", "area") and name in _CYCLES
        return redrawn(draft, widget, "bar" if line else None, **changes)

    changed = draft.each(others.widgets, timed)
    if not changed:
        raise Unfit(_no_dates(others.widgets, name, draft))
    return Done(f"{capital(told(changed))} {_goes(changed)} by {name.replace('_', ' ')}.", _rest(left, rest, old))


def _along_dates(draft: Draft, widget: Widget) -> bool:
    return any(item.time_unit is not None and is_date(draft.column(widget, item.column)) for item in widget.dimensions)


def _rest(left: str, after: str, old: tuple[TimeUnit, tuple[int, int]] | None) -> str:
    return f"{left} {blank(after, old[1]) if old else after}"


def _unit(text: str) -> tuple[TimeUnit, tuple[int, int]] | None:
    for pattern, name in TIME_UNITS:
        for match in re.finditer(rf"\b(?:{pattern})\b", text):
            adverb = match.group().endswith("ly") or match.group() in ("annual", "daily", "seasonal")
            before = re.search(
                r"(?:\b(?:by|per|each|every|a|in|into|over|to|for each)(?: the)?\s+)$", text[: match.start()]
            )
            if adverb or before or not content(f"{text[: match.start()]} {text[match.end() :]}"):
                return name, (before.start() if before else match.start(), match.end())
    return None


def _in_unit(draft: Draft, widget: Widget, item: Dimension | None, name: TimeUnit) -> Dimension | None:
    if item is None or not is_date(draft.column(widget, item.column)):
        return None
    return item if item.time_unit == name else Dimension(column=item.column, time_unit=name)


def _no_dates(widgets: tuple[Widget, ...], name: str, draft: Draft) -> str:
    years = [w for w in widgets for d in w.dimensions if draft.column(w, d.column).role == "time"]
    if years and not any(is_date(draft.column(w, d.column)) for w in years for d in w.dimensions):
        return "the data has years only, no dates"
    return f"no chart there runs along dates that could go by {name.replace('_', ' ')}"


def aggregate(clause: Clause, draft: Draft) -> Done | None:
    """ "Use the median", "average instead of total"."""
    others, text = place(clause.text, draft)
    wanted, joint, rest = _split(text)
    found = _aggregate(wanted)
    if found is None:
        return None
    name, span = found
    left = blank(wanted, span)
    old = _aggregate(rest) if joint else None
    after = blank(rest, old[1]) if old else rest
    said = read(f"{left} {after}", draft.data)
    seen: list[tuple[int, int]] = []
    unfit: list[str] = []

    def taken(widget: Widget) -> Widget | None:
        columns = said.columns(draft.frame(str(widget.frame)))
        numbers = [item for item in columns if is_number(item.column) and item.column.role == "measure"]
        seen.extend(said.spans(numbers))
        named = {item.name for item in numbers}
        return _with_aggregate(draft, widget, (name, old[0] if old else None), named, unfit)

    changed = draft.each(others.widgets, taken)
    if not changed:
        raise Unfit(unfit[0] if unfit else f"no number there can be shown as its {_WORDS[name]}")
    return Done(
        f"{capital(told(changed))} {_goes(changed, 'shows', 'show')} the {_WORDS[name]}.", blank(said.text, *seen)
    )


_WORDS: dict[Aggregate, str] = {
    "sum": "total", "mean": "average", "median": "median", "min": "lowest value", "max": "highest value",
    "count": "number of values", "distinct": "number of different values",
}  # fmt: skip


def _aggregate(text: str) -> tuple[Aggregate, tuple[int, int]] | None:
    for pattern, name in AGGREGATES:
        match = re.search(rf"(?<!\w)(?:the )?(?:{pattern})(?: values?)?(?!\w)", text)
        if match:
            return name, match.span()
    return None


def _with_aggregate(
    draft: Draft, widget: Widget, asked: tuple[Aggregate, Aggregate | None], named: set[str], unfit: list[str]
) -> Widget | None:
    """With an aggregate, in place of a certain one where one is given; why not is added to `unfit`."""
    name, old = asked
    ground = draft.ground(str(widget.frame))

    able: list[Measure] = []

    def new(item: Measure | None) -> Measure | None:
        if item is None or item.column is None or item.aggregate is None or (old and item.aggregate not in (old, name)):
            return item
        if (named and item.column not in named) or not is_number(ground.column(item.column)):
            return item
        made = measure_of(ground, item.column, name)
        if made.aggregate != name:
            unfit.append(f"“{ground.label(item.column)}” has no {_WORDS[name]} that means something")
            return item
        able.append(item)
        return made if made.aggregate != item.aggregate else item

    parts = parts_of(widget)
    changes: dict[str, Any] = {"y": new(parts.y), "other": new(parts.other), "more": tuple(new(i) for i in parts.more)}
    changes = {key: item for key, item in changes.items() if item != getattr(parts, key)}
    return redrawn(draft, widget, **changes) if able else None


_GROUP = re.compile(
    r"\b(?:group(?:ed)?(?: it| them| everything| the \w+)? by|break(?: it| them)? down by|broken down by|by|per|"
    r"for each|across|"
    r"instead)\s+(?:the )?"
)
_REPLACE = re.compile(
    r"^(?:replace|swap|exchange|change|switch) (?P<old>.+?) (?:with|by|for|to) (?P<new>.+)$|"
    r"^(?P<new2>.+?) (?:instead of|rather than|in place of) (?P<old2>.+)$"
)


def replace(clause: Clause, draft: Draft) -> Done | None:
    """ "By region instead of by product", "replace sales with profit"."""
    match = _REPLACE.match(clause.text)
    if match is None:
        return None
    others, text = place(clause.text, draft)
    match = _REPLACE.match(re.sub(r"\s+", " ", text).strip()) or match
    new, old = read(match["new"] or match["new2"], draft.data), read(match["old"] or match["old2"], draft.data)
    unused = ""

    def swapped(widget: Widget) -> Widget | None:
        nonlocal unused
        frame = draft.frame(str(widget.frame))
        fresh, gone = new.columns(frame), old.columns(frame)
        if not fresh or not gone:
            return None
        if isinstance(widget, TableWidget) and widget.show and not others.is_named:
            return None
        unused = " ".join(blank(words.text, *words.spans(items)) for words, items in ((new, fresh), (old, gone)))
        return _swapped(draft, widget, gone[0].name, fresh[0].name)

    changed = draft.each(others.widgets, swapped)
    if changed:
        return Done(_became(others.widgets, changed) + without_twins(draft, changed), _quiet(unused))
    if any(new.columns(draft.frame(str(w.frame))) and old.columns(draft.frame(str(w.frame))) for w in others.widgets):
        raise Unfit(f"no chart there shows “{' '.join(content(old.text))}”")
    return None


def _quiet(text: str) -> str:
    return re.sub(r"\b(?:by|show|use|with|group|grouped|per|each|of|draw|display|make)\b", " ", text)


def _swapped(draft: Draft, widget: Widget, old: str, new: str) -> Widget | None:
    ground = draft.ground(str(widget.frame))
    parts = parts_of(widget)
    changes: dict[str, Any] = {}
    for key in ("x", "color"):
        item = getattr(parts, key)
        if item is not None and item.column == old:
            changes[key] = Dimension(column=new, bins=item.bins) if item.bins else dimension_of(ground, new)
    for key in ("y", "other"):
        item = getattr(parts, key)
        if item is not None and item.column == old:
            changes[key] = with_column(ground, item, new)
    more = tuple(with_column(ground, item, new) if item.column == old else item for item in parts.more)
    if more != parts.more:
        changes["more"] = more
    if changes.get("y") is not None and is_same(changes["y"], changes.get("other", parts.other)):
        return None
    if old in parts.show:
        changes["show"] = tuple(dict.fromkeys(new if name == old else name for name in parts.show))
    return redrawn(draft, widget, **changes) if changes else None


_COLOUR = re.compile(
    r"\b(?:colou?r(?:ed|ing)?(?: it| them| the \w+| everything)?(?: by)?|split(?: it| them| up| the \w+)*(?: by| into)|"
    r"divided? by|stack(?:ed)? by|a (?:line|colou?r) (?:for|per)(?: each| every)?|(?:one )?(?:line|colou?r)s? (?:for|"
    r"per)(?: each| every)?|"
    r"(?:with |add )?(?:a )?colou?rs? (?:for|by|per)(?: each)?|legend (?:for|by))\s+(?:the )?"
)


def colour(clause: Clause, draft: Draft) -> Done | None:
    match = _COLOUR.search(clause.text)
    if match is None:
        return None
    others, text = place(clause.text, draft)
    kinds = re.search(r"\b(?:line|lines|bars|dots|area|scatter|histogram)\b", match.group())
    if kinds and not others.is_named:
        others = mentioned(f"all {kinds.group()}", draft)
    said = read(text[match.end() :], draft.data)
    used: list[tuple[int, int]] = []

    def coloured(widget: Widget) -> Widget | None:
        items = said.columns(draft.frame(str(widget.frame)))
        if not items or "color" not in type(widget).model_fields or widget.type in ("pie", "heatmap", "map"):
            return None
        used.extend(said.spans(items[:1]))
        name, parts = items[0].name, parts_of(widget)
        if parts.x is not None and parts.x.column == name:
            return None
        return redrawn(draft, widget, color=dimension_of(draft.ground(str(widget.frame)), name))

    able = others.widgets if others.is_named else _first_charts(others.widgets)
    changed = draft.each(able, coloured)
    if not changed:
        raise Unfit(f"no chart there can be coloured by “{' '.join(content(said.text)) or clause.text}”")
    return Done(_became(able, changed), blank(said.text, *used))


def _first_charts(widgets: tuple[Widget, ...]) -> tuple[Widget, ...]:
    """The chart that answers the question: lines where there are some, else bars, else dots."""
    for kinds in (("line", "area"), ("bar",), ("scatter",), ("histogram",)):
        found = tuple(widget for widget in widgets if widget.type in kinds)
        if found:
            return found[:1]
    return ()


def group(clause: Clause, draft: Draft) -> Done | None:
    """ "By region": another grouping for one chart, the first that has one which is no time."""
    match = _GROUP.search(clause.text)
    if match is None:
        return None
    others, text = place(clause.text, draft)
    before = mentioned(text[: match.start()], draft) if content(text[: match.start()]) else others
    others = before if before.is_named else others
    said = read(text[match.end() :], draft.data)
    used: list[tuple[int, int]] = []

    def grouped(widget: Widget, named: bool) -> Widget | None:
        items = said.columns(draft.frame(str(widget.frame)))
        parts = parts_of(widget)
        if not items or parts.x is None or not _can_regroup(widget, parts, draft, named=named):
            return None
        used.extend(said.spans(items[:1]))
        ground = draft.ground(str(widget.frame))
        x = dimension_of(ground, items[0].name)
        color = None if parts.color is not None and parts.color.column == x.column else parts.color
        if is_same(x, parts.x):
            return widget
        ordered = is_date(ground.column(x.column)) or ground.column(x.column).role in ("time", "ordered")
        kind: WidgetType | None = "bar" if widget.type in ("line", "area") and not ordered else None
        return redrawn(draft, widget, kind, x=x, **({"color": color} if widget.type != "heatmap" else {}))

    already = [w for w in others.widgets if _is_grouped_so(draft, w, said)]
    if already:
        used.extend(said.spans(said.columns(draft.frame(str(already[0].frame)))[:1]))
        return Done(f"{capital(told(already))} {_goes(already, 'is', 'are')} grouped so.", blank(said.text, *used))
    # A course over time is regrouped only where it was named and nothing else can be.
    tries = [(widget, named) for named in sorted({False, others.is_named}) for widget in others.widgets]
    for widget, named in tries:
        new = grouped(widget, named)
        if new is not None:
            draft.put(new)
            return Done(_became([widget], [new]), blank(said.text, *used))
    if not any(said.columns(draft.frame(str(w.frame))) for w in others.widgets):
        return None
    raise Unfit(f"no chart there can be grouped by “{' '.join(content(said.text))}”")


def _is_grouped_so(draft: Draft, widget: Widget, said: Words) -> bool:
    items, parts = said.columns(draft.frame(str(widget.frame))), parts_of(widget)
    if not items or parts.x is None or not _can_regroup(widget, parts, draft, named=False):
        return False
    return is_same(dimension_of(draft.ground(str(widget.frame)), items[0].name), parts.x)


def _can_regroup(widget: Widget, parts: Parts, draft: Draft, *, named: bool) -> bool:
    if isinstance(widget, TableWidget) and not widget.by:
        return False
    if widget.type in ("scatter", "map", "metric", "histogram"):
        return False
    if named:
        return True
    time = parts.x is not None and (parts.x.time_unit or draft.column(widget, parts.x.column).role == "time")
    return not time and not isinstance(widget, LineWidget)


def _became(old: Sequence[Widget], new: Sequence[Widget]) -> str:
    titles = {widget.id: widget.title for widget in old}
    changes = [f"“{titles[widget.id]}” became “{widget.title}”" for widget in new if titles[widget.id] != widget.title]
    text = f"{'; '.join(changes)}." if changes else f"{told(new)} {_goes(list(new), 'shows', 'show')} other groups."
    return capital(text)


def _split(text: str) -> tuple[str, bool, str]:
    match = _INSTEAD.search(text)
    return (text[: match.start()], True, text[match.end() :]) if match else (text, False, "")


def _goes(widgets: list[Widget], one: str = "goes", many: str = "go") -> str:
    return one if len(widgets) == 1 else many
