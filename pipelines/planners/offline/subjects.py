"""Subjects: what a question counts when it names no measure: the rows ("shootings per month"), or things that only the
rows can be ("victims by race")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from .framing import Frame
from .items import Item
from .links import Links
from .said import Conditions
from .vocabulary import PEOPLE
from .words import Token

Subject = Literal["rows", "things"]
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
    text: str, words: Sequence[Token], items: Sequence[Item], links: Links, frame: Frame, found: Conditions
) -> Subject | None:
    """Whether rows are what a question without a measure is about. None: it names nothing that could be counted."""
    if not _PARTED.search(text) or _COMPARES.search(text):
        return None
    taken = {i for item in items for i in range(item.said.start, item.said.end)} | found.used
    for mention in links.tables:
        place = range(mention.start, mention.end)
        if mention.table != frame.main.name or mention.score < _ROWS_NAMED or not taken.isdisjoint(place):
            continue
        if not _OF_PLACE.search(text[: words[mention.start].start]) or _is_row_noun(words[mention.start], frame):
            return "rows"
    unknown = {token.start for token in links.unknown}
    for index, token in enumerate(words):
        if index in taken or not (token.start in unknown or token.text in PEOPLE):
            continue
        if token.text in PEOPLE or (token.text != token.stem and token.text.endswith("s")):
            return "things"
    # "Deaths by ward", where a value says who died.
    return "things" if any(isinstance(condition.value, str) for condition in found.where) else None


def _is_row_noun(word: Token, frame: Frame) -> bool:
    return word.text == frame.main.row_noun_plural
