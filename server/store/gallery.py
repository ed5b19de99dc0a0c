"""The gallery: which versions have pictures."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, select, update

from ..tables import DashboardRow, VersionRow
from .store import Store


class Lacking(NamedTuple):
    """A version without pictures."""

    slug: str
    title: str
    folder: str
    """Relative to the data directory."""


class Gallery:
    """Each method is one transaction and raises DatabaseGoneError like the store's."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def lacking(self, dashboard_id: str, number: int) -> Lacking | None:
        """A version that has no pictures; None: it has, or is gone."""
        query = (
            select(VersionRow.title, VersionRow.folder, DashboardRow.slug)
            .join(DashboardRow, VersionRow.dashboard_id == DashboardRow.id)
            .where(_is(dashboard_id, number), VersionRow.pictures.is_(None))
        )
        with self._store.transaction() as session:
            row = session.execute(query).first()
            return Lacking(row.slug, row.title, row.folder) if row else None

    def hang(self, dashboard_id: str, number: int, pictures: str) -> None:
        """Say where storage has the pictures of a version. One that is gone stays so."""
        with self._store.transaction() as session:
            session.execute(update(VersionRow).where(_is(dashboard_id, number)).values(pictures=pictures))


def _is(dashboard_id: str, number: int) -> ColumnElement[bool]:
    return (VersionRow.dashboard_id == UUID(dashboard_id)) & (VersionRow.number == number)
