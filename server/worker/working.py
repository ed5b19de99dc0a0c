"""What the threads of the consumer do with a job's id."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..ai import Desk
from ..nouns import Account
from ..observing import TRACING
from ..observing.context import bound
from ..observing.counting import Counting
from ..storage import Versions
from ..store import Claim, Claims, Gallery, References, SearchMemory, Store, Uploads, Views
from . import identity
from .nursery import Nursery
from .patience import Patience, Reviver
from .picturing import Picturing
from .watch import Watch

if TYPE_CHECKING:
    from opentelemetry.trace import Span

log = logging.getLogger(__name__)


class Worker:
    """Watches over the jobs of one process. Used by several threads."""

    def __init__(
        self,
        store: Store,
        nursery: Nursery,
        desk: Desk,
        reviver: Reviver,
        is_stopping: Callable[[], bool],
        counting: Counting,
    ) -> None:
        self.claims = Claims(store)
        self._store = store
        self._desk = desk
        self._counting = counting
        self._settings = store.settings
        self._nursery = nursery
        self._reviver = reviver
        self._is_stopping = is_stopping
        self.references = References(store)
        self.uploads = Uploads(store)
        self.views = Views(store)
        self.versions = Versions(store.settings, self.references.owner())
        self.picturing = Picturing(Gallery(store), self.versions, store.settings)
        self._name = identity.name()
        self.held: set[str] = set()
        """Ids of the jobs that are watched over at this moment."""

    def work(self, job_id: str) -> None:
        """Work on the job whose turn it is, as a message about any job says that one waits."""
        patience = Patience(self._settings.database_patience, self._reviver)
        claim = patience.insist(lambda: self.claims.claim(self._name))
        if claim is None:
            log.info("No job may begin now, after a message about job %s.", job_id)
            return
        names = {"slug": claim.request.slug, "request_id": claim.request_id}
        attributes = {"dashwright.job.kind": claim.request.kind, "dashwright.job.id": claim.job_id}
        parent = claim.traceparent or ""  # and not what this thread did before
        with (
            bound(job_id=claim.job_id, attempt=claim.attempt, **names),
            TRACING.span(f"job {claim.request.kind}", "consumer", parent, attributes) as span,
        ):
            self._watch(claim, patience, span)

    def _watch(self, claim: Claim, patience: Patience, span: Span | None) -> None:
        job_id = claim.job_id
        log.info("Job %s begins (attempt %d).", job_id, claim.attempt)
        account = Account(job_id=job_id, dashboard_id=claim.request.dashboard_id, user_id=claim.user_id)
        case = self._desk.case(account, claim.request.preferences.planner)
        memory = SearchMemory(self._store)
        tools = (self._settings, self._nursery, case, memory, patience, self._is_stopping, self.versions)
        watch = Watch(claim, self.claims, *tools)
        self.held.add(job_id)
        begun, fate = time.monotonic(), "lost"
        try:
            fate = watch.run()
            log.info("Job %s: %s.", job_id, fate)
            if fate == "finished" and claim.request.kind != "preview":  # of which each change of a plan makes one
                self.picturing.want(claim)
        finally:
            self.held.discard(job_id)
            self._counting.job(claim.request.kind, fate, time.monotonic() - begun, watch.trail.seconds)
            if span is not None:
                span.set_attribute("dashwright.job.fate", fate)
