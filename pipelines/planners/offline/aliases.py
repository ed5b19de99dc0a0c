"""Aliases: what people say for a value of the data: "California" for "CA", "primary" for "Primary School"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ...geography import other_names
from ...model import Column
from .vocabulary import GENERIC_WORDS, OUTCOMES, UNTELLING
from .words import STOPWORDS, fold, name_words, stem, tokens

_GENDERS = {
    "m": ("male", "man", "boy"), "f": ("female", "woman", "girl"),
    "male": ("man", "boy"), "female": ("woman", "girl"),
}  # fmt: skip
_LEAST_LETTERS = 4
_MOST_VALUES = 60
"""Of a column whose values are called by a part of them: of more, too many words would be part of one."""


def aliases_of(column: Column) -> Iterator[tuple[tuple[str, ...], str]]:
    """Stems of the words, and the value that they mean."""
    people = {"sex", "gender"} & set(name_words(column.name))
    for value in column.values:
        text = str(value.value)
        for alias in _GENDERS.get(fold(text), ()) if people else ():
            yield (alias,), text
        for name in other_names(column.place, text) if column.place in ("us_state", "country") else ():
            yield _stems(name), text
        for alias in OUTCOMES.get(stem(fold(text)), ()):
            yield (alias,), text
    if 2 <= column.distinct <= _MOST_VALUES:
        yield from _parts(column)


def _parts(column: Column) -> Iterator[tuple[tuple[str, ...], str]]:
    """ "Primary" of "Primary School", where other values and the column's name say "school", too."""
    spoken = {str(value.value): _stems(str(value.value)) for value in column.values}
    counts = Counter(word for parts in spoken.values() for word in set(parts))
    common = {word for word, count in counts.items() if count > 1} | {stem(word) for word in name_words(column.name)}
    for value, parts in spoken.items():
        own = tuple(part for part in parts if part not in common)
        if own != parts and len(own) == 1 and counts[own[0]] == 1 and _is_telling(own[0]):
            yield own, value


def _is_telling(word: str) -> bool:
    idle = word in STOPWORDS or word in UNTELLING or word in GENERIC_WORDS
    return len(word) >= _LEAST_LETTERS and word.isalpha() and not idle


def _stems(text: str) -> tuple[str, ...]:
    return tuple(token.stem for token in tokens(fold(text[:80])))
