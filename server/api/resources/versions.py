"""Versions: list, show, compare, publish an older one, take the notebook home."""

from __future__ import annotations

import json
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from ....pipelines.errors import DataError
from ....pipelines.model import Noun
from ....pipelines.providers.transcript import Transcript
from ....pipelines.step import JobFolder
from ... import comparing
from ...access import Action, decide
from ...errors import MissingError
from ...nouns import Dashboard, Publication, PublishedVersion
from ...store import Listing, Revisions, Shares
from ..paging import Limit
from ..route import Call, Routes, Slug
from .dashboards import tag_of
from .published import brought

routes = Routes("Versions")

Number = Annotated[int, Field(ge=1, le=2**31 - 2)]


class VersionsQuery(Noun):
    before: Annotated[
        Number | None, Field(description="Only those with a lower number: the `next` of the page before.")
    ] = None
    limit: Limit = 20
    published: Annotated[
        bool | None, Field(description="Only those that viewers have seen, or only those that they have not.")
    ] = None


class VersionPage(Noun):
    items: tuple[PublishedVersion, ...]
    next: int | None = Field(None, description="The `before` of the next page; none: this is the last one.")


class Published(Noun):
    number: Number
    note: Annotated[
        str,
        StringConstraints(strip_whitespace=True, max_length=2_000),
        Field(description="For the list of publications."),
    ] = ""
    despite: Annotated[
        str | None,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000),
        Field(description="Why it is published although it does not hold what its plan expects."),
    ] = None


class PublicationsQuery(Noun):
    before: Annotated[AwareDatetime | None, Field(description="Only earlier ones: the `next` of the page before.")] = (
        None
    )
    limit: Limit = 20


class PublicationPage(Noun):
    items: tuple[Publication, ...]
    next: AwareDatetime | None = Field(None, description="The `before` of the next page; none: this is the last one.")


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


def may_change(call: Call, slug: str) -> bool:
    return decide(call.principal, Action.CHANGE, Shares(call.store).facts(slug)).is_allowed


def version_of(call: Call, slug: str, number: int) -> PublishedVersion:
    """A version that the caller may see: one that viewers have seen, or any for who may change the dashboard.

    Raises:
        MissingError: there is none.
    """
    found = Listing(call.store).version(slug, number)
    if found.published_at is None and not may_change(call, slug):
        raise MissingError(f"The dashboard '{slug}' has no version {number}.")
    return found


@routes.get("/dashboards/{slug}/versions", "List versions", Action.SEE)
def list_versions(call: Call, slug: Slug, query: VersionsQuery) -> VersionPage:
    """The newest first. Those that viewers have not seen are for who may change the dashboard."""
    published = query.published if may_change(call, slug) else True
    found = Listing(call.store).versions(slug, query.before, query.limit + 1, published=published)
    shown = found[: query.limit]
    return VersionPage(items=shown, next=shown[-1].version.number if len(found) > len(shown) else None)


@routes.get("/dashboards/{slug}/versions/{number}", "Show a version", Action.SEE)
def show_version(call: Call, slug: Slug, number: Number) -> PublishedVersion:
    return version_of(call, slug, number)


@routes.get("/dashboards/{slug}/versions/{number}/changes", "Compare two versions", Action.SEE, problems=(422,))
def compare_versions(call: Call, slug: Slug, number: Number, query: ChangesQuery) -> Changes:
    """What is different in a version, thing by thing: widgets, filters, insights, data, cells that are a person's, and
    what the run did not hold of what the plan expects. By default since the version that viewers saw before."""
    later = version_of(call, slug, number)
    earlier = version_of(call, slug, query.since) if query.since is not None else _seen_before(call, slug, later)
    old, new = (comparing.side(JobFolder(brought(call, one))) for one in (earlier, later))
    found = comparing.differences(old, new)
    return Changes(since=earlier.version.number, until=number, differences=found)


def _seen_before(call: Call, slug: str, later: PublishedVersion) -> PublishedVersion:
    """What a version is compared with: what viewers see, if they have not seen it; else the one before."""
    listing, number = Listing(call.store), later.version.number
    if later.published_at is None and (seen := call.store.dashboard(slug).version) is not None:
        return listing.version(slug, seen.number)
    before = listing.versions(slug, before=number, limit=1, published=True)
    if not before:
        raise MissingError(f"There is no version of '{slug}' before version {number}.")
    return before[0]


@routes.get("/dashboards/{slug}/versions/{number}/prompts", "Show what models were asked", Action.CHANGE)
def show_prompts(call: Call, slug: Slug, number: Number) -> Transcript:
    """The very prompts that AI providers got for a version and those before it that its plan comes from, what they
    answered, and what of that was refused. Nothing: none was asked."""
    folder = JobFolder(brought(call, Listing(call.store).version(slug, number)))
    return folder.read(Transcript, folder.prompts) if folder.prompts.exists() else Transcript()


@routes.put("/dashboards/{slug}/published", "Publish a version", Action.PUBLISH, guarded=True, tagged=True)
def publish_version(call: Call, slug: Slug, body: Published) -> Dashboard:
    """Lets viewers see a version at once: an older one, or one that was tried. The next refresh runs the notebook
    of that one. A version that does not hold what its plan expects is refused (409), unless `despite` says why not."""
    changed = Revisions(call.store).publish(
        slug,
        body.number,
        lambda dashboard: call.check(tag_of(dashboard), f"The dashboard '{slug}'"),
        note=body.note,
        despite=body.despite,
        user_id=call.user_id,
    )
    call.tag(tag_of(changed))
    return changed


@routes.get("/dashboards/{slug}/publications", "List publications", Action.CHANGE)
def list_publications(call: Call, slug: Slug, query: PublicationsQuery) -> PublicationPage:
    """When which version became the one that viewers see, by whom and with which note; the newest first."""
    found = Revisions(call.store).publications(slug, query.before, query.limit + 1)
    shown = found[: query.limit]
    return PublicationPage(items=shown, next=shown[-1].published_at if len(found) > len(shown) else None)


@routes.get("/dashboards/{slug}/versions/{number}/notebook", "Take a notebook home", Action.EXPORT, problems=(422,))
def show_notebook(call: Call, slug: Slug, number: Number) -> Notebook:
    """As it was executed, with its outputs."""
    folder = brought(call, version_of(call, slug, number))
    try:
        content = json.loads((folder / "executed.ipynb").read_bytes())
    except (OSError, ValueError) as error:
        raise DataError(f"The notebook of version {number} of '{slug}' cannot be read.") from error
    call.headers["Content-Disposition"] = f'attachment; filename="{slug}-{number}.ipynb"'
    return Notebook.model_validate(content)
