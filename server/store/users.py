"""People with accounts."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ...pipelines.errors import InputError
from ..access import Role
from ..errors import ConflictError, MissingError
from ..nouns import User
from ..tables import SessionRow, UserRow
from .storable import storable
from .store import Store
from .translating import user_of

EMAIL = re.compile(r"[^\s@<>\"',;:\\()\[\]]{1,64}@(?=.{1,190}$)[a-z0-9-]+(\.[a-z0-9-]+)*")
"""Loosely: what a person could have mistyped is told, the rest only their mail server knows."""
CHANGE_LOCK = 0x75736572  # "user"
SEEN_AGAIN = timedelta(minutes=5)
"""How exact `last_seen_at` and the like are: not every request is to write."""


def plain_email(written: str) -> str:
    """An e-mail address as it is kept and compared.

    Raises:
        InputError: it is none.
    """
    email = written.strip().lower()
    if storable(email) != email or not EMAIL.fullmatch(email):
        raise InputError(f"'{written.strip()[:80]}' is no e-mail address; write one as in ada@example.org.")
    return email


class Users:
    """Each method is one transaction and raises DatabaseGoneError like the store's."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, email: str, role: Role, name: str = "", password_hash: str | None = None) -> User:
        """A new account.

        Raises:
            InputError: the address is none, or has an account; or the name is too long.
        """
        plain = plain_email(email)
        _require_name(name)
        try:
            with self._store.transaction() as session:
                row = UserRow(email=plain, role=role, name=name.strip() or None, password_hash=password_hash)
                session.add(row)
                session.flush()
                session.refresh(row)
                return user_of(row)
        except IntegrityError as error:
            raise ConflictError(f"'{plain}' has an account already.") from error

    def all(self) -> tuple[User, ...]:
        with self._store.transaction() as session:
            return tuple(map(user_of, session.scalars(select(UserRow).order_by(UserRow.email))))

    def page(self, after: str | None, limit: int) -> tuple[User, ...]:
        """By their addresses, those behind one of them."""
        query = select(UserRow).order_by(UserRow.email).limit(limit)
        if after is not None:
            query = query.where(UserRow.email > plain_email(after))
        with self._store.transaction() as session:
            return tuple(map(user_of, session.scalars(query)))

    def exist(self) -> bool:
        """Whether anybody has an account."""
        with self._store.transaction() as session:
            return session.scalar(select(UserRow.id).limit(1)) is not None

    def user(self, email: str) -> User:
        """The user of this address.

        Raises:
            InputError: there is none; the sentence names the most similar ones.
        """
        with self._store.transaction() as session:
            return user_of(row_of(session, email))

    def credentials(self, email: str) -> tuple[User | None, str | None]:
        """The user of this address, and the hash of their password; None where there is none."""
        with self._store.transaction() as session:
            row = session.scalar(select(UserRow).where(UserRow.email == storable(email.strip().lower())))
            return (user_of(row), row.password_hash) if row else (None, None)

    def change(
        self,
        email: str,
        *,
        name: str | None = None,
        role: Role | None = None,
        disabled: bool | None = None,
        password_hash: str | None = None,
        check: Callable[[User], None] = lambda _: None,
    ) -> User:
        """Change an account; None leaves a value as it is. A new password and disabling end all its sessions.

        Args:
            check: sees the account as it is, while nobody else can change it, and raises if it is not as expected.

        Raises:
            InputError: there is no such user, or nobody could administer the server any more.
        """
        if name is not None:
            _require_name(name)
        values: dict[str, Any] = {"name": name, "role": role, "disabled": disabled, "password_hash": password_hash}
        values = {name: value for name, value in values.items() if value is not None}

        def apply(session: Session, row: UserRow) -> None:
            check(user_of(row))
            if row.role == Role.ADMIN and (disabled or (role is not None and role is not Role.ADMIN)):
                _refuse_last_admin(session, row)
            for name, value in values.items():
                setattr(row, name, value)
            if disabled or password_hash is not None:
                row.setup_hash = row.setup_expires_at = None
                session.execute(delete(SessionRow).where(SessionRow.user_id == row.id))

        return self._changed(email, apply)

    def rehash(self, user_id: str, old: str, new: str) -> None:
        """Keep the same password by newer parameters, unless it was changed meanwhile."""
        with self._store.transaction() as session:
            session.execute(
                update(UserRow)
                .where(UserRow.id == UUID(user_id), UserRow.password_hash == old)
                .values(password_hash=new)
            )

    def invite(self, email: str, setup_hash: str, lifetime: timedelta) -> User:
        """Let the user choose a password by a secret with this hash, once. An earlier such secret is over.

        Raises:
            InputError: there is no such user, or they are disabled.
        """

        def apply(_: Session, row: UserRow) -> None:
            if row.disabled:
                raise ConflictError(
                    f"'{row.email}' is disabled; `dashwright user disable {row.email} --undo` cures it."
                )
            row.setup_hash, row.setup_expires_at = setup_hash, datetime.now(UTC) + lifetime

        return self._changed(email, apply)

    def invited(self, setup_hash: str) -> User | None:
        """Whose secret has this hash and is still good."""
        with self._store.transaction() as session:
            row = session.scalar(_invited(setup_hash))
            return user_of(row) if row else None

    def set_up(self, setup_hash: str, password_hash: str) -> User | None:
        """Take the password that was chosen, and the secret out of use. None: the secret is no longer good."""
        with self._store.transaction() as session:
            row = session.scalar(_invited(setup_hash).with_for_update())
            if row is None:
                return None
            row.password_hash = password_hash
            row.setup_hash = row.setup_expires_at = None
            session.execute(delete(SessionRow).where(SessionRow.user_id == row.id))
            session.flush()
            session.refresh(row)
            return user_of(row)

    def _changed(self, email: str, apply: Callable[[Session, UserRow], None]) -> User:
        with self._store.transaction() as session:
            # One after the other: two admins cannot take the role from each other at the same time.
            session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": CHANGE_LOCK})
            row = row_of(session, email, lock=True)
            apply(session, row)
            session.flush()
            session.refresh(row)
            return user_of(row)


