"""Inquiring: inquiries answered where the keys are, and the search that the command line does as well."""

from __future__ import annotations

from ..pipelines.planners import AUTO, OFFLINE
from ..pipelines.selecting import Selecting
from ..pipelines.sources.finding import Wanted, find
from ..pipelines.sources.standing import expanded, refuse_missing
from . import advising
from .ai import Case, Desk
from .errors import ConflictError
from .inquiries import Describe, Described, Seek, Sought, Suggest, Suggested
from .nouns import Account
from .storage import Versions
from .store import Revisions, SearchMemory, Store


class Inquirer:
    """Answers what others ask. Used by several threads."""

    def __init__(self, store: Store, desk: Desk, versions: Versions) -> None:
        self._store = store
        self._desk = desk
        self._versions = versions

    def answer(self, inquiry: Seek | Describe | Suggest, user_id: str | None) -> Sought | Described | Suggested:
        """
        Raises:
            DashwrightError: whoever asks can do something about it, or the operator.
        """
        match inquiry:
            case Seek():
                return seek(inquiry, self._store, self._desk, user_id)
            case Describe(slug=slug, planner=planner):
                subject, case, may_tell = self._about(slug, planner, user_id)
                return Described(description=advising.describe(subject, case, sample_values=may_tell))
            case Suggest(slug=slug, planner=planner, most=most):
                subject, case, may_tell = self._about(slug, planner, user_id)
                return Suggested(suggestions=advising.suggest(subject, case, most=most, sample_values=may_tell))

    def _about(self, slug: str, planner: str, user_id: str | None) -> tuple[advising.Subject, Case, bool]:
        """What advice is taken from, who is asked, and whether values of cells may be told. What its owner keeps from
        providers stays so, whoever asks."""
        dashboard = self._store.dashboard(slug)
        if dashboard.folder is None:
            raise ConflictError(f"The dashboard '{slug}' has no published version.")
        folder = self._versions.bring(dashboard.folder, dashboard.manifest)
        request = Revisions(self._store).first_request(slug)
        wishes = request.preferences if request else None
        wanted = OFFLINE if wishes and wishes.planner == OFFLINE else planner
        if wanted == AUTO and wishes:
            wanted = wishes.planner
        may_tell = self._store.settings.ai_sample_values and (wishes is None or wishes.sample_values)
        case = self._desk.case(Account(dashboard_id=dashboard.id, user_id=user_id), wanted)
        return advising.Subject.of(folder), case, may_tell


def seek(inquiry: Seek, store: Store, desk: Desk, user_id: str | None = None) -> Sought:
    """What is there on a question, with a model's help where one is configured.

    Raises:
        DashwrightError: a source is unknown, lacks something or cannot be searched, or nothing could be looked for.
    """
    limits = store.settings.limits
    refuse_missing(inquiry.sources, limits)
    places = expanded(inquiry.sources or store.settings.searched, limits)
    memory = SearchMemory(store)
    selecting = Selecting(desk.case(Account(user_id=user_id), inquiry.planner))
    try:
        wanted = Wanted(inquiry.question, places, most_candidates=inquiry.limit)
        found = selecting.select(wanted, lambda worded: find(worded, limits, memory))
    finally:
        memory.close()
    kept = tuple(candidate for candidate in found.candidates if candidate.score > 0)  # the chosen ones come first
    return Sought(found=found.model_copy(update={"candidates": kept}), outcomes=selecting.outcomes)
