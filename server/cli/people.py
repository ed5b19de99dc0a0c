"""`user`: people with accounts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .usage import AsJson, DataDir, role_named, settings_for, typed_password

if TYPE_CHECKING:
    from ..nouns import User
    from ..settings import Settings
    from ..store import Store

Email = Annotated[str, typer.Argument(help="The person's e-mail address.", show_default=False)]
RoleName = Annotated[
    str | None,
    typer.Option(
        "--role",
        metavar="ROLE",
        help="viewer looks, creator asks, editor runs code, admin sets limits and people.",
        show_default="viewer; admin for the first account",
    ),
]
AskPassword = Annotated[
    bool, typer.Option("--password", help="Ask for a password (or read it from a pipe) instead of a set-up address.")
]

app = typer.Typer(no_args_is_help=True, rich_markup_mode="markdown")


@app.command()
def add(
    email: Email,
    role: RoleName = None,
    name: Annotated[str, typer.Option("--name", help="How they are called.")] = "",
    password: AskPassword = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Add an account, and print the one-time address where its person chooses a password.

    The first account is an admin's.

    * `dashwright user add ada@example.org --role creator`
    """
    from ..access import Role
    from ..accounts import passwords
    from ..accounts.signing_in import Door
    from ..store import Users

    settings = settings_for(data_dir)
    wanted = role_named(role)
    with _store(settings) as store:
        users = Users(store)
        chosen = wanted or (Role.VIEWER if users.exist() else Role.ADMIN)
        kept = passwords.hashed(typed_password(), email) if password else None
        user = users.add(email, chosen, name, kept)
        secret = None if password else Door(store).invite(user.email)
    _tell(user, f"'{user.email}' has an account, as {user.role}.", settings, secret, as_json=as_json)


@app.command(hidden=True)
def first(data_dir: DataDir = None) -> None:
    """Print the one-time address of the first admin, as long as nobody has an account."""
    from ..accounts.signing_in import FOUNDER, Door
    from ..up.running import public_address
    from .output import say, show

    settings = settings_for(data_dir)
    with _store(settings) as store:
        secret = Door(store).found()
    if secret is not None:
        say("Nobody has an account yet. The first admin chooses a password at this address, once, within three days,")
        say(f"and signs in as '{FOUNDER}':")
        show(public_address(settings, f"set-up/{secret}"))


@app.command("list")
def list_(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """List the accounts.

    * `dashwright user list`
    """
    from ..store import Users
    from .output import age, say, show_json, show_table

    with _store(settings_for(data_dir)) as store:
        users = Users(store).all()
    if as_json:
        show_json([facts(user) for user in users])
    elif users:
        rows = [(user.email, user.name, user.role, _state(user), age(user.last_seen_at)) for user in users]
        show_table(("Address", "Name", "Role", "State", "Last seen"), rows, wrap=1)
    else:
        say("There are no accounts yet. Add the first, an admin's: dashwright user add YOUR-ADDRESS")


@app.command()
def role(
    email: Email,
    new: Annotated[str, typer.Argument(metavar="ROLE", help="viewer, creator, editor or admin.", show_default=False)],
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Give somebody another role.

    * `dashwright user role ada@example.org editor`
    """
    from ..store import Users

    settings = settings_for(data_dir)
    wanted = role_named(new)
    with _store(settings) as store:
        user = Users(store).change(email, role=wanted)
    _tell(user, f"'{user.email}' is {user.role} now.", settings, as_json=as_json)


@app.command()
def password(
    email: Email,
    link: Annotated[
        bool, typer.Option("--link", help="Print a one-time address where they choose it themselves.")
    ] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Set somebody's password: it is asked for, or read from a pipe. They are signed out everywhere.

    * `dashwright user password ada@example.org --link`
    """
    from ..accounts import passwords
    from ..accounts.signing_in import Door
    from ..store import Users

    settings = settings_for(data_dir)
    with _store(settings) as store:
        users = Users(store)
        user = users.user(email)
        secret = Door(store).invite(user.email) if link else None
        if not link:
            user = users.change(email, password_hash=passwords.hashed(typed_password(), user.email))
    sentence = f"'{user.email}' can choose a password." if link else f"The password of '{user.email}' is set."
    _tell(user, sentence, settings, secret, as_json=as_json)


@app.command()
def disable(
    email: Email,
    undo: Annotated[bool, typer.Option("--undo", help="Let them in again.")] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Let somebody in no more: they are signed out everywhere, and their API tokens stop working.

    * `dashwright user disable ada@example.org`
    """
    from ..store import Users

    settings = settings_for(data_dir)
    with _store(settings) as store:
        user = Users(store).change(email, disabled=not undo)
    state = "may come in again" if undo else "is disabled and signed out everywhere"
    _tell(user, f"'{user.email}' {state}.", settings, as_json=as_json)


def facts(user: User) -> dict[str, Any]:
    """What a program learns of an account."""
    return user.model_dump(mode="json") | {"state": _state(user)}


def _tell(user: User, sentence: str, settings: Settings, secret: str | None = None, *, as_json: bool) -> None:
    from ..up.running import public_address
    from .output import say, show, show_json

    address = public_address(settings, f"set-up/{secret}") if secret else None
    if as_json:
        show_json(facts(user) | ({"setup_url": address} if address else {}))
        return
    say(sentence)
    if address:
        say("The password is chosen at this address, once, within three days:")
        show(address)


def _state(user: User) -> str:
    if user.disabled:
        return "disabled"
    if user.has_password:
        return "active"
    return "invited" if user.is_invited else "no password"


@contextmanager
def _store(settings: Settings) -> Iterator[Store]:
    from .access import store_of

    with store_of(settings) as store:
        yield store
