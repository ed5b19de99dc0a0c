"""WHO: indicators of the Global Health Observatory, by country and year, with their break-downs apart."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from pathlib import Path
from typing import Any

from pydantic import Field, TypeAdapter

from ..errors import DashwrightError, DataError
from ..model import Attachment, Candidate, Dataset, License
from ..step import Limits
from .asking import Parameters, Place, Talk, Told, digest, segment
from .catalogues import Catalogue, kept, nearest, renewed
from .countries import PLACES, all_names, left_out, settled, wanted
from .naming import identifier
from .options import chosen, described
from .periods import moment
from .source import Fetched, FetchedFile, Query, Received, Source
from .tidy import DATE, NUMBER, TEXT, YEAR, Columns, write

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{1,99}")
PER_PAGE = 1000
"""More than that is refused."""
BURST, PAUSE = 10, 0.5
"""Pages asked for at once; seconds between those after them. No limit is published, so we stay polite."""
TOTAL = re.compile(r"both sexes|total|all(?: .*)?|.*_(?:BTSX|TOTL|TOTAL|ALL)", re.IGNORECASE)
"""Labels and codes of what holds all the others of its kind."""
COUNTRY = "COUNTRY"
PAGE = "https://www.who.int/data/gho/data/indicators"
LICENSE = License(
    name="WHO terms for datasets: attribution, little alteration; other content CC BY-NC-SA 3.0 IGO",
    url="https://www.who.int/about/policies/publishing/data-policy/terms-and-conditions",
)


def explain(status: int, body: bytes) -> DashwrightError | None:
    del body
    if status == 404:
        return DataError("The WHO's Global Health Observatory has no such indicator; search for it by its name.")
    return None


PLACE = Place("who", "The WHO's Global Health Observatory", "https://ghoapi.azureedge.net/api", explain)


class Indicator(Told):
    code: str = Field(alias="IndicatorCode")
    name: str = Field(alias="IndicatorName")
    language: str = Field("EN", alias="Language")


class Indicators(Told):
    value: tuple[Indicator, ...]


class Dimension(Told):
    type: str = Field(alias="Dimension")
    name: str = Field(alias="DimensionName")


class Dimensions(Told):
    value: tuple[Dimension, ...]


class DimensionValue(Told):
    code: str = Field(alias="Code")
    title: str = Field(alias="Title")


class DimensionValues(Told):
    value: tuple[DimensionValue, ...]


class Row(Told):
    id: int = Field(alias="Id")
    area_type: str | None = Field(alias="SpatialDimType")
    area: str | None = Field(alias="SpatialDim")
    region: str | None = Field(None, alias="ParentLocation")
    time_type: str | None = Field(None, alias="TimeDimType")
    time: int | None = Field(alias="TimeDim")
    begins: str | None = Field(None, alias="TimeDimensionBegin")
    type_1: str | None = Field(None, alias="Dim1Type")
    code_1: str | None = Field(None, alias="Dim1")
    type_2: str | None = Field(None, alias="Dim2Type")
    code_2: str | None = Field(None, alias="Dim2")
    type_3: str | None = Field(None, alias="Dim3Type")
    code_3: str | None = Field(None, alias="Dim3")
    text: str | None = Field(alias="Value")
    number: float | None = Field(alias="NumericValue")
    low: float | None = Field(None, alias="Low")
    high: float | None = Field(None, alias="High")
    changed: str | None = Field(None, alias="Date")

    @property
    def is_country(self) -> bool:
        return self.area_type == COUNTRY

    @property
    def parts(self) -> dict[str, str]:
        """Kind of break-down → code, as SEX → SEX_FMLE."""
        pairs = ((self.type_1, self.code_1), (self.type_2, self.code_2), (self.type_3, self.code_3))
        return {kind: code for kind, code in pairs if kind and code}


class Rows(Told):
    count: int = Field(alias="@odata.count")
    value: tuple[Row, ...]


INDICATORS, INDICATOR = TypeAdapter(Indicators), TypeAdapter(Indicator)
DIMENSIONS, VALUES, ROWS = TypeAdapter(Dimensions), TypeAdapter(DimensionValues), TypeAdapter(Rows)


class WhoSource(Source):
    """An indicator's code, as "WHOSIS_000001"."""

    name = PLACE.source

    def search(self, query: Query, limits: Limits) -> Sequence[Candidate]:
        """The list of all indicators, kept for a week, is searched here: theirs only finds exact parts of names."""
        return nearest(query, kept(limits, PLACE.source, lambda: catalogue(limits)), all_names())

    def renew(self, limits: Limits) -> int:
        return renewed(limits, PLACE.source, lambda: catalogue(limits))

    def describe(self, attachment: Attachment, limits: Limits) -> Candidate:
        chosen(attachment.options, {"places": PLACES})
        return described(candidate(indicator(Talk(PLACE, limits), checked(attachment.reference))), attachment)

    def fetch(
        self, candidate: Candidate, into: Path, limits: Limits, received: Received, previous: Dataset | None = None
    ) -> Fetched:
        chosen(candidate.options, {"places": PLACES})
        talk, code = Talk(PLACE, limits, received), checked(candidate.reference)
        if previous and previous.etag:
            newest = page(talk, code, {"$orderby": "Date desc", "$count": "true", "$top": 1})
            if state(newest.value, newest.count) == previous.etag:
                return Fetched(unchanged=True, etag=previous.etag)
        about, rows = indicator(talk, code), whole(talk, code)
        places = settled(candidate.options, any(row.is_country for row in rows))
        table = Table.of(talk, about, [row for row in rows if wanted(places, row.is_country)])
        groups = {row.area or "" for row in rows if not row.is_country} if places == "countries" else set()
        return Fetched(
            table.tidied(into, limits),
            etag=state(rows, len(rows)),
            left_out=(*left_out(groups), *table.left_out),
        )


