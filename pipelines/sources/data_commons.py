"""Data Commons: Google's graph of public statistics, whose variables are tables of countries. A key is needed."""

from __future__ import annotations

import json
import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import pycountry
from pydantic import BaseModel, Field, TypeAdapter

from ..errors import DashwrightError, DataError, SetupError, SourceError
from ..model import Candidate
from ..step import Limits
from .asking import Parameters, Place, Talk, Told, segment
from .countries import alpha_3
from .credentials import NONE, Credentials
from .naming import identifier
from .periods import day_of
from .prose import plain
from .source import FetchedFile, Query, Received, unheard
from .tidy import DATE, NUMBER, TEXT, YEAR, write

VARIABLE = re.compile(r"[A-Za-z][A-Za-z0-9_.&+-]{0,199}(?:/[A-Za-z0-9_.&+-]{1,200})?")
"""An id in the graph, as *Count_Person* or *worldBank/NY_GDP_PCAP_CD*."""
COUNTRIES = "Earth<-containedInPlace+{typeOf:Country}"
GET_KEY = "https://apikeys.datacommons.org"
T = TypeVar("T", bound=BaseModel)


def explain(status: int, body: bytes) -> DashwrightError | None:
    try:
        said = json.loads(body)
        code = said["code"]
    except (ValueError, KeyError, TypeError, RecursionError):
        code = None
    if status in (401, 403) or code in (7, 16):
        return SetupError(f"Data Commons does not take the key in DC_API_KEY; check it, or get one at {GET_KEY}.")
    if status == 429 or code == 8:
        return SourceError("Data Commons was asked more often than the key allows; try again in some minutes.")
    if status == 404 or code == 5:
        return DataError("Data Commons has no such variable; check its id, such as 'Count_Person'.")
    return SourceError(f"Data Commons refused to answer (code {code}); try again later.") if code else None


def place(source: str) -> Place:
    return Place(source, "Data Commons", "https://api.datacommons.org", explain)


class Meaning(Told):
    sentence: str = ""


class Match(Told):
    dcid: str
    metadata: Meaning = Meaning()
    typeOf: tuple[str, ...] = ()  # noqa: N815 (theirs)


class Entity(Told):
    candidates: tuple[Match, ...] = ()


class Resolved(Told):
    entities: tuple[Entity, ...]


class Node(Told):
    value: str | None = None


class Nodes(Told):
    nodes: tuple[Node, ...] = ()


class Arcs(Told):
    arcs: dict[str, Nodes] = Field(default_factory=dict)

    def first(self, name: str) -> str:
        return next((node.value for node in self.arcs.get(name, Nodes()).nodes if node.value), "")


class Graph(Told):
    data: dict[str, Arcs]


class Observation(Told):
    date: str
    value: float


class Series(Told):
    facetId: str  # noqa: N815
    earliestDate: str | None = None  # noqa: N815
    latestDate: str | None = None  # noqa: N815
    observations: tuple[Observation, ...] = ()


class Ordered(Told):
    orderedFacets: tuple[Series, ...] = ()  # noqa: N815


class Places(Told):
    byEntity: dict[str, Ordered] = Field(default_factory=dict)  # noqa: N815


class Facet(Told):
    """Where values come from, and how they were measured."""

    importName: str = ""  # noqa: N815
    provenanceUrl: str = ""  # noqa: N815
    measurementMethod: str = ""  # noqa: N815
    unit: str = ""


class Observed(Told):
    byVariable: dict[str, Places]  # noqa: N815
    facets: dict[str, Facet] = Field(default_factory=dict)

    def places(self, variable: str) -> Mapping[str, Ordered]:
        return self.byVariable.get(variable, Places()).byEntity


RESOLVED, GRAPH, OBSERVED = TypeAdapter(Resolved), TypeAdapter(Graph), TypeAdapter(Observed)


def is_set_up(source: str, limits: Limits) -> bool:
    """A server of the operator's own needs no key."""
    service = limits.service(source)
    return service.key is not None or service.base_url is not None


def begin(source: str, limits: Limits, received: Received = unheard) -> Talk:
    """
    Raises:
        SetupError: there is no key.
    """
    if not is_set_up(source, limits):
        raise SetupError(f"Variables of Data Commons need a key: get one for nothing at {GET_KEY} and set DC_API_KEY.")
    key = limits.service(source).key
    ours = Credentials(parameters={"key": key.get_secret_value()}) if key else NONE
    return Talk(place(source), limits, received, ours)


def answered(talk: Talk, kind: TypeAdapter[T], path: str, query: Parameters) -> T:
    """An answer; errors come as one, too.

    Raises:
        DashwrightError: it is an error.
    """
    content = talk.parsed(path, query)
    if isinstance(content, dict) and "code" in content and "message" in content:
        raise explain(200, json.dumps(content).encode()) or talk.changed("an error without a code")
    return talk.read(kind, content)


def search(talk: Talk, query: Query) -> Sequence[Candidate]:
    """Variables that are near in meaning, as Data Commons finds."""
    asked: Parameters = {"nodes": query.question[:500], "resolver": "indicator"}
    found = [
        match
        for entity in answered(talk, RESOLVED, "v2/resolve", asked).entities
        for match in entity.candidates
        if "StatisticalVariable" in match.typeOf and VARIABLE.fullmatch(match.dcid)
    ]
    return [candidate(talk.place.source, match.dcid, match.metadata.sentence) for match in found[: query.limit]]


