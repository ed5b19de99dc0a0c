"""Naming: how well words of a question spell the name of a column."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ...model import Column, Table
from .links import Link
from .vocabulary import ABBREVIATIONS, ADJECTIVES, GENERIC_WORDS, SYNONYMS, VERBS
from .words import STOPWORDS, Token, name_words, one_edit_apart, stem, word_set

POINTER_SCORE = 0.5
"""Of a column such as "singer_id" when only "singer" was said: the thing is meant, not the column."""


VERB_SCORE = 0.8
"""Of a word for what was done ("sold") and a column that holds it ("sales")."""


OWN_NAME_SCORE = 0.79
"""Of a column called like its table: its rows are meant as often as the column."""


_LEADING = frozenset({"date", "time", "year", "number", "amount", "percentage", "percent", "num", "no", "rank"})


_TRAILING = frozenset(stem(word) for word in word_set("code id name cd key desc description details identifier number"))


_COUNTED = word_set("total number count num no overall of")
"""Words of a name that only say it is a count: "total rentals" in a table of rentals is what "rentals" are."""


_PREPOSITIONS = frozenset({"of", "in", "per", "for", "by"})


_NOT_ALONE = frozenset(
    stem(word) for word in word_set("code id identifier key of in the per for and a by at to on is no")
)


@lru_cache(maxsize=400_000)
def word_similarity(word: str, stemmed: str, part: str) -> float:
    """How well a word of the question stands for a word of a column name, 0 to 1."""
    part_stem = stem(part)
    if stemmed == part_stem:
        return 1.0
    if part.isdigit() or word.isdigit() or len(word) < 2:
        return 0.0
    long = ABBREVIATIONS.get(part)
    if long is not None and (stem(long) == stemmed or ABBREVIATIONS.get(word) == long):
        return 0.95
    if ABBREVIATIONS.get(word) == part:
        return 0.95
    if stemmed in SYNONYMS.get(part_stem, ()) or (long and stemmed in SYNONYMS.get(stem(long), ())):
        return 0.8
    if part in ADJECTIVES.get(word, ()) or (long and long in ADJECTIVES.get(word, ())):
        return 0.8
    if part in VERBS.get(word, ()):
        return VERB_SCORE
    if len(word) >= 5 and len(part) >= 5 and one_edit_apart(word, part):
        return 0.78
    return _spelling_similarity(stemmed, part_stem)


def _spelling_similarity(left: str, right: str) -> float:
    """Abbreviations ("accnt", "bal"), derived words ("launched", "launch") and slips of the pen."""
    shorter, longer = sorted((left, right), key=len)
    if len(right) >= 3 and len(left) >= len(right) + 3 and left.startswith(right) and right not in STOPWORDS:
        return 0.75
    common = next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), len(shorter))
    if common >= 4 and common >= len(shorter) - 1 and len(longer) - common <= 4:
        return 0.8
    if common >= 5 and common >= 0.6 * len(longer):
        return 0.72
    if len(shorter) >= 5 and one_edit_apart(left, right):
        return 0.78
    return 0.0


_UNIT = re.compile(r"\s*[(\[][^)\]]{0,20}[)\]]\s*$|\s+in (?:[a-z]+|US\$)$|[\s,]+[$€£%]$")


def _bare_words(name: str) -> tuple[str, ...]:
    """The words of a name without its unit: "Body Mass (g)" is about mass, not about g."""
    return name_words(_UNIT.sub("", name)) or name_words(name)


@dataclass(frozen=True)
class Name:
    """The words of a column's name with their weights, and the part that must be there."""

    table: str
    column: str
    words: tuple[str, ...]
    weights: tuple[float, ...]
    kernel: frozenset[int]
    head: int
    joined: str
    key: int | None
    """Position of "id", where the column only points at something."""
    coded: bool
    """Whether it holds numbers that stand for something, so that a text column of the same is better."""
    own: frozenset[int]
    """Words that are the table's own name."""
    is_own: bool
    """Whether the column is called like the table, as far as that is one thing ("weather" in "seattle weather")."""


def _weights(words: Sequence[str], table_words: frozenset[str]) -> tuple[float, ...]:
    def weight(word: str) -> float:
        if word in _PREPOSITIONS or word in ("the", "and", "a"):
            return 0.05
        if stem(word) in GENERIC_WORDS or stem(ABBREVIATIONS.get(word, word)) in GENERIC_WORDS:
            return 0.35
        return 0.4 if stem(word) in table_words or ABBREVIATIONS.get(word) in table_words else 1.0

    return tuple(weight(word) for word in words)


def _kernel(words: Sequence[str], table_words: frozenset[str]) -> frozenset[int]:
    """The words without the table's name in front and "code", "name" … behind, where something remains."""
    left = [i for i, word in enumerate(words) if word not in _PREPOSITIONS] or list(range(len(words)))
    without = [
        i
        for i in left
        if stem(words[i]) not in table_words and stem(ABBREVIATIONS.get(words[i], "")) not in table_words
    ]
    left = without or left
    while len(left) > 1 and stem(words[left[-1]]) in _TRAILING:
        left.pop()
    return frozenset(left)


def _head(words: Sequence[str]) -> int:
    """Position of the noun that the others only describe: "capacity" of "student_capacity"."""
    cut = next((i for i, word in enumerate(words) if word in _PREPOSITIONS and i > 0), len(words))
    head = cut - 1
    while head > 0 and stem(words[head]) in _TRAILING:
        head -= 1
    if stem(ABBREVIATIONS.get(words[head], words[head])) in GENERIC_WORDS and cut < len(words):
        return len(words) - 1
    return 0 if words[0] in ("date", "time", "year") and words[head] not in _LEADING else head


