"""Requests about a dashboard that is published: to refresh it, or to change its plan."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ...pipelines.errors import InputError
from ...pipelines.model import Preferences, Request
from ..tables import DashboardRow, JobRow, VersionRow


def refreshing(session: Session, dashboard: DashboardRow) -> Request:
    """To fetch its data again, keeping plan and notebook.

    Raises:
        InputError: it has no published version.
    """
    return _about(session, dashboard, "refresh")


def amending(session: Session, dashboard: DashboardRow, words: str, planner: str | None) -> Request:
    """To change its plan as the words say, keeping its data.

    Raises:
        InputError: it has no published version.
    """
    request = _about(session, dashboard, "change")
    preferences = (
        request.preferences if planner is None else request.preferences.model_copy(update={"planner": planner})
    )
    return request.model_copy(update={"kind": "amend", "amendment": words.strip(), "preferences": preferences})


def _about(session: Session, dashboard: DashboardRow, what: str) -> Request:
    if dashboard.published is None:
        raise InputError(
            f"The dashboard '{dashboard.slug}' has no published version to {what}, since its making failed or goes "
            "on; ask the question again with `dashwright new`."
        )
    first = session.scalar(
        select(JobRow.request)
        .where(JobRow.dashboard_id == dashboard.id, JobRow.kind == "new")
        .order_by(JobRow.created_at.desc())
    )
    number = session.scalar(select(func.max(VersionRow.number)).where(VersionRow.dashboard_id == dashboard.id)) or 0
    kept = Request.model_validate(first) if first else None
    return Request(
        kind="refresh",
        dashboard_id=str(dashboard.id),
        slug=dashboard.slug,
        question=dashboard.query,
        title=dashboard.title,
        attachments=kept.attachments if kept else (),
        preferences=kept.preferences if kept else Preferences(),
        refresh_of=dashboard.published.folder,
        version_number=number + 1,
    )