def describe(talk: Talk, variable: str) -> Candidate:
    """
    Raises:
        DataError: there is no such variable, or it has no values for countries.
    """
    about = answered(talk, GRAPH, "v2/node", {"nodes": variable, "property": "->[name,description]"}).data
    arcs = about.get(variable, Arcs())
    observed = asked(talk, variable, ("entity", "variable", "facet"))
    facet, told = chosen(talk, observed, variable)
    name = plain(arcs.first("name"), 200)
    found = candidate(talk.place.source, variable, name, arcs.first("description"), told)
    dates = [
        text
        for ordered in observed.places(variable).values()
        for series in ordered.orderedFacets
        if series.facetId == facet
        for text in (series.earliestDate, series.latestDate)
        if text and re.match(r"\d{4}", text)
    ]
    years = [int(text[:4]) for text in dates]
    return found.model_copy(update={"since": min(years, default=None), "until": max(years, default=None)})


def fetch(talk: Talk, candidate: Candidate, into: Path, limits: Limits) -> tuple[FetchedFile, tuple[str, ...]]:
    """The table of one facet, and a sentence about places that only others have."""
    variable = candidate.reference
    facet, told = chosen(talk, asked(talk, variable, ("entity", "variable", "facet")), variable)
    observed = asked(talk, variable, ("date", "entity", "value", "variable", "facet"), facet)
    values = [
        (place, item)
        for place, ordered in observed.places(variable).items()
        for series in ordered.orderedFacets
        if series.facetId == facet
        for item in series.observations
    ]
    yearly = all(re.fullmatch(r"\d{4}", item.date) for _, item in values)
    columns = [
        ("country", TEXT),
        ("country code", TEXT),
        ("year", YEAR) if yearly else ("date", DATE),
        (column(candidate.title, told), NUMBER),
    ]
    others = sorted({place for place, _ in values if country(place) is None})
    file = write(
        variable, columns, rows(talk, values, yearly=yearly), into, limits, f"The variable '{variable}' of Data Commons"
    )
    shown = ", ".join(f"'{name[:60]}'" for name in others[:3])
    return file, (f"places that are no countries of today ({shown}).",) if others else ()


def asked(talk: Talk, variable: str, select: Sequence[str], facet: str | None = None) -> Observed:
    """All countries. Without date and value: which facets there are."""
    query: list[tuple[str, str | int]] = [
        ("variable.dcids", variable),
        ("entity.expression", COUNTRIES),
        ("date", ""),
        *(("select", name) for name in select),
    ]
    return answered(talk, OBSERVED, "v2/observation", [*query, ("filter.facet_ids", facet)] if facet else query)


def chosen(talk: Talk, observed: Observed, variable: str) -> tuple[str, Facet]:
    """The facet that most countries have, and of those the one that Data Commons ranks best: one table never mixes
    two ways to measure.

    Raises:
        DataError: there are no values.
    """
    places = observed.places(variable)
    ranks: dict[str, list[int]] = defaultdict(list)
    for ordered in places.values():
        for rank, series in enumerate(ordered.orderedFacets):
            ranks[series.facetId].append(rank)
    if not ranks:
        raise DataError(
            f"Data Commons has no values of '{variable[:100]}' for countries; check its id, such as 'Count_Person'."
        )
    best = min(ranks, key=lambda facet: (-len(ranks[facet]), sum(ranks[facet]), facet))
    if best not in observed.facets:
        raise talk.changed("values whose origin is not told")
    return best, observed.facets[best]


def rows(talk: Talk, values: Sequence[tuple[str, Observation]], *, yearly: bool) -> Iterator[tuple[Any, ...]]:
    known = [(code, item) for place, item in values if (code := country(place))]
    for code, item in sorted(known, key=lambda pair: (pair[0], pair[1].date)):
        day = day_of(item.date)
        if day is None or not math.isfinite(item.value):
            raise talk.changed(f"a value for '{item.date[:30]}'")
        yield name_of(code), code, day.year if yearly else date(day.year, day.month, day.day), item.value


def country(place: str) -> str | None:
    """*country/USA* → USA."""
    kind, _, code = place.partition("/")
    return alpha_3(code) if kind == "country" else None


def name_of(code: str) -> str:
    found = pycountry.countries.get(alpha_3=code)
    return str(getattr(found, "common_name", found.name)) if found else code


def column(title: str, facet: Facet) -> str:
    return f"{title} ({facet.unit})" if facet.unit else title


def candidate(source: str, variable: str, name: str, description: str = "", facet: Facet | None = None) -> Candidate:
    facet = facet or Facet()
    title = plain(name, 200) or variable.rpartition("/")[2].replace("_", " ")
    origin = plain(facet.importName, 200)
    link = facet.provenanceUrl if facet.provenanceUrl.startswith(("https://", "http://")) else ""
    by = f", from {origin} ({link})" if origin and link else f", from {origin or link}" if origin or link else ""
    method = f"Measured by {plain(facet.measurementMethod, 100)}." if facet.measurementMethod else ""
    return Candidate(
        source=source,
        reference=variable,
        name=identifier(title),
        title=title,
        description=" ".join(part for part in (plain(description), method) if part),
        columns=("country", "country code", "year", column(title, facet)),
        tags=("Data Commons",),
        url=f"https://datacommons.org/browser/{'/'.join(map(segment, variable.split('/')))}",
        publisher="Data Commons",
        attribution=f"'{title}' ({variable}), Data Commons{by}",
        notes={"country": "All countries of the world."},
    )
