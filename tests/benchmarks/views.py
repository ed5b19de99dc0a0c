"""What counting views costs: a page that is counted beside one that is not, and how many views a second are written.

``.venv/bin/python tests/benchmarks/views.py [PAGES]``
"""

from __future__ import annotations

import re
import statistics
import sys
import tempfile
import time
from pathlib import Path
from uuid import uuid4

from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine

from dashwright.server import database
from dashwright.server.access import Anonymous
from dashwright.server.nouns import Look
from dashwright.server.postgres import EmbeddedPostgres
from dashwright.server.settings import Settings
from dashwright.server.store import Shares, Store, Views
from dashwright.server.viewer.counting import BATCH, QUEUE, Counter
from dashwright.server.viewer.leases import Lease, Leases
from dashwright.server.viewer.looks import Looks
from dashwright.server.viewer.shelf import Published
from dashwright.server.viewer.visitors import visitors
from tests.viewer.conftest import Browser, running

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
VIEWS, DASHBOARDS = 20_000, 50


def main(pages: int) -> None:
    with tempfile.TemporaryDirectory(prefix="dashwright-views-") as folder:
        settings = Settings(data_dir=Path(folder) / "data")
        embedded = EmbeddedPostgres(settings)
        url = embedded.start()
        try:
            database.migrate(url)
            store = Store(database.connect(url), settings)
            of_pages(store, url, Path(folder) / "viewer", pages)
            of_the_loop(store)
            of_the_writer(store)
            store.close()
        finally:
            embedded.stop()


def of_pages(store: Store, url: str, folder: Path, pages: int) -> None:
    """Pages of one viewer in turns: asked for by a browser, which is counted, and by a robot, which is not."""
    folder.mkdir()
    job = store.create_dashboard_with_job("How fast?")
    Shares(store).set_public(job.slug, True)
    with running(folder, host="0.0.0.0", database=url) as viewer:
        viewer.shelf.publish(job.slug, "print('numbers')", dashboard_id=job.dashboard_id)
        browser = viewer.browser()
        took: dict[str, list[tuple[float, float]]] = {FIREFOX: [], "curl/8.5.0": []}
        for n in range(pages + 1):
            for agent in sorted(took, reverse=n % 2 == 0):
                times = timed(browser, job.slug, agent)
                if n:
                    took[agent].append(times)
    counted, not_counted = (
        ([1000 * statistics.median(times) for times in zip(*took[agent], strict=True)]) for agent in took
    )
    for what, one, other in zip(("first byte", "whole page"), counted, not_counted, strict=True):
        print(f"{what}: {one:.1f} ms counted, {other:.1f} ms not counted (medians of {pages})")


def timed(browser: Browser, slug: str, agent: str) -> tuple[float, float]:
    """Seconds until the first byte, and until the last one."""
    start = time.perf_counter()
    with browser.http.stream("GET", f"d/{slug}", headers={"User-Agent": agent}) as answer:
        first = 0.0
        text = ""
        for piece in answer.iter_text():
            first = first or time.perf_counter() - start
            text += piece
    whole = time.perf_counter() - start
    found = re.search(r'"kernelId": "([\w-]+)"', text)
    assert found is not None, text
    browser.http.post(f"voila/api/shutdown/{found.group(1)}", data={"_xsrf": browser.http.cookies.get("_xsrf", "")})
    return first, whole


def of_the_loop(store: Store) -> None:
    """All that counting does while somebody waits."""
    published = shown(store)
    counter, looks = Counter(Views(store), Leases(5, 5)), Looks(visitors(store.settings), None)
    headers = HTTPHeaders({"User-Agent": FIREFOX, "Referer": "https://news.example/today", "Host": "localhost"})
    line = RequestStartLine("GET", "/d/x", "HTTP/1.1")
    request = HTTPServerRequest(start_line=line, headers=headers)
    lease = Lease("browser", "slug", 0.0)
    start = time.perf_counter()
    for _ in range(QUEUE):
        look = looks.of(request, "192.0.2.1", Anonymous(), published)
        assert look is not None
        counter.look(look, lease)
    print(f"on the loop, while a page waits: {1e6 * (time.perf_counter() - start) / QUEUE:.0f} µs a look")


def shown(store: Store) -> Published:
    from datetime import UTC, datetime

    facts = Shares(store).facts(store.dashboards()[0].slug)
    assert facts is not None
    return Published("x", facts.dashboard_id, 1, "X", Path(), datetime.now(UTC), facts)


def of_the_writer(store: Store) -> None:
    ids = [store.create_dashboard_with_job("Who?").dashboard_id for _ in range(DASHBOARDS)]
    views = Views(store)
    people = [str(uuid4()) for _ in range(500)]
    for what, visitors_ in (
        ("new visits", [str(uuid4()) for _ in range(VIEWS)]),
        ("looks of visits under way", people * (VIEWS // 500)),
    ):
        looks = [
            Look(id=str(uuid4()), dashboard_id=ids[n % DASHBOARDS], version_number=1, visitor=visitor)
            for n, visitor in enumerate(visitors_)
        ]
        start = time.perf_counter()
        for n in range(0, VIEWS, BATCH):
            views.write([(look, 0.0) for look in looks[n : n + BATCH]], {}, ())
        seconds = time.perf_counter() - start
        batch = 1000 * seconds * BATCH / VIEWS
        print(f"written, {what}: {VIEWS / seconds:,.0f} a second ({batch:.0f} ms a batch of {BATCH})")
    slug = next(one.slug for one in store.dashboards() if one.id == ids[0])
    start = time.perf_counter()
    found = views.viewership(slug, 30)
    print(f"report of {found.views:,} views: {1000 * (time.perf_counter() - start):.0f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