def checked(reference: str) -> str:
    code = reference.strip()
    if not CODE.fullmatch(code):
        raise DataError(f"'{code[:100]}' is no code of an indicator of the WHO, such as 'WHOSIS_000001'.")
    return code


def catalogue(limits: Limits) -> Catalogue:
    found = Talk(PLACE, limits).json(INDICATORS, "Indicator").value
    return tuple(candidate(item) for item in found if item.language == "EN" and CODE.fullmatch(item.code))


def indicator(talk: Talk, code: str) -> Indicator:
    return talk.json(INDICATOR, f"Indicator('{segment(code)}')")


def candidate(found: Indicator) -> Candidate:
    name = " ".join(found.name.split())
    return Candidate(
        source=PLACE.source,
        reference=found.code,
        name=identifier(name),
        title=name,
        columns=("country", "country code", "WHO region", "year", name),
        tags=("health",),
        url=PAGE,
        publisher="World Health Organization",
        license=LICENSE,
        attribution=f"World Health Organization, Global Health Observatory, '{name}' ({found.code})",
        notes={"country": "Countries of the whole world.", name: name},
    )


def page(talk: Talk, code: str, query: Parameters) -> Rows:
    return talk.json(ROWS, segment(code), query)


def whole(talk: Talk, code: str) -> list[Row]:
    """All rows. That there is no link to a next page says nothing, so they are counted.

    Raises:
        DataError: there are none.
        SourceError: some are missing, or come twice.
    """
    rows: list[Row] = []
    total, pages = None, 0
    while total is None or len(rows) < total:
        if pages >= BURST:
            time.sleep(PAUSE)
        query: dict[str, str | int] = {"$orderby": "Id", "$count": "true", "$top": PER_PAGE, "$skip": len(rows)}
        part = page(talk, code, query)
        total = part.count if total is None else total
        if part.count != total or (total and not part.value):
            raise talk.unstable()
        rows += part.value
        pages += 1
    if len(rows) != total or len({row.id for row in rows}) != total:
        raise talk.unstable()
    if not rows:
        raise DataError(f"The indicator '{code}' of the WHO has no values; choose another.")
    return rows


def state(rows: Iterable[Row], count: int) -> str:
    """What tells that something changed: when the last row did, and how many there are."""
    moments = [found.astimezone(UTC) for row in rows if row.changed and (found := moment(row.changed))]
    return digest(max(moments, default=None), count)


