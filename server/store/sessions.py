"""Sessions: browsers in which somebody is signed in. Secrets come here as their hashes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select

from ..nouns import User
from ..tables import SessionRow, UserRow
from .storable import storable
from .store import Store
from .translating import user_of
from .users import SEEN_AGAIN, note_seen

MOST = 20
"""Of one user; the ones used longest ago end for new ones."""


class Sessions:
    """Each method is one transaction and raises DatabaseGoneError like the store's."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def create(self, user_id: str, token_hash: str, lifetime: timedelta, user_agent: str = "") -> None:
        """Begin a session, and throw away those that are over."""
        user = UUID(user_id)
        kept = (
            select(SessionRow.id)
            .where(SessionRow.user_id == user)
            .order_by(SessionRow.last_used_at.desc(), SessionRow.id)
            .limit(MOST - 1)
        )
        with self._store.transaction() as session:
            session.execute(delete(SessionRow).where(SessionRow.expires_at <= func.now()))
            session.execute(delete(SessionRow).where(SessionRow.user_id == user, SessionRow.id.not_in(kept)))
            session.add(
                SessionRow(
                    user_id=user,
                    token_hash=token_hash,
                    user_agent=storable(user_agent)[:300] or None,
                    expires_at=datetime.now(UTC) + lifetime,
                )
            )
            if (row := session.get(UserRow, user)) is not None:
                note_seen(row)

    def find(self, token_hash: str) -> User | None:
        """Who is signed in by this session, if it is not over and they are not disabled."""
        with self._store.transaction() as session:
            found = session.execute(
                select(SessionRow, UserRow)
                .join(UserRow, UserRow.id == SessionRow.user_id)
                .where(
                    SessionRow.token_hash == token_hash,
                    SessionRow.expires_at > func.now(),
                    UserRow.disabled.is_(False),
                )
            ).one_or_none()
            if found is None:
                return None
            row, user = found
            if row.last_used_at < datetime.now(UTC) - SEEN_AGAIN:
                row.last_used_at = datetime.now(UTC)
                note_seen(user)
            return user_of(user)

    def rotate(self, token_hash: str, new_hash: str) -> bool:
        """Give a session another secret; the old one is of no use from then on. False: it is over."""
        with self._store.transaction() as session:
            row = session.scalar(
                select(SessionRow)
                .where(SessionRow.token_hash == token_hash, SessionRow.expires_at > func.now())
                .with_for_update()
            )
            if row is not None:
                row.token_hash = new_hash
            return row is not None

    def end(self, token_hash: str) -> None:
        with self._store.transaction() as session:
            session.execute(delete(SessionRow).where(SessionRow.token_hash == token_hash))

    def end_all(self, user_id: str) -> None:
        """Sign a user out everywhere."""
        with self._store.transaction() as session:
            session.execute(delete(SessionRow).where(SessionRow.user_id == UUID(user_id)))
