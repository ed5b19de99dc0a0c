"""`list`, `show`, `open`, `delete` and `change`: dashboards that are there."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...pipelines.errors import InputError
from .usage import AsJson, DataDir, Slug, UsageError, settings_for

if TYPE_CHECKING:
    from ...pipelines.model import Version
    from ..nouns import Dashboard, Spending
    from ..settings import Settings
    from ..up.running import Running


def list_(
    everything: Annotated[bool, typer.Option("--all", "-a", help="Also those whose making failed.")] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """List the dashboards, the newest first.

    Those that are being made are listed with how they stand; those whose making failed only with `--all`.

    * `dashwright list`
    * `dashwright list --json | jq -r '.[].slug'`
    """
    from ..up import running
    from .output import age, say, show_json, show_table
    from .scheduling import words_of

    settings = settings_for(data_dir)
    now = running.current(settings.data_dir)
    found = _dashboards(settings)
    failed = [dashboard for dashboard in found if _has_failed(dashboard)]
    shown = found if everything else [dashboard for dashboard in found if dashboard not in failed]
    if as_json:
        show_json([facts(dashboard, settings, now) for dashboard in shown])
        return
    if shown:
        rows = [
            (
                *(dashboard.slug, dashboard.title, _state(dashboard)),
                age(_checked_at(dashboard)) if dashboard.version else "",
                words_of(dashboard),
            )
            for dashboard in shown
        ]
        show_table(("Dashboard", "Title", "State", "Data", "Refreshed"), rows, wrap=1)
    else:
        say('There are no dashboards yet. Make one: dashwright new "What do you want to know?" --data FILE')
    if failed and not everything:
        many = f"{len(failed)} dashboards" if len(failed) > 1 else "One dashboard"
        say(f"{many} could not be made; `dashwright list --all` lists {'them' if len(failed) > 1 else 'it'}, too.")


def show(slug: Slug, as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Show everything about one dashboard: its address, widgets, data with licences, notebook and refreshes, and what
    AI providers took for it.

    * `dashwright show sales-by-region`
    """
    from ..store import Ledger
    from ..up import running
    from .access import store_of
    from .output import show_json

    settings = settings_for(data_dir)
    dashboard = dashboard_of(settings, slug)
    with store_of(settings) as store:
        spending = Ledger(store).of_dashboard(dashboard.id)
    now = running.current(settings.data_dir)
    if as_json:
        show_json(facts(dashboard, settings, now) | {"ai": spending.model_dump()})
    else:
        _show(dashboard, settings, now, spending)


