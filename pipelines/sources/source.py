"""Source: a place that has datasets. What every one of them does, whoever runs the place."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import InputError, SetupError
from ..model import Attachment, Candidate, Dataset, FileFormat
from ..step import Limits

Received = Callable[[int, int | None], None]
"""Called with the bytes received so far, and how many there will be (None: nobody knows)."""


def unheard(_received: int, _total: int | None) -> None:
    """A `Received` that goes nowhere."""


@dataclass(frozen=True)
class Query:
    """What to look for: the question as asked, and its words that mean something (lower case, not stemmed)."""

    question: str
    keywords: tuple[str, ...]
    limit: int = 20
    pages: tuple[str, ...] = ()
    """Addresses that a search of the web found, for sources that look at pages. Hostile."""


@dataclass(frozen=True)
class FetchedFile:
    """A whole file in the folder that `fetch` was given, its content checked to be of `format`."""

    path: Path
    name: str
    """As the source calls it; for people, never a path."""
    format: FileFormat
    size: int
    sha256: str


@dataclass(frozen=True)
class Fetched:
    """What `fetch` brought. `unchanged`: the source said that nothing changed since `previous`, and sent no files."""

    files: tuple[FetchedFile, ...] = ()
    unchanged: bool = False
    etag: str | None = None
    last_modified: str | None = None
    left_out: tuple[str, ...] = ()
    """A sentence for each file that came along but holds no table."""


def lack(check: Callable[[], object]) -> str | None:
    """What a call that needs a key or a setting says where it is not there."""
    try:
        check()
    except SetupError as error:
        return str(error)
    return None


class Source(ABC):
    """Every implementation passes ``tests/pipelines/test_sources.py``.

    All methods raise only what `errors.py` declares, with sentences that never hold a password. They may be called
    from several threads at once, so an instance keeps no state between calls.
    """

    name: str
    """The key in the table of sources, in requests and in datasets."""
    looks_at_pages: bool = False
    """Whether a search takes the pages of its query."""
    has_search: bool = True
    """Whether questions can be looked up in it. Data of the others is named by people."""

    def missing(self, limits: Limits) -> str | None:
        """A sentence for what it needs before it can be asked, as a key, and where to get that. None: nothing."""
        del limits
        return None

    @abstractmethod
    def search(self, query: Query, limits: Limits) -> Sequence[Candidate]:
        """At most `query.limit` datasets that may be about it, best first; empty where there are none.

        A source that cannot be searched answers with nothing. Ranking across sources is not its business.
        """

    def renew(self, limits: Limits) -> int:
        """Get the list of all it has anew, into `Limits.cache`. How many datasets that are.

        Raises:
            InputError: it is searched without such a list.
            SourceError: somebody else's server did not answer; the list stays as it was.
        """
        del limits
        raise InputError(f"The source '{self.name}' keeps no list of what it has, so there is nothing to refresh.")

    @abstractmethod
    def describe(self, attachment: Attachment, limits: Limits) -> Candidate:
        """The dataset that a person named. What can be checked without downloading is checked here.

        Raises:
            DataError: the reference cannot be understood, or is known to be missing.
        """

    @abstractmethod
    def fetch(
        self, candidate: Candidate, into: Path, limits: Limits, received: Received, previous: Dataset | None = None
    ) -> Fetched:
        """Bring its files into the empty folder `into`, streamed, checked and digested.

        With `previous` the source may be asked whether anything changed, and answer `Fetched(unchanged=True)`.
        What is left in `into` after an error is thrown away by the caller.

        Raises:
            DataError: what is there is no data.
            SourceError: somebody else's server did not answer, or broke off.
            LimitError: it is larger, or takes longer, than the limits allow.
        """

    def public(self, reference: str) -> str:
        """The reference without its secrets, as it is kept with a published version and shown to people."""
        return reference
