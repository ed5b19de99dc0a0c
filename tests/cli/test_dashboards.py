"""Dashboards from the command line: made, listed, shown, explained, refreshed, changed, deleted."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from pathlib import Path
from typing import Any

import httpx
import nbformat
import pytest

from tests.conftest import Place

SALES = "day,region,units,revenue\n" + "".join(
    f"2025-{month:02}-{day:02},{region},{month + day},{(month + day) * price:.2f}\n"
    for month in range(1, 13)
    for day in (5, 20)
    for region, price in (("North", 3.5), ("South", 2.25), ("West", 4.0))
)


@pytest.fixture(scope="module")
def sales(running: Place, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A dashboard over a small CSV, as `new --json` tells it."""
    path = tmp_path_factory.mktemp("sales") / "sales.csv"
    path.write_text(SALES)
    made = running.json("new", "How does revenue differ by region?", "--data", str(path), "--title", "Sales by region")
    return made | {"path": path}


def test_what_a_dashboard_needs_is_not_cleaned_away(running: Place, sales: dict[str, Any]) -> None:
    seen = running.json("clean", "--dry-run", "--grace", "0")
    assert seen["storage"] == str(running.data_dir / "storage")
    assert seen["versions"] >= 1
    assert seen["size"] > 1000
    assert "are in use. 0 objects (0 bytes) were removed." in running.call("clean").stderr


def test_a_folder_has_no_links_to_share(running: Place, sales: dict[str, Any]) -> None:
    done = running.call("link", sales["slug"], "--file", "data/sales.parquet")
    assert done.returncode == 1
    assert "has no addresses to share. Links need a Google Cloud bucket (GCS_BUCKET)." in done.stderr


def test_new_tells_programs_all_they_need(running: Place, sales: dict[str, Any]) -> None:
    assert sales["status"] == "completed"
    assert sales["slug"] == "sales-by-region"
    assert sales["title"] == "Sales by region"
    assert sales["version"] == 1
    assert sales["url"] == running.record()["viewer"] + "d/sales-by-region"
    assert len(sales["dashboard_id"]) == 36
    assert {"id", "type", "title"} == set(sales["widgets"][0])
    steps = ["search", "download", "read", "profile", "plan", "compose", "execute", "publish"]
    assert list(sales["seconds"]) == steps
    notebook = nbformat.read(sales["notebook"], as_version=4)
    assert all(cell.get("execution_count") for cell in notebook.cells if cell.cell_type == "code")


def test_the_page_opens_at_the_address_told(sales: dict[str, Any]) -> None:
    page = httpx.get(sales["url"], follow_redirects=True, timeout=60)
    assert page.status_code == 200
    assert "Sales by region" in page.text


