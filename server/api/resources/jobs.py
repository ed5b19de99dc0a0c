"""Jobs: list, show with steps, cancel, try again."""

from __future__ import annotations

from pydantic import Field

from ....pipelines.model import JobKind, Noun, StepName
from ...access import Action
from ...nouns import Job, JobStatus
from ...store import Listing, Revisions
from ...store.listing import Place, WantedJobs
from ..paging import Cursor, CursorText, Limit, decoded, encoded, link
from ..route import Call, Id, Routes, Slug

routes = Routes("Jobs")

NEWEST = "-created_at"


class JobsQuery(Noun):
    dashboard: Slug | None = None
    status: tuple[JobStatus, ...] = ()
    kind: tuple[JobKind, ...] = ()
    limit: Limit = 20
    cursor: CursorText | None = None


class RetryQuery(Noun):
    step: StepName | None = Field(
        None, alias="from", description="A step of the job's `retry_from`; without it, from the beginning."
    )


class JobPage(Noun):
    items: tuple[Job, ...]
    next: str | None = Field(None, description="The `cursor` of the next page; none: this is the last one.")


@routes.get("/jobs", "List jobs", None)
def list_jobs(call: Call, query: JobsQuery) -> JobPage:
    """Of the dashboards that the caller may see, the newest first."""
    cursor = decoded(query.cursor, NEWEST)
    wanted = WantedJobs(
        reader=call.reader,
        slug=query.dashboard,
        status=query.status,
        kind=query.kind,
        after=Place(value=cursor.value, id=cursor.id) if cursor else None,
        limit=query.limit,
    )
    found, place = Listing(call.store).jobs(wanted)
    following = encoded(Cursor(order=NEWEST, value=place.value, id=place.id)) if place else None
    if following:
        call.headers["Link"] = link(f"{call.service.base}/jobs", query, following)
    return JobPage(items=found, next=following)


@routes.get("/jobs/{job_id}", "Show a job", Action.LIST)
def show_job(call: Call, job_id: Id) -> Job:
    """How far it is, with the steps that are behind it. `/jobs/{job_id}/events` tells of each change as it happens."""
    return call.store.job(job_id)


@routes.post("/jobs/{job_id}/cancel", "Cancel a job", Action.CHANGE)
def cancel_job(call: Call, job_id: Id) -> Job:
    """At once if nobody works on it, else its worker stops it within a few seconds. One that is over stays as it is."""
    return call.store.cancel(job_id)


@routes.post("/jobs/{job_id}/retry", "Try a job again", Action.REFRESH, status=202, repeatable=True, problems=(422,))
def retry_job(call: Call, job_id: Id, query: RetryQuery) -> Job:
    """A new job for what a failed or cancelled one was to do. `from` a step it begins with the files that were made
    before; if these are gone it begins anew, and its `notice` says so."""
    job = Revisions(call.store).retry(job_id, query.step)
    call.lead(f"/jobs/{job.id}")
    return job
