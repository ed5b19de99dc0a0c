"""What a search costs beside its slowest source: sources on a local server that answer after a while, or never.

Prints figures beside their limits; asserts nothing. Alone: ``python tests/benchmarks/searching.py``.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

from dashwright.pipelines.model import Request
from dashwright.pipelines.providers import NoProviders
from dashwright.pipelines.services import Service
from dashwright.pipelines.sources.finding import Memory, Wanted, find
from dashwright.pipelines.step import Limits
from dashwright.server.database import migrate
from dashwright.server.postgres import database
from dashwright.server.postgres.place import place_of
from dashwright.server.settings import Settings
from dashwright.server.store import SearchMemory, opened
from dashwright.server.worker.clerk import Clerk
from dashwright.server.worker.line import Line
from dashwright.server.worker.messages import MESSAGE, Asked
from dashwright.server.worker.recollecting import DistantMemory, Recollection

DELAYS = {f"stand-in-{number}": number / 10 for number in range(1, 9)}
"""Seconds until a source answers."""
HANGING = "stand-in-hanging"
PATIENCE = 1.2
"""Seconds that the hanging one is given."""
DATASETS = 20
"""That each source answers with."""
ROUNDS = int(os.environ.get("ROUNDS", "5"))
QUESTION = "How does rain differ by city?"
SOURCE = """
from pydantic import TypeAdapter
from dashwright.pipelines.model import Candidate
from dashwright.pipelines.sources import Source
from dashwright.pipelines.sources.asking import Place, Talk

ANSWER = TypeAdapter(list[str])

class StandIn(Source):
    def search(self, query, limits):
        titles = Talk(Place(self.name, self.name, "https://stand-in.invalid"), limits).json(ANSWER, self.name)
        return [
            Candidate(source=self.name, reference=title, name="x", title=title, columns=("city", "rain"))
            for title in titles[: query.limit]
        ]

    def describe(self, attachment, limits):
        raise NotImplementedError

    def fetch(self, *_, **__):
        raise NotImplementedError

"""


class Answering(BaseHTTPRequestHandler):
    """Answers a path after its delay."""

    def do_GET(self) -> None:
        name = self.path.strip("/")
        threading.Event().wait(DELAYS.get(name, 60))
        body = json.dumps([f"Rain in city {number} by {name}" for number in range(DATASETS)]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *values: object) -> None:
        """Be quiet."""


@contextmanager
def stand_ins() -> Iterator[Limits]:
    """Sources as an installed package has them; yields limits that know where their server is."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}"
    names = [*DELAYS, HANGING]
    with tempfile.TemporaryDirectory(prefix="dashwright-bench-") as folder:
        package = Path(folder)
        kinds = {name: name.title().replace("-", "") for name in names}
        classes = [f"class {kind}(StandIn):\n    name = {name!r}\n\n" for name, kind in kinds.items()]
        (package / "stand_ins.py").write_text(SOURCE + "\n".join(classes))
        told = package / "stand_ins-1.0.dist-info"
        told.mkdir()
        (told / "METADATA").write_text("Metadata-Version: 2.1\nName: stand_ins\nVersion: 1.0\n")
        points = [f"{name} = stand_ins:{kind}" for name, kind in kinds.items()]
        (told / "entry_points.txt").write_text("\n".join(["[dashwright.sources]", *points, ""]))
        sys.path.insert(0, folder)
        try:
            services = {name: Service(base_url=address) for name in DELAYS}
            yield Limits(services={**services, HANGING: Service(base_url=address, timeout=PATIENCE)})
        finally:
            sys.path.remove(folder)
            server.shutdown()
            server.server_close()


def timed(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def report(name: str, times: list[float], limit: str) -> None:
    middle = statistics.median(times)
    print(f"{name}: {1000 * middle:.1f} ms ({limit}; up to {1000 * max(times):.1f}, n={len(times)})", flush=True)


def bench_sources(limits: Limits) -> None:
    every = Wanted(QUESTION, tuple(DELAYS))
    first = timed(lambda: find(every, limits))
    slowest = max(DELAYS.values())
    times = [timed(lambda: find(every, limits)) for _ in range(ROUNDS)]
    ratio = statistics.median(times) / slowest
    report(f"search in {len(DELAYS)} sources", times, f"{ratio:.3f} × the slowest; at most 1.15; {first:.2f} s cold")
    hanging = Wanted(QUESTION, (*DELAYS, HANGING))
    times = [timed(lambda: find(hanging, limits)) for _ in range(ROUNDS)]
    ratio = statistics.median(times) / PATIENCE
    report("search with one that hangs", times, f"{ratio:.3f} × its time-out of {PATIENCE:g} s; at most 1.15")


def bench_memory(limits: Limits) -> None:
    wanted = Wanted(QUESTION, tuple(DELAYS))
    with tempfile.TemporaryDirectory(prefix="dashwright-bench-") as folder:
        settings = Settings(data_dir=Path(folder) / "data")
        settings.make_folders()
        with database(settings) as url:
            migrate(url)
            with opened(settings, url) as store:
                memory = SearchMemory(store)
                find(wanted, limits, memory)
                for whose, asked in (("a command", memory), ("a job", distant(memory))):
                    times = [timed(lambda asked=asked: find(wanted, limits, asked)) for _ in range(20 * ROUNDS)]
                    report(f"cached search of {whose}", times, "at most 10 ms")
        shutil.rmtree(place_of(settings).folder, ignore_errors=True)  # it may be outside of the data directory


def distant(memory: SearchMemory) -> Memory:
    """The memory through a pipe and a clerk, as a job has it."""
    request = Request(dashboard_id="d", slug="s", question=QUESTION)
    ours, theirs = Pipe()
    clerk = Clerk(NoProviders(), Recollection(memory, request, tuple(DELAYS)), ours)

    def watch() -> None:
        while True:
            try:
                message = MESSAGE.validate_json(ours.recv_bytes())
            except (EOFError, OSError):
                return
            if isinstance(message, Asked):
                clerk.take(message)

    threading.Thread(target=watch, daemon=True).start()
    line = Line(theirs)
    line.open()
    return DistantMemory(line)


def main() -> None:
    with stand_ins() as limits:
        bench_sources(limits)
        bench_memory(limits)


if __name__ == "__main__":
    main()
    os._exit(0)  # the line would take the end of its other end, which is in this very process, for that of a worker
