"""Our World in Data: the data of its charts, by country and year or day."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from pydantic import TypeAdapter

from ..errors import DashwrightError, DataError, SourceError
from ..model import Attachment, Candidate, Dataset, License
from ..step import Limits
from .answers import Validators
from .asking import Place, Talk, Told
from .countries import PLACES, alpha_3, left_out, settled, wanted
from .naming import identifier
from .options import chosen, described
from .periods import moment
from .source import Fetched, FetchedFile, Query, Received, Source
from .tidy import DATE, NUMBER, TEXT, YEAR, Columns, write

CHART = re.compile(r"(?P<kind>grapher|explorers)/(?P<slug>[A-Za-z0-9][A-Za-z0-9_-]{0,199})")
WHOLE = (("v", "1"), ("csvType", "full"), ("useColumnShortNames", "true"))
MOST_LICENCES = 4
"""Columns whose licences are asked for, one question each."""
OWN = License(
    name="CC BY 4.0 by Our World in Data; data of others keeps its own licence",
    url="https://ourworldindata.org/faqs#can-i-use-or-reproduce-your-data",
)
CC_BY = License(
    name="Creative Commons Attribution 4.0 International",
    spdx="CC-BY-4.0",
    url="https://creativecommons.org/licenses/by/4.0/",
)


def explain(status: int, body: bytes) -> DashwrightError | None:
    if status == 403:
        return DataError("Our World in Data may not pass on the data of this chart; look for it where its source says.")
    if status == 404:
        return DataError("Our World in Data has no such chart; check its name, such as 'life-expectancy'.")
    try:
        said = str(json.loads(body)["message"])
    except (ValueError, KeyError, TypeError):
        return None
    return SourceError(f"Our World in Data refused to answer and said '{said[:200]}'.")


PLACE = Place("owid", "Our World in Data", "https://ourworldindata.org", explain)


class Hit(Told):
    title: str
    subtitle: str | None = None
    url: str
    updatedAt: datetime | None = None  # noqa: N815 (theirs)


class Hits(Told):
    results: tuple[Hit, ...]


class Chart(Told):
    title: str
    subtitle: str | None = None
    citation: str | None = None


class Column(Told):
    titleShort: str | None = None  # noqa: N815
    titleLong: str | None = None  # noqa: N815
    descriptionShort: str | None = None  # noqa: N815
    unit: str | None = None
    timespan: str | None = None
    lastUpdated: str | None = None  # noqa: N815
    citationLong: str | None = None  # noqa: N815
    fullMetadata: str | None = None  # noqa: N815

    def named(self, key: str) -> str:
        title = self.titleShort or self.titleLong or key
        return f"{title} ({self.unit})" if self.unit else title


class Metadata(Told):
    chart: Chart
    columns: dict[str, Column]


class Rights(Told):
    name: str | None = None
    url: str | None = None


class Origin(Told):
    license: Rights | None = None


class Full(Told):
    origins: tuple[Origin, ...] = ()


HITS, METADATA, FULL = TypeAdapter(Hits), TypeAdapter(Metadata), TypeAdapter(Full)


@dataclass(frozen=True)
class Named:
    """A chart, or one view of several in one: kind, slug and what was chosen in it."""

    path: str
    query: tuple[tuple[str, str], ...] = ()

    @property
    def reference(self) -> str:
        return self.path.removeprefix("grapher/") + (f"?{urlencode(self.query)}" if self.query else "")

    @property
    def asked(self) -> tuple[tuple[str, str], ...]:
        return (*self.query, *WHOLE)


class OwidSource(Source):
    """A chart's slug, as "life-expectancy", or its address; with a query for one view of an explorer."""

    name = PLACE.source

    def search(self, query: Query, limits: Limits) -> Sequence[Candidate]:
        asked: dict[str, str | int] = {"q": " ".join(query.keywords), "type": "charts", "page": 0}
        found = Talk(PLACE, limits).json(HITS, "api/search", {**asked, "hitsPerPage": min(query.limit, 100)}).results
        candidates = (candidate(hit) for hit in found)
        return tuple(item for item in candidates if item is not None)[: query.limit]

    def describe(self, attachment: Attachment, limits: Limits) -> Candidate:
        chosen(attachment.options, {"places": PLACES})
        chart = named(attachment.reference)
        talk = Talk(PLACE, limits)
        about = metadata(talk, chart)
        spans = [span for column in about.columns.values() for span in years(column.timespan)]
        updated = max((column.lastUpdated or "" for column in about.columns.values()), default="")
        return described(
            Candidate(
                source=self.name,
                reference=chart.reference,
                name=identifier(chart.path.partition("/")[2]),
                title=about.chart.title,
                description=about.chart.subtitle or "",
                columns=(
                    "country",
                    "country code",
                    "year" if spans else "date",
                    *(item.named(key) for key, item in about.columns.items()),
                ),
                url=f"{PLACE.address}/{chart.path}" + (f"?{urlencode(chart.query)}" if chart.query else ""),
                publisher="Our World in Data",
                license=licence(talk, list(about.columns.values())),
                attribution=attribution(about),
                updated_at=moment(updated),
                since=min(spans, default=None),
                until=max(spans, default=None),
                notes={item.named(key): item.descriptionShort or "" for key, item in about.columns.items()},
            ),
            attachment,
        )

    def fetch(
        self, candidate: Candidate, into: Path, limits: Limits, received: Received, previous: Dataset | None = None
    ) -> Fetched:
        chosen(candidate.options, {"places": PLACES})
        chart, talk = named(candidate.reference), Talk(PLACE, limits, received)
        known = Validators(previous.etag, previous.last_modified) if previous else None
        raw = into / "raw.csv"
        answer = talk.save(f"{chart.path}.csv", raw, chart.asked, known)
        if answer.written is None:
            return Fetched(unchanged=True, etag=answer.validators.etag, last_modified=answer.validators.last_modified)
        table = Table.looked_at(raw, talk, metadata(talk, chart))
        file, groups = table.tidied(candidate.options, chart, into, limits)
        raw.unlink()
        return Fetched(
            (file,),
            etag=answer.validators.etag,
            last_modified=answer.validators.last_modified,
            left_out=left_out(groups),
        )


