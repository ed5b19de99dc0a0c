"""Dashboards: list, ask for a new one, show, change, delete, duplicate, refresh."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated

from pydantic import Field, StringConstraints

from ....pipelines.errors import InputError
from ....pipelines.model import QUESTION_LIMIT, Noun, Preferences
from ...access import Action
from ...nouns import Dashboard, DashboardStatus, Job
from ...schedule import LONGEST_INTERVAL
from ...store import Listing, Revisions
from ...store.browsing import Order, Owner
from ...store.listing import Place, Wanted
from ..attaching import Data, attachments_of
from ..paging import Cursor, CursorText, Limit, decoded, encoded, link
from ..route import Call, Routes, Slug

routes = Routes("Dashboards")

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]
Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Tags = Annotated[tuple[Tag, ...], Field(max_length=20)]
Minutes = Annotated[
    int,
    Field(ge=0, le=LONGEST_INTERVAL, description="Minutes between refreshes; 0: there is no schedule."),
]
Source = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,40}$")]


class DashboardsQuery(Noun):
    search: Annotated[
        str | None,
        Field(min_length=1, max_length=200, description="Words, of which each begins one of the dashboard's."),
    ] = None
    status: tuple[DashboardStatus, ...] = ()
    tag: Annotated[tuple[Tag, ...], Field(max_length=10, description="All of them.")] = ()
    public: bool | None = None
    owner: Annotated[Owner | None, Field(description="`me`: the caller's own; `others`: what others let them see.")] = (
        None
    )
    sort: Order = "-created_at"
    limit: Limit = 20
    cursor: CursorText | None = None


class DashboardPage(Noun):
    items: tuple[Dashboard, ...]
    next: str | None = Field(None, description="The `cursor` of the next page; none: this is the last one.")


class Wishes(Noun):
    """Wishes that shape a dashboard without changing the question. What is not said is as the settings say."""

    sources: Annotated[tuple[Source, ...] | None, Field(min_length=1, max_length=20)] = None
    max_widgets: Annotated[int | None, Field(ge=1, le=24)] = None
    planner: Annotated[str | None, Field(pattern=r"^[a-z][a-z0-9_, -]{0,200}$")] = None
    sample_values: bool | None = None


class NewDashboard(Noun):
    question: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=QUESTION_LIMIT)]
    title: Title | None = None
    data: Annotated[tuple[Data, ...], Field(max_length=10, description="Without any, sources are searched.")] = ()
    wishes: Wishes = Wishes()
    refresh_interval: Minutes = 0
    is_public: bool = False
    tags: Tags = ()


class Begun(Noun):
    """Work that goes on: the job tells how far it is."""

    dashboard: Dashboard
    job: Job


class DashboardChange(Noun):
    """What is left out stays as it is."""

    title: Title | None = None
    description: Annotated[str, Field(max_length=2000)] | None = None
    tags: Tags | None = None
    is_public: bool | None = None
    refresh_interval: Minutes | None = None


class Duplicate(Noun):
    title: Title | None = None


def tag_of(dashboard: Dashboard) -> str:
    """The ETag: it changes with what can be changed and with the published version, not with every look."""
    seen = dashboard.model_dump(
        mode="json", include={"id", "title", "description", "tags", "is_public", "refresh_interval"}
    ) | {"version": dashboard.version.number if dashboard.version else 0}
    return hashlib.sha256(json.dumps(seen, sort_keys=True).encode()).hexdigest()[:24]


@routes.get("/dashboards", "List dashboards", None)
def list_dashboards(call: Call, query: DashboardsQuery) -> DashboardPage:
    """Those that the caller may see: their own and public ones, for admins all. Which goes first is up to `sort`; the
    next page is at `next`, or where the `Link` header leads."""
    cursor = decoded(query.cursor, query.sort)
    wanted = Wanted(
        reader=call.reader,
        order=query.sort,
        search=query.search,
        status=query.status,
        tags=query.tag,
        is_public=query.public,
        owner=query.owner,
        after=Place(value=cursor.value, id=cursor.id) if cursor else None,
        limit=query.limit,
    )
    found, place = Listing(call.store).dashboards(wanted)
    following = encoded(Cursor(order=query.sort, value=place.value, id=place.id)) if place else None
    if following:
        call.headers["Link"] = link(f"{call.service.base}/dashboards", query, following)
    return DashboardPage(items=found, next=following)


@routes.post("/dashboards", "Ask for a dashboard", Action.ASK, status=202, repeatable=True, quota="dashboards")
def create_dashboard(call: Call, body: NewDashboard) -> Begun:
    """Makes a dashboard that answers a question, in the background. The answer comes at once: the dashboard with its
    address, and the job that makes it."""
    attachments = attachments_of(call, body.data)
    wishes = {name: value for name, value in body.wishes.model_dump().items() if value is not None}
    job = call.store.create_dashboard_with_job(
        body.question,
        title=body.title,
        attachments=attachments,
        preferences=Preferences(**wishes),
        refresh_interval=body.refresh_interval,
        is_public=body.is_public,
        tags=body.tags,
        owner_id=call.user_id,
    )
    return _begun(call, job)


@routes.get("/dashboards/{slug}", "Show a dashboard", Action.LIST, tagged=True)
def show_dashboard(call: Call, slug: Slug) -> Dashboard:
    dashboard = call.store.dashboard(slug)
    call.tag(tag_of(dashboard))
    return dashboard


@routes.patch("/dashboards/{slug}", "Change a dashboard", Action.CHANGE, guarded=True, tagged=True)
def change_dashboard(call: Call, slug: Slug, body: DashboardChange) -> Dashboard:
    """Changes title, description, tags, who may see it, and how often it is refreshed."""
    changed = call.store.change(
        slug,
        title=body.title,
        description=body.description,
        tags=body.tags,
        is_public=body.is_public,
        refresh_interval=body.refresh_interval,
        check=lambda dashboard: call.check(tag_of(dashboard), f"The dashboard '{slug}'"),
    )
    call.tag(tag_of(changed))
    return changed


@routes.delete("/dashboards/{slug}", "Delete a dashboard", Action.DELETE, status=204)
def delete_dashboard(call: Call, slug: Slug) -> None:
    """With all its versions, jobs and files. There is no way back."""
    call.store.delete(slug)


@routes.post(
    "/dashboards/{slug}/duplicate",
    "Duplicate a dashboard",
    Action.EXPORT,
    status=202,
    repeatable=True,
    quota="dashboards",
    problems=(422,),
)
def duplicate_dashboard(call: Call, slug: Slug, body: Duplicate) -> Begun:
    """Asks the same question about the same data again, as a dashboard of its own, which nobody else sees."""
    kept = Revisions(call.store).first_request(slug)
    if kept is None:
        raise InputError(f"The dashboard '{slug}' cannot be duplicated, since its first request is gone.")
    job = call.store.create_dashboard_with_job(
        kept.question,
        title=body.title or kept.title,
        attachments=kept.attachments,
        preferences=kept.preferences,
        owner_id=call.user_id,
    )
    return _begun(call, job)


@routes.post(
    "/dashboards/{slug}/refresh", "Refresh a dashboard", Action.REFRESH, status=202, repeatable=True, problems=(422,)
)
def refresh_dashboard(call: Call, slug: Slug) -> Begun:
    """Fetches the data again and runs the published notebook on it. A job that is under way is answered as it is."""
    return _begun(call, call.store.refresh(slug))


def _begun(call: Call, job: Job) -> Begun:
    call.lead(f"/jobs/{job.id}")
    return Begun(dashboard=call.store.dashboard(job.slug), job=job)
