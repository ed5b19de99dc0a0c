"""FRED: economic series of the Federal Reserve Bank of St. Louis. A key is needed; it is in each question's query."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from pydantic import TypeAdapter

from ..errors import DashwrightError, DataError, SetupError, SourceError
from ..model import Attachment, Candidate, Dataset, License
from ..step import Limits
from .asking import Place, Talk, Told
from .credentials import Credentials
from .naming import identifier
from .options import chosen, described
from .periods import moment
from .source import Fetched, Query, Received, Source, unheard
from .tidy import DATE, NUMBER, YEAR, write

SERIES = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,49}")
PER_PAGE = 100_000
"""Observations; the most that are given at once."""
NOTICE = "This product uses the FRED API but is not endorsed or certified by the Federal Reserve Bank of St. Louis."
MISSING = "."
NUMBER_TEXT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")


def explain(status: int, body: bytes) -> DashwrightError | None:
    """FRED's own words, which come as JSON whatever their type says."""
    if status == 429:
        return SourceError(
            "FRED allows 120 questions a minute for one key, and more were asked; try again in a minute."
        )
    try:
        said = str(json.loads(body)["error_message"])
    except (ValueError, KeyError, TypeError):
        return None
    if status in (400, 401, 403) and "api_key" in said:
        return SetupError(
            "FRED does not know the key in FRED_API_KEY; check it, or get one at "
            "https://fred.stlouisfed.org/docs/api/api_key.html."
        )
    if status in (400, 404) and "does not exist" in said:
        return DataError("FRED has no such series; check its id, such as 'UNRATE'.")
    if status == 423:
        return SourceError("FRED has locked what was asked for; try again later.")
    return None


NO_KEY = (
    "FRED needs a key: get one for nothing at https://fred.stlouisfed.org/docs/api/api_key.html and set FRED_API_KEY."
)
PLACE = Place("fred", "FRED", "https://api.stlouisfed.org/fred", explain)


class Series(Told):
    id: str
    title: str
    observation_start: str
    observation_end: str
    frequency: str
    frequency_short: str
    units: str
    seasonal_adjustment: str = ""
    last_updated: str
    popularity: int = 0
    notes: str = ""

    @property
    def column(self) -> str:
        """As "Unemployment Rate (Percent)"."""
        return f"{self.title} ({self.units})" if self.units else self.title


class Found(Told):
    seriess: tuple[Series, ...]  # (sic)


class Observation(Told):
    date: date
    value: str


class Page(Told):
    count: int
    offset: int
    observations: tuple[Observation, ...]


class Tag(Told):
    name: str
    group_id: str


class Tags(Told):
    tags: tuple[Tag, ...]


FOUND, PAGE, TAGS = TypeAdapter(Found), TypeAdapter(Page), TypeAdapter(Tags)


class FredSource(Source):
    """A series' id, as "UNRATE"."""

    name = PLACE.source

    def missing(self, limits: Limits) -> str | None:
        return NO_KEY if limits.service(PLACE.source).key is None else None

    def search(self, query: Query, limits: Limits) -> Sequence[Candidate]:
        """FRED's own search wants all words to be there, so fewer of them are asked for until something is found."""
        talk = begin(limits)
        words = list(query.keywords)
        while words:
            text = " ".join(words)
            found = talk.json(
                FOUND,
                "series/search",
                {"search_text": text, "limit": query.limit, "order_by": "search_rank", "file_type": "json"},
            ).seriess
            if found:
                return tuple(map(candidate, found[: query.limit]))
            words.pop()
        return ()

    def describe(self, attachment: Attachment, limits: Limits) -> Candidate:
        chosen(attachment.options, {})
        talk = begin(limits)
        found = series(talk, checked(attachment.reference))
        tags = talk.json(TAGS, "series/tags", {"series_id": found.id, "file_type": "json"}).tags
        return described(candidate(found, tags), attachment)

    def fetch(
        self, candidate: Candidate, into: Path, limits: Limits, received: Received, previous: Dataset | None = None
    ) -> Fetched:
        """All observations that have a value: by year for an annual series, else by date."""
        talk = begin(limits, received)
        about = series(talk, checked(candidate.reference))
        if previous and previous.last_modified == about.last_updated:
            return Fetched(unchanged=True, last_modified=about.last_updated)
        observed = observations(talk, about.id)
        yearly = about.frequency_short == "A"
        rows = [
            (item.date.year if yearly else item.date, number(item.value, about.id))
            for item in sorted(observed, key=lambda item: item.date)
            if item.value != MISSING
        ]
        columns = [("year", YEAR) if yearly else ("date", DATE), (about.column, NUMBER)]
        file = write(about.id, columns, rows, into, limits, f"The series '{about.id}'")
        return Fetched((file,), last_modified=about.last_updated)