def named(reference: str) -> Named:
    """
    Raises:
        DataError: it is no name or address of a chart.
    """
    try:
        parts = urlsplit(reference.strip())
    except ValueError as error:
        raise not_a_chart(reference) from error
    path = parts.path.strip("/")
    if parts.scheme or parts.netloc:
        if parts.netloc not in ("ourworldindata.org", "www.ourworldindata.org"):
            raise not_a_chart(reference)
    elif "/" not in path:
        path = f"grapher/{path}"
    if not CHART.fullmatch(path) or parts.fragment or len(parts.query) > 1_000:
        raise not_a_chart(reference)
    ours = {name for name, _ in WHOLE} | {"tab", "time", "country"}
    return Named(path, tuple((key, value) for key, value in parse_qsl(parts.query) if key not in ours))


def not_a_chart(reference: str) -> DataError:
    return DataError(f"'{reference[:100]}' is no chart of Our World in Data, such as 'life-expectancy'.")


def candidate(hit: Hit) -> Candidate | None:
    """None for what is no chart."""
    parts = urlsplit(hit.url)
    try:
        chart = named(parts.path.strip("/") + (f"?{parts.query}" if parts.query else ""))
    except DataError:
        return None
    return Candidate(
        source=PLACE.source,
        reference=chart.reference,
        name=identifier(chart.path.partition("/")[2]),
        title=hit.title,
        description=hit.subtitle or "",
        columns=("country", "country code", "year", hit.title),
        url=hit.url if parts.scheme == "https" else None,
        publisher="Our World in Data",
        license=OWN,
        attribution=f"Our World in Data, '{hit.title}', {PLACE.address}/{chart.path}",
        updated_at=hit.updatedAt,
    )


def metadata(talk: Talk, chart: Named) -> Metadata:
    return talk.json(METADATA, f"{chart.path}.metadata.json", chart.asked)


def attribution(about: Metadata) -> str:
    cited = [column.citationLong for column in about.columns.values() if column.citationLong]
    texts = dict.fromkeys(cited or [about.chart.citation or "Our World in Data"])
    return " ".join(text if text.endswith(".") else f"{text}." for text in texts)[:2_000]


