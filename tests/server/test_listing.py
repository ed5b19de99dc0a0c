"""Pages of dashboards among many: what they hold, and that each is read from an index."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from dashwright.pipelines.model import Version
from dashwright.server import database
from dashwright.server.access import Role
from dashwright.server.settings import Settings
from dashwright.server.store import Listing, Shares, Store, Users
from dashwright.server.store.browsing import Browse, Order, statement
from dashwright.server.store.listing import Place, Reader, Wanted, browses, parameters

from .conftest import fresh_database

MANY = 20_000
LARGE = ("dashboards", "dashboard_versions")
NAMES = ("user_id", "domain", "words", "after_value", "after_id")
FILL = """
INSERT INTO dashboards (slug, title, query, status, is_public, tags, user_id, created_at,
                        updated_at)
SELECT 'd-' || n, 'Title ' || md5(n::text), 'What about ' || md5((n / 7)::text) || '?',
       (ARRAY['completed', 'completed', 'completed', 'processing'])[1 + n % 4], n % 50 = 0, ARRAY['t' || n % 500],
       CASE n % 1000 WHEN 1 THEN CAST(:mine AS uuid) WHEN 2 THEN CAST(:theirs AS uuid) END,
       now() - n * interval '1 minute', now() - (n * 7919 % :many) * interval '1 second'
FROM generate_series(1, :many) n
"""
VERSIONS = """
INSERT INTO dashboard_versions (dashboard_id, number, title, folder, data_as_of, version)
SELECT id, 1, title, 'versions/' || id, now(), CAST(:version AS jsonb) FROM dashboards
"""
PUBLISH = (
    "ALTER TABLE dashboards DISABLE TRIGGER USER",  # it would give all of them the same time
    "UPDATE dashboards SET published_version_id = v.id FROM dashboard_versions v WHERE v.dashboard_id = dashboards.id",
    "ALTER TABLE dashboards ENABLE TRIGGER USER",
)
ORDERS: tuple[Order, ...] = ("-created_at", "created_at", "-updated_at", "updated_at", "title", "-title")


@pytest.fixture(scope="module")
def house(cluster: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Reader]]:
    """Many dashboards, and somebody who sees some: their own, public ones, and what is shared with them."""
    with fresh_database(cluster) as url:
        store = Store(database.connect(url), Settings(data_dir=tmp_path_factory.mktemp("listing")))
        now = datetime.now(UTC)
        version = Version(
            dashboard_id="0", slug="d", number=1, title="Sales", question="How?", widgets=(), provenance=(),
            notebook="n.ipynb", data_digest="0" * 64, data_as_of=now, created_at=now, planner="offline",
        )  # fmt: skip
        mine, theirs = (Users(store).add(f"{name}@example.org", Role.CREATOR) for name in ("mine", "theirs"))
        with store.transaction() as session:
            session.execute(text(FILL), {"many": MANY, "mine": mine.id, "theirs": theirs.id})
            session.execute(text(VERSIONS), {"version": version.model_dump_json()})
            for publishing in PUBLISH:
                session.execute(text(publishing))
        for slug in ("d-2", "d-1002"):
            Shares(store).share_with(slug, mine.email)
        Shares(store).share_with_domain("d-3", "example.org")
        Shares(store).share_with("d-50", mine.email)  # which is public as well
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE dashboards, dashboard_versions"))
            connection.execute(text("ANALYZE shares"))
        yield store, Reader(user_id=mine.id, domain="example.org")
        store.close()


def all_pages(store: Store, wanted: Wanted) -> list[str]:
    slugs: list[str] = []
    place: Place | None = None
    while True:
        found, place = Listing(store).dashboards(wanted.model_copy(update={"after": place}))
        slugs += [one.slug for one in found]
        if place is None:
            return slugs


@pytest.mark.parametrize("order", ORDERS)
def test_pages_have_all_that_somebody_sees_once(house: tuple[Store, Reader], order: Order) -> None:
    store, reader = house
    expected = {f"d-{n}" for n in range(1, MANY + 1) if n % 50 == 0 or n % 1000 == 1} | {"d-2", "d-3", "d-1002"}
    slugs = all_pages(store, Wanted(reader=reader, order=order, limit=100))
    assert len(slugs) == len(expected)
    assert set(slugs) == expected
    if order.endswith("created_at"):
        assert slugs == sorted(slugs, key=lambda slug: int(slug[2:]), reverse=order == "created_at")


@pytest.mark.parametrize("who", ["person", "stranger", "admin"])
def test_lists_tell_what_is_somebodys_own_from_what_is_of_others(house: tuple[Store, Reader], who: str) -> None:
    store, person = house
    reader = {"person": person, "stranger": Reader(), "admin": Reader(sees_all=True)}[who]
    seen, own, others = (
        set(all_pages(store, Wanted(reader=reader, owner=owner, limit=100))) for owner in (None, "me", "others")
    )
    rests = {"person": (1,), "stranger": (), "admin": (0, *range(3, 1000))}[who]
    assert own == {f"d-{n}" for n in range(1, MANY + 1) if n % 1000 in rests}
    assert others == seen - own


def test_search_without_any_word_finds_nothing(house: tuple[Store, Reader]) -> None:
    store, reader = house
    assert Listing(store).dashboards(Wanted(reader=reader, search="' | !")) == ((), None)


def every_node(plans: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [node for plan in plans for node in nodes(plan)]


def read_through(plans: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Where a large table is read from its beginning to its end."""
    scans = (one for one in every_node(plans) if one["Node Type"] == "Seq Scan")
    return [one for one in scans if one["Relation Name"] in LARGE]


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def explained(store: Store, wanted: Wanted) -> list[dict[str, Any]]:
    """The plans as they were executed, of the statements that the list sends until its page is full."""
    plans = []
    with store.reading() as connection:
        cursor = psycopg.ClientCursor(connection)
        for browse in browses(wanted):
            sent = cursor.mogrify(statement(browse), parameters(wanted))
            found = cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sent}".replace("%", "%%")).fetchone()
            assert found is not None
            plans.append(dict(found[0][0]["Plan"]))
            if plans[-1]["Actual Rows"] > wanted.limit:
                break
    return plans


