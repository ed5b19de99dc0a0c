"""From rows to nouns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, cast

from ...pipelines.model import Version
from ..access import Role, Scope
from ..cures import Case, cure
from ..notices.events import of_job
from ..nouns import ApiToken, Dashboard, Job, JobStep, ShareLink, Spending, User, steps_reached
from ..pictures import key_of
from ..tables import ApiTokenRow, DashboardRow, JobRow, ShareLinkRow, UserRow


def dashboard_of(row: DashboardRow) -> Dashboard:
    published = row.published
    return Dashboard.model_validate(
        {
            "id": str(row.id),
            "slug": row.slug,
            "owner_id": str(row.user_id) if row.user_id else None,
            "title": row.title,
            "description": row.description or "",
            "question": row.query,
            "status": row.status,
            "is_public": row.is_public,
            "view_count": row.view_count,
            "tags": tuple(row.tags),
            "refresh_interval": row.refresh_interval,
            "schedule": row.schedule,
            "schedule_paused_at": row.schedule_paused_at,
            "version": Version.model_validate(published.version) if published else None,
            "thumbnail": thumbnail_of(row.slug, published.number, published.pictures) if published else None,
            "folder": published.folder if published else None,
            "manifest": published.manifest if published else None,
            "last_refresh_at": row.last_refresh_at,
            "last_refresh_failed_at": row.last_refresh_failed_at,
            "last_refresh_failure": row.last_refresh_failure,
            "next_refresh_at": row.next_refresh_at,
            "created_at": row.created_at,
            "updated_at": row.updated_at,
            "completed_at": row.completed_at,
        }
    )


def dashboard_columns(row: Any, version: Any) -> tuple[ColumnElement[Any], ...]:
    """Of a dashboard and its published version, by the names of the noun's fields: for reading without the ORM."""
    return (
        cast(row.id, Text).label("id"),
        row.slug,
        cast(row.user_id, Text).label("owner_id"),
        row.title,
        row.description,
        row.query.label("question"),
        row.status,
        row.is_public,
        row.view_count,
        row.tags,
        row.refresh_interval,
        row.schedule,
        row.schedule_paused_at,
        cast(version.version, Text).label("version"),
        version.folder,
        version.manifest,
        version.pictures,
        row.last_refresh_at,
        row.last_refresh_failed_at,
        row.last_refresh_failure,
        row.next_refresh_at,
        row.created_at,
        row.updated_at,
        row.completed_at,
    )


def dashboard_from(record: Mapping[str, Any]) -> Dashboard:
    """From such columns."""
    fields = dict(record)
    pictures, version = fields.pop("pictures"), record["version"]
    fields["description"] = record["description"] or ""
    if version:
        fields["version"] = found = Version.model_validate_json(version)
        fields["thumbnail"] = thumbnail_of(record["slug"], found.number, pictures)
    return Dashboard.model_validate(fields)


def thumbnail_of(slug: str, number: int, pictures: str | None) -> str:
    return f"dashboards/{slug}/versions/{number}/thumbnail?picture={key_of(pictures)}"


def job_of(row: JobRow, spending: Spending | None = None) -> Job:
    resume = row.request.get("resume")
    reached = steps_reached(row.kind, row.seconds) if row.status in ("failed", "cancelled") else ()
    failed = reached[-1] if row.status == "failed" else None
    return Job.model_validate(
        {
            "id": str(row.id),
            "dashboard_id": str(row.dashboard_id),
            "slug": row.dashboard.slug,
            "title": row.dashboard.title,
            "sentence": of_job(
                row.kind, row.status, row.dashboard.title, unchanged=row.unchanged, reason=row.error_message
            ),
            "kind": row.kind,
            "status": row.status,
            "progress": row.progress,
            "current_step": row.current_step,
            "message": row.message,
            "steps": tuple(JobStep.model_validate(step) for step in row.steps),
            "seconds": row.seconds,
            "version_number": row.request["version_number"],
            "retry_of": resume["job_id"] if resume else None,
            "begins_at": resume["step"] if resume else None,
            "retry_from": reached,
            "notice": row.notice,
            "unchanged": row.unchanged,
            "error_code": row.error_code,
            "error_message": row.error_message,
            "failed_step": failed,
            "cure": cure(Case(row.error_code or "", row.kind, failed)) if failed else None,
            "error_cell": row.error_cell,
            "error_line": row.error_line,
            "ai": spending or Spending(),
            "cancel_requested": row.cancel_requested,
            "attempt": row.attempt,
            "worker": row.worker,
            "created_at": row.created_at,
            "started_at": row.started_at,
            "completed_at": row.completed_at,
        }
    )


def user_of(row: UserRow) -> User:
    return User(
        id=str(row.id),
        email=row.email,
        name=row.name or "",
        role=Role(row.role),
        disabled=row.disabled,
        has_password=row.password_hash is not None,
        is_invited=row.setup_expires_at is not None and row.setup_expires_at > datetime.now(UTC),
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
    )


def token_of(row: ApiTokenRow, email: str) -> ApiToken:
    return ApiToken(
        id=str(row.id),
        user_id=str(row.user_id),
        email=email,
        name=row.name,
        scopes=tuple(Scope(scope) for scope in row.scopes),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
    )


def link_of(row: ShareLinkRow, slug: str) -> ShareLink:
    return ShareLink(
        id=str(row.id),
        dashboard_id=str(row.dashboard_id),
        slug=slug,
        has_password=row.password_hash is not None,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
    )
