"""Places: every source as an operator sees it, and how its list is got anew."""

from __future__ import annotations

from collections.abc import Mapping

from ..pipelines.errors import InputError
from ..pipelines.model import Noun
from ..pipelines.sources import addresses, names, source
from ..pipelines.sources.standing import ALL, Standing, refuse_unknown, standing
from .nouns import LastAnswer
from .settings import Settings


class Place(Noun):
    """A source and how it does."""

    standing: Standing
    is_on: bool
    """Whether it is searched where a person names no source."""
    address: str | None = None
    """Its server's, where the settings have another than its own."""
    last: LastAnswer = LastAnswer()

    @property
    def is_failing(self) -> bool:
        """Whether it did not answer when it was last asked."""
        failed, answered = self.last.failed_at, self.last.answered_at
        return failed is not None and (answered is None or answered < failed)


def places(settings: Settings, answers: Mapping[str, LastAnswer]) -> tuple[Place, ...]:
    """All sources: first those that are searched, then those whose data is named by people."""
    limits = settings.limits
    found = [_place(settings, standing(name, limits), answers.get(name, LastAnswer())) for name in names()]
    return tuple(sorted(found, key=lambda place: (not place.standing.has_search, place.standing.name)))


def renew(name: str, settings: Settings) -> int:
    """Get the list of a source that is searched here anew. How many datasets it has.

    Raises:
        InputError: there is no such source, or it keeps no list.
        SourceError: its server does not answer; the list stays as it was.
    """
    refuse_unknown([name])
    if name == ALL:
        raise InputError("Name one source to refresh, as in: dashwright sources --refresh world-bank")
    return source(name).renew(settings.limits)


def _place(settings: Settings, one: Standing, last: LastAnswer) -> Place:
    wanted = one.name in settings.searched or (ALL in settings.searched and one.missing is None)
    service = settings.services.get(one.name)
    address = addresses.masked(service.base_url) if service and service.base_url else None
    return Place(standing=one, is_on=wanted and one.has_search, address=address, last=last)