SEEKERS: dict[str, dict[str, Any]] = {
    "any": {},
    "by a word": {"search": "c4ca4238a0"},
    "by a word that is nowhere": {"search": "zzzz"},
    "by how few words begin": {"search": "c4c"},
    "by how many words begin": {"search": "ti"},
    "by a word that all have": {"search": "about"},
    "by a word and a state": {"search": "about", "status": ("failed",)},
    "by a tag": {"tags": ("t7",)},
    "by a state": {"status": ("failed",)},
    "public ones": {"is_public": True},
    "their own": {"owner": "me"},
    "a later page": {"after": ...},
}


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("what", SEEKERS)
@pytest.mark.parametrize("who", ["person", "stranger", "admin"])
def test_every_page_is_read_from_an_index(house: tuple[Store, Reader], order: Order, what: str, who: str) -> None:
    store, person = house
    reader = {"person": person, "stranger": Reader(), "admin": Reader(sees_all=True)}[who]
    more = dict(SEEKERS[what])
    if "after" in more:
        more["after"] = Listing(store).dashboards(Wanted(reader=reader, order=order, limit=50))[1]
    wanted = Wanted(reader=reader, order=order, **more)
    plans = explained(store, wanted)
    assert not read_through(plans)
    # What is read beside what is shown would grow with the table.
    read = sum(one["Actual Rows"] * one["Actual Loops"] for one in every_node(plans) if "Scan" in one["Node Type"])
    dropped = sum(one.get("Rows Removed by Filter", 0) * one["Actual Loops"] for one in every_node(plans))
    assert read + dropped < MANY / 10, plans


@pytest.mark.parametrize("who", ["person", "public", "everything"])
@pytest.mark.parametrize("search", [None, "near", "everywhere"])
def test_plan_that_is_kept_reads_from_indexes(house: tuple[Store, Reader], who: Any, search: Any) -> None:
    store, _ = house
    for is_later in (False, True):
        browse = Browse(who=who, order="-created_at", limit=100, search=search, is_later=is_later)
        assert not browse.is_filtered
        numbered = re.sub(r"%\((\w+)\)s", lambda found: f"${1 + NAMES.index(found[1])}", statement(browse))
        with store.reading() as connection:
            found = connection.execute(f"EXPLAIN (GENERIC_PLAN, FORMAT JSON) {numbered}").fetchone()
            assert found is not None
        plans = [dict(found[0][0]["Plan"])]
        assert not [
            one for one in every_node(plans) if one["Node Type"] == "Seq Scan" and one["Relation Name"] in LARGE
        ]
