"""The store as everybody but a worker uses it."""

from __future__ import annotations

import contextlib
import difflib
import shutil
from collections.abc import Callable, Iterator, Sequence
from typing import cast
from uuid import UUID

from psycopg import Connection
from psycopg.rows import TupleRow, dict_row
from sqlalchemy import Engine, Select, delete, func, select, update
from sqlalchemy.orm import Session

from ...pipelines.errors import InputError
from ...pipelines.model import AMENDMENT_LIMIT, QUESTION_LIMIT, Attachment, Preferences, Request
from ..database import answering, connect, libpq
from ..errors import ConflictError, MissingError
from ..nouns import Dashboard, Job
from ..observing import TRACING
from ..observing.context import current
from ..queue import Queue, signing_secret
from ..schedule import LONGEST_INTERVAL
from ..settings import Settings
from ..tables import LIVE, TRIALS, DashboardRow, JobRow
from .browsing import one_statement
from .publicity import set_public
from .requesting import amending, refreshing
from .rescheduling import set_interval
from .slugs import free_slug
from .spending import of_jobs
from .storable import as_json, storable
from .translating import dashboard_from, dashboard_of, job_of
from .watching import LOOK_ANYWAY, tell, watched

IN_THE_WAY = (JobRow.status.in_(LIVE), JobRow.kind.not_in(TRIALS))
"""Of a job: that it will publish a version, so that another such one must wait."""
TITLE_LENGTH = 120
"""Characters of a question that become the title until the plan has a better one."""


@contextlib.contextmanager
def opened(settings: Settings, url: str, pool_size: int = 5) -> Iterator[Store]:
    """A store on the database at this address, closed in the end."""
    store = Store(connect(url, pool_size), settings)
    try:
        yield store
    finally:
        store.close()


