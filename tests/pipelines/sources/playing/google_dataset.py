"""Data Commons and DataCite as one server, with variables about bees and a DOI of hives."""

from __future__ import annotations

from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ..conftest import asked, send_json

BEES: dict[str, dict[str, list[tuple[str, float]]]] = {
    "country/FRA": {"1": [("2019", 5.0), ("2020", 6.5)], "2": [("2020", 6500.0)]},
    "country/NAM": {"2": [("2020", 9999.0)], "1": [("2020", 7.0)]},
    "country/ANT": {"1": [("2005", 1.0)]},
    "country/PER": {"1": [("2020", 8.0)]},
}
FACETS = {
    "1": {"importName": "BeeCensus", "provenanceUrl": "https://bees.example/census", "unit": "Millions"},
    "2": {"importName": "BeeSurvey", "provenanceUrl": "javascript:alert(1)", "measurementMethod": "Guess"},
}


@dataclass
class DataCommons:
    """Where facets are ranked by the order in which a place has them."""

    key: str
    values: dict[str, dict[str, list[tuple[str, float]]]] = field(default_factory=lambda: dict(BEES))
    facets: dict[str, dict[str, str]] = field(default_factory=lambda: dict(FACETS))

    def __call__(self, request: BaseHTTPRequestHandler, path: str) -> None:
        query = parse_qs(urlsplit(request.path).query, keep_blank_values=True)
        if query.get("key") != [self.key]:
            said = {"code": 16, "message": "Method doesn't allow unregistered callers (callers without identity)."}
            send_json(request, said, 401)
        elif path == "v2/resolve":
            candidates = [
                {
                    "dcid": name,
                    "metadata": {"score": "0.9", "sentence": "Number of bees"},
                    "typeOf": [kind],
                }
                for name, kind in (("Count_Bee", "StatisticalVariable"), ("dc/topic/Bees", "Topic"))
            ]
            send_json(request, {"entities": [{"node": query["nodes"][0], "candidates": candidates}]})
        elif path == "v2/node":
            name = query["nodes"][0]
            told = {"name": {"nodes": [{"value": "Number of Bees"}]}} if name == "Count_Bee" else {}
            send_json(request, {"data": {name: {"arcs": told}}})
        else:
            send_json(request, self.observed(query))

    def observed(self, query: dict[str, list[str]]) -> dict[str, Any]:
        (name,) = query["variable.dcids"]
        if name != "Count_Bee" or query["entity.expression"] != ["Earth<-containedInPlace+{typeOf:Country}"]:
            return {"byVariable": {name: {}}}
        only = query.get("filter.facet_ids")
        places = {
            place: {
                "orderedFacets": [
                    self.series(facet, values, is_whole="value" in query["select"] and query["date"] == [""])
                    for facet, values in facets.items()
                    if not only or facet in only
                ]
            }
            for place, facets in self.values.items()
        }
        return {"byVariable": {name: {"byEntity": places}}, "facets": self.facets}

    def series(self, facet: str, values: list[tuple[str, float]], *, is_whole: bool) -> dict[str, Any]:
        told: dict[str, Any] = {"facetId": facet, "obsCount": len(values)}
        told |= {"earliestDate": values[0][0], "latestDate": values[-1][0]}
        if is_whole:
            told["observations"] = [{"date": date, "value": value} for date, value in values]
        return told


@dataclass
class GoogleDataset:
    data_commons: DataCommons
    page: str
    """To where the DOI leads."""
    entries: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.entries.append(entry("10.1234/Hives", "Hives of the world", self.page))

    def __call__(self, request: BaseHTTPRequestHandler) -> None:
        path, query = asked(request)
        self.asked.append((path, query))
        if path.startswith("v2/"):
            self.data_commons(request, path)
        elif path == "dois":
            words = query["query"].split(" AND ")
            found = [
                item
                for item in self.entries
                if all(word in item["attributes"]["titles"][0]["title"].lower() for word in words)
            ]
            send_json(request, {"data": found[: int(query["page[size]"])], "meta": {"total": len(found), "page": 1}})
        else:
            doi = path.removeprefix("dois/")
            same = [item for item in self.entries if item["id"] == doi]
            none = {"errors": [{"status": "404", "title": "The resource you are looking for doesn't exist."}]}
            send_json(request, {"data": same[0]} if same else none, 200 if same else 404)


def entry(doi: str, title: str, url: str, **more: Any) -> dict[str, Any]:
    attributes = {
        "doi": doi.lower(),
        "titles": [{"title": title}],
        "creators": [{"name": "Doe, Jane", "nameType": "Personal"}],
        "publisher": "Dryad",
        "publicationYear": 2020,
        "subjects": [{"subject": "bees"}],
        "descriptions": [
            {"description": "How to read it", "descriptionType": "Methods"},
            {"description": "<p>All hives.</p>", "descriptionType": "Abstract"},
        ],
        "types": {"resourceTypeGeneral": "Dataset"},
        "rightsList": [
            {"rights": "Ask us"},
            {
                "rights": "CC BY 4.0",
                "rightsUri": "https://creativecommons.org/licenses/by/4.0/legalcode",
                "rightsIdentifier": "cc-by-4.0",
            },
        ],
        "formats": [],
        "url": url,
        "contentUrl": None,
        "state": "findable",
    }
    return {"id": doi.lower(), "type": "dois", "attributes": {**attributes, **more}}
