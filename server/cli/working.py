"""`jobs` and `cancel`: the work that was done, goes on or waits."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from ...pipelines.errors import InputError
from .usage import AsJson, DataDir, settings_for

if TYPE_CHECKING:
    from ..nouns import Job
    from ..store import Store


def jobs(
    slug: Annotated[str | None, typer.Argument(help="Only those of this dashboard.", show_default=False)] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many, the newest first.")] = 20,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """List the jobs: each makes, refreshes or changes a dashboard.

    * `dashwright jobs`
    * `dashwright jobs sales-by-region --json`
    """
    from .access import is_untouched, store_of
    from .output import age, dollars, say, show_json, show_table

    settings = settings_for(data_dir)
    found: tuple[Job, ...] = ()
    if not is_untouched(settings):
        with store_of(settings) as store:
            found = store.jobs(slug, limit)
    if as_json:
        show_json([job.model_dump(mode="json") for job in found])
    elif not found:
        say("There are no jobs.")
    else:
        show_table(
            ("Dashboard", "Kind", "State", "Begun", "Took", "AI", "Job", "Message"),
            [
                (
                    *(job.slug, job.kind, _state(job), age(job.started_at or job.created_at)),
                    *(_took(job.started_at, job.completed_at), dollars(job.ai.cost_usd) if job.ai.calls else ""),
                    *(job.id, job.error_message or ""),
                )
                for job in found
            ],
        )


def cancel(
    job: Annotated[str, typer.Argument(help="A dashboard or the id of a job.", show_default=False)],
    data_dir: DataDir = None,
) -> None:
    """Stop a job that waits or is under way. What was published before stays.

    * `dashwright cancel sales-by-region`
    """
    from .access import store_of
    from .output import say

    with store_of(settings_for(data_dir)) as store:
        found = job_of(store, job)
        if found.is_over:
            say(f"The last job of '{found.slug}' is over already ({found.status}).")
        else:
            store.cancel(found.id)
            say(f"The job of '{found.slug}' is being stopped.")


def job_of(store: Store, name: str) -> Job:
    """The job of this id, or the last one of the dashboard of this slug.

    Raises:
        InputError: there is neither.
    """
    import uuid

    try:
        uuid.UUID(name)
    except ValueError:
        found = store.jobs(name, limit=1)
        if not found:
            raise InputError(f"The dashboard '{name}' has no jobs.") from None
        return found[0]
    return store.job(name)


def _state(job: Job) -> str:
    if job.status == "completed" and job.unchanged:
        return "unchanged"
    return f"{job.progress:.0f}%" if job.status == "processing" else job.status


def _took(begun: datetime | None, ended: datetime | None) -> str:
    return f"{(ended - begun).total_seconds():.1f} s" if begun and ended else ""
