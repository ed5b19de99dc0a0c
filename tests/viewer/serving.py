"""A viewer over a shelf that is a JSON file, as a program of its own: ``python serving.py DATA_DIR [HOST [DATABASE]]``.

With a database, who may see a dashboard is not in the file but in the database at that address, as are the people.

DATA_DIR/shelf.json holds a list of published dashboards, DATA_DIR/tallies.json what the metrics tell; both are read
anew when they are needed. The first line it prints is the address.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from dashwright.pipelines.errors import StorageError
from dashwright.server import settings as settings_
from dashwright.server.access import DashboardFacts
from dashwright.server.accounts.signing_in import Door
from dashwright.server.database import connect
from dashwright.server.nouns import Measured
from dashwright.server.observing.exposing import Exposition
from dashwright.server.store import Shares, Store, Views
from dashwright.server.viewer.app import serve
from dashwright.server.viewer.shelf import Published


class FileShelf:
    def __init__(self, path: Path) -> None:
        self.path = path

    def find(self, slug: str) -> Published | None:
        return next((one for one in self.list() if one.slug == slug), None)

    def find_version(self, slug: str, number: int) -> Published | None:
        found = self.find(slug)
        if found is None or not (found.folder.parent / str(number)).is_dir():
            return None
        return replace(found, number=number, folder=found.folder.parent / str(number), standing="draft")

    def bring(self, published: Published) -> None:
        if not published.folder.is_dir():
            raise StorageError(f"'{published.folder}' is damaged.")

    def list(self) -> Sequence[Published]:
        return [_published(one) for one in json.loads(self.path.read_text())]


@dataclass
class SharedShelf(FileShelf):
    """Files with the facts of a database."""

    path: Path
    shares: Shares

    def list(self) -> Sequence[Published]:
        return [
            replace(one, facts=facts) for one in super().list() if (facts := self.shares.facts(one.slug)) is not None
        ]


def _published(values: dict[str, Any]) -> Published:
    times = {
        name: datetime.fromisoformat(values[name]) for name in values if name in ("data_as_of", "refresh_failed_at")
    }
    facts = DashboardFacts(
        dashboard_id=values["dashboard_id"],
        is_public=values.pop("is_public"),
        embed_origins=tuple(values.pop("embed_origins", ())),
        shared_domains=frozenset(values.pop("shared_domains", ())),
    )
    return Published(**{**values, **times, "folder": Path(values["folder"])}, facts=facts)


def main() -> None:
    data_dir = Path(sys.argv[1])
    host = sys.argv[2] if len(sys.argv) > 2 else "127.0.0.1"

    def measure() -> Measured:
        return Measured(tallies=json.loads((data_dir / "tallies.json").read_text()))

    settings = settings_.load(data_dir)
    store = Store(connect(sys.argv[3]), settings) if len(sys.argv) > 3 else None
    path = data_dir / "shelf.json"
    serve(
        settings,
        SharedShelf(path, Shares(store)) if store else FileShelf(path),
        0,
        host,
        ready=lambda url: print(url, flush=True),
        exposition=Exposition("viewer", measure),
        door=Door(store) if store else None,
        book=Views(store) if store else None,
    )


if __name__ == "__main__":
    main()
