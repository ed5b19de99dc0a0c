"""People: accounts, for admins."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated

from pydantic import Field, StringConstraints

from ....pipelines.model import Noun
from ...access import Action, Role
from ...accounts.signing_in import Door
from ...nouns import User
from ...store import Users
from ...up.running import public_address
from ..paging import Limit
from ..route import Call, Routes

routes = Routes("People")

Email = Annotated[str, StringConstraints(pattern=r"^[^\s@/]{1,64}@[A-Za-z0-9.-]{1,190}$")]
Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=255)]


class UsersQuery(Noun):
    after: Annotated[
        Email | None, Field(description="Only those behind this address: the `next` of the page before.")
    ] = None
    limit: Limit = 20


class UserPage(Noun):
    items: tuple[User, ...]
    next: str | None = Field(None, description="The `after` of the next page; none: this is the last one.")


class NewUser(Noun):
    email: Email
    role: Role | None = Field(None, description="None: viewer; admin for the first account.")
    name: Name = ""


class UserChange(Noun):
    """What is left out stays as it is."""

    name: Name | None = None
    role: Role | None = None
    disabled: bool | None = None


class Invited(Noun):
    user: User
    setup_url: str = Field(description="Where they choose a password: once, within three days. Told this once.")


@routes.get("/users", "List accounts", Action.ADMINISTER)
def list_users(call: Call, query: UsersQuery) -> UserPage:
    """By their addresses."""
    found = Users(call.store).page(query.after, query.limit + 1)
    shown = found[: query.limit]
    return UserPage(items=shown, next=shown[-1].email if len(found) > len(shown) else None)


@routes.post("/users", "Add an account", Action.ADMINISTER, status=201)
def add_user(call: Call, body: NewUser) -> Invited:
    """Its person chooses the password at a one-time address. That is told this once, so there is no Idempotency-Key,
    which would keep the answer."""
    users = Users(call.store)
    user = users.add(body.email, body.role or (Role.VIEWER if users.exist() else Role.ADMIN), body.name)
    call.lead(f"/users/{user.email}")
    return _invited(call, user.email)


@routes.get("/users/{email}", "Show an account", Action.ADMINISTER, tagged=True, problems=(422,))
def show_user(call: Call, email: Email) -> User:
    return _tagged(call, Users(call.store).user(email))


@routes.patch("/users/{email}", "Change an account", Action.ADMINISTER, guarded=True, tagged=True)
def change_user(call: Call, email: Email, body: UserChange) -> User:
    """Who is disabled is signed out everywhere, and their API tokens stop working."""
    changed = Users(call.store).change(
        email,
        name=body.name,
        role=body.role,
        disabled=body.disabled,
        check=lambda user: call.check(_tag_of(user), f"The account '{user.email}'"),
    )
    return _tagged(call, changed)


@routes.post(
    "/users/{email}/invitations", "Let somebody choose a password", Action.ADMINISTER, status=201, problems=(422,)
)
def invite_user(call: Call, email: Email) -> Invited:
    """For who has forgotten it, or lost the first address, which is over then. The old password stays until they choose
    another."""
    return _invited(call, email)


def _invited(call: Call, email: str) -> Invited:
    secret = Door(call.store).invite(email)
    return Invited(user=Users(call.store).user(email), setup_url=public_address(call.settings, f"set-up/{secret}"))


def _tag_of(user: User) -> str:
    """The ETag: it changes with what can be changed."""
    seen = user.model_dump(mode="json", include={"id", "name", "role", "disabled"})
    return hashlib.sha256(json.dumps(seen, sort_keys=True).encode()).hexdigest()[:24]


def _tagged(call: Call, user: User) -> User:
    call.tag(_tag_of(user))
    return user
