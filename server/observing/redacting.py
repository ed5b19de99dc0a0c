"""Redacting: secrets are taken out of whatever is about to be logged."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from typing import Any
from urllib.parse import quote, urlsplit

from pydantic import BaseModel, SecretStr

HIDDEN = "[hidden]"
SHORTEST = 4
"""Characters. Anything shorter is no secret, and would be found in every word."""
LONGEST = 32_000
"""Characters of one text, tracebacks included: a line of a log must fit into what reads it."""
DEEPEST = 6
OURS = frozenset({"timestamp", "level", "logger"})
NAMES = re.compile(
    r"(authorization|cookie|password|passwd|secret|token|api_?key|credentials?|dsn|database_url)$", re.IGNORECASE
)
"""Of fields whose value is never shown."""
SHAPES: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"((?:authorization|cookie|x-api-key)[\"']?\s*[:=]\s*[\"']?)[^\r\n\"']+", re.IGNORECASE),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"\b(bearer\s+)[\w.~+/=-]{8,}", re.IGNORECASE), rf"\1{HIDDEN}"),
    (
        re.compile(
            r"([?&;][\w.-]*(?:token|key|secret|password|passwd|code|state|sig|signature)=)[^&#\s\"'<>]+", re.IGNORECASE
        ),
        rf"\1{HIDDEN}",
    ),
    (
        re.compile(r"\b((?:password|passwd|secret|token|api_?key)=)(?:'[^']*'|[^\s&'\"]+)", re.IGNORECASE),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"(\b[a-z][a-z0-9+.-]{0,30}://[^\s/@:]*:)[^\s@/]+(?=@)", re.IGNORECASE), rf"\1{HIDDEN}"),
    (re.compile(r"(/(?:s|set-up)/)[\w-]{20,100}"), rf"\1{HIDDEN}"),
    (re.compile(r"\bdwt_[\w-]{8,}"), HIDDEN),
)
"""What is secret wherever it stands: headers, values in addresses, passwords of addresses, our links and tokens."""
SUSPICIOUS = re.compile(r"[:=]|dwt_|/s/|/set-up/|bearer\s", re.IGNORECASE)
"""Something that every one of those has: most of what is logged has none of it."""


class Redactor:
    """Knows the secrets of this process. Used by any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: frozenset[str] = frozenset()
        self._pattern: re.Pattern[str] | None = None

    def hide(self, *values: str) -> None:
        """Take these out from now on, as they are and as they stand in an address."""
        with self._lock:
            known = {form for value in values for form in (value, quote(value, safe="")) if len(value) >= SHORTEST}
            if known <= self._values:
                return
            self._values |= known
            longest_first = sorted(self._values, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(re.escape, longest_first)))

    def text(self, text: str) -> str:
        if len(text) > LONGEST:
            text = f"{text[: LONGEST // 2]} … {text[-LONGEST // 2 :]}"
        if self._pattern is not None:
            text = self._pattern.sub(HIDDEN, text)
        if SUSPICIOUS.search(text):
            for shape, instead in SHAPES:
                text = shape.sub(instead, text)
        return text

    def value(self, value: Any, depth: int = 0) -> Any:
        """The same without secrets, of plain types alone."""
        match value:
            case None | bool() | int() | float():
                return value
            case str():
                return self.text(value)
            case Mapping() if depth < DEEPEST:
                return {self.text(str(key)): self.field(str(key), item, depth + 1) for key, item in value.items()}
            case list() | tuple() | set() | frozenset() if depth < DEEPEST:
                return [self.value(item, depth + 1) for item in value]
            case _:
                return self.text(str(value))

    def field(self, name: str, value: Any, depth: int = 0) -> Any:
        return HIDDEN if NAMES.search(name) and value is not None else self.value(value, depth)

    def __call__(self, _logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """As a processor of structlog. What comes from our own code alone stays: somebody's password may be a word."""
        return {name: value if name in OURS else self.field(name, value) for name, value in event.items()}


REDACTOR = Redactor()
"""Of this process."""


def secrets_of(*things: Any) -> Iterator[str]:
    """All secrets within models, and the passwords of addresses among them."""
    for thing in things:
        match thing:
            case SecretStr():
                value = thing.get_secret_value()
                yield value
                yield from _passwords(value)
            case BaseModel():
                yield from secrets_of(*dict(thing).values())
            case Mapping():
                yield from secrets_of(*thing.values())
            case list() | tuple():
                yield from secrets_of(*thing)


def header_values(text: str) -> Iterable[str]:
    """The values in a list of headers, as `OTEL_EXPORTER_OTLP_HEADERS` has it: `name=value,other=value`."""
    return [value for item in text.split(",") if (value := item.partition("=")[2].strip())]


def _passwords(address: str) -> Iterator[str]:
    try:
        password = urlsplit(address).password
    except ValueError:
        return
    if password:
        yield password