def test_people_are_told_the_steps_and_the_address(running: Place, tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text(SALES)
    done = running.call("new", "units by month", "--data", "sales.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().startswith("http://127.0.0.1:")
    assert len(done.stdout.splitlines()) == 1, "the address alone is on stdout"
    assert "Running and publishing" in done.stderr
    assert "Notebook: " in done.stderr


def test_a_table_of_a_database_named_from_here_is_found(running: Place, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "shop.db") as database:
        database.execute("CREATE TABLE orders (city TEXT, amount REAL)")
        database.executemany("INSERT INTO orders VALUES (?, ?)", [("Oslo", 2.5), ("Rome", 4.0)] * 20)
    database.close()
    done = running.call(
        *("new", "amount by city", "--data", "sqlite:///shop.db", "--table", "orders", "--json"), cwd=tmp_path
    )
    assert json.loads(done.stdout)["status"] == "completed"


def test_not_waiting_gives_a_job_that_can_be_followed(running: Place, sales: dict[str, Any]) -> None:
    begun = running.json("new", "revenue over time", "--data", str(sales["path"]), "--no-wait")
    assert begun["status"] == "pending"
    assert begun["version"] is None
    followed = running.json("follow", begun["slug"])
    assert followed["job_id"] == begun["job_id"]
    assert followed["status"] == "completed"
    assert running.json("follow", begun["job_id"])["version"] == 1


ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) AS units FROM n"


def test_a_job_can_be_cancelled(running: Place, tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "shop.db").close()
    database = f"sqlite:///{tmp_path}/shop.db"
    begun = running.json("new", "units over time", "--data", database, "--query", ENDLESS, "--no-wait")
    cancelled = running.call("cancel", begun["slug"])
    assert cancelled.returncode == 0, cancelled.stderr
    followed = running.call("follow", begun["slug"], "--json")
    assert followed.returncode == 1
    assert json.loads(followed.stdout)["status"] == "cancelled"
    assert "cancelled" in followed.stderr
    assert begun["slug"] not in [row["slug"] for row in running.json("list")]
    assert "is over already" in running.call("cancel", begun["slug"]).stderr


def test_lists_are_for_people_and_programs(running: Place, sales: dict[str, Any]) -> None:
    by_slug = {row["slug"]: row for row in running.json("list")}
    assert by_slug["sales-by-region"]["url"] == sales["url"]
    wide = running.call("list", COLUMNS="160").stdout
    assert "Sales by region" in wide
    assert "just now" in wide or "min ago" in wide
    narrow = running.call("list", COLUMNS="50").stdout
    assert max(map(len, narrow.splitlines())) <= 50
    assert "\x1b" not in wide + narrow


def test_show_tells_the_address_the_data_and_the_notebook(running: Place, sales: dict[str, Any]) -> None:
    shown = running.call("show", "sales-by-region").stdout
    assert sales["url"] in shown
    assert sales["notebook"] in shown
    assert "How does revenue differ by region?" in shown
    assert "(your own data, 72 rows)" in shown
    assert running.json("show", "sales-by-region")["cautions"] == []
    assert running.json("show", "sales-by-region")["version"] == 1


def test_explain_gives_a_reason_for_each_widget(running: Place, sales: dict[str, Any]) -> None:
    explained = running.json("explain", "sales-by-region")
    assert [widget["id"] for widget in explained["widgets"]] == [widget["id"] for widget in sales["widgets"]]
    assert all(widget["why"] for widget in explained["widgets"])
    text = running.call("explain", "sales-by-region").stdout
    assert all(widget["why"] in text for widget in explained["widgets"])


def test_open_prints_the_address_where_there_is_no_display(running: Place, sales: dict[str, Any]) -> None:
    nowhere = {"DISPLAY": "", "WAYLAND_DISPLAY": ""}
    assert running.call("open", "sales-by-region", **nowhere).stdout.strip() == sales["url"]
    assert running.call("open", **nowhere).stdout.strip() == running.record()["viewer"]


def test_a_copy_of_the_notebook_is_made_once_and_never_overwritten(running: Place, sales: dict[str, Any]) -> None:
    first = running.call("open", "sales-by-region", "--notebook", DISPLAY="")
    copy = running.data_dir / "notebooks/sales-by-region/sales-by-region.ipynb"
    assert first.returncode == 1, "no JupyterLab runs here"
    assert str(copy) in first.stderr
    assert list((copy.parent / "data").glob("*.parquet"))
    copy.write_text("changed by a person")
    running.call("open", "sales-by-region", "--notebook", DISPLAY="")
    assert copy.read_text() == "changed by a person"


def test_a_dashboard_is_written_to_a_file_once(running: Place, sales: dict[str, Any], tmp_path: Path) -> None:
    place = tmp_path / "sales.zip"
    assert running.call("export", "sales-by-region", "-f", "csv", "-o", str(place)).stdout.strip() == str(place)
    assert zipfile.ZipFile(place).testzip() is None
    again = running.call("export", "sales-by-region", "-f", "csv", "-o", str(place))
    assert (again.returncode, "is there already" in again.stderr) == (1, True)


def test_what_can_be_changed_is_changed(running: Place, sales: dict[str, Any]) -> None:
    done = running.call("change", "sales-by-region", "--refresh-every", "90", "--public")
    assert done.returncode == 0, done.stderr
    shown = running.json("show", "sales-by-region")
    assert shown["refresh_every"] == 90
    assert shown["is_public"]
    assert "every 90 min" in running.call("show", "sales-by-region").stdout
    running.call("change", "sales-by-region", "--refresh-every", "0", "--private")


def test_a_slug_that_does_not_exist_names_the_nearest(running: Place, sales: dict[str, Any]) -> None:
    for command in ("show", "explain", "refresh", "open", "follow", "cancel"):
        done = running.call(command, "sales-by-regoin", DISPLAY="")
        assert done.returncode == 1
        assert "sales-by-region" in done.stderr
        assert done.stdout == ""


def test_jobs_tell_what_was_done(running: Place, sales: dict[str, Any]) -> None:
    jobs = running.json("jobs", "sales-by-region")
    assert jobs[-1]["status"] == "completed"
    assert sales["job_id"] in running.call("jobs", COLUMNS="250").stdout


def test_delete_asks_and_takes_everything_along(running: Place, sales: dict[str, Any]) -> None:
    made = running.json("new", "units by region", "--data", str(sales["path"]))
    folder = Path(made["notebook"]).parent
    asked = running.call("delete", made["slug"])
    assert asked.returncode == 2
    assert "--yes" in asked.stderr
    assert folder.is_dir()
    assert running.call("delete", made["slug"], "--yes").returncode == 0
    assert not folder.parent.exists()
    assert made["slug"] not in [row["slug"] for row in running.json("list", "--all")]
    assert httpx.get(made["url"], follow_redirects=True).status_code == 404
