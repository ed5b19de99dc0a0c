"""What commands have in common in their usage: shared options, and the error for a wrong one."""

from __future__ import annotations

import re
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...pipelines.errors import DashwrightError, SetupError

if TYPE_CHECKING:
    from ..access import Role, Scope
    from ..settings import Settings

DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir",
        envvar="DASHWRIGHT_DATA_DIR",
        help="Where Dashwright keeps its data.",
        show_default="the setting data_dir",
        file_okay=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON, for a program.")]
Slug = Annotated[str, typer.Argument(help="The dashboard, as `dashwright list` names it.", show_default=False)]

Sources = Annotated[
    list[str] | None,
    typer.Option(
        "--source",
        "-s",
        metavar="NAME",
        help="Look for data in this source, or in `all` that are ready. May be given several times; "
        "`dashwright sources` lists them.",
        show_default="the setting sources",
    ),
]
Planner = Annotated[
    str | None,
    typer.Option(
        "--planner",
        metavar="NAME",
        help="Who plans: auto, offline, or an AI provider.",
        show_default="as the settings say",
    ),
]


class UsageError(DashwrightError):
    """The command was called in a way that cannot work. Exit code 2."""

    code = "usage"


def settings_for(data_dir: Path | None, **changes: object) -> Settings:
    """The settings of this command: options first, then variables, then defaults. Makes the data directory.

    Raises:
        UsageError: a variable is unknown or has no possible value.
        SetupError: the data directory cannot be made.
    """
    settings = settings_only(data_dir, **changes)
    settings.make_folders()
    return settings


def settings_only(data_dir: Path | None, **changes: object) -> Settings:
    """The settings, without touching the disk."""
    from ..settings import load

    try:
        settings = load(data_dir)
    except SetupError as error:
        raise UsageError(str(error)) from error
    return settings.model_copy(update={name: value for name, value in changes.items() if value is not None})


LIFETIME = re.compile(r"([0-9]{1,4}) ?([mhdw])")
UNITS = {"m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400}


def lifetime_of(text: str | None) -> timedelta | None:
    """How long something is good for, as a person types it: 30m, 12h, 7d, 2w.

    Raises:
        UsageError: it is no length of time, or none at all.
    """
    if text is None:
        return None
    found = LIFETIME.fullmatch(text.strip().lower())
    if found is None or not int(found[1]):
        raise UsageError(f"--expires {text[:40]!r} is no length of time; write one as in 30m, 12h, 7d or 2w.")
    return timedelta(seconds=int(found[1]) * UNITS[found[2]])


def typed_password() -> str:
    """A password, asked for without showing it; from a pipe its first line. It is no option, as others can see those.

    Raises:
        UsageError: there is none.
    """
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    if not (password := sys.stdin.readline().rstrip("\r\n")):
        raise UsageError('No password came; type it, or pipe it: printf %s "$PASSWORD" | dashwright …')
    return password


def role_named(text: str | None) -> Role | None:
    """The role of this name.

    Raises:
        UsageError: there is none.
    """
    from ..access import Role

    if text is None:
        return None
    try:
        return Role(text.strip().lower())
    except ValueError:
        raise UsageError(f"There is no role '{text[:40]}'; there are: {', '.join(Role)}.") from None


def scopes_named(texts: list[str]) -> frozenset[Scope]:
    """The scopes of these names.

    Raises:
        UsageError: there is none of a name.
    """
    from ..access import Scope

    names = [name.strip().lower() for text in texts for name in text.split(",")]
    if wrong := next((name for name in names if name not in list(Scope)), None):
        raise UsageError(f"There is no scope '{wrong[:40]}'; there are: {', '.join(Scope)}.")
    return frozenset(Scope(name) for name in names if name)
