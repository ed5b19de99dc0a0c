"""The steps in their order: a job goes on where it was, and ends in a version that is whole."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from dashwright.pipelines import build
from dashwright.pipelines.errors import DataError, InputError, PlanError
from dashwright.pipelines.model import Attachment, Plan, Request, Version
from dashwright.pipelines.publishing import publish
from dashwright.pipelines.step import JobFolder, Limits, Progress, share, silent


def sales(path: Path, rows: int = 60, factor: int = 1) -> Path:
    days = pd.date_range("2024-01-01", periods=rows, freq="D")
    regions = [("North", "South", "East")[row % 3] for row in range(rows)]
    frame = pd.DataFrame({"day": days, "region": regions, "revenue": [factor * (row % 7 + 1) for row in range(rows)]})
    frame.to_csv(path, index=False)
    return path


def job(root: Path, name: str, csv: Path, number: int = 1, refresh_of: Path | None = None) -> JobFolder:
    folder = JobFolder(root / "jobs" / name)
    request = Request(
        kind="refresh" if refresh_of else "new",
        dashboard_id="sales",
        slug="sales",
        question="How does revenue differ by region?",
        attachments=(Attachment(reference=str(csv), name=csv.name),),
        version_number=number,
        refresh_of=str(refresh_of) if refresh_of else None,
    )
    folder.write(request, folder.request)
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, JobFolder, list[Progress]]:
    """A job that ran through all steps: its root, its folder, and all that it reported."""
    root = tmp_path_factory.mktemp("root")
    folder = job(root, "first", sales(root / "sales.csv"))
    reported: list[Progress] = []
    build.run(folder, Limits(), reported.append)
    return root, folder, reported


def test_a_job_ends_in_a_version_that_is_whole(made: tuple[Path, JobFolder, list[Progress]]) -> None:
    root, folder, _ = made
    version = folder.read(Version, folder.version)
    place = root / version.notebook
    assert place.exists()
    assert {path.name for path in place.parent.iterdir()} >= {
        "version.json", "plan.json", "profile.json", "datasets.json", "notebook.ipynb", "executed.ipynb", "data",
    }  # fmt: skip
    assert not [path for path in place.parent.parent.iterdir() if path.name.startswith(".")]
    assert [widget.type for widget in version.widgets]
    assert version.provenance[0].rows == 60


def test_progress_only_grows_and_ends_at_100(made: tuple[Path, JobFolder, list[Progress]]) -> None:
    percents = [progress.percent for progress in made[2]]
    assert percents == sorted(percents)
    assert made[2][-1] == Progress(step="completed", percent=100)
    assert {progress.step for progress in made[2]} == {*(step.progress for step in build.STEPS), "completed"}


def test_every_step_has_its_seconds(made: tuple[Path, JobFolder, list[Progress]]) -> None:
    assert set(made[1].seconds) == {step.name for step in build.STEPS}


def test_files_of_a_version_may_not_be_written(made: tuple[Path, JobFolder, list[Progress]]) -> None:
    place = (made[0] / made[1].read(Version, made[1].version).notebook).parent
    files = [path for path in place.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if path.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)]


def test_a_job_that_was_cut_off_goes_on_where_it_was(
    made: tuple[Path, JobFolder, list[Progress]], tmp_path: Path
) -> None:
    shutil.copytree(made[1].path, tmp_path / "jobs" / "again")
    again = JobFolder(tmp_path / "jobs" / "again")
    for path in (again.executed, again.version):
        path.unlink()
    reported: list[Progress] = []
    version = build.run(again, Limits(), reported.append)
    assert {progress.step for progress in reported} == {"finalize_dashboard", "completed"}
    assert (tmp_path / version.notebook).exists()


def test_a_refresh_with_the_same_data_executes_nothing(made: tuple[Path, JobFolder, list[Progress]]) -> None:
    root, first, _ = made
    published = (root / first.read(Version, first.version).notebook).parent
    folder = job(root, "same", root / "sales.csv", number=2, refresh_of=published)
    version = build.run(folder, Limits())
    assert version.unchanged
    assert version.number == 1
    assert not folder.executed.exists()
    assert not (published.parent / "2").exists()


def test_a_refresh_looks_for_nothing_again(made: tuple[Path, JobFolder, list[Progress]]) -> None:
    root, first, _ = made
    published = (root / first.read(Version, first.version).notebook).parent
    folder = job(root, "found", root / "sales.csv", number=2, refresh_of=published)
    request = folder.read(Request, folder.request)
    preferences = request.preferences.model_copy(update={"sources": ("nowhere",)})
    searched = request.model_copy(update={"attachments": (), "preferences": preferences})
    folder.write(searched, folder.request)
    assert build.run(folder, Limits()).unchanged


def test_a_refresh_with_new_data_runs_the_published_notebook(made: tuple[Path, JobFolder, list[Progress]]) -> None:
    root, first, _ = made
    published = (root / first.read(Version, first.version).notebook).parent
    csv = sales(root / "sales.csv", rows=90, factor=10)
    try:
        folder = job(root, "newer", csv, number=3, refresh_of=published)
        version = build.run(folder, Limits())
    finally:
        sales(root / "sales.csv")
    assert (version.number, version.unchanged) == (3, False)
    assert version.provenance[0].rows == 90
    sources = [
        [cell["source"] for cell in json.loads((root / f"versions/sales/{number}/notebook.ipynb").read_text())["cells"]]
        for number in (1, 3)
    ]
    assert sources[0] == sources[1]


def test_a_refresh_that_lost_a_column_fails_and_names_it(made: tuple[Path, JobFolder, list[Progress]]) -> None:
    root, first, _ = made
    published = (root / first.read(Version, first.version).notebook).parent
    csv = root / "sales.csv"
    pd.read_csv(csv).drop(columns="revenue").assign(amount=1).to_csv(csv, index=False)
    try:
        folder = job(root, "lost", csv, number=4, refresh_of=published)
        with pytest.raises(InputError, match="revenue"):
            build.run(folder, Limits())
    finally:
        sales(csv)
    assert not (published.parent / "4").exists()


def test_publishing_twice_leaves_one_whole_version(made: tuple[Path, JobFolder, list[Progress]]) -> None:
    root, folder, _ = made
    before = sorted(path.name for path in (root / "versions/sales/1").iterdir())
    publish(folder, Limits(), silent)
    assert sorted(path.name for path in (root / "versions/sales/1").iterdir()) == before


def test_what_a_killed_try_left_beside_a_version_goes(made: tuple[Path, JobFolder, list[Progress]]) -> None:
    root, folder, _ = made
    place = root / "versions/sales/1"
    shutil.copytree(place, place.with_name(".1"))  # as if it had been killed just before it put the folder in its place
    (place.with_name(".1") / "half").write_text("of it")
    publish(folder, Limits(), silent)
    assert not [path for path in place.parent.iterdir() if path.name.startswith(".")]
    assert not (place / "half").exists()


def test_a_step_without_the_file_before_it_says_so(tmp_path: Path) -> None:
    folder = job(tmp_path, "empty", tmp_path / "sales.csv")
    with pytest.raises(DataError, match=r"has no plan\.json; run the step before first"):
        build.step("compose").run(folder, Limits(), silent)


def test_a_step_that_does_not_exist_is_answered_with_those_that_do() -> None:
    with pytest.raises(InputError, match=r"no step 'fly'\. The steps are: search, download"):
        build.step("fly")


def test_a_step_runs_by_hand(made: tuple[Path, JobFolder, list[Progress]], tmp_path: Path) -> None:
    shutil.copytree(made[1].path, tmp_path / "jobs" / "hand")
    (tmp_path / "jobs/hand/profile.json").unlink()
    command = [sys.executable, "-m", "dashwright.pipelines", "profile", str(tmp_path / "jobs/hand")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "jobs/hand/profile.json").exists()
    (tmp_path / "jobs/hand/tables.json").unlink()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.strip().splitlines()[-1]) == (
        1,
        "The job's folder 'hand' has no tables.json; run the step before first.",
    )


def amendment(root: Path, name: str, published: Path, words: str, number: int) -> JobFolder:
    folder = JobFolder(root / "jobs" / name)
    request = Request(
        kind="amend",
        dashboard_id="sales",
        slug="sales",
        question="How does revenue differ by region?",
        version_number=number,
        refresh_of=str(published),
        amendment=words,
    )
    folder.write(request, folder.request)
    return folder


def test_an_amendment_begins_with_the_data_of_its_version(made: tuple[Path, JobFolder, list[Progress]]) -> None:
    root, first, _ = made
    published = (root / first.read(Version, first.version).notebook).parent
    folder = amendment(root, "amended", published, "only the North, call it North alone", 7)
    reported: list[Progress] = []
    version = build.run(folder, Limits(), reported.append)
    assert (version.number, version.title, version.unchanged) == (7, "North alone", False)
    assert set(folder.seconds) == {"plan", "compose", "execute", "publish"}
    assert [progress.percent for progress in reported] == sorted(progress.percent for progress in reported)
    assert not folder.downloads.exists()
    place = root / "versions/sales/7"
    for name in ("candidates.json", "datasets.json", "tables.json", "profile.json"):
        assert (place / name).read_bytes() == (published / name).read_bytes()
    for table in (published / "data").iterdir():
        assert (place / "data" / table.name).samefile(table)
    plans = [Plan.model_validate_json((path / "plan.json").read_bytes()) for path in (published, place)]
    assert {widget.id for widget in plans[1].widgets} == {widget.id for widget in plans[0].widgets}
    assert all(widget.where for widget in plans[1].widgets)
    assert "North" in (place / "notebook.ipynb").read_text()


def test_an_amendment_that_fails_with_edits_is_made_without_them(
    made: tuple[Path, JobFolder, list[Progress]], tmp_path: Path
) -> None:
    root, first, _ = made
    edited = tmp_path / "edited"
    shutil.copytree((root / first.read(Version, first.version).notebook).parent, edited)
    generated = JobFolder(edited).notebook.read_bytes()
    JobFolder(edited).notebook.unlink()
    notebook = json.loads(generated)
    mine = {"cell_type": "code", "id": "mine", "metadata": {}, "outputs": [], "execution_count": None}
    notebook["cells"].insert(1, {**mine, "source": "assert 'Renamed' not in open('plan.json').read()"})
    JobFolder(edited).notebook.write_text(json.dumps(notebook))
    JobFolder(edited).generated.write_bytes(generated)

    folder = amendment(root, "aside", edited, "rename it to Renamed", 12)
    version = build.run(folder, Limits())
    assert (version.title, version.conflicts, version.edited) == ("Renamed", ("mine",), ())
    assert "assert" not in (root / "versions/sales/12/notebook.ipynb").read_text()
    assert not (root / "versions/sales/12/generated.ipynb").exists()


def test_an_amendment_that_is_not_understood_makes_no_version(made: tuple[Path, JobFolder, list[Progress]]) -> None:
    root, first, _ = made
    published = (root / first.read(Version, first.version).notebook).parent
    folder = amendment(root, "puzzled", published, "sing a song", 8)
    with pytest.raises(PlanError, match="“sing a song” was not understood, so nothing was changed"):
        build.run(folder, Limits())
    assert not folder.plan.exists()
    assert not (published.parent / "8").exists()


def test_an_amendment_runs_by_hand(made: tuple[Path, JobFolder, list[Progress]]) -> None:
    root, first, _ = made
    published = (root / first.read(Version, first.version).notebook).parent
    folder = amendment(root, "by_hand", published, "rename it to Typed", 9)
    command = [sys.executable, "-m", "dashwright.pipelines", "plan", str(folder.path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert folder.read(Plan, folder.plan).title == "Typed"


def test_an_amendment_of_what_is_not_there_says_so(tmp_path: Path) -> None:
    folder = amendment(tmp_path, "lost", tmp_path / "versions/sales/1", "drop the table", 2)
    with pytest.raises(DataError, match=r"Version '1' of 'sales' has no datasets\.json, so it cannot be changed"):
        build.run(folder, Limits())
    folder.write(folder.read(Request, folder.request).model_copy(update={"refresh_of": None}), folder.request)
    with pytest.raises(DataError, match="this request names none"):
        build.run(folder, Limits())


def test_a_file_is_shared_whole_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"table")
    share(tmp_path / "one", tmp_path / "other")
    share(tmp_path / "one", tmp_path / "other")
    assert (tmp_path / "other").read_bytes() == b"table"
    with pytest.raises(FileNotFoundError):
        share(tmp_path / "none", tmp_path / "third")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "other"]
