"""Views: who looked at dashboards, written in batches and read as counts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, func, literal_column, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..nouns import Look, Viewership, ViewsByReferrer, ViewsOfDay, ViewsOfVersion
from ..tables import DashboardRow, UserRow
from ..tables import ViewRow as View
from .store import Store

VISIT = timedelta(minutes=30)
"""Without a look, after which the next one is another visit. Google Analytics and Matomo take the same."""
LIVE = timedelta(seconds=45)
"""Since a page was last known to be open: a viewer tells of each three times in it."""
TELLING = timedelta(hours=1)
"""Since a look, in which its page may tell how long it took."""
SWEPT = 1000
"""Rows that one transaction removes."""
MOST_VERSIONS, MOST_REFERRERS = 100, 10
WRITERS = 0x7669657773  # "views"

OPEN = text(
    """
    SELECT look.id, visit.id
    FROM unnest(CAST(:ids AS uuid[]), CAST(:dashboards AS uuid[]), CAST(:versions AS integer[]),
                CAST(:visitors AS uuid[]), CAST(:ages AS float8[])) AS look (id, dashboard_id, version, visitor, age)
    CROSS JOIN LATERAL (
        SELECT id FROM dashboard_views
        WHERE dashboard_id = look.dashboard_id AND visitor = look.visitor AND version_number = look.version
          AND last_seen_at > now() - make_interval(secs => look.age) - CAST(:visit AS interval)
        ORDER BY last_seen_at DESC LIMIT 1
    ) visit
    """
)
"""The visits that are still under way, which looks belong to."""
SEEN = text(
    """
    UPDATE dashboard_views SET last_seen_at = greatest(last_seen_at, now() - make_interval(secs => seen.age))
    FROM unnest(CAST(:ids AS uuid[]), CAST(:ages AS float8[])) AS seen (id, age) WHERE dashboard_views.id = seen.id
    """
)
DRAWN = text(
    """
    UPDATE dashboard_views SET load_ms = drawn.ms
    FROM unnest(CAST(:ids AS uuid[]), CAST(:times AS integer[])) AS drawn (id, ms)
    WHERE dashboard_views.id = drawn.id AND load_ms IS NULL AND viewed_at > now() - CAST(:telling AS interval)
    """
)
COUNTED = text(
    """
    UPDATE dashboards SET view_count = view_count + counted.views
    FROM unnest(CAST(:ids AS uuid[]), CAST(:views AS bigint[])) AS counted (id, views) WHERE dashboards.id = counted.id
    """
)


class Views:
    """Each method but `forget` is one transaction and raises DatabaseGoneError like the store's.

    Times are those of the database: others tell how long ago something was, so that their clocks do not matter.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def write(
        self, looks: Sequence[tuple[Look, float]], drawn: Mapping[str, int], watched: Collection[str]
    ) -> Mapping[str, str]:
        """Write a batch down, and count what is a new visit. The same batch a second time changes nothing.

        Args:
            looks: each with the seconds since it was, the oldest first.
            drawn: the milliseconds that pages took, by their looks.
            watched: ids of visits whose page is open.

        Returns:
            The visit that each look belongs to, by its id. Looks at deleted dashboards have none.
        """
        with self._store.transaction() as session:
            # One writer at a time: two that see the first looks of one visitor would count two visits.
            session.execute(select(func.pg_advisory_xact_lock(WRITERS)))
            looks = [(look, float(age)) for look, age in looks]
            visits = _visits(session, looks)
            ages: dict[str, float] = dict.fromkeys(watched, 0.0)
            for look, age in looks:
                if look.id in visits:
                    ages[visits[look.id]] = min(age, ages.get(visits[look.id], age))
            if ages:
                session.execute(SEEN, {"ids": list(ages), "ages": list(ages.values())})
            if drawn:
                session.execute(DRAWN, {"ids": list(drawn), "times": list(drawn.values()), "telling": TELLING})
            return visits

    def viewership(self, slug: str, days: int) -> Viewership:
        """The counts of the last days in UTC, today included.

        Raises:
            InputError: there is no such dashboard.
        """
        with self._store.transaction() as session:
            dashboard = self._store.row(session, slug)
            now = session.scalars(select(func.now())).one().astimezone(UTC)
            since = now.date() - timedelta(days=days - 1)
            within = _within(dashboard.id, since)
            every, by_day = _totals(session, within), _by_day(session, within)
            return Viewership(
                slug=dashboard.slug,
                since=since,
                until=now.date(),
                **every,
                live=session.scalar(_live(dashboard.id)) or 0,
                ever=dashboard.view_count,
                days=tuple(
                    by_day.get(day, ViewsOfDay(day=day)) for day in (since + timedelta(days=n) for n in range(days))
                ),
                versions=_by_version(session, within),
                referrers=_by_referrer(session, within),
            )

    def forget(self, days: float) -> int:
        """Remove views that are older, a thousand in each transaction. The count of a dashboard stays.

        Returns:
            How many there were.
        """
        gone = 0
        while True:
            with self._store.transaction() as session:
                old = session.scalars(_older(days)).all()
                session.execute(delete(View).where(View.id.in_(old)))
            gone += len(old)
            if len(old) < SWEPT:
                return gone


