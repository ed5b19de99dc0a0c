"""``make bench-large``: reading and profiling 1 GB of CSV beside duckdb, which only writes the same file to Parquet.

What is wanted: at most 2.5 times duckdb's time, and at most 2 GiB of memory in the largest process. Prints both;
asserts nothing. The two take turns, so that a busy moment hits both.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

MEGABYTES = int(os.environ.get("MEGABYTES") or "1000")
ROUNDS = int(os.environ.get("ROUNDS") or "3")
BYTES_A_ROW = 70
MOST_TIMES, MOST_MEMORY = 2.5, 2048

ROWS = """
CREATE TEMP MACRO draw(i, nth, n) AS (hash(i, nth) % n)::INTEGER;
COPY (
  SELECT 100000 + i AS "Order id", DATE '2019-01-01' + draw(i, 0, 2191) AS "Order date",
    ['North', 'South', 'East', 'West'][1 + draw(i, 1, 4)] AS "Region", 'Product ' || draw(i, 2, 40) AS "Product",
    ['Shop', 'Web', 'Phone'][1 + draw(i, 3, 3)] AS "Channel", 1 + draw(i, 4, 20) AS "Units",
    draw(i, 5, 20000) / 100 AS "Price", draw(i, 6, 400000) / 100 AS "Revenue",
    CASE WHEN draw(i, 7, 50) > 0 THEN 1 + draw(i, 9, 5) END AS "Rating",
    ['fine', 'late but fine', 'would buy again', 'box was damaged'][1 + draw(i, 8, 4)] AS "Comment"
  FROM range({rows}) AS r(i)
) TO '{csv}' (HEADER)
"""
"""A table as people have them: a date, categories, measures, an identifier, a text, missing values."""

TO_PARQUET = "import duckdb, sys; duckdb.read_csv(sys.argv[1]).write_parquet(sys.argv[2])"


def measured(*command: str | Path) -> tuple[float, float]:
    """Seconds and peak memory in MiB of a command that must succeed."""
    started = time.perf_counter()
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = process.stderr.read() if process.stderr else b""
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}\n{said[-2000:].decode(errors='replace')}")
    scale = 1024**2 if sys.platform == "darwin" else 1024
    return time.perf_counter() - started, used.ru_maxrss / scale


def job_with(csv: Path, folder: Path) -> Path:
    """A job that has the file, ready to be read."""
    folder.mkdir(parents=True)
    request = {
        "dashboard_id": "bench",
        "slug": "bench",
        "question": "Revenue by region over time",
        "attachments": [{"source": "files", "reference": str(csv), "name": csv.name}],
    }
    (folder / "request.json").write_text(json.dumps(request))
    for step in ("search", "download"):
        measured(sys.executable, "-m", "dashwright.pipelines", step, folder)
    return folder


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="dashwright-bench-") as name:
        csv, parquet = Path(name, "large.csv"), Path(name, "large.parquet")
        duckdb.execute(ROWS.format(rows=MEGABYTES * 1_000_000 // BYTES_A_ROW, csv=csv))
        job = job_with(csv, Path(name, "jobs", "large"))
        print(f"{csv.stat().st_size / 1e6:.0f} MB, duckdb {duckdb.__version__}, {os.cpu_count()} cores", flush=True)
        ours, theirs, peaks = [], [], []
        for turn in range(1, ROUNDS + 1):
            seconds, memory = measured(sys.executable, "-c", TO_PARQUET, csv, parquet)
            read, read_peak = measured(sys.executable, "-m", "dashwright.pipelines", "read", job)
            profiled, profile_peak = measured(sys.executable, "-m", "dashwright.pipelines", "profile", job)
            ours.append(read + profiled)
            theirs.append(seconds)
            peaks.append(max(read_peak, profile_peak))
            print(
                f"turn {turn}: reading {read:.1f} s ({read_peak:.0f} MiB), profiling {profiled:.1f} s"
                f" ({profile_peak:.0f} MiB), duckdb to Parquet {seconds:.1f} s ({memory:.0f} MiB)",
                flush=True,
            )
        times = statistics.median(mine / other for mine, other in zip(ours, theirs, strict=True))
        print(f"reading and profiling: {times:.2f} times duckdb (at most {MOST_TIMES} is wanted),", end=" ")
        print(f"peak memory {max(peaks):.0f} MiB (at most {MOST_MEMORY})")


if __name__ == "__main__":
    main()
