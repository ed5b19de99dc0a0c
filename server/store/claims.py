"""The store as a worker uses it: claim a job, keep it, end it.

A claim has a number, the job's `attempt`. Every write names it, and changes nothing once another worker has the job.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ...pipelines.errors import DashwrightError, LimitError
from ...pipelines.model import Request, Version
from ...pipelines.step import JobFolder, Progress
from ..database import DatabaseGoneError
from ..tables import TRIALS, DashboardRow, DraftSaveRow, JobRow, VersionRow
from .drafts import Drafts, Merging, follow, notebooks_in
from .notices import announce
from .publicity import refuse_unpublishable
from .publishing import folder_of, is_for_viewers, write_version
from .rescheduling import reschedule
from .storable import storable
from .store import Store
from .turns import next_job, ready_jobs, wake
from .watching import tell

log = logging.getLogger(__name__)
SCHEDULED = ("new", "refresh")
"""Jobs that look at sources, after which the time until the next refresh begins anew."""
SWEEP_LOCK = 0x7377656570  # "sweep"

Outlook = Literal["go on", "cancel", "lost"]
"""What a worker should do with its job: lost means that it is another's by now, or deleted."""
Swept = Literal["again", "failed", "cancelled"]


class Claim(NamedTuple):
    """A worker's right to a job."""

    job_id: str
    attempt: int
    request: Request
    user_id: str | None = None
    """Whose dashboard it is."""
    manifest: str | None = None
    """Of the version that it begins with, for all but a new one."""
    notebook: str | None = None
    """What a trial of a draft is to run."""
    request_id: str | None = None
    """Of the request that asked for it."""
    traceparent: str | None = None


