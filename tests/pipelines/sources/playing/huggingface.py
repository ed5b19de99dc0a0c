"""Hugging Face's Hub and its dataset viewer on one server, with a dataset of kites in two shards."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.parquet as pq

from ..conftest import asked, send, send_json

KITES: dict[str, Any] = {
    "_id": "6",
    "id": "wind/kites",
    "author": "wind",
    "sha": "aaaa",
    "lastModified": "2026-01-02T03:04:05.000Z",
    "private": False,
    "gated": False,
    "disabled": False,
    "tags": ["license:cc-by-4.0", "size_categories:n<1K", "modality:tabular", "format:csv", "toys"],
    "description": "Kites and how high\n they fly.",
    "cardData": {"license": "cc-by-4.0", "pretty_name": "All Kites"},
}


def parquet(**columns: list[Any]) -> bytes:
    target = io.BytesIO()
    pq.write_table(pa.table(columns), target)
    return target.getvalue()


@dataclass
class HuggingFace:
    datasets: dict[str, dict[str, Any]] = field(default_factory=lambda: {"wind/kites": dict(KITES)})
    files: dict[str, bytes] = field(
        default_factory=lambda: {
            "default/train/0000.parquet": parquet(kite=["Red", "Blue"], height=[10, 20]),
            "default/train/0001.parquet": parquet(kite=["Green"], height=[30.5]),
            "default/test/0000.parquet": parquet(kite=["Grey"], height=[1]),
            "old/train/0000.parquet": parquet(kite=["Dusty"]),
        }
    )
    """Of each dataset: configuration, split and name → content."""
    home: str = "https://huggingface.co"
    """Where the viewer says that files are."""
    partial: bool = False
    pending: list[Any] = field(default_factory=list)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def __call__(self, request: BaseHTTPRequestHandler) -> None:
        path, query = asked(request)
        self.asked.append((path, query))
        name = query.get("dataset", "")
        if path == "api/datasets":
            words = query["search"].lower().split()
            hits = [item for item in self.datasets.values() if all(word in item["id"] for word in words)]
            hits = [item for item in hits if query["filter"] in item["tags"]]
            send_json(request, hits[: int(query["limit"])])
        elif path.removeprefix("api/datasets/") in self.datasets:
            send_json(request, self.datasets[path.removeprefix("api/datasets/")])
        elif path == "datasets-server/parquet" and name in self.datasets:
            send_json(request, self.conversion(name))
        elif path == "datasets-server/info" and name in self.datasets and query["config"] == "default":
            value = {"dtype": "string", "_type": "Value"}
            splits = {"train": {"name": "train", "num_examples": 3}}
            send_json(request, {"dataset_info": {"features": {"kite": value, "height": value}, "splits": splits}})
        elif "/resolve/refs%2Fconvert%2Fparquet/" in urlsplit(request.path).path:
            content = self.files[urlsplit(request.path).path.partition("%2Fparquet/")[2]]
            send(request, content, content_type="application/octet-stream")
        else:
            send_json(request, {"error": "Repository not found"}, 401, x_error_code="RepoNotFound")

    def conversion(self, name: str) -> dict[str, Any]:
        rows = [
            {
                "dataset": name,
                "config": path.split("/")[0],
                "split": path.split("/")[1],
                "url": f"{self.home}/datasets/{name}/resolve/refs%2Fconvert%2Fparquet/{path}",
                "filename": path.split("/")[2],
                "size": len(content),
            }
            for path, content in self.files.items()
        ]
        return {"parquet_files": rows, "pending": self.pending, "failed": [], "partial": self.partial}
