"""Google dataset: variables of Data Commons, DOIs of DataCite, and web pages that describe a dataset by schema.org.

Google Dataset Search itself has no interface for programs. These are Google's own public statistics, and the very
descriptions that Google Dataset Search is made from.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain, zip_longest
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

from ..errors import DashwrightError, DataError
from ..model import Attachment, Candidate, Dataset
from ..step import Limits
from . import addresses, data_commons, datacite, zenodo
from .addresses import Guard
from .asking import Place, Talk
from .datacite import doi_of
from .distributions import Distribution, chosen, fetch_changed
from .options import described
from .robots import Polite
from .schema_org import Description, descriptions
from .source import Fetched, Query, Received, Source, unheard

NAME = "google-dataset"
MOST_PAGE = 2 * 1024**2
"""Bytes of a web page."""
PAGE = Place(
    "web page",
    "The server of the page",
    "",
    narrow="give the address of the file with the data",
    most=MOST_PAGE,
    accept="text/html, application/ld+json, */*;q=0.5",
)
PATIENCE = 6.0
"""Seconds in which the pages of a search must have answered: a source has ten for all of it."""
PAUSE = 1.0
"""Seconds between two pages of one server."""
FILE = Place("web page", "The server of the file", "")


class GoogleDatasetSource(Source):
    """A web page's address, a DOI, or a variable of Data Commons; of the first two the option `file` chooses a file."""

    name = NAME
    looks_at_pages = True

    def search(self, query: Query, limits: Limits) -> Sequence[Candidate]:
        """What the query's pages describe, variables of Data Commons, where there is a key, and datasets of DataCite,
        in turn.

        One of the last two that fails is told only where nothing else was found.
        """
        pages = looked_at(query.pages, limits)
        ways: list[Callable[[], Sequence[Candidate]]] = [
            lambda: datacite.search(Talk(datacite.place(NAME), limits), query)
        ]
        if data_commons.is_set_up(NAME, limits):
            ways.insert(0, lambda: data_commons.search(data_commons.begin(NAME, limits), query))
        found: list[Sequence[Candidate]] = []
        failures: list[DashwrightError] = []
        for way in ways:
            try:
                found.append(way())
            except DashwrightError as error:
                failures.append(error)
        found.insert(0, list(pages))
        if failures and not any(found):
            raise failures[0]
        in_turn = (item for item in chain(*zip_longest(*found)) if item is not None)
        return tuple(in_turn)[: query.limit]

    def describe(self, attachment: Attachment, limits: Limits) -> Candidate:
        reference, options = attachment.reference.strip(), attachment.options
        if doi_of(reference) or is_page(reference):
            zenodo.refuse_others(options)
            return described(on_the_web(reference, options, limits), attachment)
        if options:
            raise DataError(f"A variable of Data Commons has no options, and so no '{next(iter(options))[:50]}'.")
        return described(data_commons.describe(data_commons.begin(NAME, limits), variable(reference)), attachment)

    def fetch(
        self, candidate: Candidate, into: Path, limits: Limits, received: Received, previous: Dataset | None = None
    ) -> Fetched:
        reference = candidate.reference
        if doi := doi_of(reference):
            return self.of_doi(doi, candidate, into, limits, received, previous)
        if is_page(reference):
            return brought(page(reference, limits).distributions, candidate, into, limits, received, previous)
        talk = data_commons.begin(NAME, limits, received)
        variable(reference)
        file, left_out = data_commons.fetch(talk, candidate, into, limits)
        return Fetched((file,), left_out=left_out)

    def of_doi(
        self,
        doi: str,
        candidate: Candidate,
        into: Path,
        limits: Limits,
        received: Received,
        previous: Dataset | None,
    ) -> Fetched:
        """The files that are registered, or those of the page that the DOI leads to; Zenodo's are asked for there."""
        if zenodo.number(doi):
            theirs = candidate.model_copy(update={"reference": doi})
            return zenodo.ZenodoSource().fetch(theirs, into, limits, received, previous)
        found = registered(doi, limits)
        files = found.distributions
        if not any(item.format for item in files):
            if not is_page(found.url or ""):
                raise DataError(f"The DOI '{doi[:100]}' leads to no page with files; open it and attach the file.")
            files = page(found.url or "", limits).distributions
        return brought(files, candidate, into, limits, received, previous)

    def public(self, reference: str) -> str:
        return addresses.masked(reference) if is_page(reference) else reference


