"""What services say when they do not answer, as a `Fault` of one of the known kinds. The same words for all of them."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from .provider import Fault, FaultKind, Prompt, Usage

LONGEST = 200
"""Characters of what a service says about itself that are told on."""
QUOTE = 24
"""So many characters of the prompt in a row are a quotation."""


@dataclass(frozen=True)
class Origin:
    """Whose faults these are, and what people can do about them."""

    title: str
    """At the beginning of a sentence."""
    model: str
    key_setting: str
    model_setting: str
    key: str = field(default="", repr=False)

    def refused(self, status: int, said: Said, prompt: Prompt | None = None) -> Fault:
        """An answer with a status that is no success."""
        kind = _kind(status, said)
        detail = f"{status} {said.code}".strip()
        sentences: dict[FaultKind, str] = {
            "quota": f"{self.title} has no quota left for us ({detail}).",
            "busy": f"{self.title} was asked too often ({detail}).",
            "key": f"{self.title} does not take the key in {self.key_setting} ({detail}).",
            "model": f"{self.title} has no model '{self.model}' ({detail}); name another in {self.model_setting}.",
            "down": f"{self.title} is out of order ({detail}).",
        }
        told = self._told(said.message, prompt)
        sentence = sentences.get(kind) or f"{self.title} does not take the request ({detail}){told}."
        return Fault(kind, sentence, retry_after=said.retry_after)

    def late(self, seconds: float) -> Fault:
        return Fault("down", f"{self.title} did not answer within {round(seconds, 2):g} s.")

    def unreachable(self, error: BaseException) -> Fault:
        return Fault("down", f"{self.title} cannot be reached ({_cause(error)}).")

    def broken(self) -> Fault:
        return Fault("down", f"{self.title} sent something else than an answer.")

    def unwilling(self, reason: str, usage: Usage) -> Fault:
        """`reason`: a word of the service."""
        return Fault("refused", f"{self.title} will not answer this question ({_word(reason)}).", usage=usage)

    def cut(self, usage: Usage) -> Fault:
        return Fault("cut", f"{self.title} had more to say than an answer may have.", usage=usage)

    def empty(self, reason: str, usage: Usage) -> Fault:
        because = f" ({_word(reason)})" if reason else ""
        return Fault("empty", f"{self.title} sent an answer without text{because}.", usage=usage)

    @asynccontextmanager
    async def within(self, seconds: float) -> AsyncIterator[None]:
        """All of it, also when it comes drop by drop: time-outs of clients start anew with each byte."""
        try:
            async with asyncio.timeout(seconds):
                yield
        except TimeoutError as error:
            raise self.late(seconds) from error

    def _told(self, message: str, prompt: Prompt | None) -> str:
        """A service's own words, for whoever configures it; nothing if they repeat the key or the question."""
        text = " ".join(message.split())
        if self.key and self.key in text:
            return ""
        asked = " ".join((prompt.model_dump_json() if prompt else "").split())
        if asked and any(text[start : start + QUOTE] in asked for start in range(max(len(text) - QUOTE + 1, 0))):
            return ""
        shown = "".join(character for character in text if character.isprintable())[:LONGEST].rstrip(". ")
        return f": {shown}" if shown else ""


@dataclass(frozen=True)
class Said:
    """What an answer without success says."""

    code: str = ""
    """The service's own word for it."""
    message: str = ""
    retry_after: float | None = None
    is_spent: bool = False
    """A quota that waiting for minutes does not bring back."""
    is_key: bool = False
    """The key is wrong, whatever the status says."""


def _kind(status: int, said: Said) -> FaultKind:
    if said.is_spent or status == 402:
        return "quota"
    if said.is_key or status in (401, 403, 407):
        return "key"
    if status == 404:
        return "model"
    if status == 429:
        return "busy"
    if status == 408 or status >= 500 or status < 400:
        return "down"
    return "request"


def said_by_chat(body: object, headers: Mapping[str, str]) -> Said:
    """``{"error": {"message", "type", "code"}}`` of OpenAI's protocol. `body` may lack the outer object, as their
    client gives it, or be no JSON at all."""
    inner = body.get("error", body) if isinstance(body, dict) else {}
    if isinstance(inner, str):
        return Said(message=inner, retry_after=_waiting(headers))
    values: dict[str, Any] = inner if isinstance(inner, dict) else {}
    code = values.get("code") or values.get("type") or ""
    words = {str(values.get("code")), str(values.get("type"))}
    return Said(
        code=_word(code),
        message=str(values.get("message") or values.get("detail") or ""),
        retry_after=_waiting(headers),
        is_spent=bool(words & {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"}),
        is_key=bool(words & {"invalid_api_key"}),
    )


def said_by_google(body: object, headers: Mapping[str, str]) -> Said:
    """``{"error": {"code", "message", "status", "details": [...]}}`` of Google's protocol, or what is inside it."""
    if isinstance(body, list) and body:
        body = body[0]
    inner = body.get("error", body) if isinstance(body, dict) else {}
    values: dict[str, Any] = inner if isinstance(inner, dict) else {}
    found = values.get("details")
    details = [detail for detail in found if isinstance(detail, dict)] if isinstance(found, list) else []
    reasons = {str(detail.get("reason")) for detail in details}
    violations = [item for detail in details for item in detail.get("violations") or [] if isinstance(item, dict)]
    return Said(
        code=_word(values.get("status") or ""),
        message=str(values.get("message") or ""),
        retry_after=next((wait for detail in details if (wait := _delay(detail)) is not None), _waiting(headers)),
        is_spent=any("PerDay" in str(item.get("quotaId")) for item in violations),
        is_key=bool(reasons & {"API_KEY_INVALID", "API_KEY_SERVICE_BLOCKED", "API_KEY_EXPIRED"}),
    )


def _delay(detail: Mapping[str, Any]) -> float | None:
    """`RetryInfo`: ``"2.5s"``."""
    text = detail.get("retryDelay")
    if not str(detail.get("@type", "")).endswith("RetryInfo") or not isinstance(text, str):
        return None
    return _seconds(text.removesuffix("s"))


def _waiting(headers: Mapping[str, str]) -> float | None:
    """`Retry-After`: seconds or a date; OpenAI says it in milliseconds, too."""
    lower = {name.lower(): value for name, value in headers.items()}
    if (wait := _seconds(lower.get("retry-after-ms", ""))) is not None:
        return wait / 1000
    text = lower.get("retry-after", "")
    if (wait := _seconds(text)) is not None:
        return wait
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((moment - datetime.now(UTC)).total_seconds(), 0.0)


def _seconds(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None


def _word(value: object) -> str:
    """A name of the service's, as in "RESOURCE_EXHAUSTED": nothing that could be anything else."""
    text = str(value)
    return text if re.fullmatch(r"[\w.:-]{1,60}", text, re.ASCII) else ""


def _cause(error: BaseException) -> str:
    """In the system's words: those of clients hold addresses."""
    chain: list[BaseException] = []
    at: BaseException | None = error
    while at is not None and at not in chain:
        chain.append(at)
        at = at.__cause__ or at.__context__
    for one in reversed(chain):
        if isinstance(one, OSError) and one.strerror and not one.filename:
            return one.strerror
    return type(error).__name__
