"""Outgoing: small questions to somebody else's server, within the rules of all requests that leave this machine.

A name is resolved once and every address it has is judged, no redirect is followed, no proxy of the environment is
used, and neither time nor size is without a limit.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from ..pipelines.errors import LimitError, SourceError
from ..pipelines.sources import addresses
from ..pipelines.sources.addresses import Guard
from ..pipelines.sources.answers import reason
from ..pipelines.sources.connecting import connected
from ..pipelines.sources.web import Deadline

LARGEST = 1024**2
"""Bytes of an answer."""
SECONDS = 10.0
"""For an answer, all of it."""


@dataclass(frozen=True)
class Answer:
    """What a server answered, whatever its status."""

    status_code: int
    content: bytes
    shown: str
    """Its address, without secrets."""

    @property
    def is_success(self) -> bool:
        return 200 <= self.status_code < 300

    def json(self) -> Any:
        """
        Raises:
            ValueError: it is no JSON.
        """
        try:
            return json.loads(self.content)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error

    def raise_for_status(self) -> None:
        """
        Raises:
            SourceError: it is no success.
        """
        if not self.is_success:
            raise SourceError(f"'{self.shown}' answers with status {self.status_code}.")

    def mapping(self) -> dict[str, Any]:
        """A successful answer that is an object in JSON.

        Raises:
            SourceError: it is another one.
        """
        self.raise_for_status()
        try:
            found = self.json()
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise SourceError(f"'{self.shown}' answers with something else than an object in JSON.")
        return found


def ask(
    method: str,
    address: str,
    guard: Guard,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    seconds: float = SECONDS,
    largest: int = LARGEST,
) -> Answer:
    """The answer to one question.

    Raises:
        DataError: the address is none, or where nobody may be asked.
        SourceError: there is no answer.
        LimitError: it takes too long or is too large.
    """
    url = addresses.parse(address)
    shown, deadline = addresses.shown(url)[:200], Deadline(seconds)
    late = LimitError(f"'{shown}' did not answer within {seconds:g} s.")

    def request(to: str) -> httpx.Request:
        return httpx.Request(
            method,
            url.copy_with(host=to, userinfo=b"", fragment=None),
            headers={
                "Host": url.netloc.decode("ascii"),
                "User-Agent": "Dashwright",
                "Accept": "application/json",
                "Accept-Encoding": "identity",
                **(headers or {}),
            },
            content=body,
            extensions={
                "timeout": dict.fromkeys(("connect", "read", "write", "pool"), max(0.001, deadline.left)),
                "sni_hostname": url.raw_host.decode("ascii"),
                "trace": deadline.trace,
            },
        )

    try:
        with deadline.watching(), connected(guard.addresses(url, seconds), request) as response:
            content = bytearray()
            for piece in response.iter_raw():
                content += piece
                if len(content) > largest:
                    raise LimitError(f"'{shown}' answers with more than {largest:,} bytes.")
            if deadline.left <= 0:
                raise late
            return Answer(response.status_code, bytes(content), shown)
    except httpx.TransportError as error:
        if deadline.left <= 0 or isinstance(error, httpx.TimeoutException):
            raise late from error
        raise SourceError(f"'{shown}' cannot be reached: {reason(error)}.") from error
