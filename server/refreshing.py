"""Refresh: the data of a published dashboard fetched again, by hand or when its time has come."""

from __future__ import annotations

import logging

from huey import crontab

from .nouns import Job
from .queue import Queue
from .store import Store

log = logging.getLogger(__name__)


def refresh(store: Store, slug: str) -> Job:
    """The job that refreshes a dashboard; the one under way, if there is one.

    Raises:
        InputError: there is no such dashboard, or it has no published version.
    """
    return store.refresh(slug)


def refresh_due(store: Store) -> tuple[Job, ...]:
    """Begin the refreshes that are due. Called from anywhere and by several at once, each begins once."""
    jobs = store.refresh_due()
    for job in jobs:
        log.info("Refreshing '%s', as its schedule says.", job.slug)
    return jobs


def schedule(queue: Queue, store: Store) -> None:
    """Let the queue's consumer look every minute for dashboards that are due."""

    @queue.huey.periodic_task(crontab(minute="*"), name="refresh_due")
    def look() -> None:
        refresh_due(store)