def _visits(session: Session, looks: Sequence[tuple[Look, float]]) -> dict[str, str]:
    """The visit of each look; those that are new are written and counted."""
    if not looks:
        return {}
    kept = _locked(session, DashboardRow, (look.dashboard_id for look, _ in looks))
    looks = [(look, age) for look, age in looks if look.dashboard_id in kept]
    visits, new = _grouped(looks, _under_way(session, looks))
    if new:
        _begin(session, new)
    return visits


def _locked(session: Session, table: Any, ids: Collection[str] | Any) -> set[str]:
    """Those that are still there, and will be until the transaction ends."""
    wanted = {UUID(one) for one in ids}
    found = (
        select(table.id)
        .where(table.id.in_(wanted))
        .order_by(table.id)
        .with_for_update(read=table is UserRow, key_share=True, of=table)
    )
    return {str(one) for one in session.scalars(found)} if wanted else set()


def _under_way(session: Session, looks: Sequence[tuple[Look, float]]) -> dict[str, str]:
    known = [(look, age) for look, age in looks if look.visitor]
    if not known:
        return {}
    values = {
        "ids": [look.id for look, _ in known],
        "dashboards": [look.dashboard_id for look, _ in known],
        "versions": [look.version_number for look, _ in known],
        "visitors": [look.visitor for look, _ in known],
        "ages": [age for _, age in known],
        "visit": VISIT,
    }
    return {str(look): str(visit) for look, visit in session.execute(OPEN, values)}


def _grouped(
    looks: Sequence[tuple[Look, float]], under_way: Mapping[str, str]
) -> tuple[dict[str, str], list[tuple[Look, float]]]:
    """The visit of each look, and the looks that begin one."""
    visits: dict[str, str] = {}
    new: list[tuple[Look, float]] = []
    latest: dict[tuple[str, int, str], tuple[str, float]] = {}
    for look, age in looks:
        visit = under_way.get(look.id, look.id)
        if look.visitor is not None:
            key = (look.dashboard_id, look.version_number, look.visitor)
            if key in latest and latest[key][1] - age < VISIT.total_seconds():
                visit = latest[key][0]
            latest[key] = (visit, age)
        if visit == look.id:
            new.append((look, age))
        visits[look.id] = visit
    return visits, new


def _begin(session: Session, new: Sequence[tuple[Look, float]]) -> None:
    people = _locked(session, UserRow, (look.user_id for look, _ in new if look.user_id))
    now = session.scalars(select(func.now())).one()
    rows = [_values(look, now - timedelta(seconds=age), people) for look, age in new]
    # A batch whose answer was lost comes again: what it wrote is neither written nor counted twice.
    written = session.scalars(insert(View).on_conflict_do_nothing().returning(View.dashboard_id), rows)
    counts: dict[UUID, int] = {}
    for dashboard_id in written:
        counts[dashboard_id] = counts.get(dashboard_id, 0) + 1
    session.execute(COUNTED, {"ids": list(counts), "views": list(counts.values())})


