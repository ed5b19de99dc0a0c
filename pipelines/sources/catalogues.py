"""Catalogues: long lists of what a place has, kept for a while and searched here, where the place cannot search."""

from __future__ import annotations

import functools
import json
import math
import time
from collections.abc import Callable, Container, Sequence
from pathlib import Path

import pycountry
from pydantic import TypeAdapter, ValidationError

from ..errors import SetupError, SourceError
from ..model import Candidate
from ..step import Limits, write_whole
from .ranking import NAMED, Ranked, keywords, rank, related, stem, words
from .source import Query
from .weighing import countries

KEEP = 7 * 24 * 3600
"""Seconds until a kept list is asked for again."""
MOST_RANKED = 200
"""Entries that are compared with the question in full. The others have none of its rarer words in their titles."""
MOST_OF_A_WORD = 60
"""Entries that are compared in full because of one word of the question."""
Catalogue = tuple[Candidate, ...]
_CATALOGUE = TypeAdapter(Catalogue)


def nearest(
    query: Query, catalogue: Sequence[Candidate], about_all: str = "", usual: Container[str] = ()
) -> tuple[Candidate, ...]:
    """The best of a long list, with a first look at titles and tags only.

    A question may be about several things, each in a table of its own; so of each of its words the best few are there.

    Args:
        about_all: words that are true of each entry, such as where it is about, and so tell none from another.
        usual: references of what most people mean, where many are about a word.
    """
    everywhere = frozenset(map(stem, words(about_all)))
    asked = [group for word in keywords(query.question) if not (group := related(word)) & everywhere]
    asked = asked or [related(word) for word in query.keywords]
    found = [[bool(group & stems) for group in asked] for stems in map(title_stems, catalogue)]
    counts = [sum(column) for column in zip(*found, strict=True)]
    weights = [math.log(1 + len(catalogue) / (1 + count)) for count in counts]
    scores = [sum(weight for weight, hit in zip(weights, hits, strict=True) if hit) for hits in found]
    best = sorted((position for position, score in enumerate(scores) if score), key=lambda position: -scores[position])
    looked_at = list(best[:MOST_RANKED])
    for word in range(len(asked)):
        looked_at += [position for position in best if found[position][word]][:MOST_OF_A_WORD]
    ranked = rank(query.question, [catalogue[position] for position in dict.fromkeys(looked_at)])
    return tuple(with_countries(item.candidate, query.question) for item in varied(ranked, query.limit, usual))


def with_countries(candidate: Candidate, question: str) -> Candidate:
    """The candidate with the countries that the question names: in a table of all countries they are values, and so in
    no text by which the table could be told to be about them."""
    asked = [country.name for country in pycountry.countries if country.alpha_3 in countries(question)]
    if not asked or "country" not in candidate.notes:
        return candidate
    note = f"{candidate.notes['country']} The question names {', '.join(asked)}."
    return candidate.model_copy(update={"notes": {**candidate.notes, "country": note}})


def varied(ranked: Sequence[Ranked], most: int, usual: Container[str]) -> list[Ranked]:
    """The best, among them for each word of the question some that are about it."""
    asked = list(ranked[0].covers) if ranked else []
    taken: set[int] = set()
    for word in asked:
        about = [place for place, item in enumerate(ranked) if item.covers[word] >= NAMED]
        about.sort(key=lambda place: told(ranked[place].candidate, word, usual))
        taken.update(about[: max(1, most // len(asked))])
    for place in range(len(ranked)):
        if len(taken) >= most:
            break
        taken.add(place)
    return [ranked[place] for place in sorted(taken)][:most]


def told(candidate: Candidate, word: str, usual: Container[str]) -> tuple[bool, bool]:
    """First what has the very word and is usual, last what has only others for it and is not."""
    return (stem(word) not in title_stems(candidate), candidate.reference not in usual)


def title_stems(candidate: Candidate) -> frozenset[str]:
    return _stems(" ".join((candidate.title, *candidate.tags)))


@functools.lru_cache(maxsize=50_000)
def _stems(text: str) -> frozenset[str]:
    return frozenset(map(stem, words(text)))


def kept(limits: Limits, name: str, load: Callable[[], Catalogue]) -> Catalogue:
    """The list as it was last loaded, or loaded now; an old one is better than none.

    Raises:
        SourceError: there is none, and it cannot be loaded.
    """
    path = place(limits, name)
    known = recall(path) if path else None
    if path and known and time.time() - path.stat().st_mtime < KEEP:
        return known
    try:
        fresh = load()
    except SourceError:
        if known:
            return known
        raise
    if path:
        keep(path, fresh)
    return fresh


def renewed(limits: Limits, name: str, load: Callable[[], Catalogue]) -> int:
    """Load the list now and keep it. How long it is.

    Raises:
        SetupError: there is no folder for it.
        SourceError: it cannot be loaded; it stays as it was.
    """
    path = place(limits, name)
    if path is None:
        raise SetupError(f"There is no folder to keep the list of '{name}' in.")
    fresh = load()
    keep(path, fresh)
    return len(fresh)


def place(limits: Limits, name: str) -> Path | None:
    """Where a list is kept. None: nowhere."""
    return Path(limits.cache) / f"{name}.json" if limits.cache else None


def keep(path: Path, catalogue: Catalogue) -> None:
    rows = [candidate.model_dump(mode="json", exclude_defaults=True) for candidate in catalogue]
    write_whole(path, json.dumps(rows, ensure_ascii=False).encode())


def recall(path: Path) -> Catalogue | None:
    """What is kept; None where nothing is, or nothing that this version can read."""
    try:
        return _recall(path, path.stat().st_mtime_ns)
    except (OSError, ValidationError):
        return None


@functools.lru_cache(maxsize=8)
def _recall(path: Path, _changed: int) -> Catalogue:
    return _CATALOGUE.validate_json(path.read_bytes())
