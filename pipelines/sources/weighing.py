"""Weighing: of datasets that are about the same, which one serves the question better.

Relevance decides (`ranking`); what is known of a dataset's time, place, age, size and licence only moves it by at most
`SWAY`, so that a fresh and free dataset about something else never comes before one about the question. What a source
does not say counts as middling, neither good nor bad.
"""

from __future__ import annotations

import functools
import re
from datetime import UTC, datetime
from itertools import pairwise

import pycountry

from ..model import Candidate
from .ranking import words

SWAY = 0.25
UNKNOWN = 0.5
PARTS = {"time": 0.3, "place": 0.2, "freshness": 0.2, "size": 0.15, "licence": 0.15}
FRESH, STALE = 1.0, 10.0
"""Years: younger data is as good as new, older data gets no worse."""
LATE = 2
"""Years that statistics take to appear: "since 1990" is answered by data up to the year before last."""
FEW_ROWS = 10
OPEN = re.compile(
    r"^(CC0|CC-BY-[\d.]+|CC-BY-SA|ODbL|ODC-BY|PDDL|MIT|BSD|Apache|OGL|U\.?S\.? Government work)", re.IGNORECASE
)
RESTRICTED = re.compile(r"\bNC\b|non-?commercial|\bND\b|no.?deriv", re.IGNORECASE)
NOWADAYS = frozenset(("now", "today", "current", "currently", "latest", "recent", "recently", "nowadays", "newest"))
EVERYWHERE = frozenset(
    ("country", "countries", "world", "worldwide", "global", "nation", "nations", "international", "iso2", "iso3")
)


def weighed(question: str, candidate: Candidate, largest: int, now: datetime | None = None) -> float:
    """How well a candidate serves beside what it is about: 0 to 1.

    `largest`: bytes that may be downloaded.
    """
    parts = {
        "time": time_fit(question, candidate),
        "place": place_fit(question, candidate),
        "freshness": freshness(question, candidate, now or datetime.now(UTC)),
        "size": size_fit(candidate, largest),
        "licence": openness(candidate),
    }
    return sum(PARTS[name] * part for name, part in parts.items())


def swayed(relevance: float, weight: float) -> float:
    """The score of a candidate: its relevance, moved by how well it serves."""
    return relevance * (1 - SWAY + SWAY * weight)


def years_asked(question: str) -> tuple[int, int] | None:
    """*since 1990*, *between 2010 and 2015*, *in 2008*; None where no year is named."""
    years = [int(year) for year in re.findall(r"\b(?:1[6-9]|20)\d\d\b", question)]
    if not years:
        return None
    first, last = min(years), max(years)
    if first == last and re.search(rf"\b(?:since|from|after)\b[^0-9]*{first}\b", question, re.IGNORECASE):
        last = max(first, datetime.now(UTC).year - LATE)
    return first, last


def time_fit(question: str, candidate: Candidate) -> float:
    """The share of the years asked for that the data covers."""
    asked = years_asked(question)
    if asked is None or candidate.since is None or candidate.until is None:
        return UNKNOWN
    first, last = max(asked[0], candidate.since), min(asked[1], candidate.until)
    return max(0.0, (last - first + 1) / (asked[1] - asked[0] + 1))


def place_fit(question: str, candidate: Candidate) -> float:
    """Whether a country that is asked for is one the data names, or among all countries."""
    asked = countries(question)
    if not asked:
        return UNKNOWN
    told = " ".join((candidate.title, candidate.description[:2_000], *candidate.tags))
    named = countries(told)
    if asked & named:
        return 1.0
    if EVERYWHERE & {*words(told), *words(" ".join(candidate.columns))}:
        return 0.9
    return 0.1 if named else UNKNOWN


@functools.lru_cache(maxsize=4_000)
def countries(text: str) -> frozenset[str]:
    """ISO 3166-1 alpha-3 codes of the countries that a text names."""
    found = words(text)
    phrases = {*found, *(" ".join(pair) for pair in pairwise(found))}
    return frozenset(code for phrase in phrases if (code := country_names().get(phrase)))


@functools.cache
def country_names() -> dict[str, str]:
    names = {}
    for country in pycountry.countries:
        for attribute in ("name", "common_name"):
            if name := getattr(country, attribute, None):
                names[" ".join(words(re.sub(r",.*", "", name)))] = country.alpha_3
    return {name: code for name, code in names.items() if len(name) > 3} | {"usa": "USA", "uk": "GBR"}


def freshness(question: str, candidate: Candidate, now: datetime) -> float:
    """1 for new data, 0 for old; what is asked about the present needs it more."""
    if candidate.updated_at is None:
        return UNKNOWN
    updated = candidate.updated_at if candidate.updated_at.tzinfo else candidate.updated_at.replace(tzinfo=UTC)
    age = (now - updated).total_seconds() / (365.25 * 86_400)
    young = 1.0 - min(1.0, max(0.0, (age - FRESH) / (STALE - FRESH)))
    if years_asked(question) is not None and not NOWADAYS & set(words(question)):
        return 0.5 + young / 2
    return young


def size_fit(candidate: Candidate, largest: int) -> float:
    """0 for what cannot be downloaded, little for what is hardly a table."""
    if candidate.size is not None and candidate.size > largest:
        return 0.0
    if candidate.rows is not None and candidate.rows < FEW_ROWS:
        return 0.2
    return UNKNOWN if candidate.rows is None and candidate.size is None else 1.0


def openness(candidate: Candidate) -> float:
    """1 for what may be published by anybody, less for what is restricted or says nothing."""
    if candidate.license is None:
        return 0.3
    told = " ".join(filter(None, (candidate.license.spdx, candidate.license.name)))
    if RESTRICTED.search(told):
        return 0.4
    return 1.0 if OPEN.search(candidate.license.spdx or candidate.license.name) else 0.7
