"""Events: what happens to jobs, as it happens."""

from __future__ import annotations

from ....pipelines.model import Noun
from ...access import Action, Anonymous
from ..problem import Refusal
from ..route import Call, Id, Routes

routes = Routes("Events")


class Watch(Noun):
    """What a stream tells of."""

    job_id: str | None = None
    """None: all jobs that the caller may see."""


@routes.get("/events", "Follow all jobs", None, stream=True, problems=(401,))
def follow_jobs(call: Call) -> Watch:
    """Server-sent events. `job` has a job as it is now, at each change; `gone` the id of one that was deleted. With
    `Last-Event-ID` everything that has changed since comes first; a state may come twice. Without it nothing that was
    before is told: read `/jobs` once the stream is open."""
    if isinstance(call.principal, Anonymous):
        raise Refusal(401, "Sign in first.", headers={"WWW-Authenticate": "Bearer"})
    return Watch()


@routes.get("/jobs/{job_id}/events", "Follow a job", Action.LIST, stream=True)
def follow_job(_: Call, job_id: Id) -> Watch:
    """Server-sent events: `job` has the job as it is now, at once and at each change, until it is over; then the stream
    ends. With `Last-Event-ID` the first one comes when it has changed since."""
    return Watch(job_id=job_id)