def row_of(session: Session, email: str, *, lock: bool = False) -> UserRow:
    """The row of an address.

    Raises:
        MissingError: there is none; the sentence names the most similar ones.
        InputError: it is no address.
    """
    plain = plain_email(email)
    query = select(UserRow).where(UserRow.email == plain)
    row = session.scalar(query.with_for_update() if lock else query)
    if row is None:
        known = list(session.scalars(select(UserRow.email).order_by(UserRow.email).limit(1000)))
        near = difflib.get_close_matches(plain, known, n=3, cutoff=0.6)
        hint = f" Did you mean {' or '.join(near)}?" if near else f" Add it: dashwright user add {plain}"
        raise MissingError(f"Nobody has the address '{plain}'.{hint}")
    return row


def _require_name(name: str) -> None:
    if len(name) > 255 or storable(name) != name:
        raise InputError("The name has more than 255 characters, or some that are no text.")


def note_seen(row: UserRow) -> None:
    """Note that somebody was here."""
    now = datetime.now(UTC)
    if row.last_seen_at is None or row.last_seen_at < now - SEEN_AGAIN:
        row.last_seen_at = now


def _invited(setup_hash: str) -> Any:
    return select(UserRow).where(
        UserRow.setup_hash == setup_hash, UserRow.setup_expires_at > func.now(), UserRow.disabled.is_(False)
    )


def _refuse_last_admin(session: Session, row: UserRow) -> None:
    others = select(UserRow.id).where(UserRow.role == Role.ADMIN, UserRow.disabled.is_(False), UserRow.id != row.id)
    if session.scalar(others.limit(1)) is None:
        raise ConflictError(f"'{row.email}' is the only admin; make somebody else one first.")
