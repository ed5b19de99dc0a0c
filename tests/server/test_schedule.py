"""When schedules are due, and what becomes of them after failures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import text

from dashwright.server.cron import checked
from dashwright.server.nouns import Job
from dashwright.server.schedule import (
    Cron,
    Daily,
    Every,
    Monthly,
    Schedule,
    Timing,
    Weekdays,
    Weekly,
    every,
    following,
    words,
)
from dashwright.server.store import Claims, Schedules, Store
from tests.server.test_store import claimed, published

BERLIN, CAIRO = "Europe/Berlin", "Africa/Cairo"
WEEKEND = Weekly(on=("sunday", "monday"), at="06:00")


def times(timing: Timing, zone: str, after: str, count: int = 3) -> list[str]:
    found = following(Schedule(timing=timing, zone=zone), datetime.fromisoformat(after).replace(tzinfo=UTC), count)
    assert list(found) == sorted(set(found))
    return [f"{moment:%m-%d %H:%M}" for moment in found]


@pytest.mark.parametrize(
    ("timing", "zone", "after", "expected"),
    [
        (Daily(at="06:00"), BERLIN, "2026-03-28", ["03-28 05:00", "03-29 04:00", "03-30 04:00"]),
        (Daily(at="02:30"), BERLIN, "2026-03-28", ["03-28 01:30", "03-29 01:00", "03-30 00:30"]),
        (Daily(at="02:30"), BERLIN, "2026-10-24T01:00", ["10-25 00:30", "10-26 01:30", "10-27 01:30"]),
        (Daily(at="02:30"), BERLIN, "2026-10-25T00:40", ["10-26 01:30", "10-27 01:30", "10-28 01:30"]),
        (Cron(text="0,30 2 * * *"), BERLIN, "2026-03-28T12:00", ["03-29 01:00", "03-30 00:00", "03-30 00:30"]),
        (Cron(text="*/30 * * * *"), BERLIN, "2026-10-25T00:00", ["10-25 00:30", "10-25 01:00", "10-25 01:30"]),
        (Cron(text="*/30 * * * *"), BERLIN, "2026-03-29T00:30", ["03-29 01:00", "03-29 01:30", "03-29 02:00"]),
        (Daily(at="00:00"), CAIRO, "2026-04-22", ["04-22 22:00", "04-23 22:00", "04-24 21:00"]),
        (Weekdays(at="06:00"), "Pacific/Apia", "2027-12-31", ["01-02 17:00", "01-03 17:00", "01-04 17:00"]),
        (
            Weekly(on=("sunday", "monday"), at="06:00"),
            "UTC",
            "2026-11-26",
            ["11-29 06:00", "11-30 06:00", "12-06 06:00"],
        ),
        (Monthly(day=31, at="06:00"), "UTC", "2026-02-01", ["02-28 06:00", "03-31 06:00", "04-30 06:00"]),
        (Monthly(day=29, at="06:00"), "UTC", "2028-02-01", ["02-29 06:00", "03-29 06:00", "04-29 06:00"]),
        (Every(minutes=90), BERLIN, "2026-10-24T23:00", ["10-25 00:30", "10-25 02:00", "10-25 03:30"]),
    ],
)
def test_times_are_right_across_changes_of_the_clocks(
    timing: Timing, zone: str, after: str, expected: list[str]
) -> None:
    assert times(timing, zone, after) == expected


@pytest.mark.parametrize(
    ("cron", "problem"),
    [
        ("61 * * * *", "minute '61' is not possible; it is 0 to 59"),
        ("0 24 * * *", "hour '24' is not possible; it is 0 to 23"),
        ("0 0 5L * *", "day of the month '5L'"),
        ("0 0 * 13 *", "month '13'"),
        ("0 0 * * FUNDAY", "day of the week 'FUNDAY'"),
        ("٣ * * * *", "minute '٣'"),
        ("0 0 * * ²L", "day of the week '²L'"),
        ("*/0 * * * *", r"minute '\*/0'"),
        ("5-1 * * * *", "minute '5-1'"),
        ("0 * * * * *", "this one has 6; there are no seconds"),
        ("", "this one has 0"),
        ("0\u20030 * * *", "this one has 4"),
        ("@daily", "write the five fields"),
        ("0 0 30 2 *", "never comes: no such month has the day of the month '30'"),
        ("0 0 */31 2,4 SUN#5", "never comes"),
        (f"{'0,' * 80}0 * * * *", "minute '0,0,"),
    ],
)
def test_wrong_cron_text_is_told_by_its_field(cron: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        checked(cron)


@pytest.mark.parametrize(
    "zone", ["../../etc/passwd", "/etc/passwd", "Europe", "Europe/Berlin\0", "UTC\n", "localtime", "", "x" * 65]
)
def test_what_is_no_time_zone_is_refused(zone: str) -> None:
    with pytest.raises(ValidationError):
        Schedule(timing=Every(minutes=5), zone=zone)


def test_a_similar_time_zone_is_named() -> None:
    with pytest.raises(ValidationError, match="there is 'Europe/Berlin'"):
        Schedule(timing=Every(minutes=5), zone="europe/berlin")


def test_schedules_are_told_in_words() -> None:
    assert words(every(120)) == "every 2 h"
    weekly = Schedule(timing=Weekly(on=("friday", "monday", "sunday"), at="06:00"), zone=BERLIN)
    assert words(weekly) == "every Monday, Friday and Sunday at 06:00 (Europe/Berlin)"
    assert words(Schedule(timing=Cron(text="0 6 * * 1-5"))).startswith("At 06:00 on Monday through Friday")


@pytest.fixture
def store(site: Any) -> Store:
    found: Store = site.store
    return found


def fail_when_due(store: Store, claims: Claims) -> Job:
    """Let the refresh be due, and fail."""
    with store.transaction() as session:
        session.execute(text("UPDATE dashboards SET next_refresh_at = now() - interval '3 days'"))
    (job,) = store.refresh_due()
    assert store.refresh_due() == ()
    claims.fail(claimed(claims, job), "source", "Nobody answered.", {"download": 1.0})
    return job


def until_next(store: Store, slug: str) -> float:
    """Minutes."""
    due = store.dashboard(slug).next_refresh_at
    assert due is not None
    return (due - datetime.now(UTC)) / timedelta(minutes=1)


def test_failures_are_tried_again_and_then_as_the_schedule_says(store: Store) -> None:
    claims, schedules = Claims(store), Schedules(store)
    job = published(store, claims)
    schedules.set(job.slug, Schedule(timing=Every(minutes=600), on_failure="retry"))
    waits = []
    for _ in range(5):
        fail_when_due(store, claims)
        waits.append(round(until_next(store, job.slug)))
    assert waits == [5, 15, 60, 600, 5]
    state = schedules.state(job.slug)
    assert (state.failures, state.retries, len(state.runs)) == (5, 1, 5)
    assert [round((moment - state.upcoming[0]) / timedelta(minutes=1)) for moment in state.upcoming] == [0, 600, 1200]
    schedules.set(job.slug, Schedule(timing=Every(minutes=3), on_failure="retry"))
    fail_when_due(store, claims)
    assert round(until_next(store, job.slug)) == 3


def test_failures_in_a_row_pause_a_schedule_until_a_refresh_ends_well(store: Store) -> None:
    claims, schedules = Claims(store), Schedules(store)
    job = published(store, claims)
    schedules.set(job.slug, Schedule(timing=Daily(at="06:00"), on_failure="pause", pause_after=2))
    fail_when_due(store, claims)
    assert schedules.state(job.slug).paused_at is None
    fail_when_due(store, claims)
    state = schedules.state(job.slug)
    assert state.pause_reason == "2 refreshes in a row failed, the last one so: Nobody answered."
    assert state.upcoming == ()
    assert store.dashboard(job.slug).next_refresh_at is None
    claim = claimed(claims, store.refresh(job.slug))
    version = store.dashboard(job.slug).version
    assert version is not None
    claims.publish(claim, version.model_copy(update={"unchanged": True}), {})
    state = schedules.state(job.slug)
    assert (state.paused_at, state.failures, len(state.upcoming)) == (None, 0, 3)
    assert [(run.status, run.unchanged) for run in state.runs][:2] == [("completed", True), ("failed", False)]
    schedules.set(job.slug, state.schedule, is_paused=True)
    claims.publish(claimed(claims, store.refresh(job.slug)), version.model_copy(update={"unchanged": True}), {})
    assert schedules.state(job.slug).pause_reason == "Somebody paused it."


def test_interval_of_a_dashboard_is_the_simplest_schedule(store: Store) -> None:
    claims, schedules = Claims(store), Schedules(store)
    job = published(store, claims, refresh_interval=30)
    assert schedules.state(job.slug).schedule == every(30)
    schedules.set(job.slug, Schedule(timing=Daily(at="06:00"), on_failure="retry"))
    assert store.dashboard(job.slug).refresh_interval == 0
    assert store.change(job.slug, refresh_interval=45).schedule == Schedule(
        timing=Every(minutes=45), on_failure="retry"
    )
    assert store.change(job.slug, refresh_interval=0).schedule is None
    assert schedules.state(job.slug).words == "never"


def test_schedule_that_was_changed_meanwhile_is_kept_when_a_job_ends(store: Store) -> None:
    claims, schedules = Claims(store), Schedules(store)
    job = published(store, claims, refresh_interval=30)
    claim = claimed(claims, store.refresh(job.slug))
    schedules.set(job.slug, None)
    claims.fail(claim, "source", "Nobody answered.", {})
    assert store.dashboard(job.slug).next_refresh_at is None
