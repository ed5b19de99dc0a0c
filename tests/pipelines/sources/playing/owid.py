"""Our World in Data's server, with a chart of penguins."""

from __future__ import annotations

from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from ..conftest import asked, send, send_json

CSV = (
    "Entity,Code,Year,penguins,note\n"
    "Africa,,2000,12.5,\n"
    "Chile,CHL,2000,7,many\n"
    "Chile,CHL,2001,,\n"
    "Kosovo,OWID_KOS,2001,0,none\n"
    '"Korea, South",KOR,-500,1e3,\n'
    "World,OWID_WRL,2000,99,\n"
)


@dataclass
class Owid:
    address: str
    """Where it plays."""
    csv: str = CSV
    etag: str = '"1"'
    licences: tuple[str, ...] = ("CC BY 4.0",)
    hits: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def __call__(self, request: BaseHTTPRequestHandler) -> None:
        path, query = asked(request)
        self.asked.append((path, query))
        known = request.headers.get("If-None-Match") == self.etag
        match path:
            case "api/search":
                size = int(query["hitsPerPage"])
                send_json(request, {"query": query["q"], "results": self.hits[:size], "nbHits": len(self.hits)})
            case "grapher/penguins.metadata.json":
                send_json(request, self.metadata())
            case "grapher/penguins.csv" if known:
                send(request, b"", 304, etag=self.etag)
            case "grapher/penguins.csv":
                send(request, self.csv.encode(), content_type="text/csv", etag=self.etag)
            case "grapher/secret.csv" | "grapher/secret.metadata.json":
                send_json(request, {"error": "non-redistributable"}, 403)
            case "indicators/7.json":
                origins = [{"license": {"name": name, "url": "https://licence.example/x"}} for name in self.licences]
                send_json(request, {"origins": origins})
            case _:
                send_json(request, {"error": "Not found"}, 404)

    def metadata(self) -> dict[str, Any]:
        return {
            "chart": {"title": "Penguins", "subtitle": "Birds that swim.", "citation": "Bird office (2024)"},
            "columns": {
                "penguins": {
                    "titleShort": "Penguins",
                    "titleLong": "Penguins - all kinds",
                    "descriptionShort": "Grown ones.",
                    "unit": "thousands",
                    "timespan": "1900-2001",
                    "lastUpdated": "2024-05-06",
                    "citationLong": "Bird office (2024) – processed by Our World in Data",
                    "fullMetadata": f"{self.address}/indicators/7.json",
                }
            },
            "dateDownloaded": "2024-10-30",
        }
