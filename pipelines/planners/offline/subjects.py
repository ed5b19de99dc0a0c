"""Subjects: what a question counts when it names no measure: the rows ("shootings per month"), or things that only the
rows can be ("victims by race")."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Literal

from .framing import Frame
from .items import Item
from .links import Links
from .words import Token, word_set

Subject = Literal["rows", "things"]
_PEOPLE = word_set(
    "people persons individuals men women children boys girls victims patients customers clients passengers headcount"
)
_ROWS_NAMED = 0.75
_PARTED = re.compile(
    r"\b(?:by|per|each|every|across|among|over (?:the )?(?:time|years|months|seasons)|daily|weekly|monthly|yearly|"
    r"annual(?:ly)?|quarterly|increas\w+|decreas\w+|ris\w+|fall\w+|grow\w*|declin\w+|trends?|when|"
    r"how often)\b"
)
_COMPARES = re.compile(r"\b(?:differ\w*|compare\w*|vary|varies|characteri\w+|like)\b")
"""Asks for whatever the groups have, not for how many there are."""
_OF_PLACE = re.compile(r"\b(?:in|from|of|with|use|using) (?:the |this |my |our )?$")


def subject_of(
    text: str, words: Sequence[Token], items: Sequence[Item], links: Links, frame: Frame, used: Collection[int]
) -> Subject | None:
    """Whether rows are what a question without a measure is about. None: it names nothing that could be counted."""
    if not _PARTED.search(text) or _COMPARES.search(text):
        return None
    taken = {i for item in items for i in range(item.said.start, item.said.end)} | set(used)
    for mention in links.tables:
        place = range(mention.start, mention.end)
        if mention.table != frame.main.name or mention.score < _ROWS_NAMED or not taken.isdisjoint(place):
            continue
        if not _OF_PLACE.search(text[: words[mention.start].start]) or _is_row_noun(words[mention.start], frame):
            return "rows"
    unknown = {token.start for token in links.unknown}
    for index, token in enumerate(words):
        if index in taken or not (token.start in unknown or token.text in _PEOPLE):
            continue
        if token.text in _PEOPLE or (token.text != token.stem and token.text.endswith("s")):
            return "things"
    return None


def _is_row_noun(word: Token, frame: Frame) -> bool:
    return word.text == frame.main.row_noun_plural
