"""Narrowing: which rows are shown."""

from __future__ import annotations

import operator
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ....checking import never_met
from ....model import Column, Condition, Insight, Operator, Widget
from .. import conditions
from ..framing import Frame
from ..ground import capital, lower_first
from ..said import is_date, is_year
from ..titles import condition_text
from .clauses import Clause, blank, content
from .draft import Done, Draft, Unfit, Words, read
from .redrawing import parts_of, redrawn
from .targets import names_type, place, told

_ONLY = re.compile(
    r"^(?:show|keep|display|use|take|restrict(?: it| them| everything)?|limit(?: it| them| everything)?|filter(?: it|"
    r" them| everything)?|"
    r"focus|narrow(?: it)?(?: down)?|look|zoom)?\s*(?:me )?(?:only|just|solely|exclusively|nothing but)?\s*(?:to|on|"
    r"for|at|by|with|in)?\s*(?:the )?(?:data )?(?:rows )?"
)
_NOT = re.compile(
    r"\b(?:without|exclud(?:e|ing)|except(?: for)?|leave out|drop|remove|omit|ignore|not|no|skip|hide|delete|take out|"
    r"get rid of)\b"
)
_EVERYTHING = re.compile(
    r"\b(?:all|every|any)(?: of)?(?: the)? (?P<what>.+)$|\b(?:remove|drop|without|lift|undo|clear) (?:the |any |all )?"
    r"(?:condition|restriction|limitation|selection|narrowing)s?(?: (?:on|to|of|by|for) (?P<on>.+))?$"
)
_YEAR = re.compile(r"\b(?:the )?(?:years? )?(?P<a>(?:1[5-9]|20)\d\d)\b(?!-)")
_WORDS = re.compile(
    r"\b(?:show|keep|only|just|without|exclude|excluding|except|for|where|with|from|in|to|the|data|rows|values?|"
    r"filter|limit|"
    r"restrict|focus|since|after|before|until|between|and|or|not|no|leave|out|drop|remove|omit|ignore|skip|hide|"
    r"delete|is|are|"
    r"of|on|by|year|years|use|onwards?|display|take|than)\b"
)


_SAYS_ROWS = re.compile(r"\b(?:only|just|without|exclud\w+|except|filter|restrict|focus|where)\b")


@dataclass(frozen=True)
class _Change:
    """What happens to the conditions on one column."""

    column: str
    new: tuple[Condition, ...]
    adds: bool
    """Beside those that are there ("without"), not in their place ("only")."""


def narrow(clause: Clause, draft: Draft) -> Done | None:
    found, text = place(clause.text, draft)
    negative = _NOT.search(text) is not None
    frames = list(dict.fromkeys(str(widget.frame) for widget in found.widgets if widget.frame))
    sources = [insight.frame for insight in draft.insights] if not found.is_named else []
    changes: dict[str, list[_Change]] = {}
    rest: str | None = None
    for frame in dict.fromkeys([*frames, *sources]):
        made, left = _changes(text, draft, draft.frame(frame), negative)
        if made:
            changes[frame] = made
            rest = left if rest is None or len(content(left)) < len(content(rest)) else rest
    if not changes:
        if _SAYS_ROWS.search(text) and not names_type(text) and content(_WORDS.sub(" ", text)):
            raise Unfit(_no_value(_WORDS.sub(" ", text), found.widgets, draft))
        return None
    changed = draft.each(
        found.widgets, lambda w: _narrowed(draft, w, changes.get(str(w.frame), []), is_named=found.is_named)
    )
    if not changed:
        raise Unfit("no widget there has such rows")
    if not found.is_named:
        _follow(draft, changes)
    said = "; ".join(dict.fromkeys(_told(draft, frame, item) for frame, items in changes.items() for item in items))
    where = told(changed) if found.is_named else "everything"
    return Done(
        f"{capital(where)} {'shows' if len(changed) == 1 or not found.is_named else 'show'} only rows where {said}.",
        rest or "",
    )


def _no_value(text: str, widgets: Sequence[Widget], draft: Draft) -> str:
    """That nothing in the data is called so, with what is."""
    frames = dict.fromkeys(str(widget.frame) for widget in widgets)
    columns = [column for frame in frames for column in draft.frame(frame).columns.values() if column.type == "text"]
    known = list(dict.fromkeys(c.name for c in columns))
    few = [column for column in columns if 0 < len(column.values) <= 12][:3]
    shown = [f"{column.name}: {', '.join(str(item.value) for item in column.values)}" for column in few]
    there = "; ".join(shown) or f"columns of names are {', '.join(known[:8]) or 'none'}"
    return f"no value or condition was found in “{' '.join(content(text))}” ({there})"


