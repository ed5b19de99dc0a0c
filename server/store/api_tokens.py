"""API tokens. Secrets come here as their hashes."""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from ...pipelines.errors import InputError
from ..access import Scope
from ..errors import MissingError
from ..nouns import ApiToken, User
from ..tables import ApiTokenRow, UserRow
from .storable import storable
from .store import Store
from .translating import token_of, user_of
from .users import SEEN_AGAIN, note_seen, row_of


class ApiTokens:
    """Each method is one transaction and raises DatabaseGoneError like the store's."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(
        self, email: str, name: str, token_hash: str, scopes: Collection[Scope], lifetime: timedelta | None
    ) -> ApiToken:
        """A new token of a user. None: it has no end.

        Raises:
            InputError: there is no such user, the name is none, or no scope is given.
        """
        name = name.strip()
        if not name or len(name) > 100 or storable(name) != name:
            raise InputError("A token's name has 1 to 100 characters; choose one that says what it is for.")
        if not scopes:
            raise InputError(f"A token needs at least one scope: {', '.join(Scope)}.")
        with self._store.transaction() as session:
            user = row_of(session, email)
            row = ApiTokenRow(
                user_id=user.id,
                name=name,
                token_hash=token_hash,
                scopes=[scope for scope in Scope if scope in scopes],
                expires_at=datetime.now(UTC) + lifetime if lifetime else None,
            )
            session.add(row)
            session.flush()
            session.refresh(row)
            return token_of(row, user.email)

    def find(self, token_hash: str) -> tuple[ApiToken, User] | None:
        """The token with this hash and its user, if it is not over and they are not disabled."""
        with self._store.transaction() as session:
            found = session.execute(
                select(ApiTokenRow, UserRow)
                .join(UserRow, UserRow.id == ApiTokenRow.user_id)
                .where(
                    ApiTokenRow.token_hash == token_hash,
                    ApiTokenRow.expires_at.is_(None) | (ApiTokenRow.expires_at > func.now()),
                    UserRow.disabled.is_(False),
                )
            ).one_or_none()
            if found is None:
                return None
            row, user = found
            now = datetime.now(UTC)
            if row.last_used_at is None or row.last_used_at < now - SEEN_AGAIN:
                row.last_used_at = now
                note_seen(user)
            return token_of(row, user.email), user_of(user)

    def all(self, email: str | None = None) -> tuple[ApiToken, ...]:
        """Those of one user or of all, the newest first.

        Raises:
            InputError: there is no such user.
        """
        with self._store.transaction() as session:
            query = (
                select(ApiTokenRow, UserRow.email)
                .join(UserRow, UserRow.id == ApiTokenRow.user_id)
                .order_by(ApiTokenRow.created_at.desc(), ApiTokenRow.id)
            )
            if email is not None:
                query = query.where(ApiTokenRow.user_id == row_of(session, email).id)
            return tuple(token_of(row, address) for row, address in session.execute(query))

    def revoke(self, token_id: str, user_id: str | None = None) -> ApiToken:
        """End a token; with a user only one of theirs.

        Raises:
            MissingError: there is none of this id.
        """
        with self._store.transaction() as session, contextlib.suppress(ValueError):
            query = (
                select(ApiTokenRow, UserRow.email)
                .join(UserRow, UserRow.id == ApiTokenRow.user_id)
                .where(ApiTokenRow.id == UUID(token_id))
            )
            if user_id is not None:
                query = query.where(ApiTokenRow.user_id == UUID(user_id))
            if found := session.execute(query).one_or_none():
                row, email = found
                revoked = token_of(row, email)
                session.delete(row)
                return revoked
        raise MissingError(f"There is no token '{token_id[:80]}'; `dashwright token list` lists them.")
