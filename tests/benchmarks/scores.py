"""``make bench-data BENCHMARKS=DIR``: how well data and questions are understood, into ``docs/scores.md``.

The benchmarks' folder has the scorers and the data; both stay outside of the project. ``adapters.py`` speaks their
formats.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import finding

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent.parent / "docs" / "scores.md"
QUESTIONS = {
    "questions on a single table": "--single-table",
    "questions that need a join": "--joins",
}
COLUMNS = ("n", "exact", "partial", "exact@3", "partial@3", "chart", "cols_f1", "agg")

HEAD = """# Scores

Measured by `make bench-data BENCHMARKS=DIR` on {day}, offline: no model is asked, nothing is fetched. The scorers and
their data are not part of the project.
"""

PLANNING = """
## Questions with known charts

VisEval's and nvBench's questions: *exact* is the same chart, channels and aggregate as the known answer, *partial* the
same family of charts on the same columns; *@3* means any of the first three widgets.

"""

FINDING = """
## Finding datasets

Questions of ours over the sample catalogue and invented descriptions of others (`tests/benchmarks/finding.json`):
NDCG@10 of graded answers, beside plain BM25 over all that is said of a dataset.

"""

READING = """
## Messy CSV files

Pollock's polluted files, of 10 points; nothing is told about a file but its path, and cells are compared as text before
they get types. *Weighted* counts a flaw by how often it is seen in open data.

"""


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1] else None
    ranking = ranked()
    sys.stdout.write(ranking)
    if folder is None or not (folder / "score_nl2vis.py").is_file():
        where = f"'{folder}' has none" if folder else "none was named"
        sys.stderr.write(f"The benchmarks' folder is needed, and {where}: make bench-data BENCHMARKS=DIR\n")
        return 1
    folder = folder.resolve()
    page = HEAD.format(day=datetime.now(UTC).date()) + PLANNING
    page += row("", *COLUMNS, "exceptions") + row("---", *["---:"] * (len(COLUMNS) + 1))
    for title, option in QUESTIONS.items():
        score = planned(folder, option)
        page += row(title, *(number(score[column]) for column in COLUMNS), str(sum(score["errors"].values())))
    score = read(folder)
    groups = {name.removeprefix("group_"): value for name, value in score.items() if name.startswith("group_")}
    page += READING + row("", "files", "simple", "weighted", *(f"{name} files" for name in groups))
    page += row("---", *["---:"] * (3 + len(groups)))
    page += row(
        "messy files", *(number(score[name]) for name in ("files", "simple", "weighted")), *map(number, groups.values())
    )
    page += ranking
    PAGE.write_text(page, encoding="utf-8")
    sys.stdout.write(f"{page}\nWritten to {PAGE.relative_to(Path.cwd())}\n")
    return 0


def planned(folder: Path, option: str) -> dict[str, Any]:
    return scored(
        folder / "score_nl2vis.py", str(folder / "nl2vis" / "viseval-dev.jsonl"), "--planner", "adapters:plan", option
    )


def read(folder: Path) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="dashwright-scores-") as name:
        with tarfile.open(folder / "pollock.tar.xz") as archive:
            archive.extractall(name, filter="data")
        root = next(path.parent for path in Path(name).rglob("pollock_weights.json"))
        return scored(folder / "pollock_score.py", "--root", str(root), "--loader", "adapters:load")


def ranked() -> str:
    score = finding.scores()
    columns = ("questions", "datasets", "bm25", "ours")
    return (
        FINDING + row("", *columns) + row("---", *["---:"] * 4) + row("NDCG@10", *(number(score[n]) for n in columns))
    )


def scored(scorer: Path, *arguments: str) -> dict[str, Any]:
    """The first line a scorer prints: its numbers. What it says after that names single files, and is only shown."""
    sys.stderr.write(f"{scorer.name} {' '.join(arguments[-2:])} ...\n")
    environment = {**os.environ, "PYTHONPATH": str(HERE)}
    output = subprocess.run(
        [sys.executable, str(scorer), *arguments],
        cwd=HERE,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
    sys.stderr.write(output)
    found: dict[str, Any] = json.loads(output.splitlines()[0])
    return found


def row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"


def number(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.3f}"


if __name__ == "__main__":
    sys.exit(main())
