"""Ranking: how many groups or rows are shown, and in which order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ....model import BarWidget, ParameterValue, PieWidget, Sort, TableWidget, Widget
from ..ground import capital
from ..vocabulary import ASCENDING, DESCENDING
from ..words import parsed_number
from .clauses import Clause, blank, content
from .draft import Done, Draft, Unfit, read
from .targets import Target, find, place, target, told

_TOP = re.compile(
    r"\b(?P<which>top|bottom|first|last|best|worst|leading|largest|biggest|highest|smallest|lowest) (?P<n>\d{1,4}|"
    r"[a-z]+)\b"
    r"(?! (?:years?|months?|days?|weeks?|decades?|quarters?|hours?))"
)
_LENGTH = re.compile(
    r"\b(?:limit(?:ed)?|cut|reduce|shorten|extend|increase|restrict)\b(?P<what>.*?) to (?:the )?(?:top |"
    r"first )?(?P<n>\d{1,4}|[a-z]+)\b"
    r"|\b(?:only |at most |up to |just )?(?P<m>\d{1,4}|[a-z]+) (?:bars?|rows?|groups?|lines?|slices?|parts?|"
    r"categories|entries|items)\b"
)
_INSTEAD = re.compile(r"\b(?:instead of|rather than|not) (?:the |only )?(?:top |first )?(?P<old>\d{1,4}|[a-z]+)\b")
_LOW = ("bottom", "worst", "smallest", "lowest")


def length(clause: Clause, draft: Draft) -> Done | None:
    text = clause.text
    if re.match(r"(?:drop|remove|delete|hide|add|get rid)\b", text):
        return None
    old = _INSTEAD.search(text)
    before = parsed_number(old["old"]) if old else None
    if old is not None and before is not None:
        text = blank(text, old.span())
    for pattern in (_TOP, _LENGTH):
        for match in pattern.finditer(text):
            groups = match.groupdict()
            count = parsed_number(groups.get("n") or groups.get("m") or "")
            if isinstance(count, int):
                found, rest = place(blank(text, match.span()), draft)
                named = find(f"{groups.get('what') or ''} {_noun(match.group())}", draft)
                return _shortened(_Cut(count, groups.get("which"), before, named or found), rest, draft)
    return None


def _noun(text: str) -> str:
    """ "10 bars" speaks of the bars, "10 rows" of tables."""
    kinds = (
        ("bars", r"\bbars?\b"),
        ("lines", r"\blines?\b"),
        ("tables", r"\brows?\b"),
        ("pies", r"\b(?:slices?|parts?)\b"),
    )
    return next((name for name, pattern in kinds if re.search(pattern, text)), "")


@dataclass(frozen=True)
class _Cut:
    """How many are to be shown, which of them, and of which widgets."""

    count: int
    which: str | None
    before: float | None
    """Only of rankings that show so many now."""
    found: Target

    @property
    def is_low(self) -> bool:
        return self.which in _LOW

    def fits(self, widget: Widget, draft: Draft) -> bool:
        if "limit" not in type(widget).model_fields:
            return False
        if not self.found.is_named and not isinstance(widget, BarWidget | PieWidget | TableWidget):
            return False
        now = getattr(widget, "limit", None)
        if isinstance(now, ParameterValue):
            now = next(item.value for item in draft.plan.parameters if item.name == now.parameter)
        if self.before is not None and now != self.before and not self.found.is_named:
            return False
        return now is not None or _is_long(widget, self.count, draft)


def _shortened(cut: _Cut, rest: str, draft: Draft) -> Done:
    if cut.count < 1:
        raise Unfit("a chart needs at least one group")
    said = read(rest, draft.data)
    seen: list[tuple[int, int]] = []

    def shorter(widget: Widget) -> Widget | None:
        named = said.columns(draft.frame(str(widget.frame)))
        seen.extend(said.spans(named))
        if named and not {item.name for item in named} & {item.column for item in widget.dimensions}:
            return None
        return _with_limit(widget, cut, draft, shares=not named) if cut.fits(widget, draft) else None

    touched = draft.each(cut.found.widgets, shorter)
    if not touched:
        told_old = f"that shows {cut.before}" if cut.before is not None else f"with more than {cut.count} groups"
        raise Unfit(f"there is no ranking or table {told_old}")
    side = "the lowest" if cut.is_low else "at most"
    rows = {noun for widget in touched for noun in draft.nouns(widget)}
    rest = re.sub(r"\w+", lambda match: "" if match.group() in rows else match.group(), blank(said.text, *seen))
    return Done(f"{capital(told(touched))} {'shows' if len(touched) == 1 else 'show'} {side} {cut.count}.", rest)


def _with_limit(widget: Widget, cut: _Cut, draft: Draft, *, shares: bool) -> Widget:
    """A length that several rankings share stays shared, unless one of them is meant alone."""
    update: dict[str, Any] = {"limit": cut.count}
    shared = getattr(widget, "limit", None)
    if isinstance(shared, ParameterValue) and shares and not cut.found.is_named:
        parameter = draft.parameters[shared.parameter]
        draft.parameters[shared.parameter] = parameter.model_copy(update={"value": cut.count})
        update = {}
    if isinstance(widget, BarWidget | PieWidget) and cut.which is not None:
        update["sort"] = Sort(by="y", order="ascending" if cut.is_low else "descending")
    if isinstance(widget, BarWidget) and cut.is_low:
        update["others"] = False
    return _resubtitled(widget.model_copy(update=update))


def _is_long(widget: Widget, count: int, draft: Draft) -> bool:
    x = next(iter(widget.dimensions), None)
    return x is not None and x.time_unit is None and x.bins is None and draft.column(widget, x.column).distinct > count


_SORTS = re.compile(
    r"\b(?:sort|order|rank|arrange|organi[sz]e)(?:ed|ing)?\b|\balphabetical(?:ly)?\b|"
    r"\b(?:largest|biggest|highest|most|smallest|lowest|least|newest|latest|oldest|earliest) (?:values? )?first\b|"
    r"\b(?:in )?(?:ascending|descending)(?: order)?\b|\ba (?:to|-) ?z\b|\bz (?:to|-) ?a\b|\breverse(?:d)?(?: order)?\b"
)
_NAMES = re.compile(
    r"\bby (?:the |its |their )?(?:names?|labels?|categor(?:y|ies)|titles?|alphabet)\b|\balphabetical(?:ly)?\b|"
    r"\b[az] (?:to|-) ?[az]\b"
)
_VALUES = re.compile(r"\bby (?:the |its |their )?(?:values?|size|amounts?|counts?|numbers?|height|length)\b")
_UP = re.compile(r"\b(?:smallest|lowest|least|oldest|earliest) (?:values? )?first\b|\bincreasing\b")
_DOWN = re.compile(r"\b(?:largest|biggest|highest|most|newest|latest) (?:values? )?first\b|\bdecreasing\b")


def sort(clause: Clause, draft: Draft) -> Done | None:
    if not _SORTS.search(clause.text):
        return None
    found, text = place(clause.text, draft)
    before = re.match(r"^(?:sort|order|rank|arrange) (?P<what>.+?) (?=by\b|alphabet|in\b|from\b|ascend|descend)", text)
    named = find(before["what"], draft) if before else None
    found = named or found
    if before and named is None and content(before["what"]):
        target(before["what"], draft)
    ways = [way for way, patterns in (("ascending", (ASCENDING, _UP)), ("descending", (DESCENDING, _DOWN)))
            if any(pattern.search(text) for pattern in patterns)]  # fmt: skip
    way = "descending" if re.search(r"\bz (?:to|-) ?a\b", text) else (ways[0] if ways else None)
    reverse = re.search(r"\breverse(?:d)?\b", text) is not None

    def sorted_so(widget: Widget) -> Widget | None:
        if isinstance(widget, BarWidget | PieWidget):
            return _bars_sorted(widget, text, way, reverse, draft)
        return _rows_sorted(widget, text, way, reverse, draft) if isinstance(widget, TableWidget) else None

    changed = draft.each(found.widgets, sorted_so)
    if not changed:
        raise Unfit("no bars, pie or table there can be sorted so")
    return Done(f"{capital(told(changed))} {'was' if len(changed) == 1 else 'were'} sorted anew.")


def _bars_sorted(
    widget: BarWidget | PieWidget, text: str, way: str | None, reverse: bool, draft: Draft
) -> Widget | None:
    by = "x" if _NAMES.search(text) else "y" if _VALUES.search(text) else None
    if by is None:
        named = [item.name for item in read(text, draft.data).columns(draft.frame(str(widget.frame)))]
        if named and named[0] not in (widget.x.column, widget.y.column):
            return None
        by = "x" if named and named[0] == widget.x.column else "y" if named or way else widget.sort.by
    turned = "ascending" if widget.sort.order == "descending" else "descending"
    order = way or (turned if reverse else "ascending" if by == "x" else "descending")
    return _resubtitled(widget.model_copy(update={"sort": Sort.model_validate({"by": by, "order": order})}))


def _resubtitled(widget: Widget) -> Widget:
    """The subtitle may say which come first."""
    if widget.subtitle is None or not isinstance(widget, BarWidget | PieWidget):
        return widget
    first = "largest first" if widget.sort.order == "descending" else "smallest first"
    now = first if widget.sort.by == "y" else "in order"
    return widget.model_copy(update={"subtitle": re.sub(r"\b(?:largest|smallest) first\b", now, widget.subtitle)})


def _rows_sorted(widget: TableWidget, text: str, way: str | None, reverse: bool, draft: Draft) -> Widget | None:
    shown = [
        *widget.show,
        *(item.column for item in widget.by),
        *(item.column for item in widget.values if item.column),
    ]
    named = [item.name for item in read(text, draft.data).columns(draft.frame(str(widget.frame)))]
    first = next((name for name in named if name in shown), None)
    if first is None and _NAMES.search(text):
        first = shown[0]
    if named and first is None:
        return None
    turned = "ascending" if widget.order == "descending" else "descending"
    is_name = first is not None and draft.column(widget, first).type == "text"
    order = way or (turned if reverse else "ascending" if is_name else "descending")
    return widget.model_copy(update={"sort_by": first or widget.sort_by, "order": order})
