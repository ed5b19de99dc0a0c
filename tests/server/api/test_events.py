"""Events about jobs, over real connections and a real database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import psycopg

from dashwright.server.access import Role, Scope
from dashwright.server.accounts import tokens
from dashwright.server.api import streaming
from dashwright.server.database import libpq
from dashwright.server.store import ApiTokens, Users


class Events:
    """A stream as a client reads it, event by event."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.iter_lines()

    def __iter__(self) -> Iterator[tuple[str, str, Any]]:
        fields: dict[str, str] = {}
        for line in self._lines:
            if line:
                name, _, value = line.partition(":")
                fields[name] = value.strip()
            elif "event" in fields:
                yield fields["event"], fields["id"], json.loads(fields["data"])
                fields = {}
            else:
                fields = {}

    def until(self, job_id: str, status: str) -> tuple[str, Any]:
        for name, number, data in self:
            if name == "job" and data["id"] == job_id and data["status"] == status:
                return number, data
        raise AssertionError("the stream has ended")


@contextmanager
def followed(client: httpx.Client, path: str, last: str | None = None, **headers: str) -> Iterator[Events]:
    if last is not None:
        headers["Last-Event-ID"] = last
    with client.stream("GET", path, headers=headers) as response:
        assert response.status_code == 200
        assert response.headers["Content-Type"] == "text/event-stream"
        yield Events(response)


def asked(client: httpx.Client, question: str, **headers: str) -> dict[str, Any]:
    job: dict[str, Any] = client.post("dashboards", json={"question": question}, headers=headers).json()["job"]
    return job


def test_job_is_followed_to_its_end(client: httpx.Client) -> None:
    job = asked(client, "Followed?")
    with followed(client, f"jobs/{job['id']}/events") as events:
        first, _ = events.until(job["id"], "pending")
        client.post(f"jobs/{job['id']}/cancel")
        last, data = events.until(job["id"], "cancelled")
        assert data == client.get(f"jobs/{job['id']}").json()
        assert int(first) < int(last)
        assert list(events) == []


def test_what_was_missed_comes_first(client: httpx.Client) -> None:
    job = asked(client, "Missed?")
    with followed(client, f"jobs/{job['id']}/events") as events:
        number, _ = events.until(job["id"], "pending")
    client.post(f"jobs/{job['id']}/cancel")
    with followed(client, f"jobs/{job['id']}/events", last=number) as events:
        assert [data["status"] for _, _, data in events] == ["cancelled"]
    other = asked(client, "Missed by all?")
    with followed(client, "events", last=number) as events:
        events.until(job["id"], "cancelled")
        events.until(other["id"], "pending")


def test_all_jobs_are_followed_and_deleted_ones_are_gone(client: httpx.Client) -> None:
    with followed(client, "events") as events:
        job = asked(client, "All of them?")
        events.until(job["id"], "pending")
        client.delete(f"dashboards/{job['slug']}")
        assert next((data for name, _, data in events if name == "gone"), None) == {"id": job["id"]}


def test_nobody_is_told_of_what_is_not_theirs(client: httpx.Client, quiet: Any) -> None:
    owner = {}
    for name in ("ann", "bob"):
        Users(quiet.store).add(f"{name}@example.org", Role.CREATOR)
        _, secret = tokens.create(ApiTokens(quiet.store), f"{name}@example.org", "t", [Scope.READ, Scope.ASK])
        owner[name] = f"Bearer {secret}"
    with followed(client, "events", Authorization=owner["ann"]) as events:
        asked(client, "Of Bob?", Authorization=owner["bob"])
        asked(client, "Of nobody?")
        mine = asked(client, "Of Ann?", Authorization=owner["ann"])
        name, _, data = next(iter(events))
        assert (name, data["id"]) == ("job", mine["id"])
    stranger = httpx.get(f"{client.base_url}events", trust_env=False)
    assert stranger.status_code == 401


def test_lost_connection_to_the_database_loses_nothing(client: httpx.Client, quiet: Any) -> None:
    with followed(client, "events") as events:
        first = asked(client, "Before?")
        events.until(first["id"], "pending")
        with psycopg.connect(libpq(quiet.store.engine.url), autocommit=True) as connection:
            killed = connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name = 'dashwright events' AND datname = current_database()"
            ).fetchall()
        assert len(killed) == 1  # one for all streams of the process
        second = asked(client, "Meanwhile?")
        events.until(second["id"], "pending")


def test_streams_of_one_caller_are_limited(client: httpx.Client) -> None:
    open_ones = [client.stream("GET", "events") for _ in range(streaming.MOST_STREAMS)]
    try:
        for one in open_ones:
            assert one.__enter__().status_code == 200
        refused = client.get("events")
        assert refused.status_code == 429
        assert refused.headers["Retry-After"]
        assert client.get("health").status_code == 200
    finally:
        for one in open_ones:
            one.__exit__(None, None, None)


def test_heartbeat_keeps_a_silent_stream_open(client: httpx.Client) -> None:
    with client.stream("GET", "events") as response:
        lines = (line for line in response.iter_lines() if line.startswith(":"))
        assert next(lines) == next(lines) == ": still here"
