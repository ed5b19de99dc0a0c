"""Revisions: a dashboard's next version by an edited plan, an older one published again, a job tried once more."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...pipelines.errors import InputError
from ...pipelines.model import Plan, Request, Resume, StepName, Version
from ..errors import MissingError
from ..nouns import Dashboard, Job, steps_reached
from ..storage import Versions
from ..tables import DashboardRow, VersionRow
from .publicity import refuse_unpublishable
from .publishing import show_version
from .requesting import editing, first_request, retrying
from .store import Store
from .translating import dashboard_of


class Revisions:
    """Each method is one transaction and raises DatabaseGoneError like the store's."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def edit(self, slug: str, change: Callable[[Dashboard], Plan]) -> Job:
        """The job that gives a published dashboard another plan, on the data that it has.

        Args:
            change: from the dashboard as it is, while nobody else can change it, to the plan that it is to have.

        Raises:
            InputError: there is no such dashboard, or it has no published version.
            ConflictError: a job is under way.
        """
        with self._store.transaction() as session:
            row = self._store.row(session, slug, lock=True)
            self._store.refuse_live(session, row)
            return self._store.add_job(session, row, editing(session, row, change(dashboard_of(row))))

    def publish(self, slug: str, number: int, check: Callable[[Dashboard], None]) -> Dashboard:
        """Let viewers see a version, an older one as a rule.

        Raises:
            MissingError: there is no such dashboard or version.
            StorageError: its files are not on this machine and cannot be had.
            ConflictError: a job is under way, which would publish another one.
            InputError: the dashboard is public, and data of this version may not be.
        """
        settings = self._store.settings
        with self._store.transaction() as session:
            version = _version(session, self._store.row(session, slug), number)
            folder, manifest = version.folder, version.manifest
        Versions(settings).bring(folder, manifest)  # which may take long: nothing is locked meanwhile
        with self._store.transaction() as session:
            row = self._store.row(session, slug, lock=True)
            check(dashboard_of(row))
            version = _version(session, row, number)
            self._store.refuse_live(session, row)
            refuse_unpublishable(session, row, Version.model_validate(version.version), settings)
            show_version(session, row, version, settings)
            session.flush()
            session.refresh(row)
            return dashboard_of(row)

    def retry(self, job_id: str, step: StepName | None = None) -> Job:
        """A new job for what a job was to do that did not end well: from the beginning, or from a step, with the files
        that were made before it.

        Raises:
            InputError: there is no such job, it ended well, or it has not come as far as this step.
            ConflictError: it is not over, or another job of its dashboard is under way.
        """
        with self._store.transaction() as session:
            row = self._store.job_row(session, job_id)
            dashboard = session.scalar(
                select(DashboardRow).where(DashboardRow.id == row.dashboard_id).with_for_update(of=DashboardRow)
            )
            if dashboard is None:
                raise MissingError(f"There is no job '{job_id}'.")
            self._store.refuse_live(session, dashboard)
            if row.status == "completed":
                raise InputError(f"The job '{job_id}' has ended well; refresh the dashboard instead.")
            if dashboard.published_version_id is None:
                dashboard.status = "pending"
            request = Request.model_validate(row.request)
            again, notice = retrying(session, dashboard, request), ""
            if step is not None:
                again, notice = _resumed(again, request, str(row.id), step, row.seconds)
            return self._store.add_job(session, dashboard, again, notice)

    def first_request(self, slug: str) -> Request | None:
        """What the dashboard was made from.

        Raises:
            InputError: there is no such dashboard.
        """
        with self._store.transaction() as session:
            return first_request(session, self._store.row(session, slug).id)


def _resumed(
    again: Request, request: Request, job_id: str, step: StepName, seconds: Mapping[str, float]
) -> tuple[Request, str]:
    """With what an earlier job had made before a step; and a sentence where that is of no use any more."""
    reached = steps_reached(request.kind, seconds)
    if step not in reached:
        raise InputError(
            f"This job cannot be tried again from '{step}', as it has not come so far; it can from: "
            f"{', '.join(reached)}."
        )
    if again.refresh_of != request.refresh_of:
        return again, f"Another version was published meanwhile, so this job does not begin at '{step}' but anew."
    return again.model_copy(update={"resume": Resume(job_id=job_id, step=step)}), ""


def _version(session: Session, row: DashboardRow, number: int) -> VersionRow:
    version = session.scalar(select(VersionRow).where(VersionRow.dashboard_id == row.id, VersionRow.number == number))
    if version is None:
        raise MissingError(f"The dashboard '{row.slug}' has no version {number}.")
    return version
