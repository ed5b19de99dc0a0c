"""Lists: pages of dashboards, jobs and versions, each read from an index from where the page before has ended."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, or_, select, text, true, tuple_, union

from ...pipelines.model import JobKind, Noun, Version
from ..errors import MissingError
from ..nouns import Dashboard, DashboardStatus, Job, JobStatus, PublishedVersion
from ..tables import SEARCHED, DashboardRow, JobRow, ShareRow, VersionRow
from .spending import of_jobs
from .store import Store
from .translating import dashboard_of, job_of

Order = Literal["-created_at", "created_at", "-updated_at", "updated_at", "title", "-title"]
MOST_WORDS = 20


class Place(Noun):
    """The last item of the page before: its value in the order, and its id."""

    value: str
    id: str


class Reader(Noun):
    """Whose list it is. Everybody sees what is public."""

    user_id: str | None = None
    domain: str = ""
    """Of their e-mail address."""
    sees_all: bool = False


class Wanted(Noun):
    """Which dashboards, in which order."""

    reader: Reader
    order: Order = "-created_at"
    search: str | None = None
    status: tuple[DashboardStatus, ...] = ()
    tags: tuple[str, ...] = ()
    """All of them."""
    is_public: bool | None = None
    after: Place | None = None
    limit: int = 20


class WantedJobs(Noun):
    reader: Reader
    slug: str | None = None
    status: tuple[JobStatus, ...] = ()
    kind: tuple[JobKind, ...] = ()
    after: Place | None = None
    limit: int = 20


class Listing:
    """Each method is one transaction and raises DatabaseGoneError like the store's."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def dashboards(self, wanted: Wanted) -> tuple[tuple[Dashboard, ...], Place | None]:
        """A page, and the place after which the next one begins, if there is more."""
        column: Any = getattr(DashboardRow, wanted.order.removeprefix("-"))
        with self._store.transaction() as session:
            keys = session.scalars(listed(wanted, column)).all()
            by_key = {row.id: row for row in session.scalars(select(DashboardRow).where(DashboardRow.id.in_(keys)))}
            rows = [by_key[key] for key in keys if key in by_key]
            shown = rows[: wanted.limit]
            return tuple(map(dashboard_of, shown)), _place(shown, column.key, is_last=len(keys) <= wanted.limit)

    def jobs(self, wanted: WantedJobs) -> tuple[tuple[Job, ...], Place | None]:
        """The newest first."""
        query = (
            select(JobRow).join(DashboardRow, JobRow.dashboard_id == DashboardRow.id).where(*_visible(wanted.reader))
        )
        if wanted.slug is not None:
            query = query.where(DashboardRow.slug == wanted.slug)
        if wanted.status:
            query = query.where(JobRow.status.in_(wanted.status))
        if wanted.kind:
            query = query.where(JobRow.kind.in_(wanted.kind))
        query = _after(query, JobRow.created_at, JobRow.id, wanted.after, is_down=True)
        with self._store.transaction() as session:
            rows = session.scalars(query.limit(wanted.limit + 1)).all()
            shown = rows[: wanted.limit]
            spendings = of_jobs(session, [row.id for row in shown])
            found = tuple(job_of(row, spendings.get(row.id)) for row in shown)
            return found, _place(shown, "created_at", is_last=len(rows) <= wanted.limit)

    def versions(self, slug: str, before: int | None = None, limit: int = 20) -> tuple[PublishedVersion, ...]:
        """The newest first, those with a number below `before`."""
        query = (
            select(VersionRow, DashboardRow.published_version_id)
            .join(DashboardRow, VersionRow.dashboard_id == DashboardRow.id)
            .where(DashboardRow.slug == slug)
            .order_by(VersionRow.number.desc())
            .limit(limit)
        )
        if before is not None:
            query = query.where(VersionRow.number < before)
        with self._store.transaction() as session:
            return tuple(_version_of(row, published) for row, published in session.execute(query))

    def version(self, slug: str, number: int) -> PublishedVersion:
        """The version of this number.

        Raises:
            MissingError: there is none.
        """
        found = self.versions(slug, before=min(number, 2**31 - 2) + 1, limit=1)
        if not found or found[0].version.number != number:
            raise MissingError(f"The dashboard '{slug}' has no version {number}.")
        return found[0]


