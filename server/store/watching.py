"""Watch a job as it happens: PostgreSQL tells when a row has changed, and the row is read again."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator

import psycopg
from sqlalchemy import text
from sqlalchemy.orm import Session

from ..database import CONNECT_TIMEOUT, DatabaseGoneError, answering
from ..nouns import Job

CHANNEL = "dashwright_jobs"
LOOK_ANYWAY = 5.0
"""Seconds without a notification after which the row is read all the same: a connection can be dead without a sign."""
PATIENCE = 120.0
"""Seconds that a database may be gone before the watcher is told."""


def tell(session: Session, job_id: object) -> None:
    """Wake the watchers of a job when the session's transaction is committed."""
    session.execute(text("SELECT pg_notify(:channel, :job)"), {"channel": CHANNEL, "job": str(job_id)})


def watched(dsn: str, job_id: str, read: Callable[[str], Job], look_anyway: float = LOOK_ANYWAY) -> Iterator[Job]:
    """The job as it is, and again at every change, until it is over.

    A lost connection is made again, and as the row is read anew then, nothing is missed.

    Raises:
        InputError: there is no such job, or it was deleted meanwhile.
        DatabaseGoneError: the database has not come back in time.
    """
    seen: Job | None = None
    gone_since: float | None = None
    while seen is None or not seen.is_over:
        try:
            for job in _changes(dsn, job_id, read, look_anyway):
                gone_since = None
                if job != seen:
                    seen = job
                    yield job
                if job.is_over:
                    break
        except DatabaseGoneError:
            gone_since = gone_since or time.monotonic()
            if time.monotonic() > gone_since + PATIENCE:
                raise
            time.sleep(0.2)


def _changes(dsn: str, job_id: str, read: Callable[[str], Job], look_anyway: float) -> Iterator[Job]:
    """The job now, after each notification about it, and from time to time."""
    with contextlib.ExitStack() as stack:
        with answering():
            connection = stack.enter_context(
                psycopg.connect(dsn, autocommit=True, connect_timeout=CONNECT_TIMEOUT, application_name="dashwright")
            )
            connection.execute(f"LISTEN {CHANNEL}")
        yield read(job_id)  # after LISTEN, so that no change falls in between
        while True:
            with answering():
                for notice in connection.notifies(timeout=look_anyway):
                    if notice.payload == job_id:
                        break
            yield read(job_id)
