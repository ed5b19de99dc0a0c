"""Views as they are written and read: what counts once, what never counts, and that all is read from an index."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import postgresql

from dashwright.server.access import Role
from dashwright.server.nouns import Look, Viewership
from dashwright.server.store import Store, Users, Views
from dashwright.server.store import views as module
from dashwright.server.store.views import OPEN, SWEPT, VISIT
from tests.server.conftest import Site

MINUTE = 60.0
MANY = 30_000
FILL = """
INSERT INTO dashboard_views (dashboard_id, version_number, visitor, viewed_at, last_seen_at, load_ms, referrer)
SELECT CASE WHEN n % 100 = 0 THEN CAST(:mine AS uuid) ELSE CAST(:other AS uuid) END, 1 + n % 5,
       md5((n / 3)::text)::uuid, now() - n * interval '10 minutes', now() - n * interval '10 minutes', 1 + n % 5000,
       'site-' || n % 20 || '.example'
FROM generate_series(1, :many) n
"""


@pytest.fixture(scope="module")
def store(quiet: Site) -> Store:
    return quiet.store


@pytest.fixture
def views(store: Store) -> Views:
    return Views(store)


@pytest.fixture
def slug(store: Store) -> str:
    return store.create_dashboard_with_job(uuid4().hex).slug


@pytest.fixture
def look(store: Store, slug: str) -> Callable[..., Look]:
    """A look at the dashboard of the test, by somebody."""
    values = {"dashboard_id": store.dashboard(slug).id, "version_number": 1, "visitor": str(uuid4())}
    return lambda **more: Look.model_validate(values | {"id": str(uuid4())} | more)


def counts(views: Views, slug: str) -> tuple[int, int]:
    """In the report, and with the dashboard."""
    found = views.viewership(slug, 30)
    return found.views, found.ever


def test_looks_of_one_visitor_at_one_version_are_one_view(views: Views, slug: str, look: Callable[..., Look]) -> None:
    looks = [look() for _ in range(3)]
    found = views.write([(looks[0], 50 * MINUTE), (looks[1], 25 * MINUTE)], {}, ())
    found |= views.write([(looks[2], 0)], {}, ())
    assert found == {one.id: looks[0].id for one in looks}
    assert counts(views, slug) == (1, 1)


def test_another_version_visitor_or_half_hour_is_another_view(
    views: Views, slug: str, look: Callable[..., Look]
) -> None:
    views.write([(look(), 90 * MINUTE)], {}, ())
    views.write([(look(), 59 * MINUTE), (look(version_number=2), 58 * MINUTE), (look(), 20 * MINUTE)], {}, ())
    views.write([(look(visitor=str(uuid4())), 0)], {}, ())
    assert counts(views, slug) == (5, 5)


def test_looks_of_whom_nothing_is_known_are_views_each(views: Views, slug: str, look: Callable[..., Look]) -> None:
    views.write([(look(visitor=None), 1), (look(visitor=None), 0)], {}, ())
    found = views.viewership(slug, 1)
    assert (found.views, found.visitors, found.unidentified) == (2, 0, 2)


def test_a_batch_that_comes_again_changes_nothing(views: Views, slug: str, look: Callable[..., Look]) -> None:
    batch = [(look(), 5.0), (look(visitor=None), 3.0), (look(), 1.0)]
    drawn = {batch[0][0].id: 1200, batch[1][0].id: 800}
    first = views.write(batch, drawn, ())
    assert views.write(batch, drawn, ()) == first
    assert counts(views, slug) == (2, 2)


def test_writers_at_once_count_the_first_looks_of_one_visitor_once(
    views: Views, slug: str, look: Callable[..., Look]
) -> None:
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda one: views.write([(one, 0.0)], {}, ()), [look() for _ in range(24)]))
    assert counts(views, slug) == (1, 1)


def test_what_was_deleted_meanwhile_does_not_hold_up_the_others(
    views: Views, store: Store, slug: str, look: Callable[..., Look]
) -> None:
    gone, user = look(dashboard_id=str(uuid4())), str(uuid4())
    here = look(user_id=user)
    assert views.write([(gone, 1), (here, 0)], {gone.id: 5}, [gone.id]) == {here.id: here.id}
    assert views.viewership(slug, 1).visitors == 1


def test_a_view_is_no_change_of_the_dashboard(views: Views, store: Store, slug: str, look: Callable[..., Look]) -> None:
    before = store.dashboard(slug)
    views.write([(look(), 0)], {}, ())
    after = store.dashboard(slug)
    assert after == before.model_copy(update={"view_count": 1})
    assert store.change(slug, title="Another").updated_at > before.updated_at


def test_a_page_tells_its_time_once_and_soon(views: Views, slug: str, look: Callable[..., Look]) -> None:
    early, late = look(), look(version_number=2)
    views.write([(early, 5), (late, 2 * 3600)], {early.id: 700, late.id: 900}, ())
    views.write([], {early.id: 5, str(uuid4()): 5}, ())
    found = views.viewership(slug, 2)
    assert (found.load_ms, found.measured) == (700, 1)


def test_open_pages_are_live_and_keep_their_visit(views: Views, slug: str, look: Callable[..., Look]) -> None:
    opened, closed = look(), look(visitor=str(uuid4()))
    views.write([(opened, 50 * MINUTE), (closed, 40 * MINUTE)], {}, [opened.id])
    assert views.viewership(slug, 2).live == 1
    views.write([(look(), 0)], {}, ())
    assert counts(views, slug)[1] == 2


def test_an_account_is_one_visitor_for_all_days(
    views: Views, store: Store, slug: str, look: Callable[..., Look]
) -> None:
    user = Users(store).add(f"{uuid4().hex}@example.org", Role.VIEWER)
    for hours in (60, 30, 0):
        views.write([(look(visitor=str(uuid4()), user_id=user.id, by_owner=hours == 0), 3600 * hours)], {}, ())
    views.write([(look(), 0)], {}, ())
    found = views.viewership(slug, 4)
    assert (found.views, found.visitors, found.by_owner) == (4, 2, 1)


def test_the_report_has_every_day_version_and_the_ten_largest_referrers(
    views: Views, slug: str, look: Callable[..., Look]
) -> None:
    for n in range(12):
        new = [look(visitor=None, referrer=f"site-{n:02d}.example", version_number=1 + n % 2) for _ in range(n + 1)]
        views.write([(one, 0) for one in new], {one.id: 100 * (n + 1) for one in new}, ())
    views.write([(look(), 40 * 86_400), (look(), 3 * 86_400)], {}, ())
    found = views.viewership(slug, 7)
    today = datetime.now(UTC).date()
    assert [day.day for day in found.days] == [today - timedelta(days=6 - n) for n in range(7)]
    assert [day.views for day in found.days] == [0, 0, 0, 1, 0, 0, 78]
    assert [(one.host, one.views) for one in found.referrers] == [
        (f"site-{n:02d}.example", n + 1) for n in range(11, 1, -1)
    ]
    assert [(one.number, one.views, one.load_ms) for one in found.versions] == [(2, 42, 1000), (1, 37, 900)]
    assert (found.views, found.ever, found.load_ms, found.measured) == (79, 80, 900, 78)
    assert found == Viewership.model_validate_json(found.model_dump_json())


def test_old_views_go_in_pieces_and_the_count_stays(views: Views, store: Store, slug: str) -> None:
    with store.transaction() as session:
        session.execute(
            text(
                "INSERT INTO dashboard_views (dashboard_id, viewed_at) SELECT CAST(:id AS uuid), "
                "now() - interval '400 days' - n * interval '1 second' FROM generate_series(1, :many) n"
            ),
            {"id": store.dashboard(slug).id, "many": 2 * SWEPT + 7},
        )
        session.execute(text("UPDATE dashboards SET view_count = 5000 WHERE slug = :slug"), {"slug": slug})
    assert views.forget(401) < 2 * SWEPT + 7
    assert views.forget(399) > 0
    assert views.forget(399) == 0
    assert counts(views, slug) == (0, 5000)


@pytest.fixture(scope="module")
def many(store: Store) -> Iterator[str]:
    """The id of a dashboard with some of many views."""
    mine, other = (store.create_dashboard_with_job(uuid4().hex).dashboard_id for _ in range(2))
    with store.transaction() as session:
        session.execute(text(FILL), {"mine": mine, "other": other, "many": MANY})
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE dashboard_views"))
    yield mine
    with store.transaction() as session:
        session.execute(text("DELETE FROM dashboards WHERE id IN (:mine, :other)"), {"mine": mine, "other": other})


def plan(store: Store, statement: Any, values: dict[str, Any] | None = None) -> str:
    query = (
        statement
        if isinstance(statement, str)
        else str(
            statement.compile(dialect=postgresql.dialect(paramstyle="named"), compile_kwargs={"literal_binds": True})
        )
    )
    with store.transaction() as session:
        return "\n".join(session.scalars(text(f"EXPLAIN {query}"), values or {}))


def test_everything_is_read_from_an_index(store: Store, many: str) -> None:
    since = datetime.now(UTC).date() - timedelta(days=29)
    within = module._within(module.UUID(many), since)
    reports = {
        "totals": module.select(module.VIEWS, module.VISITORS, module.MEDIAN).where(*within),
        "days": module.select(module.DAY, module.VIEWS).where(*within).group_by(module.DAY),
    }
    for name, statement in reports.items():
        assert "dashboard_views_dashboard_id_viewed_at_idx" in plan(store, statement), name
    assert "dashboard_views_dashboard_id_last_seen_at_idx" in plan(store, module._live(module.UUID(many)))
    assert "dashboard_views_viewed_at_idx" in plan(store, module._older(41))
    looks = {
        **{name: [str(uuid4())] for name in ("ids", "visitors")},
        "dashboards": [many],
        "versions": [1],
        "ages": [0.0],
        "visit": VISIT,
    }
    assert "dashboard_views_dashboard_id_visitor_idx" in plan(store, OPEN.text, looks)
    whole = plan(store, OPEN.text, looks) + "".join(plan(store, one) for one in reports.values())
    assert "Seq Scan" not in whole