def listed(wanted: Wanted, column: Any) -> Select[Any]:
    """The ids of a page and of one more, in the order of a column.

    Each way to see a dashboard is a query of its own, which an index answers in that order: a page costs the same
    however many dashboards there are, and however few of them somebody sees.
    """
    is_down, conditions = wanted.order.startswith("-"), _conditions(wanted)
    ways = []
    for way in _ways(wanted.reader):
        seen = select(DashboardRow.id, column.label("value")).where(way, *conditions)
        seen = _after(seen, column, DashboardRow.id, wanted.after, is_down=is_down).limit(wanted.limit + 1)
        ways.append(select(seen.subquery()))
    both = (union(*ways) if len(ways) > 1 else ways[0]).subquery()
    return _after(select(both.c.id), both.c.value, both.c.id, None, is_down=is_down).limit(wanted.limit + 1)


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.search is not None:
        words = _words(wanted.search)
        found.append(DashboardRow.id.in_(_having(words)) if words else false())
    if wanted.status:
        found.append(DashboardRow.status.in_(wanted.status))
    if wanted.tags:
        found.append(DashboardRow.tags.contains(list(wanted.tags)))
    if wanted.is_public is not None:
        found.append(DashboardRow.is_public.is_(wanted.is_public))
    return found


def _ways(reader: Reader) -> tuple[ColumnElement[bool], ...]:
    """By which somebody sees dashboards; one may be seen by several."""
    if reader.sees_all:
        return (true(),)
    if reader.user_id is None:
        return (DashboardRow.is_public.is_(True),)
    user = UUID(reader.user_id)
    return (
        DashboardRow.is_public.is_(True),
        DashboardRow.user_id == user,
        DashboardRow.id.in_(select(ShareRow.dashboard_id).where(ShareRow.user_id == user)),
        DashboardRow.id.in_(select(ShareRow.dashboard_id).where(ShareRow.domain == reader.domain)),
    )


def _visible(reader: Reader) -> tuple[ColumnElement[bool], ...]:
    if reader.sees_all:
        return ()
    if reader.user_id is None:
        return (DashboardRow.is_public.is_(True),)
    user = UUID(reader.user_id)
    shared = select(ShareRow.id).where(
        ShareRow.dashboard_id == DashboardRow.id, (ShareRow.user_id == user) | (ShareRow.domain == reader.domain)
    )
    return (or_(DashboardRow.is_public.is_(True), DashboardRow.user_id == user, shared.exists()),)


def _words(search: str) -> str:
    """Words of which each must begin one of the dashboard's."""
    words = re.findall(r"[^\W_]+", search)[:MOST_WORDS]
    return " & ".join(f"{word}:*" for word in words)


def _having(words: str) -> Select[Any]:
    # In a query of its own, where the names of the columns are those of the index.
    matches = text(f"{SEARCHED} @@ to_tsquery('simple'::regconfig, :words)").bindparams(words=words)
    return select(DashboardRow.__table__.c.id).where(matches).correlate(None)


def _after(query: Select[Any], column: Any, key: Any, place: Place | None, *, is_down: bool) -> Select[Any]:
    if place is not None:
        value: Any = place.value if column.key == "title" else datetime.fromisoformat(place.value)
        here, there = tuple_(column, key), tuple_(value, UUID(place.id))
        query = query.where(here < there if is_down else here > there)
    return query.order_by(*((column.desc(), key.desc()) if is_down else (column, key)))


def _place(shown: Sequence[Any], name: str, *, is_last: bool) -> Place | None:
    if is_last or not shown:
        return None
    value = getattr(shown[-1], name)
    return Place(value=value if isinstance(value, str) else value.isoformat(), id=str(shown[-1].id))


def _version_of(row: VersionRow, published: UUID | None) -> PublishedVersion:
    return PublishedVersion(
        version=Version.model_validate(row.version),
        folder=row.folder,
        manifest=row.manifest,
        pictures=row.pictures,
        job_id=str(row.job_id) if row.job_id else None,
        is_published=row.id == published,
    )