def begin(limits: Limits, received: Received = unheard) -> Talk:
    """
    Raises:
        SetupError: there is no key.
    """
    key = limits.service(PLACE.source).key
    if key is None:
        raise SetupError(NO_KEY)
    return Talk(PLACE, limits, received, Credentials(parameters={"api_key": key.get_secret_value()}))


def checked(reference: str) -> str:
    series = reference.strip()
    if not SERIES.fullmatch(series):
        raise DataError(f"'{series[:100]}' is no id of a series of FRED, such as 'UNRATE'.")
    return series


def series(talk: Talk, name: str) -> Series:
    found = talk.json(FOUND, "series", {"series_id": name, "file_type": "json"}).seriess
    if len(found) != 1:
        raise talk.changed("not one series")
    return found[0]


def observations(talk: Talk, name: str) -> list[Observation]:
    """All pages.

    Raises:
        SourceError: some are missing.
    """
    found: list[Observation] = []
    total: int | None = None
    while True:
        page = talk.json(
            PAGE,
            "series/observations",
            {"series_id": name, "limit": PER_PAGE, "offset": len(found), "file_type": "json"},
        )
        total = page.count if total is None else total
        if (page.offset, page.count) != (len(found), total):
            raise talk.unstable()
        found += page.observations
        if len(found) == total:
            return found
        if not page.observations or len(found) > total:
            raise talk.unstable()


def number(text: str, name: str) -> float:
    if not NUMBER_TEXT.fullmatch(text):
        raise SourceError(f"FRED answers with the value '{text[:30]}' in '{name}', which is no number.")
    return float(text)


def candidate(found: Series, tags: Sequence[Tag] = ()) -> Candidate:
    link = f"https://fred.stlouisfed.org/series/{found.id}"
    notes = " ".join(found.notes.split())[:2_000]
    kind = f"{found.frequency}, {found.seasonal_adjustment or 'Not Seasonally Adjusted'}, in {found.units}."
    return Candidate(
        source=PLACE.source,
        reference=found.id,
        name=identifier(found.title),
        title=found.title,
        description=f"{kind} {notes}".strip(),
        columns=("year" if found.frequency_short == "A" else "date", found.column),
        tags=tuple(tag.name for tag in tags if tag.group_id != "cc"),
        url=link,
        publisher="Federal Reserve Bank of St. Louis",
        license=licence(found, tags, link),
        attribution=f"'{found.title}' ({found.id}), Federal Reserve Bank of St. Louis, FRED, {link}. {NOTICE}",
        updated_at=moment(found.last_updated),
        since=year(found.observation_start),
        until=year(found.observation_end),
        notes={found.column: f"{found.title}, in {found.units}. {found.frequency}."},
    )


def licence(found: Series, tags: Sequence[Tag], link: str) -> License | None:
    """What a tag says, or the series' notes where there are none: FRED has no field for it."""
    rights = next((tag.name for tag in tags if tag.group_id == "cc"), None)
    if rights is None:
        rights = "copyrighted: see the series' notes" if "copyright" in found.notes.lower() else None
    return License(name=rights, url=link) if rights else None


def year(text: str) -> int | None:
    return int(text[:4]) if re.match(r"\d{4}-", text) else None
