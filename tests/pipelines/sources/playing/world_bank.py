"""The World Bank's server, with countries and indicators that are few and odd."""

from __future__ import annotations

from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from ..conftest import asked, send_json

AREAS = (
    ("BRA", "BR", "Brazil", "LCN", "Latin America & Caribbean ", "Upper middle income"),
    ("NAM", "NA", "Namibia", "SSF", "Sub-Saharan Africa ", "Upper middle income"),
    ("CIV", "CI", "Cote d'Ivoire", "SSF", "Sub-Saharan Africa ", "Lower middle income"),
    ("XKX", "XK", "Kosovo", "ECS", "Europe & Central Asia", "Upper middle income"),
    ("WLD", "1W", "World", "NA", "Aggregates", "Aggregates"),
    ("HIC", "XD", "High income", "NA", "Aggregates", "Aggregates"),
)
NO_ISO = {"XD"}
"""Groups whose rows have no code of three letters."""


def refused(*ids: str) -> list[Any]:
    value = "The provided parameter value is not valid"
    return [{"message": [{"id": item, "key": "Invalid value", "value": value} for item in ids]}]


@dataclass
class WorldBank:
    """`values`: indicator → area's two letters → period → value."""

    updated: str = "2026-07-01"
    most: int = 7
    """Rows on one page, whatever is asked for."""
    names: dict[str, str] = field(default_factory=lambda: {"SP.FISH.TANK": "Fish in tanks, total (per 1,000 people)"})
    values: dict[str, dict[str, dict[str, float | None]]] = field(default_factory=dict)
    areas: tuple[tuple[str, ...], ...] = AREAS
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.values = self.values or {
            "SP.FISH.TANK": {
                area[1]: {str(year): None if year == 1991 else round(100 / (year - 1980) + number, 3)
                          for year in range(1990, 1996)}
                for number, area in enumerate(self.areas)
            }
        }  # fmt: skip

    def __call__(self, request: BaseHTTPRequestHandler) -> None:
        path, query = asked(request)
        self.asked.append((path, query))
        if query.get("format") != "json":
            request.send_error(500, "XML is not played")
            return
        send_json(request, self.answer(path, query))

    def answer(self, path: str, query: dict[str, str]) -> list[Any]:
        match path.split("/"):
            case ["indicator"]:
                return self.page([self.indicator(code) for code in self.names], query)
            case ["indicator", code]:
                return self.page([self.indicator(code)], query) if code in self.names else refused("120")
            case ["source"]:
                return self.page([{"id": "2", "lastupdated": self.updated, "name": "x"}], query)
            case ["country"]:
                return self.page(list(map(area, self.areas)), {**query, "most": "400"})
            case ["country", "all", "indicator", code]:
                if code not in self.names:
                    return refused("120")
                return self.page(self.rows(code), query, sourceid="2", lastupdated=self.updated)
        return refused("120", "120")

    def page(self, items: list[Any], query: dict[str, str], **more: str) -> list[Any]:
        size = min(int(query.get("per_page", "50")), int(query.get("most", self.most)))
        number = int(query.get("page", "1"))
        pages = -(-len(items) // size)
        head = {"page": number, "pages": pages, "per_page": str(size), "total": len(items), **more}
        return [head, items[(number - 1) * size : number * size] or None]

    def indicator(self, code: str) -> dict[str, Any]:
        return {
            "id": code,
            "name": self.names[code],
            "unit": "",
            "source": {"id": "2", "value": "World Development Indicators"},
            "sourceNote": "Fish that live in tanks.\nNot those in ponds.",
            "sourceOrganization": "Survey of tanks",
            "topics": [{"id": "1", "value": "Agriculture & Rural Development  "}, {}],
        }

    def rows(self, code: str) -> list[dict[str, Any]]:
        names = {item[1]: (item[0], item[2]) for item in self.areas}
        return [
            {
                "indicator": {"id": code, "value": self.names[code]},
                "country": {"id": two, "value": names[two][1]},
                "countryiso3code": "" if two in NO_ISO else names[two][0],
                "date": period,
                "value": value,
                "unit": "",
                "obs_status": "",
                "decimal": 0,
            }
            for two, series in self.values[code].items()
            for period, value in reversed(series.items())
        ]


def area(values: tuple[str, ...]) -> dict[str, Any]:
    code, two, name, region, region_name, income = values
    return {
        "id": code,
        "iso2Code": two,
        "name": name,
        "region": {"id": region, "iso2code": "ZZ", "value": region_name},
        "adminregion": {"id": "", "iso2code": "", "value": ""},
        "incomeLevel": {"id": "UMC", "iso2code": "XT", "value": income},
        "lendingType": {"id": "IBD", "iso2code": "XF", "value": "IBRD"},
        "capitalCity": "",
        "longitude": "",
        "latitude": "",
    }
