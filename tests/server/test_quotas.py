"""The storage of quotas, by the strategies of the library that count in it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from limits import RateLimitItemPerHour
from limits.strategies import FixedWindowRateLimiter, MovingWindowRateLimiter
from sqlalchemy import text

from dashwright.server.network import neighbourhood
from dashwright.server.store import Store
from dashwright.server.store.quotas import SWEPT, QuotaStorage
from tests.server.conftest import Site

HOUR = 3600


@pytest.fixture(scope="module")
def store(quiet: Site) -> Store:
    return quiet.store


@pytest.fixture
def storage(store: Store) -> Iterator[QuotaStorage]:
    storage = QuotaStorage(store)
    yield storage
    storage.reset()


@pytest.fixture
def moving(storage: QuotaStorage) -> MovingWindowRateLimiter:
    return MovingWindowRateLimiter(storage)


@pytest.fixture
def who() -> str:
    return uuid4().hex


def later(store: Store, minutes: int) -> None:
    """As if all that was used had been used so much earlier."""
    with store.transaction() as session:
        session.execute(
            text("UPDATE quota_uses SET used_at = used_at - :gone, expires_at = expires_at - :gone"),
            {"gone": timedelta(minutes=minutes)},
        )


def rows(store: Store) -> int:
    with store.transaction() as session:
        return session.execute(text("SELECT count(*) FROM quota_uses")).scalar_one()


def test_what_is_used_up_is_refused_and_told(moving: MovingWindowRateLimiter, store: Store, who: str) -> None:
    three = RateLimitItemPerHour(3)
    assert moving.get_window_stats(three, who).remaining == 3
    assert [moving.hit(three, who) for _ in range(5)] == [True, True, True, False, False]
    before = time.time()
    reset_at, left = moving.get_window_stats(three, who)
    assert left == 0
    assert before < reset_at <= time.time() + HOUR
    assert not moving.test(three, who)
    assert moving.hit(three, "somebody else")
    assert rows(store) == 4, "what is refused leaves nothing behind"


def test_many_at_once_get_no_more_than_there_is(moving: MovingWindowRateLimiter, who: str) -> None:
    five = RateLimitItemPerHour(5)
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: moving.hit(five, who), range(24))) == 5


def test_the_window_moves(moving: MovingWindowRateLimiter, store: Store, who: str) -> None:
    two = RateLimitItemPerHour(2)
    assert moving.hit(two, who)
    later(store, 40)
    assert moving.hit(two, who)
    assert not moving.hit(two, who)
    reset_at, _ = moving.get_window_stats(two, who)
    assert reset_at < time.time() + 20 * 60, "there is more when the oldest use is an hour ago"
    later(store, 30)
    assert [moving.hit(two, who) for _ in range(2)] == [True, False]


def test_a_cost_is_taken_whole_or_not_at_all(moving: MovingWindowRateLimiter, who: str) -> None:
    five = RateLimitItemPerHour(5)
    assert moving.hit(five, who, cost=3)
    assert not moving.hit(five, who, cost=3)
    assert moving.get_window_stats(five, who).remaining == 2


def test_rows_that_are_over_go_with_new_ones(moving: MovingWindowRateLimiter, store: Store, who: str) -> None:
    many = RateLimitItemPerHour(SWEPT + 5)
    assert moving.hit(many, who, cost=SWEPT + 2)
    later(store, 61)
    assert moving.hit(many, who)
    assert rows(store) == 3
    assert moving.hit(many, who)
    assert rows(store) == 2


def test_fixed_windows_end_as_a_whole(storage: QuotaStorage, store: Store, who: str) -> None:
    fixed, two = FixedWindowRateLimiter(storage), RateLimitItemPerHour(2)
    assert fixed.hit(two, who)
    later(store, 40)
    assert [fixed.hit(two, who) for _ in range(2)] == [True, False]
    reset_at, left = fixed.get_window_stats(two, who)
    assert (left, reset_at < time.time() + 20 * 60) == (0, True)
    later(store, 21)
    assert [fixed.hit(two, who) for _ in range(3)] == [True, True, False]


def test_a_quota_can_be_given_back(storage: QuotaStorage, moving: MovingWindowRateLimiter, who: str) -> None:
    one = RateLimitItemPerHour(1)
    assert storage.check()
    assert moving.hit(one, who)
    moving.clear(one, who)
    assert moving.hit(one, who)
    assert storage.reset() == 1
    assert moving.hit(one, who)


@pytest.mark.parametrize(
    ("address", "whose"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("no address", "no address"),
    ],
)
def test_a_neighbourhood_is_what_one_customer_has(address: str, whose: str) -> None:
    assert neighbourhood(address) == whose
