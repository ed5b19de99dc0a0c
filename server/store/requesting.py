"""Requests about a dashboard that is published: to refresh it, or to change its plan."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ...pipelines.errors import InputError
from ...pipelines.model import Plan, Preferences, Request
from ..tables import LIVE, DashboardRow, JobRow, VersionRow


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


def editing(session: Session, dashboard: DashboardRow, plan: Plan) -> Request:
    """To have this plan, keeping its data.

    Raises:
        InputError: it has no published version.
    """
    return _about(session, dashboard, "change").model_copy(update={"kind": "amend", "plan": plan})


def previewing(session: Session, dashboard: DashboardRow, plan: Plan) -> Request:
    """To try this plan on the data that it has.

    Raises:
        InputError: it has no published version.
    """
    return _about(session, dashboard, "try").model_copy(update={"kind": "preview", "plan": plan})


def drafting(session: Session, dashboard: DashboardRow, version: VersionRow, revision: int) -> Request:
    """To try a save of the draft on the data of the version that it is based on.

    Raises:
        InputError: it has no published version.
    """
    about = _about(session, dashboard, "try")
    return about.model_copy(update={"kind": "draft", "draft": revision, "refresh_of": version.folder})


def retrying(session: Session, dashboard: DashboardRow, request: Request) -> Request:
    """The same once more, about the version that is published now.

    Raises:
        InputError: it needs a published version, and there is none.
    """
    if request.kind == "new":
        return request.model_copy(update={"version_number": _newest(session, dashboard) + 1, "resume": None})
    about = _about(session, dashboard, request.kind)
    kept = {
        "kind": request.kind,
        "amendment": request.amendment,
        "plan": request.plan,
        "draft": request.draft,
        "preferences": request.preferences,
    }
    if request.kind == "draft":
        kept["refresh_of"] = request.refresh_of
    return about.model_copy(update=kept)


def first_request(session: Session, dashboard_id: UUID) -> Request | None:
    """What a dashboard was made from."""
    first = session.scalar(
        select(JobRow.request)
        .where(JobRow.dashboard_id == dashboard_id, JobRow.kind == "new")
        .order_by(JobRow.created_at.desc())
    )
    return Request.model_validate(first) if first else None


def _newest(session: Session, dashboard: DashboardRow) -> int:
    """The highest number that a version has, or will have when its job ends."""
    made = session.scalar(select(func.max(VersionRow.number)).where(VersionRow.dashboard_id == dashboard.id)) or 0
    coming = session.scalar(
        select(func.max(JobRow.request["version_number"].as_integer())).where(
            JobRow.dashboard_id == dashboard.id, JobRow.status.in_(LIVE)
        )
    )
    return max(made, coming or 0)


def _about(session: Session, dashboard: DashboardRow, what: str) -> Request:
    if dashboard.published is None:
        raise InputError(
            f"The dashboard '{dashboard.slug}' has no published version to {what}, since its making failed or goes "
            "on; ask the question again with `dashwright new`."
        )
    kept = first_request(session, dashboard.id)
    return Request(
        kind="refresh",
        dashboard_id=str(dashboard.id),
        slug=dashboard.slug,
        question=dashboard.query,
        title=dashboard.title,
        attachments=kept.attachments if kept else (),
        preferences=kept.preferences if kept else Preferences(),
        refresh_of=dashboard.published.folder,
        version_number=_newest(session, dashboard) + 1,
    )
