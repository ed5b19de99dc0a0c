"""`draft`: what somebody has made of a dashboard's notebook, tried and published."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .usage import AsJson, DataDir, Slug, UsageError, settings_for

if TYPE_CHECKING:
    from ..drafting import Draft
    from ..store import Store


def draft(
    slug: Slug,
    save: Annotated[
        Path | None,
        typer.Option("--save", metavar="FILE", help="Save this notebook as the draft.", show_default=False),
    ] = None,
    run: Annotated[bool, typer.Option("--run", help="Try it: run it without letting viewers see it.")] = False,
    publish: Annotated[bool, typer.Option("--publish", help="Let viewers see what was tried.")] = False,
    note: Annotated[
        str | None, typer.Option("--note", metavar="TEXT", help="For the list of publications.", show_default=False)
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Save, try and publish an edited notebook; without options, say how the draft stands.

    Options can be combined: what is saved is tried, and what was tried well is published.

    * `dashwright draft sales --save sales.ipynb --run`
    * `dashwright draft sales --publish --note "By region first"`
    """
    from ..store import Drafts
    from .access import store_of, working_store
    from .asking import see_through_trial
    from .output import show_json

    if note is not None and not publish:
        raise UsageError("--note is about a publication: add --publish.")
    settings = settings_for(data_dir)
    text = _read(save) if save else None
    with store_of(settings) as store:
        drafts = Drafts(store)
        if text is not None:
            drafts.save(slug, text, lambda _: None)
    if run:
        with working_store(settings) as (store, now):
            see_through_trial(store, now, slug, as_json=as_json and not publish)
    with store_of(settings) as store:
        if publish:
            _publish(store, slug, note or "")
        found = Drafts(store).draft(slug)
    if as_json and not (run and not publish):
        show_json(found.model_dump(mode="json"))
    elif not run:
        _tell(found)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, ValueError) as error:
        raise UsageError(f"'{path}' cannot be read: {getattr(error, 'strerror', None) or 'it is no text'}.") from error


def _publish(store: Store, slug: str, note: str) -> None:
    from ...pipelines.errors import InputError
    from ..store import Drafts, Revisions
    from .output import say

    found = Drafts(store).draft(slug)
    if found.run is None or found.run_revision != found.revision or found.run.status != "completed":
        raise InputError(
            f"The draft of '{slug}' has not been tried as it is now; try it with `dashwright draft {slug} --run`."
        )
    number = found.run.version_number
    Revisions(store).publish(slug, number, lambda _: None, note=note)
    say(f"Viewers see version {number} of '{slug}' from now on.")


def _tell(found: Draft) -> None:
    from .output import say, show

    if not found.exists:
        say(f"There is no draft of '{found.slug}'; its notebook is that of version {found.published}.")
    else:
        show(f"Draft of {found.slug}, based on version {found.based_on}; viewers see version {found.published}.")
        show(f"{_cells(found.changes)} differ from what viewers see." if found.changes else "Viewers see the same.")
    if found.is_stale:
        show(f"Version {found.newest} is newer; {_cells(found.behind)} are generated differently there.")
    for cell in found.cells:
        show(f"{cell.state:8} {cell.id}")
    if found.conflicts:
        show(f"{_cells(found.conflicts)} were changed by you and by the plan: decide which is taken.")
    if found.run is not None and found.run_revision == found.revision:
        failure = f": {found.run.error_message}" if found.run.error_message else ""
        show(f"It was tried as version {found.run.version_number}, which {found.run.status}{failure}")


def _cells(count: int) -> str:
    return f"{count} cell{'s' * (count != 1)}"
