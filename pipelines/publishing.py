"""Publish: an executed notebook becomes a version, whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import nbformat

from .checking import broken_expectations, losers
from .errors import LimitError
from .model import Datasets, Plan, Profile, Provenance, Request, Version, WidgetSummary
from .notebooks import CellState, compared, plain, shows_something
from .step import JobFolder, Limits, Progress, Report, share

PARTS = (
    *("plan.json", "profile.json", "datasets.json", "candidates.json", "tables.json", "prompts.json"),
    "generated.ipynb",
)
"""Not the request: it may name a database with its password, and a version is what dashboard code can read."""
EMPTY = "The notebook puts nothing on the page: no cell displays anything."


def publish(folder: JobFolder, limits: Limits, report: Report) -> Version:
    """Make the version's folder and the job's ``version.json``.

    The folder is built beside its final place and renamed, so it is whole or absent; what a killed try left there is
    removed first. Which version viewers see is not decided here: whoever watches over the job points the dashboard to
    it.

    Raises:
        LimitError: the disk is full.
    """
    del limits
    report(Progress(step="finalize_dashboard", percent=97, message="publishing"))
    request = folder.read(Request, folder.request)
    version = describe(folder, request)
    place = versions_of(folder, request) / str(request.version_number)
    place.parent.mkdir(parents=True, exist_ok=True)
    staging = place.with_name(f".{place.name}")
    try:
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(mode=0o700)
        fill(staging, folder, version)
        freeze(staging)
        replace(staging, place)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise LimitError(
                f"The disk is full: version {request.version_number} of '{request.slug}' could not be written to "
                f"'{place.parent}'. Free some space and try again."
            ) from error
        raise
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    folder.write(version, folder.version)
    return version


def versions_of(folder: JobFolder, request: Request) -> Path:
    """The folder with all versions of the job's dashboard."""
    root = Path(request.versions) if request.versions else folder.path.parent.parent / "versions"
    return root / request.dashboard_id


def describe(folder: JobFolder, request: Request) -> Version:
    """The version that the files of the job make."""
    plan, profile = folder.read(Plan, folder.plan), folder.read(Profile, folder.profile)
    datasets = folder.read(Datasets, folder.datasets)
    rows = {table.dataset: table.rows for table in profile.tables}
    executed = nbformat.read(folder.executed, as_version=4)
    edited = edited_cells(folder)
    gone = {cell.widget for cell in edited if cell.state == "removed"}
    return Version(
        dashboard_id=request.dashboard_id,
        slug=request.slug,
        number=request.version_number,
        title=plan.title,
        description=plan.description,
        question=request.question,
        widgets=tuple(
            WidgetSummary(id=item.id, type=item.type, title=item.title) for item in plan.widgets if item.id not in gone
        ),
        provenance=tuple(
            Provenance(
                dataset=dataset.name,
                title=dataset.title,
                source=dataset.source,
                url=dataset.url,
                publisher=dataset.publisher,
                license=dataset.license,
                attribution=dataset.attribution,
                digest=dataset.digest,
                fetched_at=dataset.fetched_at,
                rows=rows.get(dataset.name, 0),
            )
            for dataset in datasets.datasets
        ),
        notebook=f"versions/{request.dashboard_id}/{request.version_number}/executed.ipynb",
        data_digest=datasets.digest,
        data_as_of=max(dataset.fetched_at for dataset in datasets.datasets),
        created_at=datetime.now(UTC),
        planner=plan.planner,
        notes=(*plan.notes, *losers(plan, profile)),
        edited=tuple(cell.id for cell in edited),
        conflicts=conflicts_in(folder),
        broken=(*broken_expectations(plan, profile), *(() if shows_something(executed) else (EMPTY,))),
    )


def edited_cells(folder: JobFolder) -> tuple[CellState, ...]:
    """The cells of the job's notebook that a person has made different."""
    if not folder.generated.exists():
        return ()
    return compared(plain(folder.notebook.read_bytes()), plain(folder.generated.read_bytes()))


def conflicts_in(folder: JobFolder) -> tuple[str, ...]:
    """Ids of the cells where a changed plan met edits, as composing has found."""
    return tuple(json.loads(folder.conflicts.read_bytes())) if folder.conflicts.exists() else ()


def fill(staging: Path, folder: JobFolder, version: Version) -> None:
    """Copy what a page needs; tables are linked where the file system can, since both sides never change them."""
    for name in (*PARTS, "notebook.ipynb", "executed.ipynb"):
        if (folder.path / name).exists():
            shutil.copyfile(folder.path / name, staging / name)
    (staging / "data").mkdir()
    for table in sorted(folder.data.iterdir()):
        share(table, staging / "data" / table.name)
    JobFolder(staging).write(version, staging / "version.json")


def freeze(staging: Path) -> None:
    """Take the right to write from every file: a version never changes."""
    for path in staging.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o444)
    staging.chmod(0o755)


def replace(staging: Path, place: Path) -> None:
    """Put the folder in its place; one left by an earlier try of the same job goes."""
    if place.exists():
        shutil.rmtree(place)
    os.replace(staging, place)
