"""A portal that runs CKAN, with the trees of a town."""

from __future__ import annotations

from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from ..conftest import asked, send, send_json

CSV = b"tree,height\nOak,12\nFir,30\n"
NOT_FOUND = {"__type": "Not Found Error", "message": "Not found"}


@dataclass
class Ckan:
    address: str
    """Where it plays."""
    packages: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=lambda: {"trees.csv": CSV})
    etag: str = '"1"'
    failing_status: int = 404
    """Of what is not found; portals behind some proxies say 200."""
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.packages = self.packages or [self.package("trees")]

    def __call__(self, request: BaseHTTPRequestHandler) -> None:
        path, query = asked(request)
        self.asked.append((path, query))
        match path.split("/"):
            case ["api", "3", "action", "package_search"]:
                start, count = int(query["start"]), int(query["rows"])
                hits = [item for item in self.packages if any(word in str(item) for word in query["q"].split())]
                self.answer(request, {"count": len(hits), "results": hits[start : start + count]})
            case ["api", "3", "action", "package_show"]:
                found = [item for item in self.packages if query["id"] in (item["name"], item["id"])]
                self.answer(request, found[0] if found else None)
            case ["download", name] if name in self.files:
                if request.headers.get("If-None-Match") == self.etag:
                    send(request, b"", 304, etag=self.etag)
                else:
                    send(request, self.files[name], content_type="application/octet-stream", etag=self.etag)
            case _:
                send(request, b"<html><body>Nothing</body></html>", 404, content_type="text/html")

    def answer(self, request: BaseHTTPRequestHandler, result: Any) -> None:
        if result is None:
            send_json(request, {"help": "?", "success": False, "error": NOT_FOUND}, self.failing_status)
        else:
            send_json(request, {"help": "?", "success": True, "result": result})

    def package(self, name: str, **changed: Any) -> dict[str, Any]:
        return {
            "id": f"id-of-{name}",
            "name": name,
            "title": f"The {name} of the town",
            "notes": "Each one.\r\n\r\nSince 1900.",
            "private": False,
            "license_id": "cc-by",
            "license_title": "Creative Commons Attribution",
            "license_url": "http://www.opendefinition.org/licenses/cc-by",
            "organization": {"id": "o", "name": "town", "title": "The Town"},
            "author": None,
            "metadata_modified": "2026-05-20T09:20:43.998956",
            "tags": [{"name": "green", "display_name": "green"}],
            "resources": [
                self.file("Leaflet", "PDF", "leaflet.pdf"),
                self.file("Trees in a workbook", "XLSX", "trees.xlsx"),
                self.file("Trees as text", "CSV", "trees.csv"),
            ],
            **changed,
        }

    def file(self, name: str, format: str, path: str) -> dict[str, Any]:  # noqa: A002 (CKAN's)
        return {
            "id": f"id-of-{path}",
            "name": name,
            "format": format,
            "url": f"{self.address}/download/{path}",
            "size": 27,
            "last_modified": "2026-06-01T00:00:00",
        }
