"""The commands, each in its module. Nothing heavy is imported before one of them runs."""

from __future__ import annotations

from typing import Annotated

import typer

from . import (
    advising,
    asking,
    drafting,
    examining,
    explaining,
    exporting,
    finding,
    looking,
    notices,
    people,
    scheduling,
    serving,
    sharing,
    sourcing,
    spending,
    storing,
    supervising,
    tokens,
    viewing,
    webhooks,
    working,
)

app = typer.Typer(
    name="dashwright",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)

DASHBOARDS, PEOPLE, PROGRAM, PARTS = "Dashboards", "People", "Dashwright itself", "Its parts, one by one"


def version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version as installed

        typer.echo(f"dashwright {installed('dashwright')}")
        raise typer.Exit


@app.callback()
def dashwright(
    version: Annotated[
        bool, typer.Option("--version", callback=version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Questions in, live dashboards out.

    Ask a question about a file, a web address, a database or the samples that come along. Dashwright reads the data,
    plans the charts, writes and runs a notebook, and serves it as a page that stays up to date.

    * `dashwright new "How do sales differ by region?" --data sales.csv`
    * `dashwright up`
    * `dashwright doctor`
    """


for function, name, panel in (
    (asking.new, "new", DASHBOARDS),
    (finding.search, "search", DASHBOARDS),
    (looking.list_, "list", DASHBOARDS),
    (looking.show, "show", DASHBOARDS),
    (looking.open_, "open", DASHBOARDS),
    (explaining.explain, "explain", DASHBOARDS),
    (advising.describe, "describe", DASHBOARDS),
    (advising.suggest, "suggest", DASHBOARDS),
    (asking.amend, "amend", DASHBOARDS),
    (drafting.draft, "draft", DASHBOARDS),
    (asking.refresh, "refresh", DASHBOARDS),
    (asking.retry, "retry", DASHBOARDS),
    (looking.change, "change", DASHBOARDS),
    (scheduling.schedule, "schedule", DASHBOARDS),
    (sharing.share, "share", DASHBOARDS),
    (viewing.views, "views", DASHBOARDS),
    (exporting.export, "export", DASHBOARDS),
    (looking.delete, "delete", DASHBOARDS),
    (working.jobs, "jobs", DASHBOARDS),
    (asking.follow, "follow", DASHBOARDS),
    (working.cancel, "cancel", DASHBOARDS),
    (spending.costs, "costs", DASHBOARDS),
    (notices.notices, "notices", DASHBOARDS),
    (storing.link, "link", DASHBOARDS),
    (supervising.up, "up", PROGRAM),
    (supervising.down, "down", PROGRAM),
    (sourcing.sources, "sources", PROGRAM),
    (storing.clean, "clean", PROGRAM),
    (examining.doctor, "doctor", PROGRAM),
    (examining.settings, "settings", PROGRAM),
    (serving.worker, "worker", PARTS),
    (serving.viewer, "viewer", PARTS),
    (serving.api, "api", PARTS),
    (serving.studio, "studio", PARTS),
    (serving.migrate, "migrate", PARTS),
):
    app.command(name, rich_help_panel=panel)(function)
app.add_typer(people.app, name="user", help="Add, list and change accounts.", rich_help_panel=PEOPLE)
app.add_typer(tokens.app, name="token", help="Make, list and revoke API tokens.", rich_help_panel=PEOPLE)
app.add_typer(webhooks.app, name="webhook", help="Tell programs what becomes of dashboards.", rich_help_panel=PEOPLE)
app.command("database", hidden=True)(serving.database)
