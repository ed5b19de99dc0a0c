"""Outside: spans of what others' servers were asked, made when they have answered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from .tracing import TRACING

if TYPE_CHECKING:
    from ...pipelines.providers.gateway import Call


def told(call: Call) -> None:
    """A call of an AI provider, under the names of OpenTelemetry's conventions."""
    if not TRACING.is_on:
        return
    usage = call.usage
    attributes: dict[str, str | int | float | bool] = {
        "gen_ai.provider.name": call.provider,
        "gen_ai.operation.name": call.operation,
        "gen_ai.request.model": call.model,
        "gen_ai.usage.input_tokens": usage.input_tokens,
        "gen_ai.usage.output_tokens": usage.output_tokens,
        "dashwright.outcome": call.outcome,
    }
    error = None if call.outcome == "answered" else call.outcome
    TRACING.record(f"{call.operation} {call.provider}", call.started_at, call.seconds, attributes, error)


def searched(answers: Mapping[str, str | None], seconds: Mapping[str, float]) -> None:
    """Sources that were asked for datasets, all at once, and what each took. Why one failed is not told here: it may
    quote what its server says."""
    if not TRACING.is_on:
        return
    now, longest = datetime.now(UTC), max(seconds.values(), default=0.0)
    for name, took in seconds.items():
        error = None if answers.get(name) is None else "source"
        attributes = {"dashwright.source": name}
        TRACING.record(f"search {name}", now - timedelta(seconds=longest), took, attributes, error)