def widen(clause: Clause, draft: Draft) -> Done | None:
    """ "All years", "remove the restriction on region"."""
    match = _EVERYTHING.search(clause.text)
    if match is None:
        return None
    found, _ = place(clause.text, draft)
    what = match["what"] or match["on"] or ""
    said = read(what, draft.data)

    def whole(widget: Widget) -> Widget | None:
        frame = draft.frame(str(widget.frame))
        named = {item.name for item in said.columns(frame)}
        if not named and content(what):
            return None
        kept = tuple(item for item in widget.where if named and item.column not in named)
        return redrawn(draft, widget, where=kept) if kept != widget.where else None

    changed = draft.each(found.widgets, whole)
    if not changed:
        return None
    draft.insights = [_whole(draft, item, said) for item in draft.insights]
    return Done(f"{capital(told(changed))} {'shows' if len(changed) == 1 else 'show'} all rows again.")


def _whole(draft: Draft, insight: Insight, said: Words) -> Insight:
    named = {item.name for item in said.columns(draft.frame(insight.frame))}
    kept = tuple(item for item in insight.where if named and item.column not in named)
    return insight.model_copy(update={"where": kept})


def _changes(text: str, draft: Draft, frame: Frame, negative: bool) -> tuple[list[_Change], str]:
    """Conditions that a text puts on a frame, and the words that are left."""
    left = text
    made: list[_Change] = []
    if negative:
        years, left = _without_years(text, frame)
        made += years
    plain = _in_years(left)
    words = read(plain, draft.data)
    found = conditions.read(plain, words.tokens, words.columns(frame), words.links.values, frame)
    if found.notes:
        raise Unfit(found.notes[0].rstrip("."))
    for item in found.where:
        condition = _negated(item, frame.columns[item.column]) if negative else item
        reason = never_met(condition, frame.columns[item.column])
        if reason is not None:
            raise Unfit(reason.rstrip("."))
        made.append(_Change(item.column, (condition,), adds=negative))
    used = [(words.tokens[i].start, words.tokens[i].end) for i in found.used]
    used += words.spans(item for item in words.columns(frame) if item.name in {c.column for c in made}) if made else []
    return made, _WORDS.sub(" ", blank(plain, *used))


def _in_years(text: str) -> str:
    """ "Only 2020" as it is said in questions."""
    lead = _ONLY.match(text)
    alone = _YEAR.fullmatch(text[lead.end() :].strip()) if lead else None
    return f"in {alone['a']}" if alone else text


def _without_years(text: str, frame: Frame) -> tuple[list[_Change], str]:
    name = next((n for n, c in frame.columns.items() if c.role == "time" and (is_date(c) or is_year(c))), None)
    match = _YEAR.search(text)
    between = re.search(r"\b(?:before|after|since|until|between|from|than)\b", text)
    if name is None or match is None or between:
        return [], text
    year, column = int(match["a"]), frame.columns[name]
    reason = never_met(_of_year(name, column, year), column)
    if reason is not None:
        raise Unfit(reason.rstrip("."))
    return [_Change(name, (_without_year(name, column, year),), adds=True)], blank(text, match.span())


def _of_year(name: str, column: Column, year: int) -> Condition:
    if is_year(column):
        return Condition(column=name, operator="=", value=year)
    return Condition(column=name, operator="between", values=(f"{year}-01-01", f"{year}-12-31"))


def _without_year(name: str, column: Column, year: int) -> Condition:
    if is_year(column):
        return Condition(column=name, operator="!=", value=year)
    times = column.times
    if times is not None and times.last[:4] == str(year):
        return Condition(column=name, operator="<", value=f"{year}-01-01")
    if times is not None and times.first[:4] == str(year):
        return Condition(column=name, operator=">=", value=f"{year + 1}-01-01")
    raise Unfit(
        f"of dates only the first or last year can be left out, and {year} is neither; "
        f"say “before {year}” or “since {year + 1}”"
    )


_OPPOSITE: dict[Operator, Operator] = {
    "=": "!=", "!=": "!=", "in": "not in", "not in": "not in", "<": ">=", "<=": ">", ">": "<=", ">=": "<"
}  # fmt: skip


