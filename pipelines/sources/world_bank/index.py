"""The index of the World Bank's indicators: its own search finds nothing, so names and definitions are searched here.

``indicators.tsv`` comes with Dashwright: the World Development Indicators with names, topics and shortened definitions
by the World Bank (CC BY 4.0), as of 2025, and for the most used ones the words by which people ask for them (ours).
`refresh` adds all the others, and what changed since.
"""

from __future__ import annotations

import csv
import functools
import re
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter

from ...model import Candidate, License
from ...step import Limits
from ..asking import Place, Talk, Told
from ..catalogues import Catalogue, place, recall, renewed
from ..naming import identifier
from ..periods import moment

PLACE = Place("world-bank", "The World Bank", "https://api.worldbank.org/v2")
BUNDLED = Path(__file__).parent / "indicators.tsv"
PER_PAGE = 1000
CC_BY = License(
    name="Creative Commons Attribution 4.0 International",
    spdx="CC-BY-4.0",
    url="https://creativecommons.org/licenses/by/4.0/",
)
TERMS = License(
    name="World Bank terms for datasets: CC BY 4.0 unless the series says otherwise",
    url="https://www.worldbank.org/en/about/legal/terms-of-use-for-datasets",
)
WDI = "World Development Indicators"
AREAS = (
    "East Asia and Pacific, Europe and Central Asia, Latin America and the Caribbean, Middle East and North Africa, "
    "North America, South Asia, Sub-Saharan Africa."
)
"""What the World Bank divides the world into: each indicator may be asked for each."""
_GNI = re.compile(r"^GNI(?= per capita)")
"""What people mean when they ask for income."""
_UNIT = re.compile(r"\(([^()]+)\)")


class Named(Told):
    id: str
    value: str = ""


class Topic(Told):
    value: str = ""


class Row(Told):
    """An indicator."""

    id: str
    name: str
    source: Named
    sourceNote: str | None = None  # noqa: N815 (theirs)
    sourceOrganization: str | None = None  # noqa: N815
    topics: tuple[Topic, ...] | None = None


class Page(Told):
    page: int
    pages: int
    total: int


class Database(Told):
    id: str
    lastupdated: str


DATABASES: TypeAdapter[tuple[Page, tuple[Database, ...] | None]] = TypeAdapter(tuple[Page, tuple[Database, ...] | None])
ANSWER: TypeAdapter[tuple[Page, tuple[Row, ...] | None]] = TypeAdapter(tuple[Page, tuple[Row, ...] | None])


def indicators(limits: Limits) -> Catalogue:
    """All indicators that are known, without asking anybody."""
    path = place(limits, PLACE.source)
    fresh = (recall(path) if path else None) or ()
    known = {candidate.reference for candidate in fresh}
    return (*fresh, *(candidate for candidate in bundled() if candidate.reference not in known))


def refresh(limits: Limits) -> int:
    """Get the list of all indicators, some thirty pages, into the folder for catalogues. How many there are.

    Raises:
        SourceError: the World Bank does not answer, or its list changed on the way. The list as it was is kept.
    """
    return renewed(limits, PLACE.source, lambda: listed(limits))


def listed(limits: Limits) -> Catalogue:
    """All indicators, as the World Bank lists them."""
    rows: list[Row] = []
    talk, page, total = Talk(PLACE, limits), 1, 0
    updated = updates(talk)
    while True:
        head, items = talk.json(ANSWER, "indicator", {"format": "json", "per_page": PER_PAGE, "page": page})
        if head.page != page or (page > 1 and head.total != total):
            raise talk.unstable()
        rows += items or ()
        total = head.total
        if page >= head.pages:
            break
        page += 1
    if len(rows) != total or not rows:
        raise talk.unstable()
    # Archives hold old editions of indicators that are in the other databases too.
    return tuple(
        candidate(row).model_copy(update={"updated_at": updated.get(row.source.id)})
        for row in rows
        if "archive" not in row.source.value.lower()
    )


def updates(talk: Talk) -> dict[str, datetime | None]:
    """The World Bank's databases → when each was last updated."""
    head, databases = talk.json(DATABASES, "source", {"format": "json", "per_page": PER_PAGE})
    if not databases or len(databases) != head.total:
        raise talk.changed("not all databases on one page")
    return {item.id: moment(item.lastupdated) for item in databases}


def named(code: str, limits: Limits) -> Candidate | None:
    return next((item for item in indicators(limits) if item.reference.upper() == code.upper()), None)


@functools.cache
def lines() -> tuple[dict[str, str], ...]:
    with BUNDLED.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@functools.cache
def usual() -> frozenset[str]:
    """Codes of the most used indicators."""
    return frozenset(row["code"] for row in lines() if row["also"])


@functools.cache
def bundled() -> Catalogue:
    return tuple(
        _candidate(
            row["code"],
            row["name"],
            row["description"],
            (WDI, *row["topic"].split(": "), *filter(None, row["also"].split(", "))),
            row["organization"],
            licence(row["terms"]),
        )
        for row in lines()
    )


def licence(terms: str) -> License:
    if not terms:
        return CC_BY
    return License(name=f"{terms} terms and conditions", url="https://datacatalog.worldbank.org/public-licenses")


@functools.cache
def by_code() -> dict[str, Candidate]:
    return {item.reference: item for item in bundled()}


def candidate(row: Row) -> Candidate:
    """An indicator as the World Bank lists it. The list says nothing of licences, and has no words of ours: those that
    came with Dashwright are kept."""
    before = by_code().get(row.id)
    topics = (*(topic.value.strip() for topic in row.topics or ()), *(before.tags if before else ()))
    return _candidate(
        row.id,
        " ".join(row.name.split()),
        shortened(row.sourceNote or ""),
        (row.source.value.strip(), *topics),
        shortened(row.sourceOrganization or "", 120),
        before.license if before and before.license else TERMS,
    )


def shortened(text: str, most: int = 400) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= most else plain[:most].rsplit(" ", 1)[0] + "…"


def _candidate(
    code: str, name: str, description: str, tags: tuple[str, ...], organization: str, terms: License
) -> Candidate:
    unit = unit_of(name)
    return Candidate(
        source=PLACE.source,
        reference=code,
        name=identifier(name),
        title=_GNI.sub("Gross national income (GNI)", name),
        description=description,
        # Not the region and the income group of each country: no indicator is about income for having them.
        columns=("country", "country code", "year", name),
        tags=tuple(tag for tag in dict.fromkeys(tags) if tag),
        url=f"https://data.worldbank.org/indicator/{code}",
        publisher="World Bank",
        license=terms,
        attribution=f"World Bank, {tags[0]}, '{name}' ({code})" + (f"; from {organization}" if organization else ""),
        notes={
            "country": "Countries of the whole world.",
            "region": AREAS,
            name: " ".join(
                filter(
                    None,
                    (
                        description,
                        f"Measured in {unit}." if unit else "",
                        "Per person." if "per capita" in name else "",
                    ),
                )
            ),
        },
    )


def unit_of(name: str) -> str:
    """The unit in a name's brackets: *GDP per capita (current US$)* → *current US dollars*."""
    found = _UNIT.findall(name)
    return found[-1].replace("US$", "US dollars").replace("%", "percent") if found else ""
