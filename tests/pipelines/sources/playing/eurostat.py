"""Eurostat's server, with a cube of bath tubs."""

from __future__ import annotations

from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from itertools import product
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ..conftest import asked, send, send_json

Axis = dict[str, str]
DIMENSIONS: dict[str, tuple[str, Axis]] = {
    "freq": ("Time frequency", {"A": "Annual"}),
    "unit": ("Unit of measure", {"THS": "Thousand", "PC": "Percentage"}),
    "colour": ("Colour of the tub", {"TOTAL": "Total", "W": "White"}),
    "geo": ("Geopolitical entity (reporting)", {"EU27_2020": "European Union", "EL": "Greece", "FR": "France"}),
    "time": ("Time", {"2019": "2019", "2020": "2020"}),
}
CONTENTS = (
    '"title"\t"code"\t"type"\t"last update of data"\t"last table structure change"\t"data start"\t"data end"\t'
    '"values"\n'
    '"Database by themes"\t"data"\t"folder"\t" "\t" "\t" "\t" "\t\n'
    '"    Households"\t"house"\t"folder"\t" "\t" "\t" "\t" "\t\n'
    '"        Bath tubs by colour"\t"bath_tubs"\t"dataset"\t"15.01.2024"\t"01.01.2023"\t"1995"\t"2020"\t24\n'
    '"    Trade"\t"trade"\t"folder"\t" "\t" "\t" "\t" "\t\n'
    '"        Ships built"\t"ship_built"\t"dataset"\t"01.02.2024"\t"01.01.2023"\t"1995-Q1"\t"2020-Q4"\t7\n'
    '"        Bath tubs by colour"\t"bath_tubs"\t"dataset"\t"15.01.2024"\t"01.01.2023"\t"1995"\t"2020"\t24\n'
)


@dataclass
class Eurostat:
    label: str = "Bath tubs by colour"
    updated: str = "2024-01-15T11:00:00+0100"
    dimensions: dict[str, tuple[str, Axis]] = field(default_factory=lambda: dict(DIMENSIONS))
    values: dict[tuple[str, ...], float | None] = field(default_factory=dict)
    status: dict[tuple[str, ...], str] = field(default_factory=dict)
    contents: str = CONTENTS
    asked: list[tuple[str, list[tuple[str, str]]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.values:
            every = product(*(codes for _, codes in self.dimensions.values()))
            self.values = {codes: number + 0.5 for number, codes in enumerate(every)}

    def __call__(self, request: BaseHTTPRequestHandler) -> None:
        path, _ = asked(request)
        pairs = parse_qsl(urlsplit(request.path).query)
        self.asked.append((path, pairs))
        if path == "catalogue/toc/txt":
            send(request, self.contents.encode(), content_type="text/plain")
        elif path != "statistics/1.0/data/bath_tubs":
            send_json(request, {"error": [{"status": 404, "id": 100, "label": "ERR_NOT_FOUND_4"}]}, 404)
        else:
            cube = self.cube(pairs)
            empty = {"error": [{"status": 400, "id": 100, "label": "No results found"}]}
            send_json(request, cube if cube["value"] else empty, 200 if cube["value"] else 400)

    def cube(self, pairs: list[tuple[str, str]]) -> dict[str, Any]:
        chosen = {name: dict(codes) for name, (_, codes) in self.dimensions.items()}
        for name in {name for name, _ in pairs} & set(chosen):
            wanted = [value for key, value in pairs if key == name]
            chosen[name] = {code: label for code, label in chosen[name].items() if code in wanted}
        query = dict(pairs)
        times = [code for code in chosen["time"] if code >= query.get("sinceTimePeriod", "")]
        times = times[-int(query.get("lastTimePeriod", "999")) :]
        chosen["time"] = {code: chosen["time"][code] for code in times}
        places = list(product(*chosen.values()))
        found = [self.values.get(place) for place in places]
        return {
            "version": "2.0",
            "class": "dataset",
            "label": self.label,
            "source": "ESTAT",
            "updated": self.updated,
            "value": {str(number): value for number, value in enumerate(found) if value is not None},
            "status": {str(number): self.status[place] for number, place in enumerate(places) if place in self.status},
            "id": list(chosen),
            "size": [len(codes) for codes in chosen.values()],
            "dimension": {
                name: {
                    "label": self.dimensions[name][0],
                    "category": {"index": {code: number for number, code in enumerate(codes)}, "label": codes},
                }
                for name, codes in chosen.items()
            },
            "extension": {"lang": "EN", "id": "BATH_TUBS"},
        }
