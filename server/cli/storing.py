"""`clean` and `link`: what is kept in storage."""

from __future__ import annotations

from typing import Annotated

import typer

from ...pipelines.errors import InputError
from .usage import AsJson, DataDir, Slug, settings_for

LONGEST_LINK = 7 * 24
"""Hours. Google signs nothing for longer."""


def clean(
    grace: Annotated[
        float | None,
        typer.Option("--grace", metavar="HOURS", min=0, help="Leave what has changed within so many hours."),
    ] = None,
    only_look: Annotated[bool, typer.Option("--dry-run", "-n", help="Remove nothing, only say what would go.")] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Remove from storage what no dashboard refers to any more.

    Workers do this by themselves every few hours. What is younger than the grace stays, since a running job may have
    just stored it; without `--grace` that is the setting DASHWRIGHT_STORAGE_GRACE. Dashboards, their versions and data
    are never touched.

    * `dashwright clean --dry-run`
    * `dashwright clean --grace 1`
    """
    from datetime import timedelta

    from ..storage import open_storage
    from ..storage.cleaning import clean as clean_storage
    from ..store import References
    from .access import is_untouched, store_of
    from .output import say, show_json

    settings = settings_for(data_dir)
    if is_untouched(settings):
        raise InputError(f"There is nothing to clean: there are no dashboards yet on '{settings.data_dir}'.")
    hours = settings.storage_grace if grace is None else grace
    with store_of(settings) as store:
        references = References(store)
        storage = open_storage(settings)
        wanted = references.wanted(timedelta(hours=hours))
        cleaned = clean_storage(storage, references.owner(), *wanted, only_look=only_look)
    if as_json:
        show_json({"storage": storage.address, "dry_run": only_look} | cleaned.model_dump())
        return
    say(
        f"'{storage.address}': {cleaned.versions} versions in {_many(cleaned.objects)} ({_size(cleaned.size)}) are in "
        f"use. {_many(cleaned.removed)} ({_size(cleaned.freed)}) {'would be' if only_look else 'were'} removed."
    )
    if cleaned.young:
        say(f"{_many(cleaned.young)} without a version changed within the last {hours:g} hours and stay for now.")


def link(
    slug: Slug,
    file: Annotated[
        str, typer.Option("--file", metavar="PATH", help="Which of the version's files, as in data/sales.parquet.")
    ] = "notebook.ipynb",
    hours: Annotated[
        float, typer.Option("--hours", min=0.01, max=LONGEST_LINK, help="How long the link is good for.")
    ] = 1,
    data_dir: DataDir = None,
) -> None:
    """Print a link by which anybody can download a file of a dashboard, straight from the bucket.

    It needs no account and no Dashwright, so give it only to those who may have the file. Without `--file` it is the
    notebook. Needs a Google Cloud bucket, and the key of a service account.

    * `dashwright link sales-by-region`
    * `dashwright link sales-by-region --file data/sales.parquet --hours 24`
    """
    from ..storage import open_storage
    from .looking import dashboard_of
    from .output import show

    settings = settings_for(data_dir)
    dashboard = dashboard_of(settings, slug)
    if dashboard.manifest is None:
        raise InputError(f"The dashboard '{slug}' has no published version in storage.")
    name = f"{slug}.ipynb" if file == "notebook.ipynb" else f"{slug}-{file.rpartition('/')[2]}"
    show(open_storage(settings).sign(dashboard.manifest, file, name, int(hours * 3600)))


def _many(count: int) -> str:
    return "1 object" if count == 1 else f"{count:,} objects"


def _size(count: int) -> str:
    from ...pipelines.sources.writing import size_text

    return size_text(count)
