"""data.gov's catalogue, behind its gate that wants a key."""

from __future__ import annotations

from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from ..conftest import asked, send, send_json

CSV = b"airport,runways\nABC,2\nXYZ,1\n"


@dataclass
class DataGov:
    key: str
    address: str
    """Where it plays."""
    most: int = 3
    """Datasets on one page, whatever is asked for."""
    entries: list[dict[str, Any]] = field(default_factory=list)
    etag: str = '"1"'
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.entries = self.entries or [self.entry("airports-5e97a", "Airports")]

    def __call__(self, request: BaseHTTPRequestHandler) -> None:
        path, query = asked(request)
        self.asked.append((path, query))
        if path == "download/airports.csv":
            if request.headers.get("If-None-Match") == self.etag:
                send(request, b"", 304, etag=self.etag)
            else:
                send(request, CSV, content_type="text/csv", etag=self.etag)
        elif request.headers.get("X-Api-Key") != self.key:
            send_json(request, {"error": {"code": "API_KEY_INVALID", "message": "An invalid api_key"}}, 403)
        elif path == "search":
            self.search(request, query)
        else:
            send_json(request, {"error": "Not Found"}, 404)

    def search(self, request: BaseHTTPRequestHandler, query: dict[str, str]) -> None:
        words = query["q"].lower().split()
        hits = [item for item in self.entries if all(word in item["title"].lower() for word in words)]
        start, size = int(query.get("after", "0")), min(int(query["per_page"]), self.most)
        page: dict[str, Any] = {"sort": "relevance", "results": hits[start : start + size]}
        if start + size < len(hits):
            page["after"] = str(start + size)
        send_json(request, page)

    def entry(self, slug: str, title: str, **dcat: Any) -> dict[str, Any]:
        csv = f"{self.address}/download/airports.csv"
        files = [
            {"@type": "dcat:Distribution", "title": "Map", "accessURL": "https://x.example/map", "format": "WMS"},
            {"@type": "dcat:Distribution", "downloadURL": csv, "mediaType": "text/csv"},
        ]
        return {
            "title": title,
            "description": "Where one can land.",
            "identifier": f"uuid-of-{slug}",
            "slug": slug,
            "publisher": "Office of Landing",
            "keyword": ["air"],
            "theme": [],
            "last_harvested_date": "2025-08-02T21:17:47.154806",
            "organization": {"id": "1", "name": "Department", "slug": "dot"},
            "dcat": {
                "@type": "dcat:Dataset",
                "accessLevel": "public",
                "license": "https://creativecommons.org/publicdomain/zero/1.0/",
                "modified": "2026-03-04",
                "temporal": "1990-01-01/2025-12-31",
                "publisher": {"name": "Office"},
                "distribution": files,
                **dcat,
            },
        }
