"""Items: the columns that a question names, with what the words around them say: aggregate, group, axis, colour."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ...model import Aggregate, Column
from .naming import OWN_NAME_SCORE, POINTER_SCORE
from .phrases import Phrases
from .said import Said, is_date, is_number
from .vocabulary import ADJECTIVES, AGGREGATES
from .words import Token, tokens, word_set

ENTITY_SCORE = 0.61
"""Of a column that stands for the things it names ("each singer")."""


FILLERS = (
    r"(?:(?:the|a|an|of|different|various|distinct|all|their|its|these|those|each|every|respective|"
    r"corresponding|unique|possible|single|type|kind|attribute|column|variable|field|value)s?\s+)*"
)


_COLOR_BEFORE = re.compile(
    r"\b(?:colou?r(?:ed|ing|s)?(?: coded)?(?: \w+)? (?:by|for|represents?|as|is|to|based on|encod\w+|"
    r"according to)|split(?:ting)?(?: up)? (?:by|into)|"
    r"stack(?:ed|ing|s)?(?: (?:by|with|on|for))|segment(?:ed)? by|brok?e?n? ?down by|differentiat\w+ by|"
    r"distinguish\w*(?: by)?|classif\w+ by|"
    r"and (?:then )?group(?:ed|ing)? (?:them |it )?by|different colou?rs? (?:for|by|per|of)|divided by|"
    r"separated? by|with lines for|"
    r"(?:lines?|series|colou?rs?) (?:for|per|by)|legend(?: is| shows)?|categori[sz]\w+ by)\s+" + FILLERS + "$"
)


_COLOR_AFTER = re.compile(
    r"^\s*(?:(?:is|are|being|as|by|in|with|has|have|differentiated|shown|represented|distinguished)\s+)*(?:a |"
    r"the )?(?:different |separate |own |distinct )?(?:colou?rs?|legend|hue|stacks?)\b"
)


GROUP_BEFORE = re.compile(
    r"\b(?:by|per|each|every|across|among|amongst|over|versus|group(?:ed|ing)? by|depending on|according to|"
    r"in terms of|grouping|"
    r"(?:for|in|of|from|with|to|on|at|between) (?:the )?(?:each|every|different|various)|within|for|based on|"
    r"throughout|along)\s+" + FILLERS + "$"
)


_EACH_BEFORE = re.compile(
    r"\b(?:each|every|per|by|across|for different|in different|of different|from different)\s+" + FILLERS + "$"
)


_X_BEFORE = re.compile(
    r"\b(?:x[- ]?axis|x|horizontal axis)\b(?:\s+(?:is|as|to be|represents|shows|being|for|:|=|of|will be|"
    r"should be))*\s+" + FILLERS + "$"
)


_Y_BEFORE = re.compile(
    r"\b(?:y[- ]?axis|y|vertical axis)\b(?:\s+(?:is|as|to be|represents|shows|being|for|:|=|of|will be|"
    r"should be))*\s+" + FILLERS + "$"
)


_X_AFTER = re.compile(r"^\s*(?:is |are |as |being )?(?:on|in|as|along|for) (?:the )?(?:x\b|horizontal)")


_Y_AFTER = re.compile(r"^\s*(?:is |are |as |being )?(?:on|in|as|along|for) (?:the )?(?:y\b|vertical)")


@dataclass(frozen=True)
class Item:
    """A column named, with what the words around it say of it."""

    said: Said
    aggregates: tuple[Aggregate, ...] = ()
    counted: bool = False
    grouped: bool = False
    each: bool = False
    colored: bool = False
    axis: Literal["x", "y"] | None = None

    @property
    def name(self) -> str:
        return self.said.name

    @property
    def column(self) -> Column:
        return self.said.column

    @property
    def is_quantity(self) -> bool:
        if self.column.role == "boolean":
            return "mean" in self.aggregates
        if not is_number(self.column):
            return False
        if any(aggregate != "distinct" for aggregate in self.aggregates):
            return True
        return self.column.role in ("measure", "coordinate")

    @property
    def is_time(self) -> bool:
        return self.column.role == "time" or is_date(self.column)


def read_items(
    text: str, words: Sequence[Token], said: Sequence[Said], used: set[int], spoken: Phrases
) -> tuple[list[Item], bool]:
    """Columns that ask for a place in the chart, and whether rows are to be counted."""
    here = [s for s in said if not (used | spoken.sort_words) & set(range(s.start, s.end)) and not _points(s)]
    attached, plain_count = _attached_aggregates(text, words, here)
    items = []
    for index, item in enumerate(here):
        before = text[max(0, words[item.start].start - 70) : words[item.start].start]
        after = text[words[item.end - 1].end : words[item.end - 1].end + 50]
        aggregates = attached.get(index, ())
        items.append(
            Item(
                item,
                tuple(a for a in aggregates if a != "count") or _superlative(words, item),
                counted="count" in aggregates,
                grouped=bool(GROUP_BEFORE.search(before)) and item.score != OWN_NAME_SCORE,
                each=bool(_EACH_BEFORE.search(before)),
                colored=bool(_COLOR_BEFORE.search(before) or _COLOR_AFTER.search(after)),
                axis=_axis(before, after),
            )
        )
    return _merged(_in_lists(items, words)), plain_count


def _in_lists(items: list[Item], words: Sequence[Token]) -> list[Item]:
    """ "For each rank and gender" groups by both."""
    listed: list[Item] = []
    for item in items:
        before = listed[-1] if listed else None
        between = [words[i].text for i in range(before.said.end, item.said.start)] if before else []
        if (
            before
            and before.grouped
            and not item.is_quantity
            and between in (["and"], ["and", "the"], ["and", "each"], [])
        ):
            item = replace(item, grouped=True, each=before.each, colored=item.colored or before.colored)
        listed.append(item)
    return listed


_LOWEST = word_set("youngest shortest lightest cheapest poorest coldest earliest smallest")


def _superlative(words: Sequence[Token], said: Said) -> tuple[Aggregate, ...]:
    """ "Oldest age" is the highest one."""
    word = words[said.start - 1].text if said.start else ""
    if not word.endswith("est") or word not in ADJECTIVES or not is_number(said.column):
        return ()
    return ("min",) if word in _LOWEST else ("max",)


def _points(said: Said) -> bool:
    """A column such as "singer_id" when only "singer" was said."""
    return said.score <= POINTER_SCORE


def _axis(before: str, after: str) -> Literal["x", "y"] | None:
    if _X_BEFORE.search(before) or _X_AFTER.search(after):
        return "x"
    return "y" if _Y_BEFORE.search(before) or _Y_AFTER.search(after) else None


def _merged(items: list[Item]) -> list[Item]:
    """A column named twice is one item; but two aggregates of a measure stay apart."""
    merged: dict[str, Item] = {}
    for item in items:
        old = merged.get(item.name)
        if old is None:
            merged[item.name] = item
            continue
        merged[item.name] = Item(
            old.said,
            tuple(dict.fromkeys(old.aggregates + item.aggregates)),
            old.counted or item.counted,
            old.grouped or item.grouped,
            old.each or item.each,
            old.colored or item.colored,
            old.axis or item.axis,
        )
    return list(merged.values())


def _attached_aggregates(
    text: str, words: Sequence[Token], here: Sequence[Said]
) -> tuple[dict[int, tuple[Aggregate, ...]], bool]:
    """Position in `here` → aggregates said of it; and whether a count stands on its own."""
    found = _aggregate_words(text, words, here)
    attached: dict[int, tuple[Aggregate, ...]] = {}
    plain_count = False
    for position, (_, end, aggregate) in enumerate(found):
        target = _next_said(words, here, end)
        if target is not None and _crosses(text, end, words[here[target].start].start):
            target = None
        if target is not None:
            if aggregate == "count" and _is_amount(here[target]):
                if attached.get(target):
                    continue
                aggregate = "sum" if text[found[position][0] :].startswith(("total", "sum")) else aggregate
            earlier = (
                attached.get(target, ())
                if position and _listed(text, found[position - 1][1], found[position][0])
                else ()
            )
            attached[target] = (*earlier, aggregate)
        elif aggregate in ("count", "distinct") or (
            aggregate == "sum" and position + 1 < len(found) and found[position + 1][2] == "count"
        ):
            plain_count = True
        elif not here or aggregate == "sum":
            plain_count = plain_count or (aggregate == "sum" and not any(is_number(s.column) for s in here))
    return attached, plain_count


def _aggregate_words(text: str, words: Sequence[Token], here: Sequence[Said]) -> list[tuple[int, int, Aggregate]]:
    """Start, end and meaning of the words for aggregates that are not part of a column's name, in their order."""
    covered = {
        i for item in here for i in range(item.start, item.end) if item.score >= 0.75 and item.end - item.start > 1
    }
    covered |= {item.start for item in here if item.score >= 0.8}
    starts = {token.start: i for i, token in enumerate(words)}
    found: list[tuple[int, int, Aggregate]] = []
    for pattern, aggregate in AGGREGATES:
        for match in re.finditer(rf"(?<!\w)(?:{pattern})(?!\w)", text):
            index = starts.get(match.start())
            if index is None or index in covered or any(a < match.end() and match.start() < b for a, b, _ in found):
                continue
            if any(match.start() < words[i].start < match.end() for i in covered):
                aggregate = "sum" if match.group().startswith(("total", "sum", "overall", "combined")) else aggregate
            found.append((match.start(), match.end(), aggregate))
    return sorted(found)


def _is_amount(said: Said) -> bool:
    return is_number(said.column) and said.column.role == "measure"


def _listed(text: str, start: int, end: int) -> bool:
    """Whether two aggregates are told one beside the other ("minimum and maximum price")."""
    return bool(re.search(r"\b(?:and|or|vs|versus|against)\b|[,&/]", text[start:end]))


def _next_said(words: Sequence[Token], here: Sequence[Said], end: int) -> int | None:
    following = [i for i, item in enumerate(here) if words[item.start].start >= end - 1]
    return following[0] if following else None


def _crosses(text: str, start: int, end: int) -> bool:
    """Whether an aggregate is too far from a column to be about it, or parted from it by another clause."""
    between = text[start:end]
    before_and, joined, _ = between.partition(" and ")
    if joined and any(not token.is_stopword for token in tokens(before_and)):
        return True
    if len(tokens(between)) > 5 or re.search(r"[.,;?!]", between):
        return True
    return bool(
        re.search(
            r"\b(?:by|per|each|every|across|for|from|in|over|versus|vs|against|that|who|which|does|do|has|have|"
            r"with)\b",
            between,
        )
    )
