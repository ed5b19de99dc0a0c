"""The words in a column's name and description."""

from __future__ import annotations

import re


def vocabulary(text: str) -> frozenset[str]:
    """The words of a text parted by white space."""
    return frozenset(text.split())


def words(text: str) -> list[str]:
    """ "flightDate_2", "Flight Date" → ["flight", "date", "2"]."""
    spaced = re.sub(r"(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text)
    return re.findall(r"[^\W_]+|[%$€£#°]", spaced.lower())


def singular(word: str) -> str:
    for ending, replacement in (
        ("ies", "y"),
        ("sses", "ss"),
        ("shes", "sh"),
        ("ches", "ch"),
        ("xes", "x"),
        ("ses", "se"),
        ("s", ""),
    ):
        if word.endswith(ending) and len(word) > len(ending) + 1 and not word.endswith(("ss", "us", "is", "news")):
            if word in ("series", "species", "means"):
                return word
            return word.removesuffix(ending) + replacement
    return word


def plural(word: str) -> str:
    if word.endswith("s") and not word.endswith(("ss", "us")):
        return word
    if word.endswith(("ss", "sh", "ch", "x", "us")) and word not in ("monarch", "stomach", "epoch"):
        return word + "es"
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + "s"
