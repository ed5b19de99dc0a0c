"""What commands have in common in their usage: shared options, and the error for a wrong one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...pipelines.errors import DashwrightError, SetupError

if TYPE_CHECKING:
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
