"""Pages of dashboards among many: what they hold, and that each is read from an index."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import postgresql

from dashwright.server import database
from dashwright.server.access import Role
from dashwright.server.settings import Settings
from dashwright.server.store import Listing, Shares, Store, Users
from dashwright.server.store.listing import Order, Place, Reader, Wanted, listed
from dashwright.server.tables import DashboardRow

from .conftest import fresh_database

MANY = 20_000
FILL = """
INSERT INTO dashboards (slug, title, query, status, is_public, tags, user_id, created_at,
                        updated_at)
SELECT 'd-' || n, 'Title ' || md5(n::text), 'What about ' || md5((n / 7)::text) || '?',
       (ARRAY['completed', 'completed', 'completed', 'processing'])[1 + n % 4], n % 50 = 0, ARRAY['t' || n % 500],
       CASE n % 1000 WHEN 1 THEN CAST(:mine AS uuid) WHEN 2 THEN CAST(:theirs AS uuid) END,
       now() - n * interval '1 minute', now() - (n * 7919 % :many) * interval '1 second'
FROM generate_series(1, :many) n
"""
ORDERS: tuple[Order, ...] = ("-created_at", "created_at", "-updated_at", "updated_at", "title", "-title")


@pytest.fixture(scope="module")
def house(cluster: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Reader]]:
    """Many dashboards, and somebody who sees some: their own, public ones, and what is shared with them."""
    with fresh_database(cluster) as url:
        store = Store(database.connect(url), Settings(data_dir=tmp_path_factory.mktemp("listing")))
        mine, theirs = (Users(store).add(f"{name}@example.org", Role.CREATOR) for name in ("mine", "theirs"))
        with store.transaction() as session:
            session.execute(text(FILL), {"many": MANY, "mine": mine.id, "theirs": theirs.id})
        for slug in ("d-2", "d-1002"):
            Shares(store).share_with(slug, mine.email)
        Shares(store).share_with_domain("d-3", "example.org")
        Shares(store).share_with("d-50", mine.email)  # which is public as well
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE dashboards"))
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


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def explained(store: Store, wanted: Wanted) -> dict[str, Any]:
    """The plan as it was executed, by the statement that the list sends."""
    column = getattr(DashboardRow, wanted.order.removeprefix("-"))
    statement = listed(wanted, column).compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
    with store.engine.connect() as connection:
        found = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}".replace("%", "%%"))
        return dict(found.scalar_one()[0]["Plan"])


SEEKERS: dict[str, dict[str, Any]] = {
    "any": {},
    "by a word": {"search": "c4ca4238a0"},
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
    plan = explained(store, Wanted(reader=reader, order=order, **more))
    scans = [one for one in nodes(plan) if one["Node Type"] == "Seq Scan"]
    assert not [one for one in scans if one["Relation Name"] == "dashboards"], plan
    # What is read beside what is shown would grow with the table.
    read = sum(one["Actual Rows"] * one["Actual Loops"] for one in nodes(plan) if "Scan" in one["Node Type"])
    dropped = sum(one.get("Rows Removed by Filter", 0) * one["Actual Loops"] for one in nodes(plan))
    assert read + dropped < MANY / 10, plan
