"""Metrics for Prometheus: what AI providers took, read from the database so that every process's calls are in it."""

from __future__ import annotations

import asyncio
import hmac
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from pydantic import SecretStr
from tornado import web
from tornado.log import app_log

from ..nouns import Tally
from .answering import Answering, Refused
from .gate import is_from_here

FRESH = 5.0
"""Seconds that an answer is good for: several may collect, and each would have the database add up all calls."""


@dataclass
class Meter:
    """Reads what there is to tell, once in a while."""

    read: Callable[[], Sequence[Tally]]
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _text: bytes = b""
    _until: float = 0.0

    async def text(self) -> bytes:
        async with self._lock:
            if time.monotonic() >= self._until:
                self._text = exposition(await asyncio.to_thread(self.read))
                self._until = time.monotonic() + FRESH
            return self._text


def exposition(tallies: Sequence[Tally]) -> bytes:
    """The text that Prometheus reads."""
    registry = CollectorRegistry()
    registry.register(Collected(tallies))
    return generate_latest(registry)


@dataclass(frozen=True, eq=False)
class Collected:
    """Counters made of sums, as prometheus-client asks for them."""

    tallies: Sequence[Tally]

    def collect(self) -> Iterator[Metric]:
        calls = CounterMetricFamily(
            "dashwright_ai_calls", "Calls of AI providers.", labels=("provider", "operation", "outcome")
        )
        seconds = CounterMetricFamily(
            "dashwright_ai_seconds", "What calls of AI providers took.", labels=("provider", "operation", "outcome")
        )
        tokens = CounterMetricFamily(
            "dashwright_ai_tokens",
            "Tokens: cached ones are among the input, thinking ones among the output.",
            labels=("provider", "operation", "kind"),
        )
        cost = CounterMetricFamily(
            "dashwright_ai_cost_usd",
            "What AI providers cost, where the price is known.",
            labels=("provider", "operation"),
        )
        last = GaugeMetricFamily(
            "dashwright_ai_last_call_timestamp_seconds",
            "When a provider was last asked with this outcome.",
            labels=("provider", "operation", "outcome"),
        )
        added: dict[tuple[str, str], list[float]] = {}
        for tally in self.tallies:
            labels = (tally.provider, tally.operation, tally.outcome)
            calls.add_metric(labels, tally.count)
            seconds.add_metric(labels, tally.seconds)
            last.add_metric(labels, tally.last_at.timestamp())
            spending = tally.spending
            values = (
                *(spending.input_tokens, spending.cached_tokens, spending.output_tokens, spending.thinking_tokens),
                spending.cost_usd,
            )
            sums = added.setdefault(labels[:2], [0.0] * len(values))
            sums[:] = [one + other for one, other in zip(sums, values, strict=True)]
        for names, (*counts, dollars) in added.items():
            for kind, count in zip(("input", "cached", "output", "thinking"), counts, strict=True):
                tokens.add_metric((*names, kind), count)
            cost.add_metric(names, dollars)
        yield from (calls, seconds, last, tokens, cost)


class Metrics(Answering):
    """For whoever asks from this machine, or knows the token. Others learn no more than that it is not for them."""

    SUPPORTED_METHODS = ("GET",)

    def initialize(self, meter: Meter, token: SecretStr | None) -> None:
        self.meter = meter
        self.token = token

    async def get(self) -> None:
        if not (is_from_here(self.request) or self._knows_token()):
            if self.token is None:
                raise web.HTTPError(404)
            raise Refused(401, "These are for who knows the token.")
        try:
            text = await self.meter.text()
        except Exception as error:
            app_log.exception("The metrics cannot be read")
            raise Refused(503, "The metrics cannot be read.", retry_after=5) from error
        self.set_header("Content-Type", CONTENT_TYPE_PLAIN_0_0_4)
        self.set_header("Cache-Control", "no-store")
        await self.finish(text)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        if status_code == 401:
            self.set_header("WWW-Authenticate", "Bearer")
        super().write_error(status_code, **kwargs)

    def _knows_token(self) -> bool:
        kind, _, given = self.request.headers.get("Authorization", "").partition(" ")
        if self.token is None or kind.lower() != "bearer":
            return False
        return hmac.compare_digest(given.strip().encode(), self.token.get_secret_value().encode())
