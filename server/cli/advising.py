"""`describe` and `suggest`: what the data of a dashboard is, and what could be asked about it next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from .usage import AsJson, DataDir, Planner, Slug, settings_for

if TYPE_CHECKING:
    from pathlib import Path

    from ..ai import Case
    from ..nouns import Dashboard
    from ..settings import Settings


def describe(slug: Slug, planner: Planner = None, as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Say what the data of a dashboard is: what a row is, what each column means, and what to beware of.

    With an AI provider its model is asked; without one, or where it does not answer, profiling tells.

    * `dashwright describe sales-by-region`
    * `dashwright describe sales-by-region --planner offline --json`
    """
    from .. import advising
    from .output import say, show, show_json

    settings = settings_for(data_dir)
    with _asked(settings, slug, planner) as (_, folder, case):
        subject = advising.Subject.of(folder)
        told = advising.describe(subject, case, sample_values=settings.ai_sample_values)
    if as_json:
        show_json(told.model_dump())
        return
    if told.note:
        say(told.note)
    if told.about:
        show(told.about)
        show()
    for position, table in enumerate(told.tables):
        if position:
            show()
        show(f"{table.title}: {table.rows:,} rows, each one {table.row}")
        for column in table.columns:
            show(f"  {column.name}: {column.what or column.facts}")
            if column.what:
                show(f"    {column.facts}")
    if told.caveats:
        show()
    for caveat in told.caveats:
        show(f"Beware: {caveat}")


def suggest(
    slug: Slug,
    most: Annotated[int, typer.Option("--most", "-n", min=1, max=12, help="At most so many.")] = 5,
    planner: Planner = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Suggest what else could be asked about the data of a dashboard.

    With an AI provider its model is asked; without one, or where it does not answer, it is what the planner thought of
    and left out.

    * `dashwright suggest sales-by-region`
    """
    from .. import advising
    from .output import say, show, show_json

    settings = settings_for(data_dir)
    with _asked(settings, slug, planner) as (dashboard, folder, case):
        subject = advising.Subject.of(folder)
        told = advising.suggest(subject, case, most=most, sample_values=settings.ai_sample_values)
    if as_json:
        show_json(told.model_dump())
        return
    if told.note:
        say(told.note)
    for suggestion in told.suggestions:
        show(suggestion.question)
        if suggestion.why:
            show(f"  {suggestion.why}")
    if told.suggestions:
        say(f'`dashwright amend {dashboard.slug} "add …"` adds to it, `dashwright new "…"` asks anew.')
    else:
        say("Nothing more comes to mind about this data.")


@contextmanager
def _asked(settings: Settings, slug: str, planner: str | None) -> Iterator[tuple[Dashboard, Path, Case]]:
    """The dashboard, the folder of its version, and the AI providers for questions about it."""
    from ...pipelines.planners import AUTO
    from ..ai import Desk
    from ..nouns import Account
    from ..store import Ledger
    from .access import store_of
    from .attaching import planner_of
    from .looking import dashboard_of, folder_of

    wanted = planner_of(planner) or AUTO
    dashboard = dashboard_of(settings, slug)
    folder = folder_of(dashboard, settings)
    with store_of(settings) as store:
        desk = Desk(settings, Ledger(store))
        try:
            yield dashboard, folder, desk.case(Account(dashboard_id=dashboard.id), wanted)
        finally:
            desk.close()