def names(table: Table) -> list[Name]:
    """The names of all columns, each by its own spelling and by its label."""
    table_words = frozenset(stem(word) for word in (*name_words(table.name), *name_words(table.title)))
    last = frozenset(stem(spoken[-1]) for spoken in (name_words(table.name), name_words(table.title)) if spoken)
    return [
        _name(table.name, column, words[:12], table_words, last)
        for column in table.columns
        for words in dict.fromkeys((_bare_words(column.name), _bare_words(column.label), *_place_words(column)))
        if words and column.role != "empty"
    ]


def _place_words(column: Column) -> tuple[tuple[str, ...], ...]:
    """Places are meant by what they are, whatever their column is called."""
    words = {"country": "country", "us_state": "state", "city": "city"}.get(column.place or "")
    return ((words,),) if words else ()


def _name(
    table: str, column: Column, words: tuple[str, ...], table_words: frozenset[str], last: frozenset[str]
) -> Name:
    return Name(
        table=table,
        column=column.name,
        words=words,
        weights=_weights(words, table_words),
        kernel=_kernel(words, table_words),
        head=_head(words),
        joined="".join(words),
        key=_key(words, column),
        coded=column.type == "integer" and words[-1] in ("code", "id", "key", "number", "no"),
        own=frozenset(i for i, word in enumerate(words) if _is_own(word, table_words)),
        is_own=all(_is_own(word, table_words) for word in words) and _is_own(words[-1], last),
    )


def _is_own(word: str, table_words: frozenset[str]) -> bool:
    return stem(word) in table_words or stem(ABBREVIATIONS.get(word, "")) in table_words


def _key(words: Sequence[str], column: Column) -> int | None:
    last = len(words) - 1
    return (
        last if last > 0 and words[last] in ("id", "key", "ids") and column.role in ("identifier", "category") else None
    )


@dataclass(frozen=True, slots=True)
class Span:
    start: int
    end: int
    matched: int
    link: Link


def spans_of(name: Name, words: Sequence[Token], blocked: frozenset[int], common: Counter[str]) -> list[Span]:
    """All stretches of the question that may mean this column."""
    similar = [[word_similarity(token.text, token.stem, part) for part in name.words] for token in words]
    hits = [i for i, row in enumerate(similar) if i not in blocked and max(row, default=0) >= 0.7]
    found = _joined_spans(name, words, blocked)
    for position, start in enumerate(hits):
        for last in hits[position : position + 6]:
            if last - start > 7:
                break
            span = _span(name, words, similar, start, last + 1, blocked, common)
            if span is not None:
                found.append(span)
    return found


def _joined_spans(name: Name, words: Sequence[Token], blocked: frozenset[int]) -> list[Span]:
    """ "baseprice" for "base_price", "base price" for "baseprice"."""
    found = []
    for start in range(len(words)):
        text = ""
        for end in range(start, min(start + 4, len(words))):
            if end in blocked:
                break
            text += words[end].text
            if len(text) >= 4 and (text == name.joined or stem(text) == stem(name.joined)):
                if end > start or len(name.words) > 1:
                    score = OWN_NAME_SCORE if name.is_own else 1.0
                    found.append(Span(start, end + 1, len(name.words), Link(name.table, name.column, score)))
            elif len(text) > len(name.joined) + 2:
                break
    return found


def _span(
    name: Name,
    words: Sequence[Token],
    similar: Sequence[Sequence[float]],
    start: int,
    end: int,
    blocked: frozenset[int],
    common: Counter[str],
) -> Span | None:
    best: dict[int, float] = {}
    foreign = 0
    for index in range(start, end):
        if index in blocked:
            return None
        part = max(range(len(name.words)), key=lambda p: (similar[index][p] * (p not in best), -p))
        if similar[index][part] >= 0.7 and part not in best:
            best[part] = similar[index][part]
        elif words[index].text in (
            "and",
            "or",
            "by",
            "per",
            "each",
            "every",
            "across",
            "versus",
            "vs",
            "than",
            "whose",
            "with",
            "for",
            "on",
            "from",
            "at",
        ):
            return None
        elif not words[index].is_stopword:
            foreign += 1
    if foreign > 1 or not best:
        return None
    score = _score(name, best, common) - 0.12 * foreign
    return Span(start, end, len(best), Link(name.table, name.column, round(score, 4))) if score >= 0.5 else None


def _score(name: Name, best: dict[int, float], common: Counter[str]) -> float:
    """Share of the name that was said, at least a floor where its most telling part was."""
    total = sum(name.weights)
    score = sum(name.weights[part] * similarity for part, similarity in best.items()) / total
    if len(best) == 1 and stem(name.words[next(iter(best))]) in _NOT_ALONE and len(name.words) > 1:
        return 0.0
    if best.keys() <= name.own and any(i not in name.own and w not in _COUNTED for i, w in enumerate(name.words)):
        return 0.0
    if name.is_own:
        return OWN_NAME_SCORE * min(best.values())
    if name.key is not None and name.key not in best:
        return POINTER_SCORE
    if name.kernel <= best.keys():
        score = max(score, (0.62 if name.coded else 0.85) * min(best[part] for part in name.kernel))
    if name.head in best:
        score = max(score, (0.55 if name.coded else 0.65) * best[name.head])
    rare = [p for p in best if common[stem(name.words[p])] == 1 and stem(name.words[p]) not in GENERIC_WORDS]
    if rare:
        score = max(score, 0.55 * max(best[part] for part in rare))
    return score