def open_(
    slug: Annotated[str | None, typer.Argument(help="The dashboard; without it the list.", show_default=False)] = None,
    notebook: Annotated[
        bool, typer.Option("--notebook", help="Open a copy of the notebook in JupyterLab, to change at will.")
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Open a dashboard in the browser, and print its address.

    When nothing runs yet, Dashwright is started in the background. Where there is no display the address is only
    printed. With `--notebook` the published notebook is copied, with its data, to the folder `notebooks` of the data
    directory, unless a copy is there already: your changes are never overwritten.

    * `dashwright open sales-by-region`
    * `dashwright open sales-by-region --notebook`
    """
    from .access import working_store
    from .output import say, show

    settings = settings_for(data_dir)
    with working_store(settings) as (store, now):
        if notebook and slug is None:
            raise UsageError("--notebook goes with a dashboard: dashwright open SLUG --notebook")
        address = now.viewer
        if slug is not None:
            dashboard = store.dashboard(slug)
            _require_version(dashboard)
            address = _notebook_address(dashboard, settings, now) if notebook else now.page(slug)
    show(address)
    if _has_display() and not typer.launch(address):
        return
    if sys.stdout.isatty():
        say("Open this address in a browser.")


def delete(
    slug: Slug,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Delete a dashboard with all its versions. There is no way back, so it asks first.

    * `dashwright delete sales-by-region`
    * `dashwright delete sales-by-region --yes`
    """
    from .access import store_of
    from .output import say

    settings = settings_for(data_dir)
    dashboard = dashboard_of(settings, slug)
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError("To delete without being asked, add --yes.")
        title = dashboard.title.replace("\n", " ")
        if not typer.confirm(f"Delete '{title}' ({slug}) with all its versions?", err=True):
            say("Nothing was deleted.")
            raise typer.Exit(1)
    with store_of(settings) as store:
        store.delete(slug)
    say(f"'{slug}' is deleted.")


def change(
    slug: Slug,
    title: Annotated[str | None, typer.Option("--title", "-t", help="A new title in lists.")] = None,
    public: Annotated[
        bool | None, typer.Option("--public/--private", help="Whether it is shown to everybody beyond this machine.")
    ] = None,
    refresh_every: Annotated[
        int | None, typer.Option("--refresh-every", metavar="MINUTES", min=0, help="How often to refresh; 0 is never.")
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Change a dashboard's title, who may see it, or how often it is refreshed.

    * `dashwright change sales-by-region --refresh-every 60`
    * `dashwright change sales-by-region --public`
    """
    from .access import store_of
    from .attaching import title_of
    from .output import say

    if title is None and public is None and refresh_every is None:
        raise UsageError("Say what to change: --title, --public, --private or --refresh-every.")
    with store_of(settings_for(data_dir)) as store:
        changed = store.change(slug, title=title_of(title), is_public=public, refresh_interval=refresh_every)
    say(f"'{slug}' is changed.")
    for sentence in cautions(changed) if public else ():
        say(f"Note: {sentence}")


def _dashboards(settings: Settings) -> tuple[Dashboard, ...]:
    from .access import is_untouched, store_of

    if is_untouched(settings):
        return ()
    with store_of(settings) as store:
        return store.dashboards()


def dashboard_of(settings: Settings, slug: str) -> Dashboard:
    """The dashboard of this slug.

    Raises:
        InputError: there is none.
    """
    from .access import is_untouched, store_of

    if is_untouched(settings):
        raise InputError(f"There is no dashboard '{slug}': there are none yet on '{settings.data_dir}'.")
    with store_of(settings) as store:
        return store.dashboard(slug)


def folder_of(dashboard: Dashboard, settings: Settings) -> Path:
    """Folder of the published version, on this machine from now on.

    Raises:
        InputError: there is none yet.
        StorageError: it is not here and cannot be had.
    """
    from ..storage import Versions

    return Versions(settings).bring(_require_version(dashboard), dashboard.manifest)


def _require_version(dashboard: Dashboard) -> str:
    if dashboard.folder is None:
        state = "its making failed" if dashboard.status == "failed" else "it is still being made"
        raise InputError(f"The dashboard '{dashboard.slug}' has no published version: {state}.")
    return dashboard.folder


def facts(dashboard: Dashboard, settings: Settings, now: Running | None) -> dict[str, Any]:
    """What a program learns of a dashboard. `url` is null while nothing runs that would answer."""
    from ...pipelines.model.rights import rights

    version = dashboard.version
    return {
        "dashboard_id": dashboard.id,
        "slug": dashboard.slug,
        "title": dashboard.title,
        "question": dashboard.question,
        "url": now.page(dashboard.slug) if now else None,
        "status": dashboard.status,
        "is_public": dashboard.is_public,
        "version": version.number if version else None,
        "widgets": [widget.model_dump() for widget in version.widgets] if version else [],
        "sources": [source.model_dump(mode="json") | {"rights": rights(source)} for source in version.provenance]
        if version
        else [],
        "cautions": list(cautions(dashboard)),
        "notes": list(version.notes) if version else [],
        "notebook": str(settings.data_dir / version.notebook) if version else None,
        "data_as_of": _checked_at(dashboard),
        "refresh_every": dashboard.refresh_interval,
        "schedule": dashboard.schedule.model_dump(mode="json") if dashboard.schedule else None,
        "schedule_paused_at": dashboard.schedule_paused_at,
        "next_refresh_at": dashboard.next_refresh_at,
        "last_refresh_at": dashboard.last_refresh_at,
        "last_refresh_failed_at": dashboard.last_refresh_failed_at,
        "last_refresh_failure": dashboard.last_refresh_failure,
        "created_at": dashboard.created_at,
    }


def cautions(dashboard: Dashboard) -> tuple[str, ...]:
    """A sentence for each dataset of the published version that nobody gave a licence for."""
    from ...pipelines.model.rights import caution

    return tuple(filter(None, map(caution, dashboard.version.provenance))) if dashboard.version else ()


def _show(dashboard: Dashboard, settings: Settings, now: Running | None, spending: Spending) -> None:
    from ...pipelines.model.rights import licence_name
    from .output import age, show, spent
    from .scheduling import words_of

    def line(name: str, text: object) -> None:
        show(f"{name:<11} {text}")

    show(dashboard.title)
    line("Question", dashboard.question)
    line("Address", now.page(dashboard.slug) if now else f"`dashwright open {dashboard.slug}` opens it")
    line("State", f"{_state(dashboard)}{', public' if dashboard.is_public else ''}")
    if spending.calls or spending.cached:
        line("AI", spent(spending))
    line("Refreshed", words_of(dashboard))
    if dashboard.last_refresh_failed_at:
        line("", f"failed {age(dashboard.last_refresh_failed_at)}: {dashboard.last_refresh_failure}")
    version = dashboard.version
    if version is None:
        return
    line("Data", f"as of {age(_checked_at(dashboard))}")
    for source in version.provenance:
        link = f", {source.url}" if source.url else ""
        line("", f"{source.title} ({licence_name(source)}, {source.rows:,} rows){link}")
        if source.attribution:
            line("", f"  {source.attribution}")
    line("Notebook", settings.data_dir / version.notebook)
    for position, widget in enumerate(version.widgets):
        line("Widgets" if position == 0 else "", f"{widget.title} ({widget.type})")
    for position, note in enumerate((*version.notes, *cautions(dashboard))):
        line("Notes" if position == 0 else "", note)


def _notebook_address(dashboard: Dashboard, settings: Settings, now: Running) -> str:
    """Address of the person's own copy in JupyterLab, made from the published notebook if there is none.

    Raises:
        InputError: no JupyterLab runs.
    """
    from .output import say

    copy = settings.data_dir / "notebooks" / dashboard.slug / f"{dashboard.slug}.ipynb"
    if copy.exists():
        say(f"Your copy from before is opened: '{copy}'.")
    else:
        _copy_notebook(folder_of(dashboard, settings), copy)
    if now.studio is None:
        raise InputError(
            f"JupyterLab does not run. Your copy of the notebook is '{copy}'; `dashwright studio` starts JupyterLab."
        )
    base, _, token = now.studio.partition("?")
    return f"{base}/tree/{dashboard.slug}/{copy.name}?{token}"


def _copy_notebook(folder: Path, copy: Path) -> None:
    """The notebook with its data beside it, so that it runs where it is."""
    import shutil

    (copy.parent / "data").mkdir(parents=True, exist_ok=True)
    for table in (folder / "data").iterdir():
        shutil.copyfile(table, copy.parent / "data" / table.name)
    shutil.copyfile(folder / "executed.ipynb", copy)


def _has_failed(dashboard: Dashboard) -> bool:
    return dashboard.version is None and dashboard.status == "failed"


def _state(dashboard: Dashboard) -> str:
    version: Version | None = dashboard.version
    if version is None:
        return {"failed": "failed", "pending": "waiting"}.get(dashboard.status, "being made")
    if dashboard.last_refresh_failed_at:
        return f"version {version.number}, refresh failed"
    return f"version {version.number}"


def _checked_at(dashboard: Dashboard) -> Any:
    """When the data was last known to be that of the source."""
    version = dashboard.version
    return max(version.data_as_of, dashboard.last_refresh_at or version.data_as_of) if version else None


def _has_display() -> bool:
    return sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
