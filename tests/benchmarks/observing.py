"""``python -m tests.benchmarks.observing``: what a scrape costs among 100,000 jobs, and what being seen
adds to a request.

Prints medians, with the load of the machine; asserts nothing.
"""

from __future__ import annotations

import asyncio
import http.client
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import tornado.web
from sqlalchemy import text
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from dashwright.server.api.answering import NoRoute
from dashwright.server.api.app import LOOPBACK, application, rules
from dashwright.server.api.calling import Callers
from dashwright.server.api.service import Service
from dashwright.server.database import migrate
from dashwright.server.observing import TRACING, logs
from dashwright.server.observing.exposing import Exposition
from dashwright.server.postgres import database
from dashwright.server.settings import Settings
from dashwright.server.store import Measures, Store, opened

MANY = int(os.environ.get("JOBS", "100000"))
REQUESTS, ROUNDS = 400, 7
FILL = """
WITH made AS (INSERT INTO dashboards (slug, title, query)
  SELECT 'd-' || n, 'Sales', 'How do sales differ?' FROM generate_series(1, :many) n RETURNING id)
INSERT INTO dashboard_jobs (dashboard_id, request, status, lease_until, current_step, completed_at)
SELECT id, '{}', s, CASE WHEN s = 'processing' THEN now() + interval '1 hour' END, 'plan', now()
FROM (SELECT id, CASE WHEN n % 1000 = 0 THEN 'processing' WHEN n % 1000 = 1 THEN 'pending' WHEN n % 20 = 2 THEN 'failed'
             ELSE 'completed' END AS s FROM (SELECT id, row_number() OVER () AS n FROM made) numbered) chosen
"""
CALLS = """
INSERT INTO ai_calls (provider, model, operation, outcome, input_tokens, output_tokens, cost_usd, ms)
SELECT (ARRAY['gemini', 'openai'])[1 + n % 2], 'one', 'plan_dashboard', 'answered', 900, 300, 0.002, 2000
FROM generate_series(1, :many) n
"""


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="dashwright-bench-") as folder:
        settings = Settings(data_dir=Path(folder) / "data")
        with database(settings) as url:
            migrate(url)
            with opened(settings, url) as store:
                fill(store)
                scrapes(store)
                latencies(settings, store)
    say(f"load of the machine: {', '.join(f'{load:.1f}' for load in os.getloadavg())}")


def fill(store: Store) -> None:
    with store.transaction() as session:
        session.execute(text(FILL), {"many": MANY})
        session.execute(text(CALLS), {"many": MANY})
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE dashboard_jobs"))
        connection.execute(text("VACUUM ANALYZE ai_calls"))


def scrapes(store: Store) -> None:
    with closing(Measures(store)) as measures:
        say(f"{MANY:,} jobs, {MANY:,} calls of AI providers: read {milliseconds(measures.read, 15):.1f} ms")
        exposition = Exposition("api", measures.read, lambda: store.engine)
        exposition.text()
        say(f"a scrape with what was read within five seconds: {milliseconds(exposition.text, 50):.1f} ms")


def latencies(settings: Settings, store: Store) -> None:
    """Of an address at which there is nothing, so that what is left is the handling itself."""
    service = Service(settings, lambda: store, Callers(settings, lambda: store), LOOPBACK)
    plain = tornado.web.Application(
        [*rules(service), (".*", NoRoute, {"service": service})], log_function=lambda _: None
    )
    seen = application(service, Exposition("api"))
    log = sys.stderr
    with Path(os.devnull).open("w") as sys.stderr:
        logs.configure("json")
        with served(plain) as port, served(seen) as other:
            given: dict[str, Any] = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}  # where nobody listens
            found: dict[str, list[float]] = {"as it is": [], "seen, logged": [], "seen, logged, traced": []}
            for _ in range(ROUNDS):
                found["as it is"].append(each(port))
                found["seen, logged"].append(each(other))
                TRACING.start(Settings(data_dir=settings.data_dir, **given), "api")
                found["seen, logged, traced"].append(each(other))
                TRACING.stop()
    sys.stderr = log
    service.close()
    for what, times in found.items():
        say(f"a request {what}: {statistics.median(times):.3f} ms of processor time")


def each(port: int) -> float:
    """Milliseconds of processor time of one request of many, one after the other on one connection, asking included:
    what others do on the machine makes no difference."""
    with closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
        begun = time.process_time()
        for _ in range(REQUESTS):
            connection.request("GET", "/api/nowhere")
            connection.getresponse().read()
        return 1000 * (time.process_time() - begun) / REQUESTS


@contextmanager
def served(app: tornado.web.Application) -> Iterator[int]:
    loop = asyncio.new_event_loop()
    (listener,) = bind_sockets(0, "127.0.0.1")

    async def begin() -> None:
        HTTPServer(app).add_sockets([listener])

    thread = threading.Thread(target=lambda: (loop.run_until_complete(begin()), loop.run_forever()), daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    loop.call_soon_threadsafe(loop.stop)
    thread.join()


def milliseconds(do: Callable[[], Any], times: int) -> float:
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        do()
        taken.append(1000 * (time.perf_counter() - begun))
    return statistics.median(taken)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
