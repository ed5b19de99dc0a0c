"""The shelf of published dashboards that the viewer serves from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..nouns import Dashboard
from ..storage import Versions
from .store import Store

if TYPE_CHECKING:
    from ..viewer.shelf import Published


class StoreShelf:
    """A shelf over the store, and the versions that this machine has or can have."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._versions = Versions(store.settings)

    def find(self, slug: str) -> Published | None:
        dashboard = self._store.find(slug)
        return self._published(dashboard) if dashboard else None

    def bring(self, published: Published) -> None:
        folder = published.folder.relative_to(self._store.settings.data_dir)
        self._versions.bring(str(folder), published.manifest)

    def list(self) -> Sequence[Published]:
        found = (self._published(dashboard) for dashboard in self._store.dashboards())
        return [published for published in found if published]

    def _published(self, dashboard: Dashboard) -> Published | None:
        version = dashboard.version
        if version is None or dashboard.folder is None:
            return None
        from ..viewer.shelf import Published  # only the viewer needs what comes along with it

        return Published(
            slug=dashboard.slug,
            dashboard_id=dashboard.id,
            number=version.number,
            title=dashboard.title,
            description=version.description,
            folder=self._store.settings.data_dir / dashboard.folder,
            manifest=dashboard.manifest,
            # A refresh that found the same data has made the old version as good as new.
            data_as_of=max(version.data_as_of, dashboard.last_refresh_at or version.data_as_of),
            is_public=dashboard.is_public,
            refresh_failed_at=dashboard.last_refresh_failed_at,
            refresh_failure=dashboard.last_refresh_failure,
        )
