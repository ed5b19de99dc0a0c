"""Kaggle's server, with a dataset of newts, and the server that keeps its files."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import quote, unquote

from ..conftest import CSV, posted, send, send_json

SERVICE = "v1/datasets.DatasetApiService/"
STORED = {"newts.csv": CSV, "colours.csv": b"colour,code\nred,1\nblue,2\n", "pond.png": b"\x89PNG\r\n\x1a\n"}
NEWTS = {
    "id": 1,
    "ref": "ann/newts",
    "title": "Newts of the ponds",
    "subtitle": "Counted by hand",
    "description": "",
    "creatorName": "Ann",
    "ownerName": "Ann's office",
    "ownerRef": "ann",
    "url": "https://www.kaggle.com/datasets/ann/newts",
    "totalBytes": 4096,
    "lastUpdated": "2024-05-01T10:20:30.1234567Z",
    "isPrivate": False,
    "licenseName": "CC0: Public Domain",
    "currentVersionNumber": 3,
    "tags": [{"ref": "animals", "name": "animals"}],
    "files": [],
    "versions": [{"versionNumber": 3, "creationDate": "2024-05-01T10:20:30Z", "status": "Ready"}],
    "thumbnailImageUrl": "https://images.example/x",
}
COLUMNS = [{"name": "city", "description": "Where the pond is", "type": "string"}, {"name": "sales", "type": "integer"}]


@dataclass
class Kaggle:
    storage: str
    """Where its files are."""
    page_size: int = 2
    """Of what is listed, whatever is asked for."""
    datasets: list[dict[str, Any]] = field(default_factory=lambda: [dict(NEWTS)])
    files: list[str] = field(default_factory=lambda: ["newts.csv", "pond.png", "README.md"])
    licences: list[str] = field(default_factory=lambda: ["CC0-1.0"])
    packed: bool = False
    """Whether a single file comes in an archive."""
    authorization: str | None = None
    """What must be said. None: anything."""
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def __call__(self, request: BaseHTTPRequestHandler) -> None:
        method = request.path.partition(SERVICE)[2]
        question = posted(request)
        self.asked.append((method, question))
        if request.command != "POST":
            return send_json(request, {"code": 405, "message": "Method not allowed"}, 405)
        if self.authorization not in (None, request.headers.get("Authorization")):
            return send_json(request, {"code": 401, "message": "Unauthenticated"}, 401)
        if method == "ListDatasets":
            words = question["search"].lower().split()
            return send_json(request, self.page("datasets", self.found(words), question))
        dataset = next((item for item in self.datasets if item["ref"] == self.named(question)), None)
        if dataset is None:
            return send_json(request, {"code": 404, "message": "Not found"}, 404)
        match method:
            case "GetDataset":
                return send_json(request, dataset)
            case "GetDatasetMetadata":
                return send_json(request, {"info": self.info(), "errorMessage": ""})
            case "ListDatasetFiles":
                files = [{"name": name, "totalBytes": 8, "columns": []} for name in self.files]
                return send_json(request, self.page("datasetFiles", files, question))
        return send(request, b"", 302, location=self.location(question))

    def found(self, words: list[str]) -> list[dict[str, Any]]:
        return [item for item in self.datasets if all(word in item["title"].lower() for word in words)]

    def named(self, question: dict[str, Any]) -> str:
        return f"{question['ownerSlug']}/{question['datasetSlug']}"

    def info(self) -> dict[str, Any]:
        return {
            "datasetId": 1,
            "licenses": [{"name": name} for name in self.licences],
            "data": [{"name": "newts.csv", "description": "", "totalBytes": 8, "columns": COLUMNS}],
        }

    def page(self, name: str, items: list[dict[str, Any]], question: dict[str, Any]) -> dict[str, Any]:
        start = int(question.get("pageToken") or 0)
        end = start + min(self.page_size, question["pageSize"])
        return {name: items[start:end], "nextPageToken": str(end) if end < len(items) else ""}

    def location(self, question: dict[str, Any]) -> str:
        """A signed address, which says by itself what may be read there."""
        name = question.get("fileName")
        files = quote("|".join([name] if name else self.files), safe="")
        kind = "plain" if name and not self.packed else "archive"
        return f"{self.storage}/{kind}/{files}?X-Goog-Signature=0123456789abcdef"


def serve_stored(request: BaseHTTPRequestHandler) -> None:
    _, _, kind, files = request.path.partition("?")[0].split("/")
    names = unquote(files).split("|")
    body = STORED[names[0]] if kind == "plain" else archive(names)
    send(request, body, content_type="application/octet-stream", etag='"s"', accept_ranges="bytes")


def archive(names: list[str]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in names:
            packed.writestr(zipfile.ZipInfo(name), STORED.get(name, b"x"), zipfile.ZIP_DEFLATED)
    return target.getvalue()