def licence(talk: Talk, columns: Sequence[Column]) -> License:
    """What the origins of the columns say; where one cannot be asked, that data of others keeps its own licence."""
    found: dict[str, Rights] = {}
    for column in columns[:MOST_LICENCES]:
        address = urlsplit(column.fullMetadata or "")
        host = address.hostname or ""
        ours = host == "ourworldindata.org" or host.endswith(".ourworldindata.org") or host == talk.base.host
        if not ours:
            return OWN
        try:
            full = talk.json(FULL, column.fullMetadata or "")
        except DashwrightError:
            return OWN
        rights = [origin.license for origin in full.origins if origin.license and origin.license.name]
        found.update({str(item.name): item for item in rights})
    if not found or len(columns) > MOST_LICENCES:
        return OWN
    if all(re.fullmatch(r"CC[- ]BY(?:[- ]4\.0)?", name) for name in found):
        return CC_BY
    others = [item for name, item in found.items() if not name.startswith("CC")]
    first = (others or list(found.values()))[0]
    return License(name="; ".join(found)[:200], url=first.url or OWN.url)


@dataclass(frozen=True)
class Table:
    """A chart's data as it was sent, after a first look."""

    path: Path
    names: tuple[str, ...]
    """Of the columns with values."""
    daily: bool
    numeric: tuple[bool, ...]
    has_countries: bool

    @classmethod
    def looked_at(cls, path: Path, talk: Talk, about: Metadata) -> Table:
        with path.open(encoding="utf-8-sig", newline="", errors="replace") as file:
            lines = csv.reader(file)
            header = next(rows_of(lines, talk), [])
            if [name.lower() for name in header[:2]] != ["entity", "code"] or len(header) < 4:
                raise talk.changed("a table without entity, code and time")
            if header[2].lower() not in ("year", "day"):
                raise talk.changed(f"a time called '{header[2][:30]}'")
            daily = header[2].lower() == "day"
            numeric, has_countries = [True] * (len(header) - 3), False
            for line in rows_of(lines, talk):
                if len(line) != len(header) or moment_of(line[2], daily) is None:
                    raise talk.changed(f"line {lines.line_num} of its table")
                has_countries = has_countries or alpha_3(line[1]) is not None
                numeric = [
                    so_far and (not text or is_number(text)) for so_far, text in zip(numeric, line[3:], strict=True)
                ]
        titles = tuple(about.columns[key].named(key) if key in about.columns else key for key in header[3:])
        return cls(path, titles, daily, tuple(numeric), has_countries)

    def tidied(self, options: dict[str, str], chart: Named, into: Path, limits: Limits) -> tuple[FetchedFile, set[str]]:
        """The table, and the groups of countries that are not in it."""
        places, groups = settled(options, self.has_countries), set[str]()
        who = ("country", "country code") if self.has_countries else ("entity", "code")
        columns: Columns = [
            *((name, TEXT) for name in who),
            ("date", DATE) if self.daily else ("year", YEAR),
            *((name, NUMBER if numeric else TEXT) for name, numeric in zip(self.names, self.numeric, strict=True)),
        ]
        rows = self.rows(places, groups)
        file = write(chart.path.partition("/")[2], columns, rows, into, limits, f"The chart '{chart.reference}'")
        return file, groups if places == "countries" else set()

    def rows(self, places: str, groups: set[str]) -> Iterator[tuple[Any, ...]]:
        with self.path.open(encoding="utf-8-sig", newline="", errors="replace") as file:
            lines = csv.reader(file)
            next(lines)
            for entity, code, time, *values in lines:
                country = alpha_3(code)
                if not any(values):
                    continue
                if not wanted(places, country is not None):
                    groups.add(entity)
                    continue
                converted = (
                    (float(text) if numeric else text) if text else None
                    for text, numeric in zip(values, self.numeric, strict=True)
                )
                yield entity, country or code or None, moment_of(time, self.daily), *converted


def rows_of(lines: Iterator[list[str]], talk: Talk) -> Iterator[list[str]]:
    try:
        yield from lines
    except csv.Error as error:
        raise talk.changed("a table that is no CSV") from error


def is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", text) is not None


def moment_of(text: str, daily: bool) -> date | int | None:
    if not daily:
        return int(text) if re.fullmatch(r"-?\d{1,9}", text) else None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def years(timespan: str | None) -> list[int]:
    """*1543-2021* → 1543 and 2021."""
    found = re.fullmatch(r"(\d{1,4})-(\d{1,4})", timespan or "")
    return [int(found[1]), int(found[2])] if found else []
