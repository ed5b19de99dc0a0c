"""Wording: a sentence of an insight in a writer's own words, with a named place for everything that is computed.

The writer may be a model. What it writes is text; what is true today comes from the cell, so a sentence holds no
number of its own, and no verb that a refresh could turn around.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Literal, NamedTuple

Kind = Literal["name", "period", "words", "value", "share", "count", "number"]
"""name: of a group, a measure or several groups. period: "2005", "Mar 2015". words: computed ones, such as "rose".
value: an amount of the measure, with its sign of currency or percent but without the word of its unit. share: a
fraction, written in percent. count: a whole number. number: any other.
"""

FORMATS: dict[Kind, tuple[str, ...]] = {
    "name": (),
    "period": (),
    "words": (),
    "value": (",.0f", ",.1f", ",.2f", ".0f", ".1f", ".2f"),
    "share": (".0%", ".1%", ".2%"),
    "count": (",", ",d", ",.0f"),
    "number": (".1f", ".2f"),
}
"""What may stand behind the colon of a placeholder; without any, numbers are written as on the rest of the page."""

WORDING_LIMIT = 300
"""Characters."""

_PIECE = re.compile(r"\{([^{}]*)\}|([^{}]+)")
_PLACE = re.compile(r"([a-z_]+)(?::(.*))?", re.DOTALL)
_HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
"""Categories of characters that do not show, or change how others are read."""
_TURNS = re.compile(
    r"\b(?:rose|ris(?:es|en|ing)|gr[eo]w(?:s|n|ing)?|increas(?:e|es|ed|ing)|climb(?:s|ed|ing)?|gained|soared|surged|"
    r"jumped|fell|falls|fallen|falling|declin(?:e|es|ed|ing)|decreas(?:e|es|ed|ing)|dropp?(?:s|ed|ing)|shr[aiu]nk(?:s|ing)?|"
    r"plunged|plummeted|slumped|doubled|tripled|halved)\b",
    re.IGNORECASE,
)
"""Verbs that say which way something went."""


class Placeholder(NamedTuple):
    """A place that a computed value fills."""

    name: str
    format: str = ""


def pieces(wording: str, known: Mapping[str, Kind]) -> tuple[str | Placeholder, ...]:
    """A sentence cut into texts and placeholders.

    Raises:
        ValueError: a part of it may not stand there; the text says what may.
    """
    found: list[str | Placeholder] = []
    at = 0
    while at < len(wording):
        match = _PIECE.match(wording, at)
        if match is None:
            raise ValueError(
                f"the wording has a brace without its partner, or one in another, at “{wording[at : at + 20]}”; "
                f"{_there(known)}"
            )
        at = match.end()
        found.append(_text(match[2], known) if match[1] is None else _placeholder(match[1], known))
    if not any(isinstance(piece, Placeholder) for piece in found):
        raise ValueError(f"the wording states nothing that is computed; {_there(known)}")
    _no_turn(found, known)
    return tuple(found)


def _there(known: Mapping[str, Kind]) -> str:
    return f"there is: {', '.join(f'{{{name}}}' for name in known)}"


def _text(text: str, known: Mapping[str, Kind]) -> str:
    for character in text:
        if character.isnumeric():
            raise ValueError(
                f"the wording has the number “{character}”, which would be wrong after a refresh; {_there(known)}"
            )
        if unicodedata.category(character) in _HIDDEN:
            raise ValueError(f"the wording has a character that does not show: U+{ord(character):04X}")
    return text


def _placeholder(inside: str, known: Mapping[str, Kind]) -> Placeholder:
    match = _PLACE.fullmatch(inside)
    if match is None or match[1] not in known:
        raise ValueError(f"the wording has {{{inside}}}, which is not computed here; {_there(known)}")
    name, wanted = match[1], match[2] or ""
    able = FORMATS[known[name]]
    if match[2] is not None and wanted not in able:
        raise ValueError(
            f"the wording writes {{{name}}} as '{wanted}'; this {known[name]} can be written as: "
            f"{', '.join(f'{{{text}}}' for text in (name, *(f'{name}:{item}' for item in able)))}"
        )
    return Placeholder(name, wanted)


def _no_turn(found: list[str | Placeholder], known: Mapping[str, Kind]) -> None:
    """Where a direction is computed the writer may not state one."""
    if "direction" not in known or any(isinstance(piece, Placeholder) and piece.name == "direction" for piece in found):
        return
    for piece in found:
        match = _TURNS.search(piece) if isinstance(piece, str) else None
        if match:
            raise ValueError(
                f"the wording says “{match.group()}”, which a refresh may turn around; write {{direction}} for it"
            )
