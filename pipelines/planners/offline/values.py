"""Values: conditions by values that the question names ("in the North", "4 or 6 cylinders", "not London")."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...model import Condition
from .framing import Frame, chosen_values
from .links import ValueMention
from .said import Conditions, Said, is_flag, is_number
from .vocabulary import SHARE
from .words import Token, fold, tokens

_NOT = re.compile(
    r"(?:\b(?:not|isn't|isnt|except|excluding|exclude|without|other than|besides|ignoring|non|no)\b|!=|"
    r"<>)[^.;?]{0,25}$"
)


def named_values(
    text: str,
    words: Sequence[Token],
    said: Sequence[Said],
    values: Sequence[ValueMention],
    frame: Frame,
    found: Conditions,
) -> None:
    chosen: dict[tuple[str, bool], list[tuple[ValueMention, str]]] = {}
    for mention in values:
        if found.used & set(range(mention.start, mention.end)):
            continue
        length = mention.end - mention.start
        covering = [
            s
            for s in said
            if s.start < mention.end and mention.start < s.end and s.score >= 0.8 and s.end - s.start >= length
        ]
        exact = tuple(word.text for word in words[mention.start : mention.end])
        spelled = any(tuple(t.text for t in tokens(fold(str(link.value)))) == exact for link in mention.links)
        overlaps = any(s.start < mention.end and mention.start < s.end and s.score >= 0.6 for s in said)
        if length == 1 and overlaps and not spelled:
            # "Cores" is the column of cores rather than the brand "Core".
            continue
        quoted = text[words[mention.start].start - 1 : words[mention.start].start] in ("'", '"', "“")
        if covering and not quoted:
            continue
        link = _nearest_value(mention, said, frame)
        if link is None:
            continue
        begin = max(0, words[mention.start].start - 40)
        negation = _NOT.search(text[begin : words[mention.start].start])
        negative = negation is not None
        if negation is not None:
            at = begin + negation.start()
            found.used |= {i for i, word in enumerate(words) if at <= word.start < words[mention.start].start}
        chosen.setdefault((link[0], negative), []).append((mention, link[1]))
    for (name, negative), items in chosen.items():
        _add_values(name, negative, items, said, frame, found)


def _nearest_value(mention: ValueMention, said: Sequence[Said], frame: Frame) -> tuple[str, str] | None:
    links = [(frame.places[(link.table, link.column)], str(link.value)) for link in chosen_values(mention, frame)]
    if not links:
        return None
    distance = {item.name: min(abs(item.start - mention.start), abs(item.end - mention.start)) for item in said}
    return min(links, key=lambda link: (distance.get(link[0], 50), frame.columns[link[0]].distinct))


def _add_values(
    name: str,
    negative: bool,
    items: list[tuple[ValueMention, str]],
    said: Sequence[Said],
    frame: Frame,
    found: Conditions,
) -> None:
    values = tuple(dict.fromkeys(value for _, value in items))
    for mention, _ in items:
        found.used |= set(range(mention.start, mention.end))
        for item in said:
            close = item.name == name and (0 <= mention.start - item.end <= 2 or 0 <= item.start - mention.end <= 0)
            if close and len(values) < frame.columns[name].distinct:
                found.used |= set(range(item.start, item.end))
    if len(values) >= frame.columns[name].distinct and not negative and len(values) > 1:
        found.compared.append(name)
        return
    if len(values) == 1:
        found.where.append(Condition(column=name, operator="!=" if negative else "=", value=values[0]))
    else:
        found.where.append(Condition(column=name, operator="not in" if negative else "in", values=values))
        if not negative:
            found.compared.append(name)


_FLAG_BEFORE = re.compile(
    r"\b(?P<no>without|not|non|no)?(?P<yes>on|during|with|having|that (?:are|were|have|had)|who (?:are|were|have|had)|"
    r"which (?:are|were|have|had)|only)?(?: (?:an?|the|any))*\s*$"
)


def flags(text: str, words: Sequence[Token], said: Sequence[Said], found: Conditions) -> None:
    """ "On working days", "without a body camera": a column of yes and no as a condition."""
    if SHARE.search(text):
        return
    for item in said:
        if not is_flag(item.column) or item.start < 0 or found.used & set(range(item.start, item.end)):
            continue
        match = _FLAG_BEFORE.search(text[: words[item.start].start])
        if match is None or not (match["no"] or match["yes"]):
            continue
        true, false = (True, False) if item.column.type == "boolean" else (1, 0)
        found.where.append(Condition(column=item.name, operator="=", value=false if match["no"] else true))
        place = words[item.start].start
        found.used |= {i for i, word in enumerate(words) if match.start() <= word.start <= place} | {
            *range(item.start, item.end)
        }


def following_numbers(text: str, words: Sequence[Token], said: Sequence[Said], found: Conditions) -> None:
    """ "supplier id 3", "4 or 6 cylinders", "with code 'AX'"."""
    for item in said:
        if not is_number(item.column) or found.used & set(range(item.start, item.end)):
            continue
        before: list[int] = []
        index = item.start - 1
        while index >= 0 and (words[index].number is not None or words[index].text in ("or", "and")):
            if words[index].number is not None and index not in found.used and fold(words[index].text) in text:
                before.append(index)
            index -= 1
        if before and index >= 0 and words[index].text in ("with", "have", "has", "having", "of", "for"):
            _add_numbers(item, [words[i].number for i in before], found)
            found.used |= set(before)
        elif (
            item.end < len(words)
            and item.end not in found.used
            and words[item.end].text.isdigit()
            and item.column.role != "measure"
        ):
            _add_numbers(item, [words[item.end].number], found)
            found.used |= {item.end, *range(item.start, item.end)}


def _add_numbers(item: Said, numbers: Sequence[float | int | None], found: Conditions) -> None:
    values = tuple(sorted({number for number in numbers if number is not None}))
    if len(values) == 1:
        found.where.append(Condition(column=item.name, operator="=", value=values[0]))
    elif values:
        found.where.append(Condition(column=item.name, operator="in", values=values))
        found.compared.append(item.name)
