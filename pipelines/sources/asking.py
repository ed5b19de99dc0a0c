"""Asking: a service's own questions and answers, page by page, against one budget and one deadline.

What is asked goes through `web` with all its guards. Answers in JSON are held in memory, so each is limited; an answer
in another form than the one that is read is a sentence, never half a table.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from httpx import QueryParams
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from ..errors import DataError, LimitError, SetupError, SourceError
from ..services import Service
from ..step import Limits
from . import addresses
from .addresses import Guard, same_server
from .answers import Validators
from .credentials import NONE, Credentials, Explain
from .source import Received, unheard
from .web import Deadline, Download, Terms, Trip, download
from .writing import Budget, Writing, size_text

MAX_ANSWER = 64 * 1024**2
"""Bytes of one answer in JSON, unpacked. A cube of 3 million values has 59 MiB and takes 1.3 GiB while it is read."""
T = TypeVar("T")
Parameters = Mapping[str, str | int] | Sequence[tuple[str, str | int]]
"""Of a query; pairs where a name comes several times."""


class Told(BaseModel):
    """Part of an answer. What is not declared is not looked at; what is declared must be there."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True, populate_by_name=True)


@dataclass(frozen=True)
class Place:
    """A service as one source knows it."""

    source: str
    title: str
    """As in "… does not answer"."""
    address: str
    explain: Explain | None = None
    narrow: str = "ask for a part of it"
    """What to do where one answer is too large."""
    most: int = MAX_ANSWER
    """Bytes of one answer, unpacked."""
    accept: str = Terms.accept


class Talk:
    """One search, description or download: every question counts against the same limits."""

    def __init__(
        self,
        place: Place,
        limits: Limits,
        received: Received = unheard,
        credentials: Credentials = NONE,
        guard: Guard | None = None,
    ) -> None:
        """`guard`: where connections may go; None: as `limits` say, and to the server that the operator named."""
        service = limits.service(place.source)
        seconds = service.timeout or limits.download_timeout
        self.place = place
        self.limits = limits.model_copy(update={"download_timeout": seconds})
        self.base = base(place, service)
        self.guard = guard or Guard(limits.allow_private_addresses, own=self.base if service.base_url else None)
        patience = variable(place, "TIMEOUT") if service.timeout else "download_timeout"
        self.terms = Terms(credentials, place.explain, Deadline(10 * seconds), place.accept, patience)
        self.budget = Budget(limits.max_download_size, over(place, limits))
        self._received = received
        self._before = 0

    def url(self, path: str, query: Parameters = ()) -> str:
        """The address of a question. `path` is of our own making; what others wrote goes in by `segment`. A whole URL
        stays what it is, guarded like a redirect."""
        pairs = [(name, str(value)) for name, value in (query.items() if isinstance(query, Mapping) else query)]
        below = str(self.base).rstrip("/") + (f"/{path.lstrip('/')}" if path else "")
        whole = httpx.URL(path if path.startswith(("https://", "http://")) else below)
        return str(whole.copy_with(params=QueryParams([*whole.params.multi_items(), *pairs])) if pairs else whole)

    def json(self, kind: TypeAdapter[T], path: str, query: Parameters = ()) -> T:
        """
        Raises:
            SourceError: it is no JSON, or of another form.
            LimitError: it is too large.
        """
        return self.read(kind, self.parsed(path, query))

    def parsed(self, path: str, query: Parameters = (), body: bytes | None = None) -> Any:
        """Any JSON that is answered. `body`: a question in JSON, posted."""
        content = self.content(path, query, body)
        try:
            return json.loads(content)
        except (ValueError, RecursionError) as error:
            what = "a web page" if content.lstrip()[:1] == b"<" else "something that cannot be read"
            raise SourceError(
                f"{self.place.title} answers with {what} instead of data ('{self.shown(path)}'); try again later, "
                f"or see whether it has moved ({variable(self.place, 'BASE_URL')})."
            ) from error

    def read(self, kind: TypeAdapter[T], content: Any) -> T:
        """What was answered, as what is expected.

        Raises:
            SourceError: it has another form.
        """
        try:
            return kind.validate_python(content)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, first["loc"])) or "at its start"
            raise self.changed(f"'{where[:100]}': {first['msg'].lower()[:100]}") from None

    def changed(self, what: str) -> SourceError:
        return SourceError(
            f"{self.place.title} answers in another form than Dashwright knows ({what.rstrip('.')}); "
            "a newer Dashwright may know it."
        )

    def unstable(self) -> SourceError:
        """For pages that do not make a whole."""
        return SourceError(f"The data of {self.place.title} changed while it was read; try again.")

    def content(self, path: str, query: Parameters = (), body: bytes | None = None) -> bytes:
        """The bytes of an answer, unpacked."""
        url = addresses.parse(self.url(path, query))
        trip = Trip(url, self.limits, self.guard, Validators(), self.heard, self.terms_for(url, body))
        most = min(self.place.most, self.budget.limit)
        over_one = f"An answer of {self.place.title} is larger than {size_text(most)}" + (
            ", the most that is allowed (max_download_size)." if most < self.place.most else f"; {self.place.narrow}."
        )
        held = Held(Budget(most, over_one))
        with held, trip.deadline.watching():
            trip.run(held)
            packed = held.content
        content = unpacked(packed, most, over_one, trip) if trip.said.encoding in ("gzip", "x-gzip") else packed
        self.budget.spend(len(content))
        self._before += len(packed)
        return content

    def save(
        self,
        path: str,
        target: Path,
        query: Parameters = (),
        known: Validators | None = None,
        body: bytes | None = None,
    ) -> Download:
        """An answer as a file; None in `written` where the service says that nothing changed."""
        url = self.url(path, query)
        terms = self.terms_for(addresses.parse(url), body)
        result = download(url, target, self.limits, self.heard, known, self.guard, terms)
        if result.written is not None:
            self.budget.spend(result.written.size)
            self._before += result.written.size
        return result

    def terms_for(self, url: httpx.URL, body: bytes | None = None) -> Terms:
        """Another server than the service's is told no key."""
        terms = replace(self.terms, body=body)
        return terms if same_server(url, self.base) else replace(terms, credentials=NONE)

    def heard(self, received: int, total: int | None) -> None:
        self._received(self._before + received, None if total is None else self._before + total)

    def shown(self, path: str) -> str:
        return addresses.shown(httpx.URL(self.url(path)))[:200]


