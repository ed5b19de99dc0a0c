"""FRED's server, with the price of eggs."""

from __future__ import annotations

from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from ..conftest import asked, send_json

EGGS = {
    "id": "EGGS",
    "realtime_start": "2026-11-22",
    "realtime_end": "2026-11-22",
    "title": "Price of Eggs",
    "observation_start": "1980-01-01",
    "observation_end": "1980-12-01",
    "frequency": "Monthly",
    "frequency_short": "M",
    "units": "U.S. Dollars",
    "units_short": "U.S. $",
    "seasonal_adjustment": "Not Seasonally Adjusted",
    "seasonal_adjustment_short": "NSA",
    "last_updated": "2026-11-06 07:46:10-06",
    "popularity": 42,
}


@dataclass
class Fred:
    key: str
    most: int = 5
    """Observations on one page, whatever is asked for."""
    series: dict[str, Any] = field(default_factory=lambda: {"EGGS": dict(EGGS)})
    values: list[tuple[str, str]] = field(
        default_factory=lambda: [
            (f"1980-{month:02}-01", "." if month == 3 else f"{0.5 + month / 100:.3f}") for month in range(1, 13)
        ]
    )
    tags: list[dict[str, str]] = field(
        default_factory=lambda: [
            {"name": "usa", "group_id": "geo"},
            {"name": "public domain: citation requested", "group_id": "cc"},
        ]
    )
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def __call__(self, request: BaseHTTPRequestHandler) -> None:
        path, query = asked(request)
        self.asked.append((path, query))
        if query.get("api_key") != self.key:
            fail(request, "Bad Request.  The value for variable api_key is not registered.  Read https://x for more.")
        elif query.get("file_type") != "json":
            request.send_error(500, "XML is not played")
        elif path == "series/search":
            words = query["search_text"].lower().split()
            hits = [item for item in self.series.values() if all(word in item["title"].lower() for word in words)]
            send_json(request, {"count": len(hits), "offset": 0, "seriess": hits[: int(query["limit"])]})
        elif query["series_id"] not in self.series:
            fail(request, "Bad Request.  The series does not exist.")
        elif path == "series":
            send_json(request, {"seriess": [self.series[query["series_id"]]]})
        elif path == "series/tags":
            send_json(request, {"tags": self.tags, "count": len(self.tags)})
        else:
            send_json(request, self.page(int(query["offset"]), int(query["limit"])))

    def page(self, offset: int, limit: int) -> dict[str, Any]:
        part = self.values[offset : offset + min(limit, self.most)]
        rows = [{"realtime_start": "", "realtime_end": "", "date": day, "value": value} for day, value in part]
        return {"count": len(self.values), "offset": offset, "limit": limit, "observations": rows}


def fail(request: BaseHTTPRequestHandler, message: str, status: int = 400) -> None:
    send_json(request, {"error_code": status, "error_message": message}, status)
