"""Inquiries: who asks waits for the reply, which a worker writes. Rows live as long as somebody waits."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

import psycopg
from sqlalchemy import delete, func, select, text, update

from ...pipelines.errors import SetupError
from ..database import CONNECT_TIMEOUT, answering, libpq
from ..inquiries import INQUIRY, REPLY, Describe, Described, Refused, Seek, Sought, Suggest, Suggested
from ..tables import InquiryRow
from .storable import as_json
from .store import Store

ASKED, REPLIED = "dashwright_inquiries", "dashwright_replies"
"""Channels on which PostgreSQL tells that there is one, and the id of one that has its reply."""
PATIENCE = 120.0
"""Seconds for a reply, of which searches and models have limits of their own."""
LOOK_ANYWAY = 2.0
"""Seconds without a notification after which the row is read all the same."""


class UnattendedError(SetupError):
    """No worker takes the question."""

    code = "unattended"


class Taken(NamedTuple):
    """An inquiry that is ours to answer."""

    id: str
    user_id: str | None
    inquiry: Seek | Describe | Suggest


class Inquiries:
    """Each method raises DatabaseGoneError like the store's."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def ask(
        self, inquiry: Seek | Describe | Suggest, user_id: str | None, untaken: float
    ) -> Sought | Described | Suggested | Refused:
        """The reply of a worker.

        Args:
            untaken: seconds within which one must have taken it.

        Raises:
            UnattendedError: none has, or it has not replied.
        """
        with (
            answering(),
            psycopg.connect(
                libpq(self._store.engine.url),
                autocommit=True,
                connect_timeout=CONNECT_TIMEOUT,
                application_name="dashwright",
            ) as connection,
        ):
            connection.execute(f"LISTEN {REPLIED}")
            key = self._put(inquiry, user_id)
            try:
                return self._wait(connection, key, untaken)
            finally:
                self._drop(key)

    def take(self) -> Taken | None:
        """The oldest that nobody has taken yet."""
        waiting = (
            select(InquiryRow.id)
            .where(InquiryRow.taken_at.is_(None), InquiryRow.expires_at > func.now())
            .order_by(InquiryRow.created_at)
            .limit(1)
            .with_for_update(skip_locked=True)
            .scalar_subquery()
        )
        with self._store.transaction() as session:
            row = session.execute(
                update(InquiryRow)
                .where(InquiryRow.id == waiting)
                .values(taken_at=func.now())
                .returning(InquiryRow.id, InquiryRow.user_id, InquiryRow.inquiry)
            ).one_or_none()
        if row is None:
            return None
        return Taken(str(row.id), str(row.user_id) if row.user_id else None, INQUIRY.validate_python(row.inquiry))

    def reply(self, inquiry_id: str, reply: Sought | Described | Suggested | Refused) -> None:
        """Tell whoever waits; nobody may any more."""
        with self._store.transaction() as session:
            session.execute(update(InquiryRow).where(InquiryRow.id == UUID(inquiry_id)).values(reply=as_json(reply)))
            session.execute(text("SELECT pg_notify(:channel, :id)"), {"channel": REPLIED, "id": inquiry_id})

    def _put(self, inquiry: Seek | Describe | Suggest, user_id: str | None) -> UUID:
        with self._store.transaction() as session:
            session.execute(delete(InquiryRow).where(InquiryRow.expires_at < func.now()))
            row = InquiryRow(
                user_id=UUID(user_id) if user_id else None,
                inquiry=as_json(inquiry),
                expires_at=func.now() + timedelta(seconds=PATIENCE),
            )
            session.add(row)
            session.flush()
            session.execute(text("SELECT pg_notify(:channel, '')"), {"channel": ASKED})
            return row.id

    def _wait(
        self, connection: psycopg.Connection, key: UUID, untaken: float
    ) -> Sought | Described | Suggested | Refused:
        begun = time.monotonic()
        while True:
            with self._store.transaction() as session:
                row = session.get(InquiryRow, key)
                is_taken, reply = row is not None and row.taken_at is not None, row.reply if row else None
            if reply is not None:
                return REPLY.validate_python(reply)
            rest = (PATIENCE if is_taken else untaken) - (time.monotonic() - begun)
            if rest <= 0:
                what = "has not replied in time" if is_taken else "is there that could answer this"
                raise UnattendedError(f"No worker {what}; try again later, or start one with `dashwright worker`.")
            for _ in connection.notifies(timeout=min(rest, LOOK_ANYWAY), stop_after=1):
                pass

    def _drop(self, key: UUID) -> None:
        with self._store.transaction() as session:
            session.execute(delete(InquiryRow).where(InquiryRow.id == key))
