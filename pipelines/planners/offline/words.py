"""Words: how questions and column names are cut into comparable words."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_TOKEN = re.compile(r"\d[\d,]*(?:\.\d+)?|[^\W\d_]+(?:['’][^\W\d_]+)?|\d+|[%$€£<>=]+", re.UNICODE)
_QUOTED = re.compile(r"(?<!\w)(['\"“‘])(.{1,80}?)(['\"”’])(?!\w)")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])")
_IRREGULAR = {
    "people": "person",
    "children": "child",
    "men": "man",
    "women": "woman",
    "feet": "foot",
    "mice": "mouse",
    "criteria": "criterion",
    "indices": "index",
    "indstry": "industry",
    "data": "data",
}


def word_set(text: str) -> frozenset[str]:
    """The words of a text that lists them."""
    return frozenset(text.split())


STOPWORDS = word_set(
    """
    a about all also am an and any are as at be been being both but by can could did do does doing done each else
    every for from get give given had has have having he her here hers him his how i if in into is it its itself
    just let like list lists make me more most my no nor not of off on one only or other our out over own per plan
    plot please return same she should so some such tell than that the their them then there these they this those
    through to too under up us use using very want was we were what when where which while who whom whose will with
    would you your show display visualize visualise draw create find see using provide present different various
    corresponding respectively based along together many much data dataset dashboard
    """
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a question. `text` is folded, `start` and `end` count characters of the folded question."""

    text: str
    stem: str
    start: int
    end: int

    @property
    def is_stopword(self) -> bool:
        return self.text in STOPWORDS

    @property
    def number(self) -> float | int | None:
        return parsed_number(self.text)


def fold(text: str) -> str:
    """One spelling for all that looks alike; the length may change."""
    return unicodedata.normalize("NFKC", text).replace("’", "'").replace("‘", "'").casefold()


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A word without its plural: crude, but the same for both spellings ("cities" and "city" → "citi")."""
    word = _IRREGULAR.get(word, word).removesuffix("'s").removesuffix("'")
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    if len(word) > 4 and word.endswith(("se", "xe", "ze", "che", "she")):
        word = word[:-1]
    if len(word) > 3 and word.endswith("ie"):
        word = word[:-1]
    return word[:-1] + "i" if len(word) > 3 and word.endswith("y") else word


def tokens(folded: str) -> tuple[Token, ...]:
    """The words of a folded text; what stands between them is left out."""
    return tuple(Token(m.group(), stem(m.group()), m.start(), m.end()) for m in _TOKEN.finditer(folded))


def quoted(folded: str) -> tuple[tuple[int, int, str], ...]:
    """Quoted parts: start and end of the inner text, and the text."""
    return tuple((m.start(2), m.end(2), m.group(2).strip()) for m in _QUOTED.finditer(folded))


_GLUED = {
    "fname": "first name",
    "lname": "last name",
    "dob": "date of birth",
    "firstname": "first name",
    "lastname": "last name",
}


@lru_cache(maxsize=50_000)
def name_words(name: str) -> tuple[str, ...]:
    """Folded words of a column or table name: "basePrice", "base_price" and "Base Price" give the same."""
    spaced = unicodedata.normalize("NFKC", name)
    if fold(spaced) in _GLUED:
        return tuple(_GLUED[fold(spaced)].split())
    return tuple(token.text for token in tokens(fold(_CAMEL.sub(" ", spaced).replace("_", " "))))


_NUMBER_WORDS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "fifty": 50, "hundred": 100,
}  # fmt: skip
MULTIPLIERS = {"k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9}


def parsed_number(text: str) -> float | int | None:
    """The number a word stands for: "1,200", "3.5", "ten". None for other words."""
    if text in _NUMBER_WORDS:
        return _NUMBER_WORDS[text]
    plain = text.replace(",", "")
    if not plain[:1].isascii() or not plain[:1].isdigit() or len(plain) > 18:
        return None
    try:
        value = float(plain)
    except ValueError:
        return None
    return int(value) if value.is_integer() and "." not in plain else value


@lru_cache(maxsize=200_000)
def one_edit_apart(left: str, right: str) -> bool:
    """Whether one inserted, lost, changed or swapped letter makes the one of the other."""
    if left == right or abs(len(left) - len(right)) > 1:
        return False
    if len(left) > len(right):
        left, right = right, left
    start = next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), len(left))
    if len(left) == len(right):
        swapped = left[start : start + 2] == right[start : start + 2][::-1] and left[start + 2 :] == right[start + 2 :]
        return swapped or left[start + 1 :] == right[start + 1 :]
    return left[start:] == right[start + 1 :]
