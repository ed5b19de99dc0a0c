"""`schedule`: when a dashboard is refreshed by itself."""

from __future__ import annotations

from pathlib import Path

from tests.cli.test_dashboards import SALES
from tests.conftest import Place


def test_schedule_is_set_told_and_taken_away(running: Place, tmp_path: Path) -> None:
    path = tmp_path / "due.csv"
    path.write_text(SALES)
    slug = running.json("new", "revenue by region", "--data", str(path), "--title", "Due")["slug"]
    set_ = running.json("schedule", slug, "--cron", "0 6 * * 1-5", "--zone", "Europe/Berlin", "--pause-after", "2")
    assert set_["schedule"]["on_failure"] == "pause"
    assert len(set_["upcoming"]) == 3
    assert "(Europe/Berlin)" in running.call("list", COLUMNS="300").stdout
    paused = running.json("schedule", slug, "--pause")
    assert paused["schedule"] == set_["schedule"]
    assert paused["upcoming"] == []
    hourly = running.json("schedule", slug, "--every", "6h")
    assert (hourly["words"], hourly["paused_at"], hourly["schedule"]["pause_after"]) == ("every 6 h", None, 2)
    assert "Refreshed   every 6 h" in running.call("schedule", slug).stdout
    assert running.json("schedule", slug, "--off")["schedule"] is None
    wrong = running.call("schedule", slug, "--cron", "0 6 * * 9")
    assert wrong.returncode == 2
    assert "The day of the week '9' is not possible" in wrong.stderr
