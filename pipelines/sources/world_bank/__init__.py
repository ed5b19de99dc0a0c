"""World Bank: its indicators, one table each, by country and year."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from pydantic import TypeAdapter

from ...errors import DataError, SourceError
from ...model import Attachment, Candidate, Dataset
from ...step import Limits
from ..asking import Talk, Told, segment
from ..catalogues import nearest
from ..countries import PLACES, all_names, left_out, settled, wanted
from ..options import chosen, described
from ..periods import day_of
from ..source import Fetched, Query, Received, Source
from ..tidy import DATE, NUMBER, TEXT, YEAR, write
from .index import ANSWER, PER_PAGE, PLACE, Named, candidate, indicators, named, refresh, usual
from .index import AREAS as REGIONS

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,99}")
UNKNOWN = {"120", "175"}
"""Ids of messages that mean: no such indicator."""


class Area(Told):
    """A country, or a group of them."""

    id: str
    name: str
    iso2Code: str  # noqa: N815 (theirs)
    region: Named
    incomeLevel: Named  # noqa: N815

    @property
    def is_country(self) -> bool:
        return self.region.id != "NA"


class Head(Told):
    page: int
    pages: int
    total: int
    lastupdated: str | None = None


class Observation(Told):
    indicator: Named
    country: Named
    countryiso3code: str
    date: str
    value: float | None


class Message(Told):
    id: str = ""
    value: str = ""


class Refusal(Told):
    message: tuple[Message, ...]


AREAS: TypeAdapter[tuple[Head, tuple[Area, ...] | None]] = TypeAdapter(tuple[Head, tuple[Area, ...] | None])
OBSERVATIONS: TypeAdapter[tuple[Head, tuple[Observation, ...] | None]] = TypeAdapter(
    tuple[Head, tuple[Observation, ...] | None]
)
REFUSALS: TypeAdapter[tuple[Refusal]] = TypeAdapter(tuple[Refusal])


class WorldBankSource(Source):
    """An indicator's code, as "NY.GDP.PCAP.CD"."""

    name = PLACE.source

    def search(self, query: Query, limits: Limits) -> Sequence[Candidate]:
        return nearest(query, indicators(limits), f"{all_names()} {REGIONS}", usual())

    def renew(self, limits: Limits) -> int:
        return refresh(limits)

    def describe(self, attachment: Attachment, limits: Limits) -> Candidate:
        code = attachment.reference.strip()
        if not CODE.fullmatch(code):
            raise DataError(f"'{code[:100]}' is no code of an indicator of the World Bank, such as 'NY.GDP.PCAP.CD'.")
        chosen(attachment.options, {"places": PLACES})
        found = named(code, limits) or asked(code, limits)
        return described(found, attachment)

    def fetch(
        self, candidate: Candidate, into: Path, limits: Limits, received: Received, previous: Dataset | None = None
    ) -> Fetched:
        """All years of all countries. Those without a value are no rows."""
        chosen(candidate.options, {"places": PLACES})
        talk = Talk(PLACE, limits, received)
        if previous and previous.last_modified and is_settled(previous):
            head, _ = observations(talk, candidate.reference, 1, 1)
            if head.lastupdated == previous.last_modified:
                return Fetched(unchanged=True, last_modified=previous.last_modified)
        head, rows = whole(talk, candidate.reference)
        areas = {area.iso2Code: area for area in countries(talk)}
        places = settled(candidate.options, any(is_country(row, areas) for row in rows))
        title = rows[0].indicator.value.strip() or candidate.reference
        taken = [row for row in rows if row.value is not None and wanted(places, is_country(row, areas))]
        columns, lines = table(title, taken, areas)
        file = write(candidate.reference, columns, lines, into, limits, f"The indicator '{candidate.reference}'")
        others = {row.country.value for row in rows if row.value is not None and not is_country(row, areas)}
        return Fetched(
            (file,), last_modified=head.lastupdated, left_out=left_out(others) if places == "countries" else ()
        )


