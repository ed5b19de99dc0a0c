"""The rows of a published version. Called in the transaction that ends its job."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from ...pipelines.model import Datasets, Plan, Profile, Request, Version
from ...pipelines.step import JobFolder
from ..settings import Settings
from ..storage.storage import blob_key
from ..tables import DashboardRow, DatasetRow, JobRow, VersionRow, WidgetRow
from .storable import as_json, storable


def folder_of(request: Request) -> str:
    """The folder of the version that a job makes, relative to the data directory."""
    return f"versions/{request.dashboard_id}/{request.version_number}"


def write_version(
    session: Session, job: JobRow, version: Version, request: Request, settings: Settings, manifest: str | None
) -> None:
    """Add the version, make it the published one, and let datasets and widgets tell of it."""
    dashboard = job.dashboard
    before = dashboard.published
    row = VersionRow(
        dashboard_id=dashboard.id,
        job_id=job.id,
        number=request.version_number,
        title=storable(version.title),
        folder=folder_of(request),
        manifest=manifest,
        data_as_of=version.data_as_of,
        version=as_json(version),
    )
    session.add(row)
    session.flush()
    dashboard.status = "completed"
    dashboard.completed_at = dashboard.completed_at or datetime.now(UTC)
    is_named_by_plan = before is not None and before.title == dashboard.title
    if (request.kind == "new" and request.title is None) or (request.kind == "amend" and is_named_by_plan):
        dashboard.title = storable(version.title)
    show_version(session, dashboard, row, settings)


def show_version(session: Session, dashboard: DashboardRow, row: VersionRow, settings: Settings) -> None:
    """Make a version the published one, and let datasets and widgets tell of it."""
    dashboard.published_version_id = row.id
    dashboard.description = storable(Version.model_validate(row.version).description)
    files = JobFolder(settings.data_dir / row.folder)
    datasets, profile = files.read(Datasets, files.datasets), files.read(Profile, files.profile)
    rows = _write_datasets(session, dashboard.id, datasets, profile)
    _write_widgets(session, dashboard.id, files.read(Plan, files.plan), profile, rows)


def _write_datasets(session: Session, dashboard_id: UUID, datasets: Datasets, profile: Profile) -> dict[str, UUID]:
    """The id of each dataset's row, by the dataset's name."""
    session.execute(delete(DatasetRow).where(DatasetRow.dashboard_id == dashboard_id))
    rows = {
        dataset.name: DatasetRow(
            dashboard_id=dashboard_id,
            name=storable(dataset.title)[:255],
            source=dataset.source[:100],
            original_url=storable(dataset.url or "") or None,
            gcs_path=blob_key(dataset.files[0].sha256),
            file_format=dataset.files[0].format,
            file_size=sum(file.size for file in dataset.files),
            schema_json={table.name: as_json(table) for table in profile.tables if table.dataset == dataset.name},
            details=as_json(dataset),
            download_status="completed",
        )
        for dataset in datasets.datasets
    }
    session.add_all(rows.values())
    session.flush()
    return {name: row.id for name, row in rows.items()}


def _write_widgets(
    session: Session, dashboard_id: UUID, plan: Plan, profile: Profile, datasets: dict[str, UUID]
) -> None:
    session.execute(delete(WidgetRow).where(WidgetRow.dashboard_id == dashboard_id))
    origin = {table.name: table.dataset for table in profile.offered}
    for join in plan.joins:
        origin[join.name] = origin.get(join.left, "")
    session.add_all(
        WidgetRow(
            dashboard_id=dashboard_id,
            dataset_id=datasets.get(origin.get(widget.frame or "", "")),
            name=widget.id,
            title=storable(widget.title),
            type=widget.type,
            config=as_json(widget),
            position=as_json(widget.position),
        )
        for widget in plan.widgets
    )
