"""Asking: what a question asks for, in columns of the data: chart, measure, groups, order, conditions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal

from ...checking import never_met
from ...model import Condition, Profile
from . import conditions, linking, phrases
from .asked import Asked, AskedDimension, AskedMeasure
from .entities import (
    strong_tables,
    with_bare_ranking,
    with_compared,
    with_counted_key,
    with_entities,
    with_keys,
    with_names_of,
    without_pointers,
)
from .framing import Frame, chosen_link, frame_for
from .items import Item, read_items
from .links import Links
from .naming import OWN_NAME_SCORE, VERB_SCORE
from .phrases import Phrases
from .roles import assigned, axis_units, speaks_of_time
from .said import Conditions, Said, is_number
from .subjects import subject_of
from .vocabulary import RELATION, VERBS
from .words import Token, fold, quoted, tokens


def understand(question: str, profile: Profile) -> Asked:
    """What a question asks of this data. Pure; never fails: what is not understood is left out."""
    text = fold(question)
    words = tokens(text)
    quotes = quoted(text)
    spoken = phrases.read(text, words)
    profile = with_keys(profile)
    links = linking.link(profile, words, spoken.blocked, quotes)
    links = linking.amounts_first(links, profile) if RELATION.search(text) else links
    frame = frame_for(profile, links, strong_tables(text, words, links), timely=speaks_of_time(text))
    said = without_pointers(columns_said(links, frame), links, profile, frame)
    said = with_names_of(said, words, links, profile, frame)
    condition_text = _without(text, words, spoken.blocked | spoken.sort_words)
    found = conditions.read(condition_text, words, said, links.values, frame)
    _free_impossible(found, frame)
    _free_compared(condition_text, found, frame)
    clean = _without(condition_text, words, found.used)
    items, plain_count = read_items(clean, words, _without_deeds(said, clean, words), found.used, spoken)
    most_rows = _most_rows(clean, words, links, spoken)
    items = with_compared(items, found, frame)
    items = with_entities(items, clean, text, words, links, profile, frame, found.used)
    if most_rows:
        items, plain_count = [item for item in items if not item.is_quantity], True
    spoken = with_bare_ranking(spoken, clean, words, items)
    asked = assigned(items, plain_count, clean, spoken, frame, found, axis_units(clean, words, items, spoken))
    asked = with_counted_key(asked, clean, frame)
    asked = _sorted(asked, text, spoken, said)
    return replace(
        asked,
        subject=subject_of(clean, words, items, links, frame, found),
        where=_without_duplicates(found.where),
        focus=_focus(items, said, found),
        unknown=tuple(dict.fromkeys(token.text for i, token in _numbered(links, words) if i not in found.used)),
        notes=tuple(found.notes),
    )


_HOW_MANY = re.compile(r"\b(?:how many|numbers? of)\b")


def _without_deeds(said: tuple[Said, ...], text: str, words: Sequence[Token]) -> tuple[Said, ...]:
    """ "How many were sold" counts them; what was done to them is no measure then."""
    if not _HOW_MANY.search(text):
        return said
    return tuple(
        item
        for item in said
        if words[item.start].text not in VERBS or not is_number(item.column) or item.score > VERB_SCORE
    )


def _focus(items: Sequence[Item], said: Sequence[Said], found: Conditions) -> tuple[str, ...]:
    """Columns named, but for those that are only called like their table."""
    names = [item.name for item in items if item.said.score != OWN_NAME_SCORE]
    names += [item.name for item in said if item.score != OWN_NAME_SCORE] + [item.column for item in found.where]
    return tuple(dict.fromkeys(names))


_COMMON = re.compile(
    r"\b(?:most|least|more) (?:common|frequent|popular|often|usual)(?:ly)?\b|\bhow often\b|\bcommonest\b"
)
_SHIFTS = re.compile(
    r"\b(?:shift\w*|switch\w*|mov(?:e|ed|ing) (?:to|from|towards?)|transition\w*|compared? (?:to|with)|versus|"
    r"vs|against|"
    r"shares? of|proportion of|role of|relative to)\b"
)


def _free_compared(text: str, found: Conditions, frame: Frame) -> None:
    """ "A shift to renewables", "the share of Asia": the named value is seen against the others, not alone."""
    if not _SHIFTS.search(text):
        return
    for condition in list(found.where):
        column = frame.columns[condition.column]
        if condition.operator == "=" and column.type == "text" and column.distinct <= 12:
            found.where.remove(condition)
            found.compared.append(condition.column)


def _free_impossible(found: Conditions, frame: Frame) -> None:
    """A condition that no row meets would leave an empty page: it is told instead."""
    for condition in list(found.where):
        reason = never_met(condition, frame.columns[condition.column], is_join=bool(frame.joins))
        if reason is not None:
            found.where.remove(condition)
            found.notes.append(f"A condition was not applied: {reason}"[:500])


def _most_rows(text: str, words: Sequence[Token], links: Links, spoken: Phrases) -> bool:
    """ "Which airlines have the most strikes" ranks by the number of rows of the table of strikes."""
    if _COMMON.search(text):
        return True
    if spoken.ranked is None or spoken.limit is not None:
        return False
    ends = [i + 1 for i in spoken.blocked if words[i].text in ("most", "fewest", "least")]
    named = {mention.start for mention in links.mentions if mention.links[0].score > OWN_NAME_SCORE}
    after = [mention for mention in links.tables if mention.start in ends and mention.end not in named]
    return any(mention.score >= 0.75 for mention in after)


def _numbered(links: Links, words: Sequence[Token]) -> list[tuple[int, Token]]:
    starts = {token.start: i for i, token in enumerate(words)}
    return [(starts[token.start], token) for token in links.unknown]


def _without_duplicates(where: Iterable[Condition]) -> tuple[Condition, ...]:
    return tuple({condition.model_dump_json(): condition for condition in where}.values())[:8]


def _without(text: str, words: Sequence[Token], used: Iterable[int]) -> str:
    """The text with these words blanked; every character keeps its place."""
    for index in used:
        token = words[index]
        text = text[: token.start] + " " * (token.end - token.start) + text[token.end :]
    return text


def columns_said(links: Links, frame: Frame) -> tuple[Said, ...]:
    """The columns of a frame that words of the question name."""
    said = []
    for mention in links.mentions:
        link = chosen_link(mention, frame, links.tables)
        if link is not None:
            name = frame.places[(link.table, link.column)]
            said.append(Said(mention.start, mention.end, name, frame.columns[name], link.score))
    return tuple(said)


_COUNT_WORDS = re.compile(
    r"\b(?:numbers?|counts?|how many|amount|frequency|total|values?|sum|average|mean|avg|bars?)\b"
)


def _sorted(asked: Asked, text: str, spoken: Phrases, said: Sequence[Said]) -> Asked:
    """The order with what it is by, as far as it was said."""
    if spoken.order is None:
        ranked = spoken.ranked is not None
        return replace(asked, ranked=ranked, order=spoken.ranked, order_by="y" if ranked else None)
    target = text[slice(*spoken.order_by)] if spoken.order_by else ""
    named = [item.name for item in said if item.start in spoken.sort_words]
    by: Literal["x", "y"] | None
    if re.search(r"\bx\b|\bx-?axis", target):
        by = "x"
    elif re.search(r"\by\b|\by-?axis", target) or _COUNT_WORDS.search(target):
        by = "y"
    elif asked.x is not None and asked.x.column in named:
        by = "x"
    elif asked.y is not None and asked.y.column in named:
        by = "y"
    elif re.search(r"\bnames?\b|\btitles?\b", target) or re.search(r"alphabet|lexico|chrono|a to z", text):
        by = "x"
    else:
        by = "y" if asked.x is None or not target else "x"
        if named and is_number(asked.frame.columns[named[0]]):
            by = "y"
    measured = asked
    if named and asked.x is None and asked.y is not None and asked.y.column is None:
        return replace(asked, x=AskedDimension(named[0]), order=spoken.order, order_by="x")
    if named and asked.y is None and asked.frame.columns[named[0]].role == "measure":
        measured = replace(asked, y=AskedMeasure(named[0]))
    return replace(measured, order=spoken.order, order_by=by)
