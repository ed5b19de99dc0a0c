"""What each address asks of the database among many rows: rows that an index leads to, and not many more than it tells.

The database itself counts how often a table was read from end to end, whoever composed the statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from psycopg import sql
from sqlalchemy import make_url, text

from dashwright.server.access import Role, Scope
from dashwright.server.accounts import tokens
from dashwright.server.api.resources import ROUTES
from dashwright.server.store import ApiTokens, Users

from ..conftest import Site, execute, fresh_database, opened_site, wait_until
from .conftest import client_of

MANY = 2_000
MOST_READ = 500
"""Rows, for pages of 20."""
FILL = (
    """
    INSERT INTO users (email, role) SELECT 'u' || n || '@example.org', 'viewer' FROM generate_series(1, :many) n
    """,
    """
    INSERT INTO dashboards (slug, title, query, status, is_public, user_id, created_at)
    SELECT 'd-' || n, 'Title ' || md5(n::text), 'What about ' || md5((n / 7)::text) || '?', 'completed', n % 100 = 0,
           CASE WHEN n % 100 = 1 THEN CAST(:me AS uuid) END, now() - n * interval '1 minute'
    FROM generate_series(1, :many) n
    """,
    """
    INSERT INTO dashboard_versions (dashboard_id, number, title, folder, data_as_of, version)
    SELECT id, 1, title, 'versions/' || id, now(), CAST(:version AS jsonb) FROM dashboards
    """,
    """
    UPDATE dashboards SET published_version_id = v.id FROM dashboard_versions v WHERE v.dashboard_id = dashboards.id
    """,
    """
    INSERT INTO dashboard_jobs (dashboard_id, request, status, created_at, changed_at)
    SELECT id, jsonb_build_object('version_number', 1), 'completed', created_at, created_at FROM dashboards
    """,
    """
    INSERT INTO shares (dashboard_id, user_id) SELECT d.id, u.id FROM dashboards d
    JOIN users u ON u.email = 'u' || right(d.slug, -2) || '@example.org'
    """,
    "INSERT INTO share_links (dashboard_id, token_hash) SELECT id, 'l' || slug FROM dashboards",
    "INSERT INTO api_tokens (user_id, name, token_hash, scopes) SELECT id, 't', 't' || email, '{read}' FROM users",
    "INSERT INTO sessions (user_id, token_hash, expires_at) SELECT id, email, now() + interval '1 day' FROM users",
    """
    INSERT INTO ai_calls (job_id, dashboard_id, user_id, provider, model, operation, outcome)
    SELECT j.id, j.dashboard_id, d.user_id, 'p', 'm', 'plan', 'ok' FROM dashboard_jobs j JOIN dashboards d
    ON d.id = j.dashboard_id
    """,
    "INSERT INTO uploads (user_id, name, size, sha256) SELECT id, 'f', 1, 'x' FROM users",
    """
    INSERT INTO idempotency_keys (owner, key, digest, expires_at)
    SELECT id::text, 'k', 'x', now() + interval '1 day' FROM users
    """,
    """
    INSERT INTO quota_uses (key, expires_at) SELECT 'LIMITS/' || email, now() + interval '1 hour' FROM users
    """,
    "ANALYZE",
)
VERSION = """{"dashboard_id": "0", "slug": "d", "number": 1, "title": "T", "question": "How?", "widgets": [],
"provenance": [], "notebook": "n.ipynb", "data_digest": "0", "data_as_of": "2026-01-01T00:00:00Z",
"created_at": "2026-01-01T00:00:00Z", "planner": "offline"}"""
LARGE = (
    "users", "dashboards", "dashboard_versions", "dashboard_jobs", "shares", "share_links", "api_tokens", "sessions",
    "ai_calls", "uploads", "idempotency_keys", "quota_uses",
)  # fmt: skip
COUNTED = """
SELECT relname, seq_scan, seq_tup_read + COALESCE(idx_tup_fetch, 0) FROM pg_stat_user_tables WHERE relname = ANY(%s)
"""
PEERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'dashwright'
"""
ELSEWHERE = {"/sources", "/planners", "/search", "/costs", "/health", "/events", "/jobs/{job_id}/events"}
"""Ask no table, a worker, or tell of all that was spent; streams read what changes."""


