"""A viewer over a shelf that is a JSON file, as a program of its own: ``python serving.py DATA_DIR [HOST]``.

DATA_DIR/shelf.json holds a list of published dashboards, DATA_DIR/tallies.json what the metrics tell; both are read
anew when they are needed. The first line it prints is the address.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from dashwright.pipelines.errors import StorageError
from dashwright.server import settings as settings_
from dashwright.server.nouns import Tally
from dashwright.server.viewer.app import serve
from dashwright.server.viewer.shelf import Published


class FileShelf:
    def __init__(self, path: Path) -> None:
        self.path = path

    def find(self, slug: str) -> Published | None:
        return next((one for one in self.list() if one.slug == slug), None)

    def bring(self, published: Published) -> None:
        if not published.folder.is_dir():
            raise StorageError(f"'{published.folder}' is damaged.")

    def list(self) -> Sequence[Published]:
        return [_published(one) for one in json.loads(self.path.read_text())]


def _published(values: dict[str, str]) -> Published:
    times = {
        name: datetime.fromisoformat(values[name]) for name in values if name in ("data_as_of", "refresh_failed_at")
    }
    return Published(**{**values, **times, "folder": Path(values["folder"])})  # type: ignore[arg-type]


def main() -> None:
    data_dir = Path(sys.argv[1])
    host = sys.argv[2] if len(sys.argv) > 2 else "127.0.0.1"

    def tallies() -> list[Tally]:
        return [Tally.model_validate(one) for one in json.loads((data_dir / "tallies.json").read_text())]

    serve(
        settings_.load(data_dir),
        FileShelf(data_dir / "shelf.json"),
        0,
        host,
        ready=lambda url: print(url, flush=True),
        tallies=tallies,
    )


if __name__ == "__main__":
    main()
