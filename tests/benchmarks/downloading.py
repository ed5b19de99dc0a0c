"""``make bench-large``, its second part: a download of 1 GB beside curl and httpx that write the same to a file.

What is wanted: at most 64 MiB of memory above what the step takes for a file of one row; and that a step killed
half-way goes on where it was, or begins anew where its server gives nothing to compare, with no file under its final
name before it is whole. Prints all; asserts nothing. The three take turns, so that a busy moment hits each.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from large import MEGABYTES, ROUNDS, measured

MOST_MEMORY = 64
BLOCK = b"city,year,sales\n" + b"".join(b"Town %07d,2024,%05d\n" % (row, row % 99_999) for row in range(50_000))
"""Sent again and again."""
ETAG = '"the same"'
HTTPX = """
import httpx, sys
with httpx.stream("GET", sys.argv[1]) as answer, open(sys.argv[2], "wb") as file:
    for chunk in answer.iter_raw():
        file.write(chunk)
"""


@dataclass
class Server:
    """Generates a file of `size` bytes, or of one row. `halfway` is set when half of it was sent."""

    size: int
    etag: str | None = ETAG
    hold: bool = False
    """Whether the second half waits for the client to be gone."""
    halfway: threading.Event = field(default_factory=threading.Event)
    gone: threading.Event = field(default_factory=threading.Event)
    starts: list[int] = field(default_factory=list)
    """The first byte of each answer."""
    sent: int = 0
    """Bytes of the last answer."""

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        size = self.size if request.path == "/large.csv" else 40
        asked = request.headers.get("Range") if request.headers.get("If-Range") == self.etag else None
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
        request.send_response(206 if asked else 200)
        request.send_header("Content-Type", "text/csv")
        request.send_header("Content-Length", str(size - start))
        if self.etag:
            request.send_header("ETag", self.etag)
        if asked:
            request.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
        request.end_headers()
        self.starts.append(start)
        self.sent = 0
        for piece in pieces(start, size):
            request.wfile.write(piece)
            self.sent += len(piece)
            if self.hold and start + self.sent >= size // 2:
                self.halfway.set()
                self.gone.wait()
                return


def pieces(start: int, size: int) -> Iterator[memoryview]:
    whole = memoryview(BLOCK)
    while start < size:
        first = start % len(BLOCK)
        piece = whole[first : first + size - start]
        yield piece
        start += len(piece)


@contextmanager
def serving(server: Server) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with suppress(BrokenPipeError, ConnectionResetError):
                server.answer(self)

        def log_message(self, *values: object) -> None:
            """Be quiet."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.server_address[1]}"
    finally:
        listening.shutdown()
        listening.server_close()


def job(folder: Path, url: str) -> Path:
    """A job that has found the file and is to download it."""
    folder.mkdir(parents=True)
    request = {"dashboard_id": "bench", "slug": "bench", "question": "What sells?"}
    found = {"source": "files", "reference": url, "name": "large", "title": "Large"}
    (folder / "request.json").write_text(json.dumps(request))
    (folder / "candidates.json").write_text(
        json.dumps({"candidates": [found], "chosen": [0], "total_found": 1, "search_time_ms": 1})
    )
    return folder


def step(folder: Path, size: int) -> list[str | Path]:
    limits = {"allow_private_addresses": True, "max_download_size": 2 * size}
    return [sys.executable, "-m", "dashwright.pipelines", "download", folder, "--limits", json.dumps(limits)]


def compare(url: str, folder: Path, size: int) -> None:
    """Time and memory of the step beside those of others."""
    others: dict[str, list[str | Path]] = {"httpx": [sys.executable, "-c", HTTPX]}
    if curl := shutil.which("curl"):
        others["curl"] = [curl, "--silent", "--fail", "--output"]
    _, idle = measured(*step(job(folder / "small", f"{url}/small.csv"), size))
    ours: list[float] = []
    peaks: list[float] = []
    theirs: dict[str, list[float]] = {name: [] for name in others}
    for turn in range(ROUNDS):
        made = job(folder / str(turn), f"{url}/large.csv")
        seconds, peak = measured(*step(made, size))
        ours.append(seconds)
        peaks.append(peak)
        shutil.rmtree(made)
        for name, command in others.items():
            target = folder / "theirs"
            last = (target, f"{url}/large.csv") if name == "curl" else (f"{url}/large.csv", target)
            theirs[name].append(measured(*command, *last)[0])
            target.unlink()
    mine = statistics.median(ours)
    beside = ", ".join(
        f"{name} {statistics.median(times):.1f} s ({mine / statistics.median(times):.2f} times)"
        for name, times in theirs.items()
    )
    print(f"downloading: {mine:.1f} s, {size / 1e6 / mine:.0f} MB/s; {beside}; n={ROUNDS}")
    print(
        f"  peak memory {max(peaks):.0f} MiB, {max(peaks) - idle:.0f} MiB above that for one row"
        f" (at most {MOST_MEMORY} is wanted)",
        flush=True,
    )


@contextmanager
def watched(folder: Path) -> Iterator[dict[str, set[int]]]:
    """Sizes that files with final names were seen to have, as fast as a thread can look."""
    seen: dict[str, set[int]] = {}
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.0005):
            with suppress(OSError):
                for entry in os.scandir(folder):
                    if not entry.name.startswith("."):
                        seen.setdefault(entry.name, set()).add(entry.stat().st_size)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


def interrupt(server: Server, url: str, folder: Path, digest: str) -> None:
    """Kill the step half-way, begin it again, and say what that cost."""
    made = job(folder, f"{url}/large.csv")
    (made / "downloads").mkdir()
    server.starts.clear()
    server.hold = True
    with watched(made / "downloads") as seen:
        process = subprocess.Popen(step(made, server.size), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        server.halfway.wait()
        process.kill()
        process.wait()
        server.hold = False
        server.gone.set()
        sent = server.sent
        seconds, _ = measured(*step(made, server.size))
    start = server.starts[-1]
    (name,) = (path.name for path in (made / "downloads").iterdir())
    whole = name == f"{digest}.csv" and seen.get(name, {server.size}) == {server.size} and len(seen) <= 1
    what = f"resumed at {start / 1e6:.0f} MB" if start else "began anew"
    print(
        f"killed at {sent / 1e6:.0f} MB, {'with an ETag' if server.etag else 'without validators'}: {what} in"
        f" {seconds:.1f} s, {(sent - start) / 1e6:.0f} MB asked for twice; under its final name"
        f" {'only when whole' if whole else f'BEFORE IT WAS WHOLE: {seen}'}",
        flush=True,
    )
    shutil.rmtree(made)


def main() -> None:
    size = MEGABYTES * 1_000_000
    digest = hashlib.sha256()
    for piece in pieces(0, size):
        digest.update(piece)
    print(f"{MEGABYTES} MB from a server on this machine, {os.cpu_count()} cores", flush=True)
    with tempfile.TemporaryDirectory(prefix="dashwright-bench-") as name:
        with serving(Server(size)) as url:
            compare(url, Path(name), size)
        for etag in (ETAG, None):
            server = Server(size, etag)
            with serving(server) as url:
                interrupt(server, url, Path(name, "killed"), digest.hexdigest())


if __name__ == "__main__":
    main()
