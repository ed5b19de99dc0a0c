"""Readers: whose lists somebody sees, and what is theirs alone."""

from __future__ import annotations

from ...access import LocalUser, Principal, Role, SignedIn, TokenHolder
from ...store.listing import Reader


def user_of(principal: Principal) -> SignedIn | None:
    """The account behind a principal, if there is one."""
    match principal:
        case SignedIn():
            return principal
        case TokenHolder(user=user):
            return user
        case _:
            return None


def reader_of(principal: Principal) -> Reader:
    user = user_of(principal)
    if user is None:
        return Reader(sees_all=isinstance(principal, LocalUser))
    return Reader(user_id=user.user_id, sees_all=user.role is Role.ADMIN)


def is_local(principal: Principal) -> bool:
    """Whether it is the person of this machine, who may name files and databases of it."""
    return isinstance(principal, LocalUser)
