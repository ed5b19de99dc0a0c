"""Refresh: a new version for changed data, the old one for all else."""

from __future__ import annotations

import json
from pathlib import Path

import httpx

from tests.cli.test_dashboards import SALES
from tests.conftest import Place


def test_changed_data_gives_a_new_version_and_broken_data_keeps_the_old_one(running: Place, tmp_path: Path) -> None:
    path = tmp_path / "numbers.csv"
    path.write_text(SALES)
    made = running.json("new", "revenue by region over time", "--data", str(path), "--title", "Refreshed numbers")
    assert made["version"] == 1

    same = running.json("refresh", made["slug"])
    assert same["unchanged"]
    assert same["version"] == 1

    path.write_text(SALES + "2025-12-31,North,1,1000000\n")
    changed = running.json("refresh", made["slug"])
    assert not changed["unchanged"]
    assert changed["version"] == 2
    assert changed["notebook"] != made["notebook"]
    assert Path(made["notebook"]).exists(), "the version before is kept"

    path.write_bytes(b"\0\1\2\3 this is no table any more \xff\xfe" * 50)
    failed = running.call("refresh", made["slug"], "--json")
    assert failed.returncode == 1
    assert json.loads(failed.stdout)["status"] == "failed"
    assert json.loads(failed.stdout)["version"] == 2
    assert "Version 2 stays published" in failed.stderr

    shown = running.json("show", made["slug"])
    assert shown["version"] == 2
    assert shown["last_refresh_failed_at"]
    assert shown["last_refresh_failure"] in failed.stderr
    assert shown["last_refresh_failure"] in running.call("show", made["slug"], COLUMNS="500").stdout
    page = httpx.get(made["url"], follow_redirects=True, timeout=60)
    assert page.status_code == 200
    assert "Refreshed numbers" in page.text

    path.unlink()
    gone = running.call("refresh", made["slug"])
    assert gone.returncode == 1
    assert "There is no file" in gone.stderr

    path.write_text(SALES)
    assert running.json("refresh", made["slug"])["version"] == 3
    assert running.json("show", made["slug"])["last_refresh_failed_at"] is None
