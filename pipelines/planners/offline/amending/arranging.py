"""Arranging: names, and the order of widgets."""

from __future__ import annotations

import re

from ....model import Widget
from ..ground import capital
from .clauses import Clause, content
from .draft import Done, Draft, Unfit
from .targets import find, target, told

_RENAMES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^(?:re-?name|re-?title|call|title|name)\s+(?P<what>.+?)\s+(?:to|as|into)\s+(?P<new>.+)$",
        r"^(?:re-?name|re-?title|call|title|name)\s+(?P<what>.*?[\w])\s+(?P<new>[\"“'‘].+[\"”'’])$",
        (
            r"^(?:re-?name|re-?title|call|title|name)\s+(?P<what>it|this|(?:the\s+)?(?:dashboard|page|"
            r"report))\s+(?P<new>.+)$"
        ),
        (
            r"^(?:change|set|make)\s+(?:the\s+)?(?:title|name|heading)(?:\s+(?:of|for)\s+(?P<what>.+?))?\s+(?:to|into|be|"
            r"as)\s+(?P<new>.+)$"
        ),
        r"^(?:new\s+)?title\s*[:=]\s*(?P<new>.+)$",
    )
)
_WHOLE = re.compile(r"^(?:it|this|the|my|our|whole|dashboard|page|report|everything|\s)*$")
_QUOTES = "\"'“”‘’«»"
_MOVES = tuple(
    re.compile(pattern)
    for pattern in (
        (
            r"^(?:put|move|place|show|have|bring|set)?\s*(?P<what>.+?)\s+(?P<way>before|above|over|after|below|under|"
            r"behind)\s+(?P<other>.+)$"
        ),
        (
            r"^(?:put|move|place|show|have|bring|set|start with|begin with)\s+(?P<what>.+?)\s+(?:to |at |"
            r"on )?(?:the )?(?:very )?(?P<way>first|top|front|start|beginning|last|bottom|end)$"
        ),
        r"^(?P<what>.+?)\s+(?:to|at|on) (?:the )?(?:very )?(?P<way>top|front|start|beginning|bottom|end)$",
        r"^(?P<way>first|last)\s+(?:comes |show |put )?(?P<what>(?:the|a)\s+.+)$",
        r"^(?:start|begin|open)\s+(?P<way>with)\s+(?P<what>.+)$",
        r"^(?P<what>(?:the\s+)?.+?)\s+(?P<way>first|last)$",
    )
)


def rename(clause: Clause, draft: Draft) -> Done | None:
    for pattern in _RENAMES:
        match = pattern.match(clause.typed)
        if match is None:
            continue
        new = match["new"].strip().strip(_QUOTES).strip()[:255]
        what = (match.groupdict().get("what") or "").casefold()
        if not new:
            raise Unfit("a title needs at least one character")
        if _WHOLE.match(what):
            draft.title = new
            return Done(f"The dashboard is called “{new}”.")
        found = target(what, draft)
        old = found.widgets[0]
        draft.put(old.model_copy(update={"title": new}))
        return Done(f"The {old.type} “{old.title}” is called “{new}”.")
    return None


def move(clause: Clause, draft: Draft) -> Done | None:
    for pattern in _MOVES:
        match = pattern.match(clause.text)
        found = find(match["what"], draft) if match else None
        if match is None or found is None:
            continue
        others = match.groupdict().get("other")
        beside = find(others, draft) if others else None
        if others and beside is None:
            continue
        moved = list(found.widgets)
        rest = [widget for widget in draft.widgets if widget not in moved]
        place = _place(match["way"], rest, beside.widgets[0] if beside else None)
        if beside and beside.widgets[0] in moved:
            raise Unfit("a widget cannot be moved before or after itself")
        draft.widgets = [*rest[:place], *moved, *rest[place:]]
        draft.is_moved = True
        where = f"{match['way']} {told(beside.widgets[:1])}" if beside else _spoken(match["way"])
        return Done(f"{capital(told(moved))} {'was' if len(moved) == 1 else 'were'} put {where}.")
    return None


def _place(way: str, rest: list[Widget], beside: Widget | None) -> int:
    if beside is not None and beside in rest:
        return rest.index(beside) + (way in ("after", "below", "under", "behind"))
    return len(rest) if way in ("last", "bottom", "end") else 0


def _spoken(way: str) -> str:
    return "last" if way in ("last", "bottom", "end") else "first"


def remark(clause: Clause, draft: Draft) -> Done | None:  # noqa: ARG001
    """Polite words alone ask for nothing."""
    return None if content(clause.text) else Done("")