class Claims:
    """Claims on the jobs of a store. Each method is one transaction and raises DatabaseGoneError like the store's."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lease = timedelta(seconds=store.settings.lease)

    def claim(self, worker: str) -> Claim | None:
        """Take the waiting job whose turn it is. None: there is none that may begin now."""
        with self._store.transaction() as session:
            job_id = next_job(session, self._store.settings.user_jobs)
            row = session.get(JobRow, job_id) if job_id else None
            if row is None:
                return None
            row.status = "processing"
            row.attempt += 1
            row.worker, row.message = worker, ""
            if row.started_at is None:
                row.started_at = func.clock_timestamp()  # the order of turns, whatever clock a worker has
            self._extend(row)
            if row.dashboard.published_version_id is None:
                row.dashboard.status = "processing"
            tell(session, row.id)
            user = row.dashboard.user_id
            request = Request.model_validate(row.request)
            manifest = session.scalar(
                select(VersionRow.manifest).where(
                    VersionRow.dashboard_id == row.dashboard_id, VersionRow.folder == request.refresh_of
                )
            )
            notebook = None
            if request.kind == "draft":
                notebook = session.scalar(
                    select(DraftSaveRow.notebook).where(
                        DraftSaveRow.dashboard_id == row.dashboard_id, DraftSaveRow.revision == request.draft
                    )
                )
            asked_by = (row.request_id, row.traceparent)
            return Claim(str(row.id), row.attempt, request, str(user) if user else None, manifest, notebook, *asked_by)

    def renew(self, claim: Claim, *news: Progress) -> Outlook:
        """Keep the job for another lease, and write how far it has come since the last time."""
        with self._store.transaction() as session:
            row = _mine(session, claim)
            if row is None:
                return "lost"
            self._extend(row)
            for progress in news:
                _advance(row, progress)
            if news:
                tell(session, row.id)
            return "cancel" if row.cancel_requested else "go on"

    def publish(
        self, claim: Claim, version: Version, seconds: Mapping[str, float], manifest: str | None = None
    ) -> bool:
        """End the job with its version, which viewers get from now on, unless it is a trial: all in one transaction.
        A draft is merged with it.

        `manifest`: under which storage has the version's folder.

        False: the job is another's by now, and nothing was changed. A second call after a lost answer does no harm.

        Raises:
            InputError: the dashboard is public, and data of this version may not be.
        """
        merging = self._merging(claim, version)
        with self._store.transaction() as session:
            row = _mine(session, claim)
            if row is None:
                done = session.get(JobRow, UUID(claim.job_id))
                return done is not None and done.status == "completed" and done.attempt == claim.attempt
            dashboard = row.dashboard
            settings = self._store.settings
            if is_for_viewers(version, claim.request):
                refuse_unpublishable(session, dashboard, version, settings)
            if not version.unchanged:
                write_version(session, row, version, claim.request, settings, manifest)
            if merging is not None:
                session.refresh(dashboard, with_for_update={"of": DashboardRow})
                follow(session, dashboard, merging)
            row.unchanged = version.unchanged
            was_failing = dashboard.last_refresh_failed_at is not None
            row.message = _said(version)
            if row.kind in SCHEDULED:
                dashboard.last_refresh_at = version.data_as_of
                dashboard.last_refresh_failed_at = dashboard.last_refresh_failure = None
            row.progress = 100
            row.current_step = "completed"
            self._end(session, row, "completed", seconds)
            announce(session, row, settings, is_good=True, was_failing=was_failing)
            return True

    def _merging(self, claim: Claim, version: Version) -> Merging | None:
        """What becomes of the draft. Where it cannot be merged it stays, and is stale."""
        if claim.request.kind in TRIALS or version.unchanged:
            return None
        folder = JobFolder(self._store.settings.data_dir / folder_of(claim.request))
        try:
            newer = notebooks_in(folder, version.number, version.data_as_of)
            is_refresh = claim.request.kind == "refresh"
            return Drafts(self._store).merging(
                claim.request.slug, newer, is_held=bool(version.conflicts), is_refresh=is_refresh
            )
        except DatabaseGoneError:
            raise
        except DashwrightError as error:
            log.warning("The draft of '%s' is not merged with version %d: %s", version.slug, version.number, error)
            return None

    def fail(
        self,
        claim: Claim,
        code: str,
        sentence: str,
        seconds: Mapping[str, float],
        cell: str | None = None,
        line: int | None = None,
    ) -> bool:
        """End the job with the sentence that says why, and where in the notebook. False: it is another's by now."""
        with self._store.transaction() as session:
            row = _mine(session, claim)
            if row is not None:
                row.error_cell, row.error_line = storable(cell)[:64] if cell else None, line
                self._fail(session, row, code, sentence, seconds)
            return row is not None

    def cancelled(self, claim: Claim, seconds: Mapping[str, float]) -> bool:
        """End the job because somebody wanted that. False: it is another's by now."""
        with self._store.transaction() as session:
            row = _mine(session, claim)
            if row is not None:
                row.error_message = "The job was cancelled."
                self._end(session, row, "cancelled", seconds)
            return row is not None

    def release(self, claim: Claim) -> bool:
        """Hand the job back to the queue, for another worker to go on with. False: it is another's by now."""
        with self._store.transaction() as session:
            row = _mine(session, claim)
            if row is not None:
                row.handed_back += 1
                self._again(session, row)
            return row is not None

    def is_deleted(self, claim: Claim) -> bool:
        """Whether the job was deleted, with its dashboard."""
        with self._store.transaction() as session:
            return session.get(JobRow, UUID(claim.job_id)) is None

    def sweep(self, is_dead: Callable[[str], bool], held: Collection[str] = ()) -> dict[str, Swept]:
        """Give jobs whose worker was lost to another, and messages to jobs whose message was lost.

        `is_dead` tells of a worker what its machine can see at once, before the lease has run out. Jobs in `held` are
        known to be in good hands. No lease runs out while the database is gone, or just after.
        """
        with self._store.transaction() as session:
            if not session.scalar(select(func.pg_try_advisory_xact_lock(SWEEP_LOCK))):
                return {}  # somebody else is at it
            swept: dict[str, Swept] = {}
            rows = session.scalars(
                select(JobRow)
                .where(JobRow.status == "processing", JobRow.id.not_in([UUID(job) for job in held]))
                .with_for_update(of=JobRow, skip_locked=True)
            )
            now, up_since = session.execute(select(func.now(), func.pg_postmaster_start_time())).one()
            for row in rows:
                has_run_out = row.lease_until is not None and max(row.lease_until, up_since + self._lease) < now
                if has_run_out or (row.worker and is_dead(row.worker)):
                    swept[str(row.id)] = self._recover(session, row)
            self._put_lost_messages(session, now)
            return swept

    def known_folders(self, days: float) -> frozenset[str]:
        """Folders that are needed, relative to the data directory: of versions, dashboards, and live or fresh jobs."""
        with self._store.transaction() as session:
            fresh = (JobRow.completed_at.is_(None)) | (JobRow.completed_at > _now() - timedelta(days=days))
            jobs = session.scalars(select(JobRow.id).where(fresh))
            dashboards = session.scalars(select(DashboardRow.id))
            versions = session.scalars(select(VersionRow.folder))
            pictures = session.scalars(select(VersionRow.pictures).where(VersionRow.pictures.is_not(None)))
            return frozenset(
                [
                    *(f"jobs/{job}" for job in jobs),
                    *(f"versions/{dashboard}" for dashboard in dashboards),
                    *(f"pictures/{digest}" for digest in pictures),
                    *versions,
                ]
            )

    def _recover(self, session: Session, row: JobRow) -> Swept:
        attempts = row.attempt - row.handed_back
        if row.cancel_requested:
            row.error_message = "The job was cancelled."
            self._end(session, row, "cancelled", row.seconds)
            return "cancelled"
        if attempts >= self._store.settings.job_attempts:
            times = "once" if attempts == 1 else f"{attempts} times"
            sentence = (
                f"The worker was lost {times} while working on this job, the last time at '{row.current_step}'; maybe "
                "the machine has too little memory for it. See the log of the worker, and bring less data or allow "
                "less with DASHWRIGHT_MEMORY."
            )
            # Where it stopped, if it was worked on here.
            seconds = JobFolder(self._store.settings.jobs / str(row.id)).seconds or row.seconds
            self._fail(session, row, LimitError.code, sentence, seconds)
            return "failed"
        self._again(session, row)
        return "again"

    def _again(self, session: Session, row: JobRow) -> None:
        row.status = "pending"
        row.lease_until = row.worker = None
        row.message = "waiting for another worker"
        row.enqueued_at = _now()
        row.task_id = self._store.queue.put(session, str(row.id))
        tell(session, row.id)

    def _put_lost_messages(self, session: Session, now: datetime) -> None:
        """A message is lost with the worker that had just taken it, or when it was not ours (a wrong signature).

        Jobs that have to wait for others of the same account need none; they get one when one of those ends.
        """
        ready = ready_jobs(session, self._store.settings.user_jobs)
        if len(ready) <= self._store.queue.waiting(session):
            return
        rows = select(JobRow).where(JobRow.id.in_(ready)).order_by(JobRow.created_at)
        for row in session.scalars(rows):
            if row.enqueued_at < now - self._lease:
                row.enqueued_at = now
                row.task_id = self._store.queue.put(session, str(row.id))

    def _fail(self, session: Session, row: JobRow, code: str, sentence: str, seconds: Mapping[str, float]) -> None:
        row.error_code, row.error_message = code, storable(sentence)
        was_failing = row.dashboard.last_refresh_failed_at is not None
        if row.kind == "refresh":
            row.dashboard.last_refresh_failed_at = _now()
            row.dashboard.last_refresh_failure = row.error_message
        self._end(session, row, "failed", seconds)
        announce(session, row, self._store.settings, is_good=False, was_failing=was_failing)

    def _end(self, session: Session, row: JobRow, status: str, seconds: Mapping[str, float]) -> None:
        row.status = status
        row.lease_until = None
        row.completed_at = _now()
        row.seconds = dict(seconds)
        steps = [dict(step) for step in row.steps]
        if steps and steps[-1]["ended_at"] is None:
            steps[-1]["ended_at"] = row.completed_at.isoformat()
        row.steps = steps
        if row.kind in SCHEDULED:
            reschedule(session, row)
        if row.dashboard.published_version_id is None:
            row.dashboard.status = "failed"
        session.flush()
        wake(session, self._store.queue, row.dashboard.user_id, self._store.settings.user_jobs)
        tell(session, row.id)

    def _extend(self, row: JobRow) -> None:
        row.heartbeat_at = func.now()
        row.lease_until = func.now() + self._lease