class Store:
    """Reads and writes metadata. Every method is one transaction.

    Each raises DatabaseGoneError when the database does not answer.
    """

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self.engine = engine
        self.settings = settings
        settings.make_folders()
        self.queue = Queue(engine.url.render_as_string(hide_password=False), signing_secret(settings))

    def close(self) -> None:
        self.queue.close()
        self.engine.dispose()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Session]:
        with answering(), Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection[TupleRow]]:
        """A connection for what only reads, and often. Each statement is a transaction of its own: BEGIN, COMMIT and
        the ORM would take longer than most answers."""
        with answering(), contextlib.closing(self.engine.raw_connection()) as held:
            connection = cast(Connection[TupleRow], held.driver_connection)
            connection.autocommit = True
            try:
                yield connection
            finally:
                if connection.closed:
                    held.invalidate()
                else:
                    connection.autocommit = False

    def create_dashboard_with_job(
        self,
        question: str,
        *,
        title: str | None = None,
        attachments: Sequence[Attachment] = (),
        preferences: Preferences | None = None,
        refresh_interval: int = 0,
        is_public: bool = False,
        tags: Sequence[str] = (),
        owner_id: str | None = None,
    ) -> Job:
        """A dashboard under a new slug with its first job, which a worker begins as soon as one is free.

        Args:
            owner_id: the user it will belong to. None: it is made without an account.

        Raises:
            InputError: the question or the title is empty, too long, or not text.
        """
        _require_text(question, "question", QUESTION_LIMIT)
        if title is not None:
            _require_text(title, "title", 255)
        with self.transaction() as session:
            row = DashboardRow(
                slug=free_slug(session, title or question),
                title=title or _shortened(question.strip(), TITLE_LENGTH),
                query=question.strip(),
                tags=list(tags),
                is_public=is_public,
                refresh_interval=refresh_interval,
                user_id=UUID(owner_id) if owner_id else None,
            )
            session.add(row)
            session.flush()
            request = Request(
                dashboard_id=str(row.id),
                slug=row.slug,
                question=question,
                title=title,
                attachments=tuple(attachments),
                preferences=preferences or Preferences(),
            )
            return self.add_job(session, row, request)

    def refresh(self, slug: str) -> Job:
        """The job that fetches the data of a published dashboard again; the one under way, if there is one.

        Raises:
            InputError: there is no such dashboard, or it has no published version.
        """
        with self.transaction() as session:
            row = self.row(session, slug, lock=True)
            live = session.scalar(select(JobRow).where(JobRow.dashboard_id == row.id, *IN_THE_WAY))
            if live is not None:
                return job_of(live)
            return self._add_refresh(session, row)

    def amend(self, slug: str, words: str, *, planner: str | None = None) -> Job:
        """The job that changes a published dashboard's plan as the words say, on the data that it has.

        Raises:
            InputError: there is no such dashboard, it has no published version or a job under way, or the words are
                empty, too long, or not text.
        """
        _require_text(words, "wish", AMENDMENT_LIMIT)
        with self.transaction() as session:
            row = self.row(session, slug, lock=True)
            request = amending(session, row, words, planner)
            self.refuse_live(session, row)
            return self.add_job(session, row, request)

    def refresh_due(self) -> tuple[Job, ...]:
        """Jobs for all dashboards whose time has come. One that was missed several times is caught up once."""
        live = select(JobRow.id).where(JobRow.dashboard_id == DashboardRow.id, *IN_THE_WAY).exists()
        due: Select[DashboardRow] = (
            select(DashboardRow)
            .where(
                DashboardRow.published_version_id.is_not(None),
                DashboardRow.next_refresh_at <= func.now(),
                ~live,
            )
            .order_by(DashboardRow.next_refresh_at)
            .with_for_update(skip_locked=True, of=DashboardRow)
        )
        with self.transaction() as session:
            return tuple(self._add_refresh(session, row) for row in session.scalars(due))

    def dashboards(self) -> tuple[Dashboard, ...]:
        """All of them, the newest first."""
        with self.transaction() as session:
            rows = session.scalars(select(DashboardRow).order_by(DashboardRow.created_at.desc(), DashboardRow.slug))
            return tuple(map(dashboard_of, rows))

    def find(self, slug: str) -> Dashboard | None:
        with self.reading() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            found = cursor.execute(one_statement(), {"slug": storable(slug)}).fetchone()
        return dashboard_from(found) if found else None

    def dashboard(self, slug: str) -> Dashboard:
        """The dashboard of this slug.

        Raises:
            InputError: there is none; the sentence names the most similar ones.
        """
        if (found := self.find(slug)) is not None:
            return found
        with self.transaction() as session:
            return dashboard_of(self.row(session, slug))

    def change(
        self,
        slug: str,
        *,
        title: str | None = None,
        description: str | None = None,
        is_public: bool | None = None,
        refresh_interval: int | None = None,
        tags: Sequence[str] | None = None,
        check: Callable[[Dashboard], None] | None = None,
    ) -> Dashboard:
        """Change what is not computed; None leaves a value as it is.

        Args:
            check: sees the dashboard as it is, while nobody else can change it, and raises if it is not as expected.

        Raises:
            InputError: there is no such dashboard, a value is not possible, or its data may not be public.
        """
        if title is not None:
            _require_text(title, "title", 255)
        if refresh_interval is not None and not 0 <= refresh_interval <= LONGEST_INTERVAL:
            raise InputError(
                f"A dashboard cannot be refreshed every {refresh_interval} minutes; choose 1 to {LONGEST_INTERVAL}, "
                "or 0 for never."
            )
        with self.transaction() as session:
            row = self.row(session, slug, lock=True)
            if check is not None:
                check(dashboard_of(row))
            if title is not None:
                row.title = title
            if description is not None:
                row.description = description
            if is_public is not None:
                set_public(row, is_public, self.settings)
            if tags is not None:
                row.tags = list(tags)
            if refresh_interval is not None:
                set_interval(row, refresh_interval)
            session.flush()
            session.refresh(row)
            return dashboard_of(row)

    def delete(self, slug: str) -> Dashboard:
        """Delete a dashboard with its jobs, versions and files. A job under way is stopped by its worker.

        Raises:
            InputError: there is no such dashboard.
        """
        with self.transaction() as session:
            row = self.row(session, slug, lock=True)
            deleted = dashboard_of(row)
            jobs = tuple(session.scalars(select(JobRow.id).where(JobRow.dashboard_id == row.id)))
            session.execute(delete(DashboardRow).where(DashboardRow.id == row.id))
            for job in jobs:
                tell(session, job)
        # The rows first: files without rows are rubbish that is swept up later, rows without files a broken page.
        for folder in (self.settings.versions / deleted.id, *(self.settings.jobs / str(job) for job in jobs)):
            shutil.rmtree(folder, ignore_errors=True)
        return deleted

    def job(self, job_id: str) -> Job:
        """The job of this id.

        Raises:
            InputError: there is none.
        """
        with self.transaction() as session:
            row = self.job_row(session, job_id)
            return job_of(row, of_jobs(session, [row.id]).get(row.id))

    def jobs(self, slug: str | None = None, limit: int = 100) -> tuple[Job, ...]:
        """The newest jobs, of one dashboard or of all.

        Raises:
            InputError: there is no such dashboard.
        """
        with self.transaction() as session:
            query = select(JobRow).order_by(JobRow.created_at.desc(), JobRow.id).limit(limit)
            if slug is not None:
                query = query.where(JobRow.dashboard_id == self.row(session, slug).id)
            rows = session.scalars(query).all()
            spendings = of_jobs(session, [row.id for row in rows])
            return tuple(job_of(row, spendings.get(row.id)) for row in rows)

    def cancel(self, job_id: str) -> Job:
        """Cancel a job: at once if nobody works on it, else its worker stops it within a heartbeat.

        Raises:
            InputError: there is no such job.
        """
        with self.transaction() as session:
            row = self.job_row(session, job_id, lock=True)
            self.stop(session, row)
            return job_of(row)

    def watch(self, job_id: str, look_anyway: float = LOOK_ANYWAY) -> Iterator[Job]:
        """The job as it is, and again at every change, until it is over. A lost connection is made again.

        Args:
            look_anyway: seconds without a notification after which the job is read all the same.

        Raises:
            InputError: there is no such job, or it was deleted meanwhile.
        """
        return watched(libpq(self.engine.url), job_id, self.job, look_anyway)

    def stop(self, session: Session, row: JobRow) -> None:
        """Cancel a job whose row is locked; for the parts of the store."""
        if row.status in LIVE:
            row.cancel_requested = True
        if row.status == "pending":
            row.status, row.completed_at = "cancelled", func.now()
            row.error_message = "The job was cancelled before it began."
            session.execute(
                update(DashboardRow)
                .where(DashboardRow.id == row.dashboard_id, DashboardRow.published_version_id.is_(None))
                .values(status="failed")
            )
        session.flush()
        session.refresh(row)
        tell(session, row.id)

    def refuse_live(self, session: Session, row: DashboardRow) -> None:
        """Refuse what must not happen while a job is under way; for the parts of the store.

        Raises:
            ConflictError: one is.
        """
        if session.scalar(select(JobRow.id).where(JobRow.dashboard_id == row.id, *IN_THE_WAY)):
            raise ConflictError(
                f"A job is under way for '{row.slug}'; wait until it is over, or stop it with "
                f"`dashwright cancel {row.slug}`, and ask again."
            )

    def add_job(self, session: Session, dashboard: DashboardRow, request: Request, notice: str = "") -> Job:
        """A job with its message, as part of the session's transaction; for the parts of the store."""
        row = JobRow(
            dashboard_id=dashboard.id,
            kind=request.kind,
            request=as_json(request),
            notice=notice,
            request_id=current("request_id"),
            traceparent=TRACING.traceparent(),
        )
        session.add(row)
        session.flush()
        row.task_id = self.queue.put(session, str(row.id))
        session.flush()
        session.refresh(row)
        tell(session, row.id)
        return job_of(row)

    def _add_refresh(self, session: Session, dashboard: DashboardRow) -> Job:
        return self.add_job(session, dashboard, refreshing(session, dashboard))

    def row(self, session: Session, slug: str, *, lock: bool = False) -> DashboardRow:
        """The row of a dashboard, for the other modules of this package.

        Raises:
            InputError: there is none; the sentence names the most similar ones.
        """
        query = select(DashboardRow).where(DashboardRow.slug == storable(slug))
        row = session.scalar(query.with_for_update(of=DashboardRow) if lock else query)
        if row is None:
            known = list(
                session.scalars(select(DashboardRow.slug).order_by(DashboardRow.created_at.desc()).limit(1000))
            )
            near = (
                [name for name in known if slug in name] or difflib.get_close_matches(slug, known, cutoff=0.5) or known
            )
            hint = f" There is: {', '.join(near[:3])}." if near else " There is none at all yet."
            raise MissingError(f"There is no dashboard '{_shortened(slug, 80)}'.{hint}")
        return row

    def job_row(self, session: Session, job_id: str, *, lock: bool = False) -> JobRow:
        with contextlib.suppress(ValueError):
            query = select(JobRow).where(JobRow.id == UUID(job_id))
            if row := session.scalar(query.with_for_update(of=JobRow) if lock else query):
                return row
        raise MissingError(f"There is no job '{_shortened(job_id, 80)}'.")


def _require_text(text: str, what: str, limit: int) -> None:
    """Refuse what no column takes, in words for the person who wrote it."""
    if not text.strip():
        raise InputError(f"The {what} is empty; write at least one word.")
    if len(text.strip()) > limit:
        raise InputError(f"The {what} has {len(text.strip()):,} characters; at most {limit:,} are possible.")
    if storable(text) != text:
        raise InputError(f"The {what} has characters that are no text (a zero byte or half a character); remove them.")


def _shortened(text: str, length: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"
