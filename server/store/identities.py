"""Identities: who users are at servers that prove it."""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..access import Role
from ..errors import ConflictError
from ..nouns import User
from ..tables import IdentityRow, UserRow
from .storable import storable
from .store import Store
from .translating import user_of
from .users import plain_email


class Identities:
    """Each method is one transaction and raises DatabaseGoneError like the store's."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def user(self, issuer: str, subject: str) -> User | None:
        """Who this is."""
        with self._store.transaction() as session:
            row = session.scalar(_known(issuer, subject))
            return user_of(row) if row else None

    def link(self, issuer: str, subject: str, email: str, name: str, *, role: Role | None) -> User | None:
        """The user of an address that the issuer has checked, known by this identity from now on.

        Args:
            role: of a new account, where nobody has the address. None: then there is no user.

        Raises:
            InputError: the address is none.
            ConflictError: the account of this address is somebody else's there.
        """
        plain = plain_email(email)
        try:
            with self._store.transaction() as session:
                return self._link(session, issuer, subject, plain, name, role)
        except IntegrityError:  # somebody else did the same at this moment
            known = self.user(issuer, subject)
            if known is not None:
                return known
            raise ConflictError(
                f"The account of '{plain}' belongs to somebody else there; ask an admin of this server."
            ) from None

    def _link(
        self, session: Session, issuer: str, subject: str, email: str, name: str, role: Role | None
    ) -> User | None:
        row = session.scalar(select(UserRow).where(UserRow.email == email).with_for_update())
        if row is None and role is None:
            return None
        if row is None:
            row = UserRow(email=email, role=role, name=storable(name).strip()[:255] or None)
            session.add(row)
            session.flush()
        session.add(IdentityRow(user_id=row.id, issuer=issuer, subject=storable(subject)))
        session.flush()
        session.refresh(row)
        return user_of(row)


def _known(issuer: str, subject: str) -> Select[UserRow]:
    return (
        select(UserRow)
        .join(IdentityRow, IdentityRow.user_id == UserRow.id)
        .where(IdentityRow.issuer == issuer, IdentityRow.subject == storable(subject))
    )
