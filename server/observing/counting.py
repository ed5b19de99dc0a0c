"""Counting: what this process itself sees happen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Histogram

from . import catalogue
from .catalogue import Metric

if TYPE_CHECKING:
    from ...pipelines.providers.gateway import Call


class Counting:
    """Used by any thread."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self._counters: dict[str, Counter] = {}
        self._histograms: dict[str, Histogram] = {}

    def request(self, server: str, method: str, route: str, status: int, seconds: float | None) -> None:
        """`seconds`: None where they are no latency."""
        self._counter(catalogue.REQUESTS).labels(server, method, route, f"{status // 100}xx").inc()
        if seconds is not None:
            self._histogram(catalogue.LATENCY).labels(server, method, route).observe(seconds)

    def job(self, kind: str, fate: str, seconds: float, steps: Mapping[str, float]) -> None:
        """A worker has done with a job; `steps` are those that were done, and what each took."""
        fate = fate.replace(" ", "_")
        self._counter(catalogue.JOB_ENDS).labels(kind, fate).inc()
        self._histogram(catalogue.JOB_SECONDS).labels(kind, fate).observe(seconds)
        for step, took in steps.items():
            self._histogram(catalogue.STEP_SECONDS).labels(step).observe(took)

    def call(self, call: Call) -> None:
        labels = (call.provider, call.operation, call.outcome)
        self._histogram(catalogue.CALL_SECONDS).labels(*labels).observe(call.seconds)

    def declare(self, *metrics: Metric) -> None:
        """Expose these with no samples yet, instead of from the first event on."""
        for metric in metrics:
            if metric.kind == "counter":
                self._counter(metric)
            else:
                self._histogram(metric)

    def _counter(self, metric: Metric) -> Counter:
        if metric.name not in self._counters:
            self._counters[metric.name] = Counter(metric.name, metric.text, metric.labels, registry=self._registry)
        return self._counters[metric.name]

    def _histogram(self, metric: Metric) -> Histogram:
        if metric.name not in self._histograms:
            self._histograms[metric.name] = Histogram(
                metric.name, metric.text, metric.labels, registry=self._registry, buckets=metric.buckets
            )
        return self._histograms[metric.name]
