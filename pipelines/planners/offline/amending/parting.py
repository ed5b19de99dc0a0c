"""Parting: widgets, controls, sentences and settings that are to go, and those that are to come."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ....model import Filter, Widget
from .. import answering, asking, maps, overview
from .. import filters as controls
from ..asked import Asked
from ..ground import Ground, capital
from ..measuring import measure_of
from ..said import is_date, is_number, is_year
from .clauses import Clause, content
from .draft import Done, Draft, Unfit, read
from .redrawing import redrawn, shown
from .targets import TYPES, find, names_type, target, told

_REMOVE = re.compile(
    r"^(?:drop|remove|delete|hide|get rid of|take (?:out|away|off)|leave out|omit|lose|skip|kill|cut|discard|without|"
    r"no(?: more)?|"
    r"(?:do not|don't)(?: need| want| show)?|(?:i |we )?(?:do not|don't) (?:need|want|like)) (?P<what>.+)$"
)
_KEEP = re.compile(
    r"^(?:(?:keep|leave|show|display)(?: only| just)?|(?:only|just)(?: show| keep)?|nothing but) (?P<what>.+)$"
)
_FILTER = re.compile(r"\b(?:filters?|controls?|drop-?downs?|sliders?|selectors?|pickers?)\b")
_INSIGHTS = re.compile(r"\b(?:insights?|sentences?|facts?|findings?|summary|narrative)\b")
_COLOURS = re.compile(r"\b(?:colou?rs?|colou?ring|legends?|split|breakdown|series)\b")
_LIMIT = re.compile(r"\b(?:limits?|cut-?off|top \w+)\b")
_ADD = re.compile(
    r"^(?:add|insert|append|include|give me|give us|also show|show also|show me also|put in|create|draw|with)(?: me|"
    r" us)?"
    r"(?: also| too| another| a further| in)? (?P<what>.+)$"
)
_LINK = re.compile(r"\b(?:on|for|by|of|from|with)\b")


def remove(clause: Clause, draft: Draft) -> Done | None:
    match = _REMOVE.match(clause.text)
    if match is None:
        return None
    what = match["what"]
    if not content(what):
        raise Unfit("a dashboard needs at least one widget")
    if _FILTER.search(what):
        return _remove_filters(what, draft)
    if _INSIGHTS.search(what) and find(what, draft) is None:
        draft.insights = []
        return Done("The sentences with facts were removed.")
    if _COLOURS.search(what):
        return _remove_colours(what, draft)
    if _LIMIT.search(what):
        return _remove_limit(what, draft)
    return _without(_listed(what, draft), draft)


def keep(clause: Clause, draft: Draft) -> Done | None:
    """ "Only the charts of sales": all others go."""
    match = _KEEP.match(clause.text)
    if match is None or not re.search(r"\b(?:only|just|nothing but)\b", clause.text) or not names_type(match["what"]):
        return None
    kept = _listed(match["what"], draft)
    return _without([widget for widget in draft.widgets if widget not in kept], draft) if kept else None


def _listed(what: str, draft: Draft) -> list[Widget]:
    """The widgets of a list ("the pie and the table"); none where it is about something else.

    Raises:
        Unfit: a type is named of which there is no widget.
    """
    whole = find(what, draft)
    if whole is not None:
        return list(whole.widgets)
    parts = [part for part in re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+", what) if content(part)]
    found = [find(part, draft) for part in parts]
    for part, item in zip(parts, found, strict=True):
        if item is None and names_type(part):
            target(part, draft)
    if any(item is None for item in found):
        return []
    return list({widget.id: widget for item in found if item for widget in item.widgets}.values())


def _without(gone: Sequence[Widget], draft: Draft) -> Done | None:
    if not gone:
        return None
    if len(gone) == len(draft.widgets):
        raise Unfit("a dashboard needs at least one widget")
    draft.widgets = [widget for widget in draft.widgets if widget not in gone]
    return Done(f"{capital(told(gone))} {_was(gone)} removed.")


def _remove_filters(what: str, draft: Draft) -> Done:
    left = _LINK.sub(" ", _FILTER.sub(" ", what))
    words = [word for word in content(left) if word not in ("any", "all")]
    if not draft.filters:
        raise Unfit("there is no filter")
    gone = list(draft.filters)
    if words in (["first"], ["last"]):
        gone = [gone[0 if words == ["first"] else -1]]
    elif words:
        frames = {name for item in draft.filters for name in item.frames}
        said = read(left, draft.data)
        named = {item.name for name in frames for item in said.columns(draft.frame(name))}
        gone = [f for f in draft.filters if f.column in named or set(words) <= set(content(f.label.casefold()))]
    if not gone:
        labels = ", ".join(f"“{item.label}”" for item in draft.filters)
        raise Unfit(f"there is no filter on “{' '.join(words)}”; filters are {labels}")
    draft.filters = [item for item in draft.filters if item not in gone]
    plural = len(gone) > 1
    names = " and ".join(f"“{item.label}”" for item in gone)
    return Done(f"The filter{'s' * plural} {names} {'were' if plural else 'was'} removed.")


def _remove_colours(what: str, draft: Draft) -> Done:
    left = re.sub(r"\bby\b.*$", " ", _COLOURS.sub(" ", what))
    found = target(re.sub(r"\b(?:in|on|of|from|for)\b", " ", left), draft)

    def plain(widget: Widget) -> Widget | None:
        return (
            None
            if getattr(widget, "color", None) is None or widget.type in ("heatmap", "map")
            else redrawn(draft, widget, color=None)
        )

    changed = draft.each(found.widgets, plain)
    if not changed:
        raise Unfit("no chart there has colours")
    return Done(f"{capital(told(changed))} {_has(changed)} one colour.")


def _remove_limit(what: str, draft: Draft) -> Done:
    found = target(re.sub(r"\b(?:in|on|of|from|for)\b", " ", _LIMIT.sub(" ", what)), draft)

    def whole(widget: Widget) -> Widget | None:
        has = getattr(widget, "limit", None) is not None and widget.type != "table"
        return widget.model_copy(update={"limit": None}) if has else None

    changed = draft.each(found.widgets, whole)
    if not changed:
        raise Unfit("no chart there has a limit")
    return Done(f"{capital(told(changed))} {_has(changed)} no limit.")


def add(clause: Clause, draft: Draft) -> Done | None:
    match = _ADD.match(clause.text)
    if match is None:
        return None
    what = match["what"]
    if not content(what):
        raise Unfit("a dashboard needs at least one widget")
    if _FILTER.search(what):
        return _add_filter(what, draft)
    if re.search(r"\b(?:log|colou?rs?|scale|legend)\b", what) and not names_type(what):
        return None
    asked = asking.understand(what, draft.profile)
    if asked.unknown:
        raise Unfit(f"the data has nothing about “{asked.unknown[0]}”")
    if asked.notes:
        raise Unfit(asked.notes[0].rstrip("."))
    new = _drawn(asked, what, draft)
    if new is None:
        return None
    _take_frame(asked, draft)
    new = new.model_copy(update={"why": f"Added as asked: “{clause.text[:200]}”."})
    same = next((widget for widget in draft.widgets if shown(widget) == shown(new)), None)
    if same is not None:
        raise Unfit(f"the {same.type} “{same.title}” shows that already")
    draft.widgets.append(new)
    draft.suggestions = [item for item in draft.suggestions if shown(item) != shown(new)]
    return Done(f"The {new.type} “{new.title}” was added.")


def _drawn(asked: Asked, what: str, draft: Draft) -> Widget | None:
    """The widget that is asked for; where only its type is said, the first of that type that the data can bear."""
    ground = draft.ground(draft.widgets[0].frame or draft.tables[0])
    bare = not asked.focus and not asked.where and asked.y is None
    if not bare:
        ground = Ground(asked.frame, asked.where, asked.focus, names=set(ground.names))
        found = answering.answer(asked, ground)
        return found if found is not None else _of_type(asked, ground, what)
    return _of_type(asked.__class__(ground.frame), ground, what)


def _of_type(asked: Asked, ground: Ground, what: str) -> Widget | None:
    kinds = next((kinds for pattern, kinds in TYPES if re.search(rf"\b(?:{pattern})\b", what)), None)
    if kinds is None:
        if asked.focus and is_number(ground.column(asked.focus[0])):
            return answering.answer(asked.__class__(ground.frame, chart="histogram", y=asked.y), ground)
        return None
    able = [*overview.overview(asked, ground), *overview.further(asked, ground)]
    found = next((widget for widget in able if widget.type in kinds), None)
    if found is None and "map" in kinds:
        measure = measure_of(ground, ground.measures[0] if ground.measures else None)
        found = maps.place_map(ground, measure, ground.latest) or maps.point_map(ground)
    if found is None:
        raise Unfit(f"the data cannot bear a {kinds[0]} without more words on what it is to show")
    return found


def _take_frame(asked: Asked, draft: Draft) -> None:
    """The tables and joins of a new widget."""
    known = {join.name for join in draft.joins}
    draft.tables += [name for name in asked.frame.tables if name not in draft.tables]
    draft.joins += [join for join in asked.frame.joins if join.name not in known]


def _add_filter(what: str, draft: Draft) -> Done:
    left = _LINK.sub(" ", _FILTER.sub(" ", what))
    said = read(left, draft.data)
    names = [str(widget.frame) for widget in draft.widgets if widget.frame]
    for frame in dict.fromkeys(names):
        for item in said.columns(draft.frame(frame)):
            ground = draft.ground(frame)
            made = _control(ground, item.name)
            if any(old.column == made.column and frame in old.frames for old in draft.filters):
                raise Unfit(f"there is a filter on “{made.label}” already")
            frames = tuple(name for name in dict.fromkeys(names) if item.name in draft.frame(name).columns)
            draft.filters.append(made.model_copy(update={"frames": frames, "why": "Added as asked."}))
            return Done(f"A filter on “{made.label}” was added.")
    raise Unfit(f"the data has no column “{' '.join(content(left))}” to filter by")


def _control(ground: Ground, name: str) -> Filter:
    column = ground.column(name)
    if is_date(column) or is_year(column):
        return controls.time_filter(ground, name)
    if is_number(column) and column.role == "measure":
        return controls.number_filter(ground, name)
    return controls.choice_filter(ground, name)


def _was(widgets: Sequence[Widget]) -> str:
    return "was" if len(widgets) == 1 else "were"


def _has(widgets: Sequence[Widget]) -> str:
    return "has" if len(widgets) == 1 else "have"
