"""API tokens. Secrets come here as their hashes."""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from functools import cache
from uuid import UUID

from psycopg.rows import dict_row
from sqlalchemy import String, Text, bindparam, cast, func, select

from ...pipelines.errors import InputError
from ..access import Role, Scope, SignedIn, TokenHolder
from ..errors import MissingError
from ..nouns import ApiToken
from ..tables import ApiTokenRow, UserRow
from .statements import as_text
from .storable import storable
from .store import Store
from .translating import token_of
from .users import SEEN_AGAIN, note_seen, row_of


@cache
def _holder() -> str:
    query = select(
        ApiTokenRow.id,
        ApiTokenRow.scopes,
        ApiTokenRow.last_used_at,
        cast(UserRow.id, Text).label("user_id"),
        UserRow.email,
        UserRow.role,
        UserRow.name,
    )
    query = query.join(UserRow, UserRow.id == ApiTokenRow.user_id).where(
        ApiTokenRow.token_hash == bindparam("token_hash", type_=String),
        ApiTokenRow.expires_at.is_(None) | (ApiTokenRow.expires_at > func.now()),
        UserRow.disabled.is_(False),
    )
    return as_text(query)


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

    def find(self, token_hash: str) -> TokenHolder | None:
        """Who acts by the token with this hash, if it is not over and its user is not disabled."""
        with self._store.reading() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            found = cursor.execute(_holder(), {"token_hash": token_hash}).fetchone()
        if found is None:
            return None
        if found["last_used_at"] is None or found["last_used_at"] < datetime.now(UTC) - SEEN_AGAIN:
            self._note_use(found["id"])
        user = SignedIn(
            user_id=found["user_id"], email=found["email"], role=Role(found["role"]), name=found["name"] or ""
        )
        return TokenHolder(token_id=str(found["id"]), user=user, scopes=frozenset(map(Scope, found["scopes"])))

    def _note_use(self, token_id: UUID) -> None:
        with self._store.transaction() as session:
            row = session.get(ApiTokenRow, token_id)
            if row is not None and (user := session.get(UserRow, row.user_id)) is not None:
                row.last_used_at = datetime.now(UTC)
                note_seen(user)

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