@dataclass(frozen=True)
class Table:
    """Rows with the words for their codes."""

    about: Indicator
    rows: tuple[Row, ...]
    kinds: dict[str, str]
    """Kinds of break-down → their names."""
    labels: dict[str, str]
    left_out: tuple[str, ...]

    @classmethod
    def of(cls, talk: Talk, about: Indicator, rows: Sequence[Row]) -> Table:
        """Rows that say something: numbers, or texts where there are no numbers at all."""
        numeric = any(row.number is not None for row in rows)
        told = [row for row in rows if (row.number is not None if numeric else says(row.text))]
        without = sorted({str(row.text)[:40] for row in rows if numeric and row.number is None and says(row.text)})
        sentence = f"rows whose value is no number ({', '.join(map(repr, without[:3]))})."
        used = list(dict.fromkeys(kind for row in told for kind in row.parts))
        names = {
            item.type: item.name
            for item in talk.json(DIMENSIONS, f"Indicator('{segment(about.code)}')/Dimensions").value
        }
        areas = {row.area_type for row in told if row.area_type}
        labels: dict[str, str] = {}
        for kind in sorted({*areas, *used}):
            labels.update(labels_of(talk, kind))
        kinds = {kind: names.get(kind, kind.replace("_", " ")).lower() for kind in used}
        return cls(about, tuple(told), kinds, labels, (sentence,) if without else ())

    def tidied(self, into: Path, limits: Limits) -> tuple[FetchedFile, ...]:
        """The totals in one table, and what they are made of in another, so that nothing is counted twice."""
        totals = {kind: self.total(kind) for kind in self.kinds}
        main = [
            row for row in self.rows if all(row.parts.get(kind, code) == code for kind, code in totals.items() if code)
        ]
        ids = {row.id for row in main}
        rest = [row for row in self.rows if row.id not in ids] if main else []
        if not rest:
            return (self.written(self.about.code, self.rows, list(self.kinds), into, limits),)
        by = [kind for kind, code in totals.items() if code]
        others = [kind for kind in self.kinds if kind not in by]
        name = f"{self.about.code} by {' and '.join(self.kinds[kind] for kind in by)}"
        return (
            self.written(self.about.code, main, others, into, limits),
            self.written(name, rest, list(self.kinds), into, limits),
        )

    def total(self, kind: str) -> str | None:
        """The code of what holds all others of a kind; None where there is none, or nothing else."""
        codes = {row.parts[kind] for row in self.rows if kind in row.parts}
        found = sorted(code for code in codes if TOTAL.fullmatch(self.labels.get(code, code)) or TOTAL.fullmatch(code))
        return found[0] if found and len(codes) > 1 else None

    def written(self, name: str, rows: Sequence[Row], kinds: list[str], into: Path, limits: Limits) -> FetchedFile:
        numeric = any(row.number is not None for row in rows)
        yearly = all(row.time_type in ("YEAR", None) and row.time is not None for row in rows)
        bounds = any(row.low is not None or row.high is not None for row in rows)
        title = " ".join(self.about.name.split())
        columns: Columns = [
            ("country", TEXT),
            ("country code", TEXT),
            ("WHO region", TEXT),
            ("year", YEAR) if yearly else ("date", DATE),
            *((self.kinds[kind], TEXT) for kind in kinds),
            (title, NUMBER if numeric else TEXT),
            *((("low estimate", NUMBER), ("high estimate", NUMBER)) if bounds else ()),
        ]

        def line(row: Row) -> tuple[Any, ...]:
            return (
                self.labels.get(row.area or "", row.area),
                row.area,
                row.region if row.is_country else None,
                row.time if yearly else day(row),
                *(self.label(row.parts.get(kind)) for kind in kinds),
                row.number if numeric else row.text,
                *((row.low, row.high) if bounds else ()),
            )

        lines = sorted(map(line, rows), key=lambda values: [str(value) for value in values])
        return write(name, columns, lines, into, limits, f"The indicator '{self.about.code}'")

    def label(self, code: str | None) -> str | None:
        return self.labels.get(code, code) if code else None


def labels_of(talk: Talk, kind: str) -> dict[str, str]:
    """Code → title; none where the kind is not listed, and then its codes are shown."""
    try:
        return {item.code: item.title for item in talk.json(VALUES, f"DIMENSION/{segment(kind)}/DimensionValues").value}
    except DataError:
        return {}


def says(text: str | None) -> bool:
    return bool(text and text.strip() and text.strip().lower() not in ("no data", "not available", "-", "."))


def day(row: Row) -> date | None:
    found = moment((row.begins or "")[:10])
    return found.date() if found else date(row.time, 1, 1) if row.time and 0 < row.time < 10_000 else None
