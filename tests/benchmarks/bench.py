"""``make bench``: what Dashwright costs beside stock papermill, stock Voilà and duckdb, on the same work, in one run.

Prints ratios; asserts nothing. Both sides of a ratio take turns, so that a busy moment hits both.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from playwright.sync_api import sync_playwright

BIN = Path(sys.executable).parent
CHROMIUM = next((path for path in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if path), None)
DRAWN = (
    "() => { const figures = [...document.querySelectorAll('.bqplot.figure')];"
    " return figures.length >= %d && figures.every(figure =>"
    " figure.querySelector('.svg-figure :is(path, rect, circle)')) }"
)
ROUNDS = int(os.environ.get("ROUNDS", "5"))


def sales(rows: int) -> pd.DataFrame:
    """A table as people have them: a date, three categories, four measures, an identifier, a text."""
    draw = np.random.default_rng(7)
    days = pd.date_range("2019-01-01", "2024-12-31", freq="D")
    units = draw.poisson(6, rows) + 1
    price = draw.gamma(4, 12, rows).round(2)
    return pd.DataFrame(
        {
            "Order id": np.arange(rows) + 100_000,
            "Order date": draw.choice(days, rows),
            "Region": draw.choice(["North", "South", "East", "West"], rows, p=[0.4, 0.3, 0.2, 0.1]),
            "Product": draw.choice([f"Product {letter}" for letter in "ABCDEFGHIJ"], rows),
            "Channel": draw.choice(["Shop", "Web", "Phone"], rows),
            "Units": units,
            "Price": price,
            "Revenue": (units * price).round(2),
            "Rating": draw.integers(1, 6, rows),
            "Comment": draw.choice(["fine", "late but fine", "would buy again", "box was damaged"], rows),
        }
    )


def timed(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def call(*command: str | Path, cwd: Path | None = None) -> str:
    """Standard output of a command that must succeed."""
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}\n{done.stderr[-2000:]}")
    return done.stdout


def report(name: str, ours: list[float], theirs: list[float], other: str, unit: str = "s") -> None:
    a, b = statistics.median(ours), statistics.median(theirs)
    spread = f"{min(ours):.2f}-{max(ours):.2f} against {min(theirs):.2f}-{max(theirs):.2f}"
    print(f"{name}: {a:.2f} {unit}, {other}: {b:.2f} {unit}, ratio {a / b:.2f}   ({spread}, n={len(ours)})", flush=True)


@contextmanager
def running(data_dir: Path, *options: str) -> Iterator[str]:
    """A whole Dashwright; yields the viewer's address."""
    process = subprocess.Popen(
        [BIN / "dashwright", "up", "--data-dir", data_dir, *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        record = data_dir / "run" / "up.json"
        while True:
            if process.poll() is not None:
                raise SystemExit(f"dashwright up ended with {process.returncode}")
            if record.exists() and (state := json.loads(record.read_text()))["state"] == "ready":
                break
            time.sleep(0.02)
        yield state["viewer"]
    finally:
        process.terminate()
        process.wait(60)


def ask(data_dir: Path, csv: Path) -> dict[str, Any]:
    question = "How does revenue change over time by region?"
    answer = call(BIN / "dashwright", "new", question, "--data", csv, "--json", "--data-dir", data_dir)
    return dict(json.loads(answer))


def bench_new(data_dir: Path, folder: Path) -> dict[str, Any]:
    csv = folder / "sales.csv"
    sales(10_000).to_csv(csv, index=False)
    made = ask(data_dir, csv)
    version = (data_dir / made["notebook"]).parent
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(timed(lambda: ask(data_dir, csv)))
        stock = (BIN / "papermill", version / "notebook.ipynb", folder / "out.ipynb", "-k", "python3", "--cwd", version)
        theirs.append(timed(lambda stock=stock: call(*stock)))
    report("dashwright new, 10,000 rows", ours, theirs, "stock papermill on its notebook")
    print("  seconds a step:", {step: round(value, 2) for step, value in made["seconds"].items()})
    return made


def bench_page(address: str, made: dict[str, Any], data_dir: Path) -> None:
    version = (data_dir / made["notebook"]).parent
    charts = sum(item["type"] not in ("metric", "table", "text") for item in made["widgets"])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    stock = subprocess.Popen(
        [BIN / "voila", version / "notebook.ipynb", "--no-browser", f"--port={port}"],
        cwd=version,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/voila/static/", stock)
        ours, theirs = [], []
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
            for _ in range(ROUNDS):
                for url, times in ((f"{address}d/{made['slug']}", ours), (f"http://127.0.0.1:{port}/", theirs)):
                    context = browser.new_context()
                    page = context.new_page()

                    def load(page: Any = page, url: str = url) -> None:
                        page.goto(url, wait_until="commit")
                        page.wait_for_function(DRAWN % charts, timeout=60_000, polling=20)

                    times.append(timed(load))
                    context.close()
            browser.close()
        report(f"page with {charts} charts drawn, cold", ours, theirs, "stock Voilà")
    finally:
        stock.terminate()
        stock.wait(30)


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=1)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
        else:
            return


def bench_large(folder: Path) -> None:
    csv = folder / "large.csv"
    chunk = sales(250_000)
    for part in range(6):
        chunk.to_csv(csv, mode="a", header=part == 0, index=False)
    size = csv.stat().st_size / 1e6
    script = "import duckdb, sys; duckdb.sql(f\"copy (from '{sys.argv[1]}') to '{sys.argv[2]}' (format parquet)\")"
    job = folder / "jobs" / "large"
    job.mkdir(parents=True)
    attachment = {"source": "files", "reference": str(csv), "name": csv.name}
    request = {
        "dashboard_id": "bench",
        "slug": "bench",
        "question": "Revenue by region over time",
        "attachments": [attachment],
    }
    (job / "request.json").write_text(json.dumps(request))
    for step in ("search", "download"):
        call(sys.executable, "-m", "dashwright.pipelines", step, job)
    ours, theirs = [], []
    for _ in range(3):
        theirs.append(timed(lambda: call(sys.executable, "-c", script, csv, folder / "large.parquet")))
        ours.append(timed(lambda: call(sys.executable, "-m", "dashwright.pipelines", "read", job)))
    report(f"reading {size:.0f} MB of CSV", ours, theirs, "duckdb to Parquet")
    whole = timed(lambda: call(sys.executable, "-m", "dashwright.pipelines", "all", job))
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"  the steps after it: {whole:.1f} s; peak memory of the largest process so far: {peak:.0f} MB")


def main() -> None:
    print("duckdb", duckdb.__version__, "pandas", pd.__version__, "cores", os.cpu_count())
    print(call(sys.executable, Path(__file__).with_name("searching.py")), end="", flush=True)
    with tempfile.TemporaryDirectory(prefix="dashwright-bench-") as name:
        folder = Path(name)
        bench_large(folder)
        data_dir = folder / "data"
        first = time.perf_counter()
        with running(data_dir) as address:
            print(f"up, new data directory, everything ready: {time.perf_counter() - first:.2f} s")
            made = bench_new(data_dir, folder)
            bench_page(address, made, data_dir)
        again = time.perf_counter()
        with running(data_dir) as address:
            ready = time.perf_counter() - again
            with sync_playwright() as play:
                browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
                page = browser.new_page()
                page.goto(f"{address}d/{made['slug']}")
                page.wait_for_function(DRAWN % 1, timeout=60_000)
                print(
                    f"up, existing data directory: ready {ready:.2f} s, first page {time.perf_counter() - again:.2f} s"
                )
                browser.close()


if __name__ == "__main__":
    main()
