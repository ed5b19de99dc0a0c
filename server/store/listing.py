"""Lists: pages of dashboards, jobs and versions, each read from an index from where the page before has ended."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row
from sqlalchemy import ColumnElement, Select, select, tuple_, union

from ...pipelines.model import JobKind, Noun, Version
from ..errors import MissingError
from ..nouns import Dashboard, DashboardStatus, Job, JobStatus, PublishedVersion
from ..tables import DashboardRow, JobRow, VersionRow
from .browsing import Browse, Order, Owner, Who, one_more, statement, ways
from .spending import of_jobs
from .store import Store
from .translating import dashboard_from, job_of

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

    @property
    def who(self) -> Who:
        return "everything" if self.sees_all else "public" if self.user_id is None else "person"

    @property
    def key(self) -> UUID | None:
        return UUID(self.user_id) if self.user_id else None


class Wanted(Noun):
    """Which dashboards, in which order."""

    reader: Reader
    order: Order = "-created_at"
    search: str | None = None
    status: tuple[DashboardStatus, ...] = ()
    tags: tuple[str, ...] = ()
    """All of them."""
    is_public: bool | None = None
    owner: Owner | None = None
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
        sent = parameters(wanted)
        if wanted.search is not None and not sent["words"]:
            return (), None  # no index knows it
        with self._store.reading() as connection:
            for browse in browses(wanted):
                cursor = connection.cursor(row_factory=dict_row)
                # A plan that is kept would be the one for words, tags and states that somebody else asked for.
                found = cursor.execute(statement(browse), sent, prepare=False if browse.is_filtered else None)
                rows = found.fetchall()
                if len(rows) > wanted.limit:
                    break
        shown = tuple(map(dashboard_from, rows[: wanted.limit]))
        return shown, _place(shown, wanted.order.removeprefix("-"), is_last=len(rows) <= wanted.limit)

    def jobs(self, wanted: WantedJobs) -> tuple[tuple[Job, ...], Place | None]:
        """The newest first."""
        parts = []
        for way in ways(wanted.reader.who):  # each by indexes, as with dashboards
            seen: Select[Any] = select(JobRow.id).join(DashboardRow, JobRow.dashboard_id == DashboardRow.id)
            seen = seen.where(way, *_job_conditions(wanted))
            parts.append(select(one_more(_newest(seen), wanted.limit).subquery().c.id))
        query = one_more(_newest(select(JobRow).where(JobRow.id.in_(union(*parts)))), wanted.limit)
        with self._store.transaction() as session:
            rows = session.scalars(query, {"user_id": wanted.reader.key, "domain": wanted.reader.domain}).all()
            shown = rows[: wanted.limit]
            spendings = of_jobs(session, [row.id for row in shown])
            found = tuple(job_of(row, spendings.get(row.id)) for row in shown)
            return found, _place(shown, "created_at", is_last=len(rows) <= wanted.limit)

    def versions(
        self, slug: str, before: int | None = None, limit: int = 20, *, published: bool | None = None
    ) -> tuple[PublishedVersion, ...]:
        """The newest first, those with a number below `before`; all, or only those that viewers have seen or not."""
        query = (
            select(VersionRow, DashboardRow.published_version_id)
            .join(DashboardRow, VersionRow.dashboard_id == DashboardRow.id)
            .where(DashboardRow.slug == slug)
            .order_by(VersionRow.number.desc())
            .limit(limit)
        )
        if before is not None:
            query = query.where(VersionRow.number < before)
        if published is not None:
            query = query.where(VersionRow.published_at.is_not(None) == published)
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


def browses(wanted: Wanted) -> Iterator[Browse]:
    """What finds a page: each of them, until one fills it."""
    browse = Browse(
        who=wanted.reader.who,
        order=wanted.order,
        limit=wanted.limit,
        has_status=bool(wanted.status),
        has_tags=bool(wanted.tags),
        is_public=wanted.is_public,
        owner=wanted.owner,
        is_somebody=wanted.reader.user_id is not None,
        is_later=wanted.after is not None,
    )
    if wanted.search is None:
        yield browse
    else:
        yield replace(browse, search="near")
        yield replace(browse, search="everywhere")


def parameters(wanted: Wanted) -> dict[str, Any]:
    found: dict[str, Any] = {
        "user_id": wanted.reader.key,
        "domain": wanted.reader.domain,
        "status": list(wanted.status),
        "tags": list(wanted.tags),
        "words": _words(wanted.search or ""),
    }
    if wanted.after is not None:
        value = wanted.after.value
        found["after_value"] = value if wanted.order.endswith("title") else datetime.fromisoformat(value)
        found["after_id"] = wanted.after.id
    return found


def _job_conditions(wanted: WantedJobs) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.slug is not None:
        found.append(DashboardRow.slug == wanted.slug)
    if wanted.status:
        found.append(JobRow.status.in_(wanted.status))
    if wanted.kind:
        found.append(JobRow.kind.in_(wanted.kind))
    if wanted.after is not None:
        here, there = datetime.fromisoformat(wanted.after.value), UUID(wanted.after.id)
        found.append(tuple_(JobRow.created_at, JobRow.id) < tuple_(here, there))
    return found


def _newest(query: Select[Any]) -> Select[Any]:
    return query.order_by(JobRow.created_at.desc(), JobRow.id.desc())


def _words(search: str) -> str:
    """Words of which each must begin one of the dashboard's."""
    words = re.findall(r"[^\W_]+", search)[:MOST_WORDS]
    return " & ".join(f"{word}:*" for word in words)


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
        kind=row.kind,
        is_published=row.id == published,
        published_at=row.published_at,
    )