def _mine(session: Session, claim: Claim) -> JobRow | None:
    return session.scalar(
        select(JobRow)
        .where(JobRow.id == UUID(claim.job_id), JobRow.attempt == claim.attempt, JobRow.status == "processing")
        .with_for_update(of=JobRow)
    )


def _advance(row: JobRow, progress: Progress) -> None:
    row.progress = progress.percent
    row.current_step = progress.step
    row.message = storable(progress.message)
    row.notice = storable(progress.notice) or row.notice
    steps = [dict(step) for step in row.steps]
    now = _now().isoformat()
    if not steps or steps[-1]["name"] != progress.step:
        if steps:
            steps[-1]["ended_at"] = now
        if progress.step != "completed":
            steps.append({"name": progress.step, "started_at": now, "ended_at": None, "message": row.message})
    else:
        steps[-1]["message"] = row.message
    row.steps = steps


def _said(version: Version) -> str:
    if version.unchanged:
        return "The data has not changed; the published version stays."
    if count := len(version.conflicts):
        cells = "a cell" if count == 1 else f"{count} cells"
        return (
            f"The change does not go with edits of the notebook in {cells}; decide in the draft, which has both. The "
            "published version stays."
        )
    return ""


def _now() -> datetime:
    return datetime.now(UTC)
