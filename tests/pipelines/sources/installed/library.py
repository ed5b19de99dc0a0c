"""What somebody else's package with sources looks like: tests put its folder on the path."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from dashwright.pipelines.errors import DataError, SourceError
from dashwright.pipelines.model import Attachment, Candidate, Dataset
from dashwright.pipelines.sources import Fetched, Query, Received, Source
from dashwright.pipelines.step import Limits


class Library(Source):
    """A place where nothing can be borrowed."""

    titles: tuple[str, ...] = ()

    def search(self, query: Query, limits: Limits) -> Sequence[Candidate]:
        return [Candidate(source=self.name, reference=title, name=title, title=title) for title in self.titles]

    def describe(self, attachment: Attachment, limits: Limits) -> Candidate:
        raise DataError("Nothing here can be named.")

    def fetch(
        self, candidate: Candidate, into: Path, limits: Limits, received: Received, previous: Dataset | None = None
    ) -> Fetched:
        raise SourceError(f"'{candidate.title}' is lent out; try again later.")


class Bees(Library):
    name = "bees"
    titles = ("Honey of bees by region", "Income of beekeepers")


class Silent(Library):
    name = "silent"

    def search(self, query: Query, limits: Limits) -> Sequence[Candidate]:
        threading.Event().wait()
        return ()


class Broken(Library):
    name = "broken"

    def search(self, query: Query, limits: Limits) -> Sequence[Candidate]:
        raise RuntimeError("a detail that is nobody's business")


class Away(Library):
    name = "away"

    def search(self, query: Query, limits: Limits) -> Sequence[Candidate]:
        raise SourceError("The library is closed; try again later.")
