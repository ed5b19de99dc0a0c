"""Collecting: what others know is turned into metrics when somebody asks for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ...pipelines.providers import is_provider
from ...pipelines.sources import names
from ..nouns import Measured, Tally
from ..settings import PROVIDERS
from ..tables import JOB_STATUSES
from . import catalogue
from .logged import LOGGED
from .reading import Reading

PHASES = ("search_datasets", "download_datasets", "analyze_datasets", "generate_visualizations", "finalize_dashboard")
"""What a job under way may be at. It is before the first one while its files are brought, and after the last one
(`completed`) until its version is kept."""
OTHER = "other"
Gauges = Callable[[], Sequence[tuple[catalogue.Metric, tuple[str, ...], float]]]
"""Tells what stands how at the moment: a gauge, the values of its labels, its own."""


def gauge(metric: catalogue.Metric) -> GaugeMetricFamily:
    return GaugeMetricFamily(metric.name, metric.text, labels=metric.labels)


def counter(metric: catalogue.Metric) -> CounterMetricFamily:
    return CounterMetricFamily(metric.name, metric.text, labels=metric.labels)


class ProcessState(Collector):
    """Gauges of this process, and how much it has logged."""

    def __init__(self, version: str, tell: Sequence[Gauges]) -> None:
        self._version = version
        self._tell = tell

    def collect(self) -> Iterator[Metric]:
        build, lines = gauge(catalogue.BUILD), counter(catalogue.LOG_LINES)
        build.add_metric((self._version,), 1)
        for level, count in LOGGED.counts().items():
            lines.add_metric((level,), count)
        yield from (build, lines)
        found: dict[str, GaugeMetricFamily] = {}
        for tell in self._tell:
            for metric, labels, value in tell():
                found.setdefault(metric.name, gauge(metric)).add_metric(labels, value)
        yield from found.values()


class DatabaseState(Collector):
    """What the database knows, of all processes on it. Without an answer it is only told that there is none."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def collect(self) -> Iterator[Metric]:
        measured, seconds = self._reading.latest()
        up, took = gauge(catalogue.UP), gauge(catalogue.READ_SECONDS)
        up.add_metric((), 0 if measured is None else 1)
        took.add_metric((), seconds)
        yield from (up, took)
        if measured is not None:
            yield from jobs(measured)
            yield from calls(measured.tallies)
            yield from sources(measured)


def jobs(measured: Measured) -> Iterator[Metric]:
    values = (
        (catalogue.DEPTH, measured.jobs.get("pending", 0)),
        (catalogue.AGE, measured.oldest_waiting),
        (catalogue.MESSAGES, measured.messages),
        (catalogue.EXPIRED, measured.expired),
    )
    for metric, value in values:
        family = gauge(metric)
        family.add_metric((), value)
        yield family
    by_status, by_step = gauge(catalogue.JOBS), gauge(catalogue.PROCESSING)
    for status in JOB_STATUSES:
        by_status.add_metric((status,), measured.jobs.get(status, 0))
    known = {"starting": 0, **dict.fromkeys(PHASES, 0), "completed": 0, OTHER: 0}
    for step, count in measured.processing.items():
        known[(step or "starting") if (step or "starting") in known else OTHER] += count
    for step, count in known.items():
        by_step.add_metric((step,), count)
    yield from (by_status, by_step)


def calls(tallies: Sequence[Tally]) -> Iterator[Metric]:
    """Counters made of sums, so that every process's calls are in them. Names nobody knows are added up as one."""
    count, seconds, last = counter(catalogue.AI_CALLS), counter(catalogue.AI_SECONDS), gauge(catalogue.AI_LAST)
    tokens, cost = counter(catalogue.AI_TOKENS), counter(catalogue.AI_COST)
    by_outcome: dict[tuple[str, str, str], list[float]] = {}
    by_operation: dict[tuple[str, str], list[float]] = {}
    for tally in tallies:
        provider = tally.provider if tally.provider in PROVIDERS or is_provider(tally.provider) else OTHER
        one = by_outcome.setdefault((provider, tally.operation, tally.outcome), [0, 0, 0])
        one[0] += tally.count
        one[1] += tally.seconds
        one[2] = max(one[2], tally.last_at.timestamp())
        spent = tally.spending
        values = (spent.input_tokens, spent.cached_tokens, spent.output_tokens, spent.thinking_tokens, spent.cost_usd)
        sums = by_operation.setdefault((provider, tally.operation), [0.0] * len(values))
        sums[:] = [before + more for before, more in zip(sums, values, strict=True)]
    for labels, (number, took, when) in by_outcome.items():
        count.add_metric(labels, number)
        seconds.add_metric(labels, took)
        last.add_metric(labels, when)
    for who, (*counts, dollars) in by_operation.items():
        for kind, number in zip(("input", "cached", "output", "thinking"), counts, strict=True):
            tokens.add_metric((*who, kind), number)
        cost.add_metric(who, dollars)
    yield from (count, seconds, last, tokens, cost)


def sources(measured: Measured) -> Iterator[Metric]:
    """Those that are installed here."""
    up, answer, failure = (
        gauge(metric) for metric in (catalogue.SOURCE_UP, catalogue.SOURCE_ANSWER, catalogue.SOURCE_FAILURE)
    )
    for name in names():
        if (last := measured.sources.get(name)) is None:
            continue
        answered, failed = (when.timestamp() if when else None for when in (last.answered_at, last.failed_at))
        up.add_metric((name,), 1 if (answered or 0) >= (failed or 0) else 0)
        if answered is not None:
            answer.add_metric((name,), answered)
        if failed is not None:
            failure.add_metric((name,), failed)
    yield from (up, answer, failure)
