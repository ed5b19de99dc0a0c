"""Names: variables that are free, and short readable names for columns."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Collection, Iterable

from .extracting import reserved
from .source import Code
from .source import name as variable


class Names:
    """The variables of one notebook. Each is given once."""

    def __init__(self) -> None:
        self._taken: set[str] = {*reserved(), *keyword.kwlist, *keyword.softkwlist}

    def take(self, wish: str, forms: Iterable[str] = ("{}",), otherwise: str = "{}_chart") -> Code:
        """The wished name, or one like it, of which all forms (``update_{}``) are free."""
        forms = tuple(forms)
        for candidate in self._candidates(wish, otherwise):
            names = {form.format(candidate) for form in forms}
            if not names & self._taken and candidate not in self._taken:
                self._taken |= names
                return variable(candidate)
        raise AssertionError("unreachable: there are endlessly many candidates")

    @staticmethod
    def _candidates(wish: str, otherwise: str) -> Iterable[str]:
        if wish.startswith("by_"):
            # So are the local variables of functions called: by_year is a table by year.
            wish = f"chart_{wish}"
        yield wish
        yield otherwise.format(wish)
        number = 2
        while True:
            yield f"{wish}_{number}"
            number += 1


_FILLER = {"the", "of", "a", "an", "in", "and", "to", "for", "by", "per"}


def plain(text: str, taken: Collection[str] = (), otherwise: str = "column", most: int = 28) -> str:
    """A short name like ``life_expectancy``: ASCII letters, digits and underscores, not yet taken."""
    ascii_text = unicodedata.normalize("NFKD", re.sub(r"\([^)]*\)", " ", text)).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", ascii_text.lower())
    words = [word for word in words if word not in _FILLER] or words
    short = ""
    for word in words:
        if short and len(short) + len(word) + 1 > most:
            break
        short = f"{short}_{word}" if short else word[:most]
    if not short or not short[0].isalpha() or keyword.iskeyword(short):
        short = f"{otherwise}_{short}" if short else otherwise
    number, candidate = 2, short
    while candidate in taken:
        candidate, number = f"{short}_{number}", number + 1
    return candidate
