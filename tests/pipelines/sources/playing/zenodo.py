"""Zenodo's server, with a record of snails."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from ..conftest import asked, send, send_json

SNAILS = b"garden,year,snails\n" + b"".join(b"Plot %d,%d,%d\n" % (row, 2010 + row % 10, row * 2) for row in range(40))


@dataclass
class Zenodo:
    files: dict[str, bytes] = field(
        default_factory=lambda: {
            "snails.csv": SNAILS,
            "snails.json": b'[{"garden": "Plot 1"}]',
            "README.txt": b"Counted by hand.",
            "shells.tsv": b"shell\tmm\nround\t12\n",
        }
    )
    about: dict[str, Any] = field(
        default_factory=lambda: {
            "title": "Snails of the  botanical garden",
            "description": "<p>All <b>snails</b> &amp; shells.</p><script>alert(1)</script>",
            "license": {"id": "cc-by-4.0"},
            "access_right": "open",
            "resource_type": {"type": "dataset", "title": "Dataset"},
            "publication_date": "2021-03-04",
            "creators": [{"name": "Doe, Jane", "affiliation": "Garden"}, {"name": "Roe, Rick"}],
            "keywords": ["snails", "gardens"],
            "version": "1",
        }
    )
    others: list[dict[str, Any]] = field(default_factory=list)
    """Further records, as a search gives them."""
    latest: int = 7
    """The number of the newest version of record 6."""
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def __call__(self, request: BaseHTTPRequestHandler) -> None:
        path, query = asked(request)
        self.asked.append((path, query))
        match path.split("/"):
            case ["records"]:
                found = [*self.others, self.record(self.latest)]
                if query["q"].startswith("doi:"):
                    found = [item for item in found if f'doi:"{item["doi"]}"' == query["q"]]
                start, size = (int(query.get("page", 1)) - 1) * int(query["size"]), int(query["size"])
                send_json(request, {"hits": {"hits": found[start : start + size], "total": len(found)}, "links": {}})
            case ["records", "6"]:
                send(request, b"", 301, location=f"/zenodo/records/{self.latest}")
            case ["records", number] if number == str(self.latest):
                send_json(request, self.record(self.latest))
            case ["records", number, "files", *name, "content"] if number == str(self.latest):
                send(request, self.files["/".join(name)], content_type="application/octet-stream")
            case ["records", "9"]:
                send_json(request, {"status": 403, "message": "Permission denied."}, 403)
            case _:
                send_json(request, {"status": 404, "message": "The persistent identifier does not exist."}, 404)

    def record(self, number: int) -> dict[str, Any]:
        return {
            "id": number,
            "conceptrecid": "6",
            "doi": f"10.5281/zenodo.{number}",
            "metadata": self.about,
            "files": [
                {
                    "id": f"{number}-{name}",
                    "key": name,
                    "size": len(content),
                    "checksum": f"md5:{hashlib.md5(content, usedforsecurity=False).hexdigest()}",
                    "links": {"self": f"https://elsewhere.example/{name}"},
                }
                for name, content in self.files.items()
            ],
        }
