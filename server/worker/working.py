"""What the threads of the consumer do with a job's id."""

from __future__ import annotations

import logging
from collections.abc import Callable

from ..ai import Desk
from ..nouns import Account
from ..storage import Versions
from ..store import Claims, Gallery, References, SearchMemory, Store, Uploads
from . import identity
from .nursery import Nursery
from .patience import Patience, Reviver
from .picturing import Picturing
from .watch import Watch

log = logging.getLogger(__name__)


class Worker:
    """Watches over the jobs of one process. Used by several threads."""

    def __init__(
        self, store: Store, nursery: Nursery, desk: Desk, reviver: Reviver, is_stopping: Callable[[], bool]
    ) -> None:
        self.claims = Claims(store)
        self._store = store
        self._desk = desk
        self._settings = store.settings
        self._nursery = nursery
        self._reviver = reviver
        self._is_stopping = is_stopping
        self.references = References(store)
        self.uploads = Uploads(store)
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
        job_id = claim.job_id
        log.info("Job %s begins (attempt %d).", job_id, claim.attempt)
        account = Account(job_id=job_id, dashboard_id=claim.request.dashboard_id, user_id=claim.user_id)
        case = self._desk.case(account, claim.request.preferences.planner)
        memory = SearchMemory(self._store)
        tools = (self._settings, self._nursery, case, memory, patience, self._is_stopping, self.versions)
        watch = Watch(claim, self.claims, *tools)
        self.held.add(job_id)
        try:
            fate = watch.run()
            log.info("Job %s: %s.", job_id, fate)
            if fate == "finished":
                self.picturing.want(claim)
        finally:
            self.held.discard(job_id)