def is_page(reference: str) -> bool:
    return reference.lower().startswith(("https://", "http://"))


def on_the_web(reference: str, options: Mapping[str, str], limits: Limits) -> Candidate:
    """What a DOI or a page describes."""
    if doi := doi_of(reference):
        return datacite.candidate(registered(doi, limits), NAME)
    found = page(reference, limits)
    chosen(found.distributions, options, shown(reference))
    return found.candidate(NAME, reference, addresses.shown(addresses.parse(reference)))


def looked_at(
    pages: Sequence[str], limits: Limits, patience: float = PATIENCE, pause: float = PAUSE
) -> Iterator[Candidate]:
    """Those that describe a dataset with tables, in their order. Servers are asked all at once, each page by page; they
    work on until the candidates are wanted."""
    answers: SimpleQueue[tuple[int, Candidate | None]] = SimpleQueue()
    servers: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for position, text in enumerate(pages):
        with suppress(DataError):  # A provider names what it likes.
            servers[addresses.parse(text).host].append((position, text))

    def look(asked: Sequence[tuple[int, str]]) -> None:
        for turn, (position, text) in enumerate(asked):
            time.sleep(pause if turn else 0)
            found = None
            with suppress(DashwrightError):  # Most pages describe no dataset, and nobody asked for this one.
                found = on_the_web(text, {}, limits)
            answers.put((position, found))

    for asked in servers.values():
        # Daemons: a server that never answers must not keep the process from ending.
        Thread(target=look, args=(asked,), daemon=True).start()
    return gathered(answers, sum(map(len, servers.values())), time.monotonic() + patience)


def gathered(answers: SimpleQueue[tuple[int, Candidate | None]], count: int, end: float) -> Iterator[Candidate]:
    found: dict[int, Candidate] = {}
    with suppress(Empty):
        for _ in range(count):
            position, candidate = answers.get(timeout=max(0.0, end - time.monotonic()))
            if candidate is not None:
                found[position] = candidate
    yield from (candidate for _, candidate in sorted(found.items()))


def variable(reference: str) -> str:
    """
    Raises:
        DataError: it is nothing of the three.
    """
    if not data_commons.VARIABLE.fullmatch(reference):
        raise DataError(
            f"'{reference[:100]}' is no address of a page ('https://…'), no DOI ('10.5061/dryad.1234') and no variable "
            "of Data Commons ('Count_Person')."
        )
    return reference


def registered(doi: str, limits: Limits) -> datacite.Attributes:
    return datacite.registered(Talk(datacite.place(NAME), limits), doi)


def abroad(limits: Limits) -> Limits:
    """For servers that strangers name: what the operator set for ours is not theirs, but for the time-out."""
    seconds = limits.service(NAME).timeout or limits.download_timeout
    return limits.model_copy(update={"download_timeout": seconds, "services": {}})


def shown(reference: str) -> str:
    return f"The page '{addresses.masked(reference)[:200]}'"


def page(reference: str, limits: Limits) -> Description:
    """The dataset that a page describes: the first with files, else the first.

    Raises:
        DataError: it describes none, or its server wants no programs.
        LimitError: it is larger than a page is.
    """
    url = addresses.parse(reference)
    limits = abroad(limits)
    guard = Polite(limits.allow_private_addresses, limits=limits)
    content = Talk(PAGE, limits, guard=guard).content(str(url))
    found, unread = descriptions(content, url)
    if not found:
        why = "its JSON-LD cannot be read" if unread else "it has no JSON-LD of schema.org's type Dataset"
        raise DataError(f"{shown(reference)} describes no dataset: {why}. Give the address of the file with the data.")
    return found[0]


def brought(
    files: Sequence[Distribution],
    candidate: Candidate,
    into: Path,
    limits: Limits,
    received: Received = unheard,
    previous: Dataset | None = None,
) -> Fetched:
    """Files whose addresses strangers wrote: no server of the operator's is meant by them."""
    limits = abroad(limits)
    talk = Talk(FILE, limits, received, guard=Guard(limits.allow_private_addresses))
    items = chosen(files, candidate.options, f"'{candidate.title[:100]}'")
    before = previous.etag if previous else None
    return fetch_changed(
        items, into, limits, lambda item, target, known: talk.save(item.url, target, known=known), before
    )
