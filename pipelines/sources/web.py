"""Web: one file by http or https, whole or not at all.

What is written is what was sent: a body packed for the way (``Content-Encoding``) is unpacked afterwards, so that a
broken download can go on by ``Range`` and lengths can be compared.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx

from ..errors import DashwrightError, DataError, LimitError, SourceError
from ..step import Limits
from . import addresses
from .addresses import Guard, same_server
from .answers import (
    BREAKS,
    Validators,
    beginning,
    content_range,
    later,
    name_of,
    number,
    reason,
    refusal,
    wait_asked,
)
from .archives import gunzip
from .connecting import connected
from .credentials import NONE, Credentials, Explain, basic
from .parts import Part, Said, begun
from .source import Received
from .writing import Budget, Writing, size_text

MAX_REDIRECTS = 10
MAX_ATTEMPTS = 4
"""First try included."""
MAX_WAIT = 10.0
"""Seconds waited because a server asks for it; who asks for more is told to people, with the time."""
PAUSE = 0.4
"""Seconds before the second try, and twice as many before each of the next, where a server names none."""
REDIRECTS = {301, 302, 303, 307, 308}
SAME_METHOD = {307, 308}
"""Redirects that ask for a question to be put again elsewhere, rather than for something to be got there."""
BUSY = {429, 502, 503, 504}


@dataclass(frozen=True)
class Download:
    """What a server answered. `written` is None when it said that nothing changed."""

    written: Writing | None
    name: str = ""
    media_type: str = ""
    validators: Validators = field(default_factory=Validators)


@dataclass
class Deadline:
    """The moment at which a whole download must have ended. Cuts the connection then, whatever it waits for."""

    seconds: float
    ends: float = field(init=False)
    connection: socket.socket | None = None

    def __post_init__(self) -> None:
        self.ends = time.monotonic() + self.seconds

    @property
    def left(self) -> float:
        return self.ends - time.monotonic()

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """httpcore tells of its connections here."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self.connection = info["return_value"].get_extra_info("socket")

    def cut(self) -> None:
        # Time-outs of sockets start anew with every byte, so a server that sends one a minute never meets them.
        if self.connection is not None:
            with suppress(OSError):  # It may have ended by itself.
                self.connection.shutdown(socket.SHUT_RDWR)

    @contextmanager
    def watching(self) -> Iterator[None]:
        timer = threading.Timer(max(self.left, 0), self.cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


@dataclass(frozen=True)
class Terms:
    """How one service is asked."""

    credentials: Credentials = NONE
    explain: Explain | None = None
    """Makes the service's own words for a failure into a sentence."""
    deadline: Deadline | None = None
    """None: one for each file."""
    accept: str = "text/csv, application/json, */*;q=0.8"
    patience: str = "download_timeout"
    """The setting that says how long an answer may take."""
    body: bytes | None = None
    """A question in JSON, posted. None: a GET. Where the answer is a redirect, what it leads to is got without it."""


def download(
    text: str,
    target: Path,
    limits: Limits,
    received: Received,
    known: Validators | None = None,
    guard: Guard | None = None,
    terms: Terms | None = None,
) -> Download:
    """The file at a URL, written to `target`.

    Args:
        known: asks the server to send nothing when these still hold.
        guard: where connections may go; None: as `limits` say.
        terms: for a service that is asked as one of our sources.

    Raises:
        DataError: the URL is wrong, private, or the server has no such file for us.
        SourceError: the server does not answer, fails, or breaks off again and again.
        LimitError: the file is too large, or takes too long.
    """
    url = addresses.parse(text)
    trip = Trip(url, limits, guard or Guard(limits.allow_private_addresses), known or Validators(), received, terms)
    most = f"{size_text(limits.max_download_size)}, the most that is allowed (max_download_size)"
    over = f"'{trip.shown}' is larger than {most}."
    raw = target.with_name(target.name + ".raw")
    with trip.writing(raw, Budget(limits.max_download_size, over)) as writing, trip.deadline.watching():
        trip.take_up(writing)
        result = trip.run(writing)
        writing.move(raw)
    if result.written is None:
        raw.unlink()
        return result
    if trip.said.encoding not in ("gzip", "x-gzip"):
        raw.rename(target)
        writing.path = target
        return result
    unpacked = gunzip(raw, target, trip.shown, Budget(limits.max_download_size, over))
    raw.unlink()
    return replace(result, written=unpacked)


class Trip:
    """One download with its redirects and repeated tries."""

    def __init__(
        self,
        url: httpx.URL,
        limits: Limits,
        guard: Guard,
        known: Validators,
        received: Received,
        terms: Terms | None = None,
    ) -> None:
        self.terms = terms or Terms()
        self.url = url
        self.shown = addresses.shown(url)
        self.limits = limits
        self.guard = guard
        self.known = known
        self.received = received
        self.deadline = self.terms.deadline or Deadline(10 * limits.download_timeout)
        self.said = Said()

    def writing(self, raw: Path, budget: Budget) -> Writing:
        """What another process may go on with, where parts are kept."""
        asked = (str(self.url), self.terms.body)
        part = begun(Path(self.limits.parts), asked, budget, self) if self.limits.parts else None
        return part or Writing(raw, budget)

    def take_up(self, writing: Writing) -> None:
        if isinstance(writing, Part):
            self.said = writing.found()

    def may_go_on(self, error: BaseException) -> bool:
        """Whether the rest may come another time: what is refused will be refused again, a full disk needs the room."""
        late = isinstance(error, LimitError) and self.deadline.left <= 0
        return late or isinstance(error, SourceError) or not isinstance(error, Exception)

    def run(self, writing: Writing) -> Download:
        for attempt in range(1, MAX_ATTEMPTS + 1):
            last = attempt == MAX_ATTEMPTS
            try:
                with self.answer(self.resuming(writing)) as response:
                    if response.status_code in BUSY and not last and self.waited(response, attempt):
                        continue
                    return self.take(response, writing)
            except BREAKS as error:
                self.refuse_late()
                if last:
                    raise SourceError(self.broken(writing)) from error
                self.pause(PAUSE * 2 ** (attempt - 1))
            except httpx.TimeoutException as error:
                self.refuse_late()
                raise SourceError(
                    f"'{self.shown}' did not answer within {self.limits.download_timeout:g} s ({self.terms.patience}); "
                    "try again later."
                ) from error
            except httpx.TransportError as error:
                raise SourceError(f"'{self.shown}' cannot be reached: {reason(error)}.") from error
        raise SourceError(f"'{self.shown}' is busy and did not answer in {MAX_ATTEMPTS} tries; try again later.")

    def resuming(self, writing: Writing) -> dict[str, str]:
        """Headers that ask for the rest of what was begun, if the server can prove that it is of the same file."""
        if writing.size and self.said.proof:
            return {"Range": f"bytes={writing.size}-", "If-Range": self.said.proof}
        return self.known.questions()

    @contextmanager
    def answer(self, headers: dict[str, str]) -> Iterator[httpx.Response]:
        """The response after all redirects, each of them judged like the first URL."""
        url, ours = self.url, self.terms.credentials
        authorization = {**basic(self.url), **ours.headers}
        body = self.terms.body
        for _ in range(MAX_REDIRECTS + 1):
            home = same_server(url, self.url)
            told = {**headers, **(authorization if home else {})}
            with self.ask(ours.added(url) if home else url, told, body) as response:
                location = response.headers.get("location")
                if response.status_code not in REDIRECTS or not location:
                    yield response
                    return
                if body is not None and response.status_code in SAME_METHOD:
                    raise SourceError(f"'{self.shown}' sends our question on to another address; not followed.")
                body = None
                try:
                    target = ours.removed(url.join(location))
                except (httpx.InvalidURL, ValueError) as error:
                    raise SourceError(f"'{self.shown}' redirects to something that is no URL.") from error
            url = self.redirected(target)
        raise SourceError(f"'{self.shown}' redirects more than {MAX_REDIRECTS} times.")

    def redirected(self, target: httpx.URL) -> httpx.URL:
        try:
            url = addresses.parse(str(target))
            self.guard.addresses(url, self.timeout)
        except DataError as error:
            raise DataError(f"'{self.shown}' redirects to where it may not: {error}") from error
        return url

    @property
    def timeout(self) -> float:
        return max(0.001, min(self.limits.download_timeout, self.deadline.left))

    @contextmanager
    def ask(self, url: httpx.URL, headers: dict[str, str], body: bytes | None = None) -> Iterator[httpx.Response]:
        """One request, sent to an address that was judged, with the name kept for Host and certificate."""
        self.refuse_late()
        found = self.guard.addresses(url, self.timeout)
        with connected(found, lambda address: self.request(url, address, headers, body)) as response:
            yield response

    def request(
        self, url: httpx.URL, address: str, headers: dict[str, str], body: bytes | None = None
    ) -> httpx.Request:
        timeout = self.timeout
        return httpx.Request(
            "GET" if body is None else "POST",
            url.copy_with(host=address, userinfo=b"", fragment=None),
            headers={
                "Host": url.netloc.decode("ascii"),
                "User-Agent": "Dashwright",
                "Accept": self.terms.accept,
                "Accept-Encoding": "gzip",
                **({} if body is None else {"Content-Type": "application/json"}),
                **headers,
            },
            content=body,
            extensions={
                "timeout": dict.fromkeys(("connect", "read", "write", "pool"), timeout),
                "sni_hostname": url.raw_host.decode("ascii"),
                "trace": self.deadline.trace,
            },
        )

    def take(self, response: httpx.Response, writing: Writing) -> Download:
        """Write the body of an answer."""
        status = response.status_code
        if status == 304 and self.known.questions():
            return Download(None, validators=self.known)
        if status == 416 and writing.size:
            writing.restart()
            raise httpx.RemoteProtocolError("the rest that was asked for is not there")
        if status not in (200, 203, 206):
            raise self.refused(response)
        self.begin(response, writing)
        for chunk in response.iter_raw():
            self.refuse_late()
            writing.write(chunk)
            self.received(writing.size, self.said.total)
        self.refuse_late()
        if self.said.total is not None and writing.size != self.said.total:
            raise httpx.RemoteProtocolError("body shorter than announced")
        return Download(
            writing,
            name=name_of(response, self.url),
            media_type=response.headers.get("content-type", "").partition(";")[0].strip().lower(),
            validators=self.said.validators,
        )

    def refused(self, response: httpx.Response) -> DashwrightError:
        explain = self.terms.explain
        found = explain(response.status_code, beginning(response)) if explain else None
        return later(found or refusal(response.status_code, self.shown), response)

    def begin(self, response: httpx.Response, writing: Writing) -> None:
        """Compare what is announced with the limits and with what is there."""
        length = number(response.headers.get("content-length"))
        if response.status_code == 206 and writing.size:
            start, total = content_range(response.headers.get("content-range", ""))
            if total is None and length is not None:
                total = writing.size + length
            if start != writing.size or self.said.denied(response, total):
                writing.restart()
                self.said = Said()
                raise httpx.RemoteProtocolError("another part than the one asked for")
            self.said = replace(self.said, total=total)
        else:
            writing.restart()
            self.said = Said.read(response, length)
        if self.said.encoding not in ("", "identity", "gzip", "x-gzip"):
            raise SourceError(f"'{self.shown}' is packed as '{self.said.encoding[:40]}', which was not asked for.")
        if self.said.total is not None and self.said.total > self.limits.max_download_size:
            raise LimitError(
                f"'{self.shown}' has {size_text(self.said.total)}; the most that is allowed is "
                f"{size_text(self.limits.max_download_size)} (max_download_size)."
            )

    def refuse_late(self) -> None:
        if self.deadline.left <= 0:
            raise LimitError(
                f"'{self.shown}' took longer than {self.deadline.seconds:g} s (ten times {self.terms.patience}) "
                "and was given up."
            )

    def waited(self, response: httpx.Response, attempt: int) -> bool:
        """False where the server wants more time than we have: asked sooner, it would refuse again."""
        asked = wait_asked(response, time.time())
        if asked is not None and asked > min(MAX_WAIT, self.deadline.left):
            return False
        self.pause(PAUSE * 2 ** (attempt - 1) if asked is None else asked)
        return True

    def pause(self, seconds: float) -> None:
        time.sleep(max(0.0, min(seconds, self.deadline.left)))

    def broken(self, writing: Writing) -> str:
        of = f" of {size_text(self.said.total)}" if self.said.total is not None else ""
        return (
            f"'{self.shown}' broke off after {size_text(writing.size)}{of} in each of {MAX_ATTEMPTS} tries; "
            "try again later."
        )
