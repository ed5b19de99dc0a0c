"""What the database says about storage: whose it is, and which versions are wanted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select

from ..tables import LIVE, InstallationRow, JobRow, VersionRow
from .store import Store


class Wanted(NamedTuple):
    """What a clean-up must leave."""

    manifests: frozenset[str]
    """Of all versions, and of their pictures."""
    before: datetime
    """What has changed since then may belong to a version that is just being made."""


class References:
    """Each method is one transaction and raises DatabaseGoneError like the store's."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def owner(self) -> str:
        """The id of this database among those that may use the same storage."""
        with self._store.transaction() as session:
            return str(session.scalars(select(InstallationRow.id)).one())

    def wanted(self, grace: timedelta) -> Wanted:
        """`grace`: what has changed within it is left alone, and so is all since the oldest running job began."""
        with self._store.transaction() as session:
            manifests = (*session.scalars(select(VersionRow.manifest)), *session.scalars(select(VersionRow.pictures)))
            begun = session.scalar(select(func.min(JobRow.started_at)).where(JobRow.status.in_(LIVE)))
            before = session.execute(select(func.now())).scalar_one() - grace
            return Wanted(frozenset(filter(None, manifests)), min(before, begun or before))
