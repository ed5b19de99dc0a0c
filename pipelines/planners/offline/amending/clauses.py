"""Clauses: an amendment cut into the single wishes it holds ("make it monthly and drop the pie")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..words import STOPWORDS, fold, quoted, tokens, word_set

_VERBS = (
    r"make|show|drop|remove|delete|hide|add|use|rename|retitle|call|sort|order|rank|put|move|change|turn|switch|"
    r"convert|"
    r"replace|limit|only|just|without|exclude|include|filter|group|break|split|colou?r|set|start|give|as an?|top \w+|"
    r"bottom \w+|first the|last the|log|keep|draw|display|leave|get rid|take|restrict|insert|no|do not|don't|title|"
    r"stack|"
    r"monthly|weekly|daily|yearly|quarterly|hourly|since|between|with a|with an"
)
_BREAK = re.compile(
    r"\s*[;\n]+\s*|[.!?]+(?=\s|$)\s*|\s*,?\s*\b(?:and )?then\s+|"
    rf"(?:\s*,\s*(?:(?:and|then|but|also)\s+)*|\s+(?:(?:and|then|but|plus|also)\s+)+)(?:please\s+)?(?=(?:{_VERBS})\b)",
    re.IGNORECASE,
)
_POLITE = re.compile(
    r"^\s*(?:(?:and|but|then|please|kindly|now|ok(?:ay)?|(?:can|could|would|will) you|(?:i|we)(?:'d| would)? "
    r"(?:like|want|need|prefer)(?: to(?: see| have)?| you to)?|let's|let us|maybe|just(?= (?:make|drop|remove|"
    r"add)))\b[\s,]*)+",
    re.IGNORECASE,
)
FILLERS = STOPWORDS | word_set(
    """
    chart charts graph graphs plot plots widget widgets dashboard page report it's please instead now again whole every
    everything thing things ones one version view visual visualization kindly thanks thank also well better bit
    """
)
"""Words that a wish can have without meaning more."""


@dataclass(frozen=True)
class Clause:
    """One wish: folded, and as it was typed."""

    text: str
    typed: str


def clauses(words: str) -> tuple[Clause, ...]:
    """The wishes in their order; what stands in quotes is not cut."""
    return tuple(
        Clause(fold(part), part) for part in (_POLITE.sub("", piece).strip(" ,;") for piece in _pieces(words)) if part
    )


def _pieces(words: str) -> Iterator[str]:
    held = [(start, end) for start, end, _ in quoted(words)]
    begin = 0
    for match in _BREAK.finditer(words):
        if any(start <= match.start() < end for start, end in held):
            continue
        yield words[begin : match.start()]
        begin = match.end()
    yield words[begin:]


def content(text: str) -> tuple[str, ...]:
    """The words of a text that mean something."""
    return tuple(token.text for token in tokens(text) if token.text not in FILLERS)


def blank(text: str, *spans: tuple[int, int]) -> str:
    """A text with parts blanked; every character keeps its place."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text
