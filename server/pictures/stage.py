"""Stage: a viewer for one version alone, for the camera. It knows no database, and all is thrown away afterwards."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from ...pipelines.model import Version
from ..access import DashboardFacts
from ..settings import Settings
from ..viewer.app import serve
from ..viewer.shelf import Published
from .errand import Errand


class OneShelf:
    """A shelf with one dashboard."""

    def __init__(self, published: Published) -> None:
        self._published = published

    def find(self, slug: str) -> Published | None:
        return self._published if slug == self._published.slug else None

    def find_version(self, slug: str, number: int) -> Published | None:
        found = self.find(slug)
        return found if found and number == found.number else None

    def list(self) -> Sequence[Published]:
        return (self._published,)

    def bring(self, published: Published) -> None:
        """It is here."""


def main() -> None:
    errand = Errand.model_validate_json(sys.stdin.buffer.read())
    folder = Path(errand.folder)
    version = Version.model_validate_json((folder / "version.json").read_bytes())
    published = Published(
        slug=version.slug,
        dashboard_id=version.dashboard_id,
        number=version.number,
        title=errand.title,
        folder=folder,
        data_as_of=version.data_as_of,
        facts=DashboardFacts(dashboard_id=version.dashboard_id),
        description=version.description,
    )
    settings = Settings(data_dir=Path(errand.scratch) / "data", memory=errand.memory)
    settings.make_folders()
    serve(settings, OneShelf(published), 0, ready=lambda address: print(address, flush=True))  # noqa: T201


if __name__ == "__main__":
    main()
