"""Whose job is next: people take turns, and nobody has more running jobs than they may."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from dashwright.server.access import Role
from dashwright.server.nouns import Job
from dashwright.server.store import Claim, Claims, Store, Users
from tests.server.conftest import fresh_database, opened_site


@pytest.fixture(scope="module")
def used(cluster: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    data_dir = tmp_path_factory.mktemp("turns") / "data"
    with fresh_database(cluster) as url, opened_site(data_dir, url, user_jobs=2) as site:
        yield site.store


@pytest.fixture
def store(used: Store) -> Store:
    """Without a job or a message."""
    with used.transaction() as session:
        session.execute(text("TRUNCATE users, dashboards, huey_task CASCADE"))
    return used


@pytest.fixture
def claims(store: Store) -> Claims:
    return Claims(store)


def person(store: Store, role: Role = Role.CREATOR) -> str:
    return Users(store).add(f"{uuid4().hex[:12]}@example.org", role).id


def ask(store: Store, owner: str | None, many: int = 1) -> list[Job]:
    return [store.create_dashboard_with_job(f"What of {number}?", owner_id=owner) for number in range(many)]


def claimed(claims: Claims) -> Claim:
    claim = claims.claim("somebody")
    assert claim is not None
    return claim


def end(claims: Claims, claim: Claim) -> None:
    assert claims.fail(claim, "data", "No data.", {})


def test_one_job_does_not_wait_for_a_hundred_of_somebody_else(store: Store, claims: Claims) -> None:
    greedy, modest = person(store), person(store)
    ask(store, greedy, 100)
    end(claims, claimed(claims))
    ask(store, modest)
    assert claimed(claims).user_id == modest


def test_people_take_turns_with_one_worker(store: Store, claims: Claims) -> None:
    first, second = person(store), person(store)
    for owner in (first, second, None):
        ask(store, owner, 3)
    had: list[Any] = []
    for _ in range(9):
        claim = claimed(claims)
        had.append(claim.user_id)
        end(claims, claim)
    assert had == [first, second, None] * 3


def test_whoever_has_fewer_running_jobs_goes_first_and_then_the_older_job(store: Store, claims: Claims) -> None:
    first, second = person(store), person(store)
    older, newer = ask(store, first, 2)
    assert claimed(claims).job_id == older.id
    (late,) = ask(store, second)
    assert [claimed(claims).job_id for _ in range(2)] == [late.id, newer.id]


def test_nobody_has_more_running_jobs_than_they_may(store: Store, claims: Claims) -> None:
    first, second = person(store), person(store)
    ask(store, first, 10)
    ask(store, second)
    with ThreadPoolExecutor(8) as pool:
        taken = [claim for claim in pool.map(lambda number: claims.claim(f"worker {number}"), range(12)) if claim]
    assert sorted(claim.user_id or "" for claim in taken) == sorted([first, first, second])


@pytest.mark.parametrize("role", [None, Role.ADMIN])
def test_the_operator_and_admins_have_no_limit(store: Store, claims: Claims, role: Role | None) -> None:
    ask(store, person(store, role) if role else None, 4)
    assert len([claimed(claims) for _ in range(4)]) == 4


def test_the_end_of_a_job_wakes_one_that_waited_for_it(store: Store, claims: Claims) -> None:
    jobs = ask(store, person(store), 4)
    running = [claimed(claims) for _ in range(2)]
    while store.queue.huey.storage.dequeue() is not None:
        assert claims.claim("somebody") is None
    for claim, next_one in zip(running, jobs[2:], strict=True):
        end(claims, claim)
        assert store.queue.huey.pending_count() == 1
        store.queue.huey.storage.dequeue()
        assert claimed(claims).job_id == next_one.id


def test_a_job_that_has_to_wait_is_sent_no_message_again_and_again(store: Store, claims: Claims) -> None:
    ask(store, person(store), 3)
    for _ in range(2):
        claimed(claims)
    with store.transaction() as session:
        session.execute(text("TRUNCATE huey_task"))
        session.execute(text("UPDATE dashboard_jobs SET enqueued_at = now() - interval '1 h'"))
    claims.sweep(lambda _: False)
    assert store.queue.huey.pending_count() == 0


def test_a_cancelled_job_has_no_turn(store: Store, claims: Claims) -> None:
    cancelled, kept = ask(store, person(store), 2)
    store.cancel(cancelled.id)
    assert claimed(claims).job_id == kept.id
    assert claims.claim("somebody") is None
