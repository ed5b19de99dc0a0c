"""``make bench-api``: one process of the REST API among 100,000 dashboards, and with 1,000 clients that follow jobs.

Prints each figure beside what is wanted, with the server's processor time and the load of the machine, which nobody
else should use meanwhile; asserts nothing. Of several rounds the quietest counts. ``ROUNDS=1 DASHBOARDS=10000
SECONDS_OF_LISTS=5 STREAMS=100`` is a short one.
"""

from __future__ import annotations

import asyncio
import io
import itertools
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urlsplit

import psutil
from sqlalchemy import text

from dashwright.pipelines.model import Version
from dashwright.pipelines.step import Progress
from dashwright.server.access import Role, Scope
from dashwright.server.accounts import tokens
from dashwright.server.api.paging import Cursor, encoded
from dashwright.server.database import migrate
from dashwright.server.postgres import database
from dashwright.server.postgres.place import place_of
from dashwright.server.settings import Settings
from dashwright.server.store import ApiTokens, Claims, Store, Users, opened

MANY = int(os.environ.get("DASHBOARDS", "100000"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
RATE, SECONDS = 50, float(os.environ.get("SECONDS_OF_LISTS", "20"))
STREAMS = int(os.environ.get("STREAMS", "1000"))
STREAMS_OF_ONE = 5
WRITES, PAUSE = 20, 0.25
MB = 1e6
LIST_TOLD, ONE_TOLD, ALL_TOLD = 25, 200, 500
"""Milliseconds (p95) that are wanted."""
MOST_MEMORY = 300
"""Megabytes, with all streams."""
FILL = """
WITH made AS (
  INSERT INTO dashboards (slug, title, query, status, is_public, tags, user_id, created_at, updated_at)
  SELECT 'd-' || n, 'Sales of ' || md5(n::text), 'How do sales of ' || md5((n / 7)::text) || ' differ by region?',
         (ARRAY['completed', 'completed', 'completed', 'failed'])[1 + n % 4], n % 3 = 0,
         ARRAY['t' || n % 500, 'u' || n % 10], CASE WHEN n % 50 = 0 THEN CAST(:owner AS uuid) END,
         now() - n * interval '1 minute', now() - (n * 7919 % :many) * interval '1 second'
  FROM generate_series(1, :many) n RETURNING id, title)
INSERT INTO dashboard_versions (dashboard_id, number, title, folder, data_as_of, version)
SELECT id, 1, title, 'versions/' || id, now(), CAST(:version AS jsonb) FROM made
"""
PUBLISH = (
    "ALTER TABLE dashboards DISABLE TRIGGER USER",  # it would give all of them the same time
    "UPDATE dashboards SET published_version_id = v.id FROM dashboard_versions v WHERE v.dashboard_id = dashboards.id",
    "ALTER TABLE dashboards ENABLE TRIGGER USER",
)
LISTS = (
    "dashboards",
    "dashboards?sort=title&limit=50",
    "dashboards?sort=-updated_at",
    "dashboards?tag=t7",
    "dashboards?status=failed&sort=created_at",
    f"dashboards?search={quote('sales c4ca4238a0')}",
    "dashboards?search=sales",
    "dashboards?search=abc",
    "dashboards?public=true&limit=50",
    "dashboards?cursor={deep}",
)


class Measured(NamedTuple):
    """Milliseconds of one round, and what they cost."""

    values: Sequence[float]
    cost: str
    load: float

    @property
    def p95(self) -> float:
        return statistics.quantiles(self.values, n=100)[94]


def report(name: str, wanted: float, rounds: Iterable[Measured]) -> None:
    """The quietest of some rounds, beside what is wanted."""
    best = min(rounds, key=lambda one: one.p95)
    cuts = statistics.quantiles(best.values, n=100)
    said = "reached" if best.p95 <= wanted else "MISSED"
    print(
        f"{name}: p95 {best.p95:.1f} ms (wanted: {wanted:g}, {said}); p50 {cuts[49]:.1f}, p99 {cuts[98]:.1f}, "
        f"most {max(best.values):.1f} of {len(best.values):,}; {best.cost}; load {best.load:.1f}",
        flush=True,
    )


def load() -> float:
    return os.getloadavg()[0]


def used(process: psutil.Process) -> float:
    """Seconds of processor time."""
    times = process.cpu_times()
    return float(times.user + times.system)


@dataclass
class Connection:
    """A connection of HTTP/1.1 that is kept; a client library would take more of the machine than the server."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    token: str

    @classmethod
    async def to(cls, api: str, token: str) -> Connection:
        parts = urlsplit(api)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port, limit=2**24)
        return cls(reader, writer, token)

    async def begin(self, path: str) -> bytes:
        """Ask for an address; the head of the answer."""
        head = f"GET /api/{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self.token}\r\n\r\n"
        self.writer.write(head.encode())
        answer = await self.reader.readuntil(b"\r\n\r\n")
        if not answer.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"{path}: {answer.decode(errors='replace')}")
        return answer

    async def get(self, path: str) -> bytes:
        head = (await self.begin(path)).lower()
        length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
        return await self.reader.readexactly(length)


@contextmanager
def served(settings: Settings) -> Iterator[tuple[str, psutil.Process]]:
    """The address and the process of an API on these settings."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "dashwright.server.cli", "api", "--port", "0", "--data-dir", settings.data_dir],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "COLUMNS": "200"},
    )
    assert process.stderr is not None
    try:
        for line in process.stderr:
            if "http://" in line:
                # Each request is a line, and a pipe that nobody reads would stop the server.
                threading.Thread(target=shutil.copyfileobj, args=(process.stderr, io.StringIO()), daemon=True).start()
                yield line.split()[-1], psutil.Process(process.pid)
                break
        else:
            raise SystemExit("The API has not started.")
    finally:
        process.terminate()
        process.wait(60)


def token_of(store: Store, name: str, role: Role) -> tuple[str, str]:
    """The id and a token of a new user."""
    user = Users(store).add(f"{name}@example.org", role)
    return user.id, tokens.create(ApiTokens(store), user.email, "bench", [Scope.READ])[1]


def fill(store: Store, owner: str | None, many: int = MANY) -> None:
    """Put dashboards with a published version into an empty store; a fiftieth are the owner's, all others nobody's."""
    now = datetime.now(UTC)
    version = Version(
        dashboard_id="0", slug="d", number=1, title="Sales", question="How?", widgets=(), provenance=(),
        notebook="n.ipynb", data_digest="0" * 64, data_as_of=now, created_at=now, planner="offline",
    )  # fmt: skip
    with store.transaction() as session:
        session.execute(text(FILL), {"many": many, "owner": owner, "version": version.model_dump_json()})
        for statement in PUBLISH:
            session.execute(text(statement))
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE dashboards"))
        connection.execute(text("VACUUM ANALYZE dashboard_versions"))


async def lists(api: str, token: str, paths: Sequence[str], process: psutil.Process) -> Measured:
    """Lists at a steady rate, whether the answers keep up or not."""
    idle = [await Connection.to(api, token) for _ in range(20)]
    took: list[float] = []

    async def one(path: str, at: float) -> None:
        connection = idle.pop()
        await connection.get(path)
        took.append((time.perf_counter() - at) * 1000)
        idle.append(connection)

    for path in paths:  # once, as a server that is not new has
        await one(path, time.perf_counter())
    took.clear()
    begun, before = time.perf_counter(), used(process)
    running = []
    for number, path in zip(range(int(RATE * SECONDS)), itertools.cycle(paths), strict=False):
        await asyncio.sleep(max(0.0, begun + number / RATE - time.perf_counter()))
        running.append(asyncio.create_task(one(path, time.perf_counter())))
    await asyncio.gather(*running)
    cost = (used(process) - before) / len(took)
    for connection in idle:
        connection.writer.close()
    return Measured(took, f"{1000 * cost:.1f} ms of processor time each", load())


async def follow(connection: Connection, told: list[float]) -> None:
    """Note how old each event is when it comes: a job's message is the time when it was written."""
    while line := await connection.reader.readline():
        if line.startswith(b"data: ") and b'"message":"' in line:
            written = line.split(b'"message":"')[1].partition(b'"')[0]
            if written.startswith(b"at "):
                told.append((time.time() - float(written[3:])) * 1000)


async def events(api: str, write: Callable[[], None], followers: list[str], process: psutil.Process) -> Measured:
    told: list[float] = []
    found = []
    for token in followers:
        found.append(await Connection.to(api, token))
        await found[-1].begin("events")
    following = [asyncio.create_task(follow(one, told)) for one in found]
    await asyncio.sleep(1)
    before = used(process)
    for _ in range(WRITES):
        await asyncio.to_thread(write)
        await asyncio.sleep(PAUSE if len(followers) == 1 else 4 * PAUSE)
    await asyncio.sleep(2)
    cost, memory = (used(process) - before) / WRITES, process.memory_info().rss / MB
    missed = WRITES * len(followers) - len(told)
    for task, one in zip(following, found, strict=True):
        task.cancel()
        one.writer.close()
    await asyncio.gather(*following, return_exceptions=True)
    spent = f"{1000 * cost:.0f} ms of processor time a change; {missed} not told; {memory:.0f} MB"
    return Measured(told, spent, load())


def writer(store: Store) -> Callable[[], None]:
    """What a worker does when a job gets on."""
    store.create_dashboard_with_job("What changes?", is_public=True)
    claims = Claims(store)
    claim = claims.claim("bench")
    assert claim is not None
    return lambda: (
        claims.renew(claim, Progress(step="search_datasets", percent=1, message=f"at {time.time()}")) and None
    )


def deep(store: Store) -> str:
    """The cursor of a page in the middle of the list."""
    with store.reading() as connection:
        found = connection.execute(
            "SELECT created_at, id FROM dashboards ORDER BY 1 DESC OFFSET %s LIMIT 1", [MANY // 2]
        )
        moment, key = found.fetchone() or (None, None)
    assert moment is not None
    return encoded(Cursor(order="-created_at", value=moment.isoformat(), id=str(key)))


def main() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 10_000), most))
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder, "data"))
        settings.make_folders()
        with database(settings) as url:
            migrate(url)
            with opened(settings, url) as store, served(settings) as (api, process):
                idle = process.memory_info().rss / MB
                owner, mine = token_of(store, "owner", Role.CREATOR)
                _, boss = token_of(store, "boss", Role.ADMIN)
                fill(store, owner)
                print(f"The API alone: {idle:.0f} MB. {MANY:,} dashboards, {RATE} requests/s, {os.cpu_count()} cores")
                paths = [path.replace("{deep}", deep(store)) for path in LISTS]
                for who, token in (("somebody with few of their own", mine), ("an admin", boss)):
                    rounds = [asyncio.run(lists(api, token, paths, process)) for _ in range(ROUNDS)]
                    report(f"A list for {who}", LIST_TOLD, rounds)
                people = [token_of(store, f"p{n}", Role.VIEWER)[1] for n in range(-(-STREAMS // STREAMS_OF_ONE))]
                followers = [token for token in people for _ in range(STREAMS_OF_ONE)]
                write = writer(store)
                for count, wanted in ((1, ONE_TOLD), (STREAMS, ALL_TOLD)):
                    rounds = [asyncio.run(events(api, write, followers[:count], process)) for _ in range(ROUNDS)]
                    report(f"A change to {count:,} ({MOST_MEMORY} MB at most)", wanted, rounds)
        shutil.rmtree(place_of(settings).folder, ignore_errors=True)  # it may be outside of the data directory


if __name__ == "__main__":
    main()
