"""Texts: what a model wrote for people. Plain text of limited length that states no number of the data."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import BeforeValidator

_DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_NUMBER = re.compile(r"(?<!\d)(?<![^\W\d_])(?<![^\W\d_][-–])\d+(?:[.,'\u00a0\u202f]\d+)*")
"""Not "CO2", "COVID-19" or "Q3": those are names."""
_DIGITS = re.compile(r"\d+")


def plain(text: str, most: int) -> str:
    """Without control and direction characters, one space for many on a line, at most so many characters."""
    kept = "".join(
        character
        for character in text[: 4 * most + 1_000]
        if character in "\n\t" or (unicodedata.category(character) not in ("Cc", "Cs") and character not in _DIRECTIONS)
    )
    lines = (" ".join(line.split()) for line in kept.replace("\t", " ").split("\n"))
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _line(most: int) -> BeforeValidator:
    def cut(value: Any) -> Any:
        return " ".join(plain(value, most).split()) if isinstance(value, str) else value

    return BeforeValidator(cut)


def _paragraphs(most: int) -> BeforeValidator:
    return BeforeValidator(lambda value: plain(value, most) if isinstance(value, str) else value)


Heading = Annotated[str, _line(120)]
Line = Annotated[str, _line(250)]
Reason = Annotated[str, _line(400)]
Paragraphs = Annotated[str, _paragraphs(2_000)]


def numbers(text: str) -> tuple[str, ...]:
    """The numbers that a text states, as written. Words that contain digits are names, not numbers."""
    return tuple(match.group() for match in _NUMBER.finditer(unicodedata.normalize("NFKC", text)))


def known_numbers(texts: Iterable[str]) -> frozenset[str]:
    """Every run of digits in texts that a person or the data's own names gave: repeating those claims nothing."""
    return frozenset(_run(digits) for text in texts for digits in _DIGITS.findall(unicodedata.normalize("NFKC", text)))


def stated(text: str, known: frozenset[str]) -> str | None:
    """The first number of a text that nobody gave, which only a cell of the notebook may say."""
    for number in numbers(text):
        if not all(_run(digits) in known for digits in _DIGITS.findall(number)):
            return number
    return None


def _run(digits: str) -> str:
    """The same for "٢٠٢٠", "2020" and "02020"."""
    return str(int(digits[:40]))
