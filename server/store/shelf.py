"""The shelf of published dashboards that the viewer serves from."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..access import DashboardFacts
from ..errors import MissingError
from ..nouns import Dashboard
from ..storage import Versions
from .listing import Listing
from .sharing import Shares
from .store import Store

if TYPE_CHECKING:
    from ..viewer.shelf import Published


class StoreShelf:
    """A shelf over the store, and the versions that this machine has or can have."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._versions = Versions(store.settings)
        self._shares = Shares(store)

    def find(self, slug: str) -> Published | None:
        dashboard = self._store.find(slug)
        return next(iter(self._published([dashboard])), None) if dashboard else None

    def find_version(self, slug: str, number: int) -> Published | None:
        from ..viewer.shelf import Published  # only the viewer needs what comes along with it

        with contextlib.suppress(MissingError):
            dashboard, found = self._store.dashboard(slug), Listing(self._store).version(slug, number)
            return Published(
                slug=slug,
                dashboard_id=dashboard.id,
                number=number,
                title=found.version.title,
                description=found.version.description,
                folder=self._store.settings.data_dir / found.folder,
                manifest=found.manifest,
                data_as_of=found.version.data_as_of,
                facts=self._shares.facts_of([dashboard])[dashboard.id],
                standing="published" if found.is_published else "earlier" if found.published_at else "draft",
            )
        return None

    def bring(self, published: Published) -> None:
        folder = published.folder.relative_to(self._store.settings.data_dir)
        self._versions.bring(str(folder), published.manifest)

    def list(self) -> Sequence[Published]:
        return self._published(self._store.dashboards())

    def _published(self, dashboards: Sequence[Dashboard]) -> Sequence[Published]:
        facts = self._shares.facts_of(dashboards)
        found = (self._as_published(one, facts[one.id]) for one in dashboards if one.id in facts)
        return [published for published in found if published]

    def _as_published(self, dashboard: Dashboard, facts: DashboardFacts) -> Published | None:
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
            facts=facts,
            refresh_failed_at=dashboard.last_refresh_failed_at,
            refresh_failure=dashboard.last_refresh_failure,
        )