class Held(Writing):
    """An answer in memory."""

    def __init__(self, budget: Budget) -> None:
        self._memory = BytesIO()
        super().__init__(Path(), budget, self._memory)

    @property
    def content(self) -> bytes:
        return self._memory.getvalue()


def base(place: Place, service: Service) -> httpx.URL:
    """
    Raises:
        SetupError: what the operator set is no address.
    """
    if not service.base_url:
        return httpx.URL(place.address)
    try:
        return addresses.parse(service.base_url)
    except DataError as error:
        raise SetupError(f"{variable(place, 'BASE_URL')} cannot be used: {error}") from error


def variable(place: Place, what: str) -> str:
    """The setting of a source."""
    return f"DASHWRIGHT_{place.source.replace('-', '_').upper()}_{what}"


def over(place: Place, limits: Limits) -> str:
    return (
        f"What {place.title} sends is larger than {size_text(limits.max_download_size)}, the most that is allowed "
        "(max_download_size)."
    )


def unpacked(packed: bytes, most: int, over: str, trip: Trip) -> bytes:
    unpacking = zlib.decompressobj(wbits=31)
    try:
        content = unpacking.decompress(packed, most + 1)
    except zlib.error as error:
        raise SourceError(f"'{trip.shown}' was sent in a damaged packing; try again later.") from error
    if len(content) > most:
        raise LimitError(over)
    if not unpacking.eof:
        raise SourceError(f"'{trip.shown}' broke off in the middle; try again later.")
    return content


def segment(text: str) -> str:
    """What others wrote, as one part of a path."""
    return quote(text, safe="")


def digest(*parts: object) -> str:
    """Something short to tell two states of a source apart."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]
