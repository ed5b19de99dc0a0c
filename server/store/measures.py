"""Measures: what the database knows about work, AI providers and sources, for the metrics."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.orm import Session

from ..database import answering, connect
from ..nouns import Measured
from ..tables import JobRow
from . import answers, spending
from .store import Store

LONGEST = 2.0
"""Seconds of one statement."""


class Measures:
    """Has a connection of its own, so that it can tell of a pool whose connections are all in use."""

    def __init__(self, store: Store) -> None:
        self._queue = store.queue
        self._engine = connect(store.engine.url.render_as_string(hide_password=False), pool_size=1)

    def close(self) -> None:
        self._engine.dispose()

    def read(self) -> Measured:
        """All of it, of one moment.

        Raises:
            DatabaseGoneError: the database does not answer, or not in time.
        """
        with answering(), Session(self._engine) as session, session.begin():
            session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
            session.execute(select(func.set_config("statement_timeout", f"{LONGEST:.3f}s", True)))
            under_way = JobRow.status == "processing"
            waited = func.extract("epoch", func.now() - func.min(JobRow.enqueued_at))
            oldest = session.scalar(select(waited).where(JobRow.status == "pending"))
            expired = select(func.count()).where(under_way, JobRow.lease_until < func.now())
            return Measured(
                jobs=_counted(session, JobRow.status),
                processing=_counted(session, JobRow.current_step, under_way),
                oldest_waiting=max(0.0, float(oldest or 0)),
                messages=self._queue.waiting(session),
                expired=session.scalar(expired) or 0,
                tallies=spending.by_outcome(session),
                sources=answers.last(session),
            )


def _counted(session: Session, column: Any, *which: ColumnElement[bool]) -> dict[str, int]:
    rows = session.execute(select(column, func.count()).where(*which).group_by(column))
    return {name or "": count for name, count in rows}
