"""The rows of a version. Called in the transaction that ends its job."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ...pipelines.model import Datasets, Plan, Profile, Request, Version
from ...pipelines.step import JobFolder
from ..settings import Settings
from ..storage.storage import blob_key
from ..tables import TRIALS, DashboardRow, DatasetRow, DraftSaveRow, JobRow, PublicationRow, VersionRow, WidgetRow
from .storable import as_json, storable


def folder_of(request: Request) -> str:
    """The folder of the version that a job makes, relative to the data directory."""
    return f"versions/{request.dashboard_id}/{request.version_number}"


KEPT_TRIALS = 5
"""Versions of one dashboard that nobody has published, and that are not the draft's."""


def is_for_viewers(version: Version, request: Request) -> bool:
    """Whether a version is published as soon as it is made."""
    return request.kind not in TRIALS and not version.conflicts


def write_version(
    session: Session, job: JobRow, version: Version, request: Request, settings: Settings, manifest: str | None
) -> None:
    """Add the version. Unless it is a trial, or waits for a decision: make it the published one, and let datasets and
    widgets tell of it."""
    dashboard = job.dashboard
    before = dashboard.published
    row = VersionRow(
        dashboard_id=dashboard.id,
        kind=request.kind,
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
    if not is_for_viewers(version, request):
        remove_old_trials(session, dashboard)
        return
    dashboard.status = "completed"
    dashboard.completed_at = dashboard.completed_at or datetime.now(UTC)
    is_named_by_plan = before is not None and before.title == dashboard.title
    if (request.kind == "new" and request.title is None) or (request.kind == "amend" and is_named_by_plan):
        dashboard.title = storable(version.title)
    record(session, dashboard, row)
    show_version(session, dashboard, row, settings)


def record(
    session: Session,
    dashboard: DashboardRow,
    row: VersionRow,
    *,
    user_id: str | None = None,
    is_chosen: bool = False,
    note: str = "",
    despite: str | None = None,
) -> None:
    """Write down that a version is about to become the published one. Before `show_version`, which makes it so."""
    publication = PublicationRow(
        dashboard_id=dashboard.id,
        number=row.number,
        before=dashboard.published.number if dashboard.published else None,
        user_id=UUID(user_id) if user_id else None,
        is_chosen=is_chosen,
        note=storable(note),
        despite=storable(despite) if despite else None,
    )
    session.add(publication)


def remove_old_trials(session: Session, dashboard: DashboardRow) -> None:
    """Forget versions that nobody has published, but for the newest and those that saves of the draft are based on.
    Their files are swept up later, here and in storage."""
    unseen = (VersionRow.dashboard_id == dashboard.id, VersionRow.published_at.is_(None))
    newest = select(VersionRow.id).where(*unseen).order_by(VersionRow.number.desc()).limit(KEPT_TRIALS)
    based = select(DraftSaveRow.based_on).where(DraftSaveRow.dashboard_id == dashboard.id)
    session.execute(delete(VersionRow).where(*unseen, VersionRow.id.not_in(newest), VersionRow.number.not_in(based)))


def show_version(session: Session, dashboard: DashboardRow, row: VersionRow, settings: Settings) -> None:
    """Make a version the published one, and let datasets and widgets tell of it."""
    dashboard.published_version_id = row.id
    row.published_at = row.published_at or datetime.now(UTC)
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
