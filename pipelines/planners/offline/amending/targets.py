"""Targets: which widgets a text means, by type, place in the order, title or columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ....model import Widget
from ..words import fold, name_words, stem, tokens
from .clauses import FILLERS, blank
from .draft import Draft, Unfit

TYPES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"pies?|donuts?|doughnuts?|cakes?", ("pie",)),
    (r"histograms?|distributions?", ("histogram",)),
    (r"heat ?-?maps?", ("heatmap",)),
    (r"box(?:es)?(?: ?-?plots?)?|boxplots?|spread", ("box",)),
    (r"scatter(?: ?-?(?:plots?|charts?))?|scatterplots?|bubbles?|dots", ("scatter",)),
    (r"bars?|columns? charts?|rankings?", ("bar",)),
    (r"areas? ?(?:charts?|graphs?|plots?)|areas", ("area",)),
    (r"lines?|trends?|time ?series|curves?", ("line",)),
    (r"tables?", ("table",)),
    (r"maps?|choropleths?", ("map",)),
    (r"tiles?|metrics?|kpis?|cards?|headline(?: numbers?)?s?|big numbers?|headlines?", ("metric",)),
    (r"paragraphs?|texts?|notes?", ("text",)),
)
_ORDINALS = {
    "first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "fourth": 3, "4th": 3, "fifth": 4, "5th": 4,
    "sixth": 5, "last": -1, "final": -1,
}  # fmt: skip
_EVERY = re.compile(r"\b(?:all|every|each|both)\b")


@dataclass(frozen=True)
class Target:
    """Widgets that were meant."""

    widgets: tuple[Widget, ...]
    is_named: bool
    """False: none was named, so all are meant that a change applies to."""


def target(text: str, draft: Draft) -> Target:
    """The widgets that a text means; all where it names none.

    Raises:
        Unfit: it names a widget that there is not.
    """
    wanted = _wanted(text)
    if not wanted.words and wanted.types is None and wanted.ordinal is None:
        return Target(tuple(draft.charts), is_named=False)
    found = [w for w in _in_order(draft) if wanted.types is None or w.type in wanted.types]
    if wanted.ordinal is not None and wanted.types is None:
        found = [widget for widget in found if widget.type not in ("metric", "text")]
    if wanted.words:
        found = _by_words(found, wanted.words, draft)
    if not found:
        raise Unfit(f"there is no “{bare(text)}”, but {told(draft.widgets)}")
    if wanted.ordinal is not None:
        if max(wanted.ordinal + 1, wanted.count) > len(found):
            raise Unfit(f"there are only {len(found)} to choose “{bare(text)}” from")
        end = wanted.ordinal < 0
        found = found[-wanted.count :] if end else found[wanted.ordinal : wanted.ordinal + wanted.count]
    return Target(tuple(found), is_named=True)


def find(text: str, draft: Draft) -> Target | None:
    """The named widgets, or None where a text names none that exists."""
    try:
        found = target(text, draft)
    except Unfit:
        return None
    return found if found.is_named else None


def one(text: str, draft: Draft) -> Widget:
    """The one widget that is meant; the first of several."""
    return target(text, draft).widgets[0]


def bare(text: str) -> str:
    """A text without its articles and fillers in front."""
    return re.sub(r"^(?:the|this|that|my|our|an?|all) ", "", " ".join(text.split()))


@dataclass(frozen=True)
class _Wanted:
    types: tuple[str, ...] | None
    ordinal: int | None
    count: int
    """How many from there on: "the last two"."""
    words: tuple[str, ...]


def _wanted(text: str) -> _Wanted:
    left, types = text, None
    for pattern, kinds in TYPES:
        match = re.search(rf"\b(?:{pattern})\b", left)
        if match:
            types = kinds
            left = left[: match.start()] + " " + left[match.end() :]
            break
    left = _EVERY.sub(" ", left)
    ordinal, count = None, 1
    words = []
    for token in tokens(left):
        if token.text in _ORDINALS and ordinal is None:
            ordinal = _ORDINALS[token.text]
        elif ordinal is not None and isinstance(token.number, int) and token.number > 0:
            count = token.number
        elif token.text not in FILLERS:
            words.append(token.stem)
    return _Wanted(types, ordinal, count, tuple(words))


def _in_order(draft: Draft) -> list[Widget]:
    """As people count them: charts before headline numbers, texts last."""
    return [*draft.charts, *(widget for widget in draft.widgets if widget not in draft.charts)]


def _by_words(widgets: Sequence[Widget], words: Sequence[str], draft: Draft) -> list[Widget]:
    """Those that are called so, else those that show columns called so."""
    titled = [widget for widget in widgets if set(words) <= {token.stem for token in tokens(fold(widget.title))}]
    exact = [
        widget for widget in titled if len({token.stem for token in tokens(fold(widget.title))}) == len(set(words))
    ]
    # "Sales" alone may be a headline number as well as every chart of sales.
    return (
        (exact if len(set(words)) > 1 else [])
        or titled
        or [widget for widget in widgets if set(words) <= _column_words(widget, draft)]
    )


def _column_words(widget: Widget, draft: Draft) -> set[str]:
    found: set[str] = set()
    if widget.frame is not None:
        for name in widget.columns:
            found |= {stem(word) for word in (*name_words(name), *name_words(draft.column(widget, name).label))}
    return found


def names_type(text: str) -> bool:
    return any(re.search(rf"\b(?:{pattern})\b", text) for pattern, _ in TYPES)


def told(widgets: Sequence[Widget]) -> str:
    """Widgets in a sentence."""
    names = [f"the {widget.type} “{widget.title}”" for widget in widgets[:4]]
    more = f" and {len(widgets) - 4} more" if len(widgets) > 4 else ""
    if len(names) == 1 or more:
        return ", ".join(names) + more
    return f"{', '.join(names[:-1])} and {names[-1]}"


_PLACE = re.compile(r"\b(?:in|on|of|for|from|at) (?=(?:the|this|that|all|both) [^,;]+$)")
"""Before what a wish is to apply to: "in the pie"."""


def place(text: str, draft: Draft) -> tuple[Target, str]:
    """The widgets that the end of a clause names, and the text without it."""
    for match in _PLACE.finditer(text):
        found = find(text[match.end() :], draft)
        if found is not None:
            return found, blank(text, (match.start(), len(text)))
    return Target(tuple(draft.charts), is_named=False), text


def mentioned(text: str, draft: Draft) -> Target:
    """Widgets that a text names anywhere; all, where it has no word that means something."""
    found, left = place(text, draft)
    if found.is_named:
        return found
    return target(re.sub(r"\b(?:in|on|of|for|from|with|make|use|set|show|to|by)\b", " ", left), draft)