class Crowd(NamedTuple):
    site: Site
    client: httpx.Client
    heads: dict[str, dict[str, str]]
    job_id: str
    """Of a public dashboard."""

    def read(self) -> dict[str, tuple[int, int]]:
        """Of each table: how often it was read from end to end, and rows read, until now."""
        self.site.store.engine.dispose()  # a server's process tells what it has read when it ends
        with self.site.store.reading() as connection:
            wait_until(lambda: connection.execute(PEERS).fetchone() == (0,))
            found = connection.execute(COUNTED, [list(LARGE)]).fetchall()
        return {name: (scans, rows) for name, scans, rows in found}


@pytest.fixture(scope="module")
def crowd(cluster: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crowd]:
    data_dir = tmp_path_factory.mktemp("crowd") / "data"
    with fresh_database(cluster) as url:
        name = sql.Identifier(make_url(url).database or "")
        # Tables that a test can afford would still be read whole, as that is quicker: only where there is no other way.
        for setting in ("enable_seqscan = off", "random_page_cost = 0.1"):
            execute(url, sql.SQL("ALTER DATABASE {} SET {}").format(name, sql.SQL(setting)))
        yield from filled(url, data_dir)


def filled(url: str, data_dir: Path) -> Iterator[Crowd]:
    with opened_site(data_dir, url) as site, client_of(site, untaken=0.1) as client:
        me, boss = (Users(site.store).add(f"{role}@example.net", role) for role in (Role.CREATOR, Role.ADMIN))
        with site.store.transaction() as session:
            for statement in FILL:
                session.execute(text(statement), {"many": MANY, "me": me.id, "version": VERSION})
        heads = {"stranger": {"Authorization": ""}}
        for name, user in (("person", me), ("admin", boss)):
            _, secret = tokens.create(ApiTokens(site.store), user.email, "test", list(Scope))
            heads[name] = {"Authorization": f"Bearer {secret}"}
        job = client.get("jobs", params={"dashboard": "d-100"}).json()["items"][0]
        yield Crowd(site, client, heads, job["id"])


def asked() -> Iterator[tuple[str, str]]:
    """Every address that only reads, and some that change."""
    for route in ROUTES:
        if route.method == "GET" and route.path not in ELSEWHERE:
            yield route.method, route.path
    yield from (
        ("GET", "/jobs?status=completed&kind=new"),
        ("GET", "/jobs?dashboard=d-100"),
        ("GET", "/dashboards?search=title&limit=20"),
        ("PATCH", "/dashboards/{slug}"),
        ("PUT", "/dashboards/{slug}/shares/u7@example.org"),
        ("DELETE", "/dashboards/{slug}/shares/u7@example.org"),
        ("POST", "/dashboards/{slug}/links"),
        ("POST", "/jobs/{job_id}/cancel"),
        ("POST", "/tokens"),
        ("POST", "/dashboards"),
    )


BODIES: dict[str, Any] = {"tokens": {"name": "more", "scopes": ["read"]}, "dashboards": {"question": "How much?"}}


@pytest.mark.parametrize("who", ["stranger", "person", "admin"])
@pytest.mark.parametrize(("method", "path"), list(asked()))
def test_what_is_read_does_not_grow_with_the_tables(crowd: Crowd, who: str, method: str, path: str) -> None:
    values = {"slug": "d-100", "job_id": crowd.job_id, "number": "1", "email": "u9@example.org"}
    address = re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], "sales"), path).removeprefix("/")
    body = {"json": BODIES.get(address, {})} if method in ("POST", "PATCH") and "cancel" not in path else {}
    before = crowd.read()
    answer = crowd.client.request(method, address, headers=crowd.heads[who] | {"If-Match": "*"}, **body)
    assert answer.status_code not in (400, 405, 415, 500), answer.text
    after = crowd.read()
    read = {name: (after[name][0] - before[name][0], after[name][1] - before[name][1]) for name in LARGE}
    assert not [name for name, (scans, _) in read.items() if scans], read
    assert sum(rows for _, rows in read.values()) < MOST_READ, read
