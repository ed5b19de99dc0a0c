"""Merging: the same dataset offered by several sources is one candidate."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from ..model import Candidate
from .ranking import words

DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"'<>?#]+", re.IGNORECASE)
LONG_ENOUGH = 4
"""Words of a title from which on two datasets of the same title and publisher are the same."""


def merged(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Each dataset once, where its first mention stands: the candidate that says most, and where else it is."""
    kept: list[Candidate] = []
    place: dict[str, int] = {}
    for candidate in candidates:
        names = identities(candidate)
        twin = next((place[name] for name in names if name in place and _may_be(kept[place[name]], candidate)), None)
        if twin is None:
            kept.append(candidate)
        else:
            kept[twin] = together(kept[twin], candidate)
        for name in names:
            place.setdefault(name, len(kept) - 1 if twin is None else twin)
    return kept


def _may_be(one: Candidate, other: Candidate) -> bool:
    """A source knows its own datasets apart: two of one page are two."""
    return one.source != other.source or one.reference == other.reference


def identities(candidate: Candidate) -> tuple[str, ...]:
    """What two mentions of the same dataset have in common: source and reference, a DOI, an address, a full title."""
    dois = filter(None, map(DOI.search, (candidate.reference, candidate.url or "")))
    names = [
        f"{candidate.source}: {candidate.reference}",
        *dict.fromkeys(f"doi {doi[0].lower().rstrip('.')}" for doi in dois),
    ]
    if address := _address(candidate.url):
        names.append(address)
    title = words(candidate.title)
    if len(title) >= LONG_ENOUGH and candidate.publisher:
        names.append(f"title {' '.join(title)} by {' '.join(words(candidate.publisher))}")
    return tuple(names)


def together(one: Candidate, other: Candidate) -> Candidate:
    """The one that can be told more about, with the other named in `also_at`."""
    better, worse = (other, one) if said(other) > said(one) else (one, other)
    elsewhere = dict.fromkeys((*better.also_at, *worse.also_at, f"{worse.source}: {worse.reference}"))
    elsewhere.pop(f"{better.source}: {better.reference}", None)
    return better.model_copy(update={"also_at": tuple(elsewhere)})


def said(candidate: Candidate) -> int:
    """How much a source says of a dataset."""
    facts = (
        candidate.columns,
        candidate.license,
        candidate.updated_at,
        candidate.rows,
        candidate.size,
        candidate.since,
    )
    return sum(fact not in (None, ()) for fact in facts)


def _address(url: str | None) -> str | None:
    """An address of its own: a bare host is the home of many datasets."""
    parts = urlsplit(url or "")
    path = parts.path.rstrip("/")
    query = f"?{parts.query}" if parts.query else ""
    return f"at {(parts.hostname or '').removeprefix('www.')}{path}{query}" if path or query else None