def _negated(condition: Condition, column: Column) -> Condition:
    if condition.operator not in _OPPOSITE:
        span = " and ".join(str(value) for value in condition.values)
        raise Unfit(f"a span such as {span} of '{column.name}' can be shown alone, but not left out")
    return condition.model_copy(update={"operator": _OPPOSITE[condition.operator]})


def _narrowed(draft: Draft, widget: Widget, changes: Sequence[_Change], *, is_named: bool) -> Widget | None:
    """A course over time is of no use for one period alone, nor is a comparison of periods."""
    if not changes:
        return None
    where = _where(widget.where, changes, draft.frame(str(widget.frame)))
    x = parts_of(widget).x
    single = x is not None and any(c.column == x.column and _is_single(c) for c in changes)
    if single and widget.type in ("line", "area") and not is_named:
        return None
    return redrawn(draft, widget, where=where, **({"x": None} if single and widget.type == "metric" else {}))


def _is_single(change: _Change) -> bool:
    return any(item.operator == "=" for item in change.new)


def _where(old: tuple[Condition, ...], changes: Sequence[_Change], frame: Frame) -> tuple[Condition, ...]:
    kept = list(old)
    for change in changes:
        same = [item for item in kept if item.column == change.column]
        moved = [_snapshot(item, change.new, frame.columns[item.column]) for item in same]
        if any(moved):
            kept = [item for item in kept if item.column != change.column] + [item for item in moved if item]
            continue
        if not change.adds:
            kept = [item for item in kept if item.column != change.column]
        kept += [item for item in change.new if item not in kept]
    return tuple(kept)


def _snapshot(old: Condition, new: Sequence[Condition], column: Column) -> Condition | None:
    """One period stays one period: the same where it meets what is asked for, else the last one that does.

    None: no single period is shown, or another one is asked for.
    """
    if any(item.operator in ("=", "in", "not in") for item in new) or column.role != "time":
        return None
    if old.operator == ">=" and column.times is not None and old.value == column.times.last:
        return old if all(_holds(item, old.value) for item in new) else None
    if old.operator != "=":
        return None
    if all(_holds(item, old.value) for item in new):
        return old
    left = [value for value in _periods(column) if all(_holds(item, value) for item in new)]
    return old.model_copy(update={"value": max(left)}) if left else None


def _periods(column: Column) -> list[Any]:
    """All years of a column, as far as they are known."""
    values: list[Any] = [item.value for item in column.values if isinstance(item.value, int)]
    if values and len(values) >= column.distinct:
        return values
    numbers = column.numbers
    span = range(int(numbers.min), int(numbers.max) + 1) if numbers is not None and is_year(column) else range(0)
    return list(span) if len(span) == column.distinct else []


def _holds(condition: Condition, value: object) -> bool:
    """Whether a value meets a condition, both being numbers or ISO 8601 texts."""
    values: list[Any] = list(condition.values or (condition.value,))
    if any(isinstance(end, str) != isinstance(value, str) for end in values) or not isinstance(
        value, str | int | float
    ):
        return False
    if condition.operator not in ("between", "!=", "<", "<=", ">", ">="):
        return False
    compare = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
    if condition.operator == "between":
        return bool(values[0] <= value <= values[1])
    if condition.operator == "!=":
        return bool(value != values[0])
    return bool(compare[condition.operator](value, values[0]))


def _follow(draft: Draft, changes: dict[str, list[_Change]]) -> None:
    """Sentences and suggestions are about the same rows; a control with one choice left goes."""
    draft.insights = [
        item.model_copy(update={"where": _where(item.where, changes.get(item.frame, []), draft.frame(item.frame))})
        for item in draft.insights
    ]
    draft.suggestions = [
        item.model_copy(
            update={"where": _where(item.where, changes.get(str(item.frame), []), draft.frame(str(item.frame)))}
        )
        for item in draft.suggestions
    ]
    fixed = {
        (frame, item.column) for frame, items in changes.items() for item in items
        if not item.adds and any(condition.operator == "=" for condition in item.new)
    }  # fmt: skip
    draft.filters = [f for f in draft.filters if not all((frame, f.column) in fixed for frame in f.frames)]


def _told(draft: Draft, frame: str, change: _Change) -> str:
    ground = draft.ground(frame)
    texts = [condition_text(ground, item) for item in change.new]
    label = lower_first(ground.label(change.column))
    return " and ".join(f"{label} is {text[3:]}" if text.startswith(("in ", "on ")) else text for text in texts)