def _values(look: Look, at: datetime, people: Collection[str]) -> dict[str, Any]:
    return {
        "id": UUID(look.id),
        "dashboard_id": UUID(look.dashboard_id),
        "version_number": look.version_number,
        "user_id": UUID(look.user_id) if look.user_id in people else None,
        "visitor": UUID(look.visitor) if look.visitor else None,
        "by_owner": look.by_owner,
        "ip_address": look.network,
        "user_agent": look.user_agent,
        "referrer": look.referrer,
        "viewed_at": at,
        "last_seen_at": at,
    }


VIEWS = func.count()
VISITORS = func.count(func.coalesce(View.user_id, View.visitor).distinct())
BY_OWNER = func.count().filter(View.by_owner)
MEDIAN = func.percentile_cont(0.5).within_group(View.load_ms)
DAY = func.date(func.timezone(literal_column("'UTC'"), View.viewed_at))


def _within(dashboard_id: UUID, since: date) -> tuple[ColumnElement[bool], ...]:
    begin = datetime(since.year, since.month, since.day, tzinfo=UTC)
    return View.dashboard_id == dashboard_id, View.viewed_at >= begin


def _live(dashboard_id: UUID) -> Select[int]:
    return select(func.count()).where(View.dashboard_id == dashboard_id, View.last_seen_at > func.now() - LIVE)


def _older(days: float) -> Select[UUID]:
    """Some of them; those that another worker removes just now are not waited for."""
    return (
        select(View.id)
        .where(View.viewed_at < func.now() - timedelta(days=days))
        .order_by(View.viewed_at)
        .limit(SWEPT)
        .with_for_update(skip_locked=True)
    )


def _totals(session: Session, within: Sequence[ColumnElement[bool]]) -> dict[str, Any]:
    nobody = VIEWS.filter(View.user_id.is_(None), View.visitor.is_(None))
    found = session.execute(
        select(VIEWS, VISITORS, nobody, BY_OWNER, MEDIAN, func.count(View.load_ms)).where(*within)
    ).one()
    views, visitors, unidentified, by_owner, median, measured = found
    return {
        "views": views,
        "visitors": visitors,
        "unidentified": unidentified,
        "by_owner": by_owner,
        "load_ms": _rounded(median),
        "measured": measured,
    }


def _by_day(session: Session, within: Sequence[ColumnElement[bool]]) -> dict[date, ViewsOfDay]:
    found = session.execute(select(DAY, VIEWS, VISITORS, BY_OWNER).where(*within).group_by(DAY))
    return {
        day: ViewsOfDay(day=day, views=views, visitors=visitors, by_owner=by_owner)
        for day, views, visitors, by_owner in found
    }


def _by_version(session: Session, within: Sequence[ColumnElement[bool]]) -> tuple[ViewsOfVersion, ...]:
    number = View.version_number
    found = session.execute(
        select(number, VIEWS, VISITORS, MEDIAN)
        .where(*within)
        .group_by(number)
        .order_by(number.desc().nulls_last())
        .limit(MOST_VERSIONS)
    )
    return tuple(
        ViewsOfVersion(number=number, views=views, visitors=visitors, load_ms=_rounded(median))
        for number, views, visitors, median in found
    )


def _by_referrer(session: Session, within: Sequence[ColumnElement[bool]]) -> tuple[ViewsByReferrer, ...]:
    found = session.execute(
        select(View.referrer, VIEWS)
        .where(*within, View.referrer.is_not(None))
        .group_by(View.referrer)
        .order_by(VIEWS.desc(), View.referrer)
        .limit(MOST_REFERRERS)
    )
    return tuple(ViewsByReferrer(host=host, views=views) for host, views in found)


def _rounded(median: float | None) -> int | None:
    return None if median is None else round(median)
