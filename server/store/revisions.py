"""Revisions: a dashboard's next version by an edited plan, one that is tried, published or published again, and a job
tried once more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...pipelines.errors import InputError
from ...pipelines.model import Plan, Request, Resume, StepName, Version
from ..errors import ConflictError, MissingError
from ..nouns import Dashboard, Job, Publication, steps_reached
from ..storage import Versions
from ..tables import LIVE, TRIALS, DashboardRow, JobRow, PublicationRow, UserRow, VersionRow
from .drafts import Drafts, add, current
from .publicity import refuse_unpublishable
from .publishing import record, show_version
from .requesting import drafting, editing, first_request, previewing, retrying
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

    def publish(
        self,
        slug: str,
        number: int,
        check: Callable[[Dashboard], None],
        *,
        note: str = "",
        despite: str | None = None,
        user_id: str | None = None,
    ) -> Dashboard:
        """Let viewers see a version: an older one, or one that was tried.

        Args:
            note: what about it, for the list of publications.
            despite: why it is published although it does not hold what its plan expects.

        Raises:
            MissingError: there is no such dashboard or version.
            StorageError: its files are not on this machine and cannot be had.
            ConflictError: a job is under way, which would publish another one; or it does not hold what its plan
                expects, or lacks edits of the notebook, and no reason is given.
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
            found = Version.model_validate(version.version)
            _refuse_broken(found, despite)
            refuse_unpublishable(session, row, found, settings)
            record(session, row, version, user_id=user_id, is_chosen=True, note=note, despite=despite)
            show_version(session, row, version, settings)
            session.flush()
            session.refresh(row)
            shown = dashboard_of(row)
        Drafts(self._store).follow_published(slug)
        return shown

    def publications(self, slug: str, before: datetime | None = None, limit: int = 20) -> tuple[Publication, ...]:
        """When which version became the one that viewers see, the newest first.

        Raises:
            MissingError: there is no such dashboard.
        """
        with self._store.transaction() as session:
            query = (
                select(PublicationRow, UserRow.email)
                .outerjoin(UserRow, PublicationRow.user_id == UserRow.id)
                .where(PublicationRow.dashboard_id == self._store.row(session, slug).id)
                .order_by(PublicationRow.published_at.desc(), PublicationRow.id)
                .limit(limit)
            )
            if before is not None:
                query = query.where(PublicationRow.published_at < before)
            return tuple(_publication(row, email) for row, email in session.execute(query))

    def try_draft(self, slug: str, user_id: str | None = None) -> Job:
        """The job that runs the draft as it is saved now, for a version that nobody sees unasked. An earlier try that
        goes on is cancelled.

        Raises:
            ConflictError: there is no published version.
        """
        drafts = Drafts(self._store)
        text, _ = drafts.notebook(slug)
        with self._store.transaction() as session:
            row = self._store.row(session, slug, lock=True)
            save = current(session, row)
            if save is None:
                number = row.published.number if row.published else 0
                save = add(session, row, "saved", text, number, (), user_id)
            request = drafting(session, row, _version(session, row, save.based_on), save.revision)
            return self._try(session, row, request)

    def preview(self, slug: str, change: Callable[[Dashboard], Plan]) -> Job:
        """The job that tries a plan on the data that there is, for a version that nobody sees unasked. An earlier
        preview that goes on is cancelled.

        Raises:
            InputError: there is no such dashboard, or it has no published version.
        """
        with self._store.transaction() as session:
            row = self._store.row(session, slug, lock=True)
            return self._try(session, row, previewing(session, row, change(dashboard_of(row))))

    def _try(self, session: Session, row: DashboardRow, request: Request) -> Job:
        earlier = select(JobRow).where(
            JobRow.dashboard_id == row.id, JobRow.kind == request.kind, JobRow.status.in_(LIVE)
        )
        for job in session.scalars(earlier.with_for_update(of=JobRow)):
            self._store.stop(session, job)
        return self._store.add_job(session, row, request)

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
            if row.kind not in TRIALS:
                self._store.refuse_live(session, dashboard)
            elif row.status in LIVE:
                raise ConflictError(f"The job '{job_id}' is not over yet.")
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


def _refuse_broken(version: Version, despite: str | None) -> None:
    """
    Raises:
        ConflictError: viewers would see less than was promised, and nobody says why they should.
    """
    if despite is not None:
        return
    if version.broken:
        raise ConflictError(
            f"Version {version.number} does not hold what its plan expects: {version.broken[0]} Mend that, or say in "
            "'despite' why it is to be published all the same."
        )
    if version.conflicts:
        raise ConflictError(
            f"Version {version.number} has none of the edits of the notebook, as they have to be decided about in the "
            "draft first. Say in 'despite' why it is to be published all the same."
        )


def _publication(row: PublicationRow, email: str | None) -> Publication:
    return Publication(
        number=row.number,
        before=row.before,
        by=email,
        is_chosen=row.is_chosen,
        note=row.note,
        despite=row.despite,
        published_at=row.published_at,
        is_roll_back=row.before is not None and row.number < row.before,
    )


def _version(session: Session, row: DashboardRow, number: int) -> VersionRow:
    version = session.scalar(select(VersionRow).where(VersionRow.dashboard_id == row.id, VersionRow.number == number))
    if version is None:
        raise MissingError(f"The dashboard '{row.slug}' has no version {number}.")
    return version
