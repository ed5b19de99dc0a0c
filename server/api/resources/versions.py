"""Versions: list, show, compare, publish an older one, take the notebook home."""

from __future__ import annotations

import json
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from ....pipelines.errors import DataError
from ....pipelines.model import Noun
from ....pipelines.providers.transcript import Transcript
from ....pipelines.step import JobFolder
from ... import comparing
from ...access import Action
from ...errors import MissingError
from ...nouns import Dashboard, PublishedVersion
from ...store import Listing, Revisions
from ..paging import Limit
from ..route import Call, Routes, Slug
from .dashboards import tag_of
from .published import brought, datasets_in, plan_in

routes = Routes("Versions")

Number = Annotated[int, Field(ge=1, le=2**31 - 2)]


class VersionsQuery(Noun):
    before: Annotated[
        Number | None, Field(description="Only those with a lower number: the `next` of the page before.")
    ] = None
    limit: Limit = 20


class VersionPage(Noun):
    items: tuple[PublishedVersion, ...]
    next: int | None = Field(None, description="The `before` of the next page; none: this is the last one.")


class Published(Noun):
    number: Number


class ChangesQuery(Noun):
    since: Annotated[Number | None, Field(description="The earlier version; as a rule the one just before.")] = None


class Changes(Noun):
    since: int
    until: int
    differences: tuple[comparing.Difference, ...]


class Notebook(BaseModel):
    """A notebook in Jupyter's format."""

    model_config = ConfigDict(extra="allow")

    nbformat: int
    cells: list[dict[str, Any]]


@routes.get("/dashboards/{slug}/versions", "List versions", Action.SEE)
def list_versions(call: Call, slug: Slug, query: VersionsQuery) -> VersionPage:
    """The newest first."""
    found = Listing(call.store).versions(slug, query.before, query.limit + 1)
    shown = found[: query.limit]
    return VersionPage(items=shown, next=shown[-1].version.number if len(found) > len(shown) else None)


@routes.get("/dashboards/{slug}/versions/{number}", "Show a version", Action.SEE)
def show_version(call: Call, slug: Slug, number: Number) -> PublishedVersion:
    return Listing(call.store).version(slug, number)


@routes.get("/dashboards/{slug}/versions/{number}/changes", "Compare two versions", Action.SEE, problems=(422,))
def compare_versions(call: Call, slug: Slug, number: Number, query: ChangesQuery) -> Changes:
    """What is different in a version, thing by thing: widgets, filters, insights, data."""
    listing = Listing(call.store)
    later = listing.version(slug, number)
    if query.since is not None:
        earlier = listing.version(slug, query.since)
    else:
        before = listing.versions(slug, before=number, limit=1)
        if not before:
            raise MissingError(f"There is no version of '{slug}' before version {number}.")
        earlier = before[0]
    old, new = (brought(call, one) for one in (earlier, later))
    found = comparing.differences(plan_in(old), plan_in(new), datasets_in(old), datasets_in(new))
    return Changes(since=earlier.version.number, until=number, differences=found)


@routes.get("/dashboards/{slug}/versions/{number}/prompts", "Show what models were asked", Action.CHANGE)
def show_prompts(call: Call, slug: Slug, number: Number) -> Transcript:
    """The very prompts that AI providers got for a version and those before it that its plan comes from, what they
    answered, and what of that was refused. Nothing: none was asked."""
    folder = JobFolder(brought(call, Listing(call.store).version(slug, number)))
    return folder.read(Transcript, folder.prompts) if folder.prompts.exists() else Transcript()


@routes.put("/dashboards/{slug}/published", "Publish a version", Action.PUBLISH, guarded=True, tagged=True)
def publish_version(call: Call, slug: Slug, body: Published) -> Dashboard:
    """Lets viewers see a version at once, an older one as a rule. The next refresh runs the notebook of that one."""
    changed = Revisions(call.store).publish(
        slug, body.number, lambda dashboard: call.check(tag_of(dashboard), f"The dashboard '{slug}'")
    )
    call.tag(tag_of(changed))
    return changed


@routes.get("/dashboards/{slug}/versions/{number}/notebook", "Take a notebook home", Action.EXPORT, problems=(422,))
def show_notebook(call: Call, slug: Slug, number: Number) -> Notebook:
    """As it was executed, with its outputs."""
    folder = brought(call, Listing(call.store).version(slug, number))
    try:
        content = json.loads((folder / "executed.ipynb").read_bytes())
    except (OSError, ValueError) as error:
        raise DataError(f"The notebook of version {number} of '{slug}' cannot be read.") from error
    call.headers["Content-Disposition"] = f'attachment; filename="{slug}-{number}.ipynb"'
    return Notebook.model_validate(content)