def asked(code: str, limits: Limits) -> Candidate:
    """An indicator that is not in the index.

    Raises:
        DataError: the World Bank does not know it either.
    """
    talk = Talk(PLACE, limits)
    path = f"indicator/{segment(code)}"
    _, rows = talk.read(ANSWER, answered(talk, path, code, {"format": "json"}))
    if not rows:
        raise unknown(code)
    return candidate(rows[0])


def answered(talk: Talk, path: str, code: str, query: dict[str, str | int]) -> Any:
    """What is no error: those come with status 200.

    Raises:
        DataError: there is no such indicator.
        SourceError: something else is wrong.
    """
    content = talk.parsed(path, query)
    if isinstance(content, list) and content and isinstance(content[0], dict) and "message" in content[0]:
        messages = talk.read(REFUSALS, content[:1])[0].message
        if any(message.id in UNKNOWN for message in messages):
            raise unknown(code)
        said = messages[0].value if messages else "nothing more"
        raise SourceError(f"The World Bank refused to answer for '{code}' and said '{said[:200].strip()}'.")
    return content


def unknown(code: str) -> DataError:
    return DataError(f"The World Bank has no indicator '{code}', or has it no longer; search for it by its name.")


def observations(
    talk: Talk, code: str, page: int, per_page: int = PER_PAGE
) -> tuple[Head, tuple[Observation, ...] | None]:
    query: dict[str, str | int] = {"format": "json", "per_page": per_page, "page": page}
    return talk.read(OBSERVATIONS, answered(talk, f"country/all/indicator/{segment(code)}", code, query))


def whole(talk: Talk, code: str) -> tuple[Head, list[Observation]]:
    """All pages, of one edition.

    Raises:
        SourceError: pages are missing, or belong to different editions.
    """
    first, items = observations(talk, code, 1)
    rows = list(items or ())
    for page in range(2, first.pages + 1):
        head, items = observations(talk, code, page)
        if (head.page, head.total, head.lastupdated) != (page, first.total, first.lastupdated):
            raise talk.unstable()
        rows += items or ()
    if len(rows) != first.total:
        raise talk.unstable()
    if not rows:
        raise DataError(f"The indicator '{code}' of the World Bank has no values; choose another.")
    if any(row.indicator.id.upper() != code.upper() for row in rows):
        raise talk.changed(f"another indicator than '{code}'")
    return first, rows


def countries(talk: Talk) -> Iterator[Area]:
    head, areas = talk.json(AREAS, "country", {"format": "json", "per_page": PER_PAGE})
    if not areas or len(areas) != head.total:
        raise talk.changed("not all countries on one page")
    yield from areas


def is_country(row: Observation, areas: dict[str, Area]) -> bool:
    area = areas.get(row.country.id)
    return area is not None and area.is_country


def table(
    title: str, rows: list[Observation], areas: dict[str, Area]
) -> tuple[list[tuple[str, pa.DataType]], Iterator[tuple[Any, ...]]]:
    """Columns, and rows in the order of countries and times."""
    yearly = all(re.fullmatch(r"\d{4}", row.date) for row in rows)
    columns = [
        ("country", TEXT),
        ("country code", TEXT),
        ("region", TEXT),
        ("income group", TEXT),
        ("year", YEAR) if yearly else ("date", DATE),
        (title, NUMBER),
    ]

    def line(row: Observation) -> tuple[Any, ...]:
        area = areas.get(row.country.id)
        known = area if area is not None and area.is_country else None
        return (
            row.country.value.strip(),
            row.countryiso3code or (area.id if area else None),
            known.region.value.strip() if known else None,
            known.incomeLevel.value.strip() if known else None,
            int(row.date) if yearly else moment(row.date),
            row.value,
        )

    return columns, iter(sorted(map(line, rows), key=lambda values: (values[1] or "", values[0], values[4])))


def moment(text: str) -> date:
    """
    Raises:
        SourceError: it is no time that is known.
    """
    found = day_of(text)
    if found is None:
        raise SourceError(f"The World Bank answers with the time '{text[:30]}', which Dashwright does not know.")
    return found


def is_settled(previous: Dataset) -> bool:
    """Whether the day of the last update was over when the data was fetched: a second one on that day shows in no
    date."""
    try:
        return datetime.fromisoformat(previous.last_modified or "").date() < previous.fetched_at.date()
    except ValueError:
        return False
