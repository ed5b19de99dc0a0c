"""Tracing: spans for OpenTelemetry, where the operator names a collector. Else nothing of it is imported.

Spans carry names of our own alone (routes, steps, providers, statuses): no address, no question, no text of an error.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from contextvars import Token
from datetime import datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Literal
from uuid import uuid4

from ...pipelines.errors import SetupError

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span, Tracer

    from ..settings import Settings

Kind = Literal["internal", "server", "client", "producer", "consumer"]
Attributes = Mapping[str, str | int | float | bool]
LAST_WORDS = 3.0
"""Seconds that spans may still take on their way out when the process ends."""


class Tracing:
    """Of this process. Everything may be called whether it is on or not."""

    def __init__(self) -> None:
        self._tracer: Tracer | None = None
        self._provider: TracerProvider | None = None

    @property
    def is_on(self) -> bool:
        return self._tracer is not None

    def start(self, settings: Settings, program: str) -> None:
        """Begin to send spans to the collector that the settings name. Its other variables (`OTEL_TRACES_SAMPLER`,
        `OTEL_RESOURCE_ATTRIBUTES`, …) are read here, by the SDK.

        Raises:
            SetupError: the SDK is not installed.
        """
        endpoint, given = settings.otel_exporter_otlp_endpoint, settings.otel_exporter_otlp_headers
        if endpoint is None:
            return
        try:
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
            from opentelemetry.sdk.resources import Resource
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.sdk.trace.export import BatchSpanProcessor
        except ImportError as error:
            raise SetupError(
                "OTEL_EXPORTER_OTLP_ENDPOINT is set, and OpenTelemetry's SDK is not installed; "
                "run: pip install 'dashwright[otel]'."
            ) from error
        headers = dict(item.strip().partition("=")[::2] for item in _listed(given.get_secret_value() if given else ""))
        resource = Resource.create(
            {
                "service.namespace": "dashwright",
                "service.name": f"dashwright-{program}",
                "service.version": version("dashwright"),
                "service.instance.id": str(uuid4()),
            }
        )
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        exporter = OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces", headers=headers or None)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("dashwright", version("dashwright"))

    def stop(self) -> None:
        """Send what is left, if that goes quickly: no collector holds up the end of a process."""
        provider, self._provider, self._tracer = self._provider, None, None
        if provider is not None:
            ending = threading.Thread(target=provider.shutdown, name="last-spans", daemon=True)
            ending.start()
            ending.join(LAST_WORDS)

    def begin(
        self, name: str, kind: Kind = "internal", parent: str | None = None, attributes: Attributes | None = None
    ) -> Span | None:
        """A span that `end` ends, and that is no other's parent until `enter` says so.

        Args:
            parent: what a `traceparent` header says. None: the span around it.
        """
        if self._tracer is None:
            return None
        from opentelemetry.trace import SpanKind

        return self._tracer.start_span(
            name, context=_context(parent), kind=SpanKind[kind.upper()], attributes=dict(attributes or {})
        )

    def enter(self, span: Span | None) -> Token[Context] | None:
        """Make it the parent of what follows in this context, until `leave` is given the answer."""
        if span is None:
            return None
        from opentelemetry import context, trace

        return context.attach(trace.set_span_in_context(span))

    def leave(self, token: Token[Context] | None) -> None:
        if token is not None:
            from opentelemetry import context

            context.detach(token)

    def end(self, span: Span | None, attributes: Attributes | None = None, error: str | None = None) -> None:
        """
        Args:
            error: the kind of what went wrong, in one word.
        """
        if span is None:
            return
        from opentelemetry.trace import Status, StatusCode

        span.set_attributes(dict(attributes or {}))
        if error is not None:
            span.set_attribute("error.type", error)
            span.set_status(Status(StatusCode.ERROR))
        span.end()

    @contextmanager
    def span(
        self, name: str, kind: Kind = "internal", parent: str | None = None, attributes: Attributes | None = None
    ) -> Iterator[Span | None]:
        """A span around what is done meanwhile; an error that leaves it is told by its type."""
        span = self.begin(name, kind, parent, attributes)
        if span is None:
            yield None
            return
        from opentelemetry import trace

        error = None
        try:
            with trace.use_span(span, end_on_exit=False, record_exception=False, set_status_on_exception=False):
                yield span
        except BaseException as raised:
            error = type(raised).__name__
            raise
        finally:
            self.end(span, error=error)

    def record(
        self, name: str, started_at: datetime, seconds: float, attributes: Attributes, error: str | None = None
    ) -> None:
        """A span of something that is over."""
        if self._tracer is None:
            return
        from opentelemetry.trace import SpanKind, Status, StatusCode

        begun = round(started_at.timestamp() * 1e9)
        span = self._tracer.start_span(name, kind=SpanKind.CLIENT, attributes=dict(attributes), start_time=begun)
        if error is not None:
            span.set_attribute("error.type", error)
            span.set_status(Status(StatusCode.ERROR))
        span.end(end_time=begun + round(seconds * 1e9))

    def traceparent(self) -> str | None:
        """The span around this, as it is handed on (W3C Trace Context)."""
        if self._tracer is None:
            return None
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        carrier: dict[str, str] = {}
        TraceContextTextMapPropagator().inject(carrier)
        return carrier.get("traceparent")


TRACING = Tracing()


def add_ids(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A processor of structlog: each line says of which span it is."""
    if TRACING.is_on:
        from opentelemetry.trace import get_current_span

        span = get_current_span().get_span_context()
        if span.is_valid:
            event["trace_id"], event["span_id"] = f"{span.trace_id:032x}", f"{span.span_id:016x}"
    return event


def _context(parent: str | None) -> Context | None:
    if parent is None:
        return None
    from opentelemetry.context import Context
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    return TraceContextTextMapPropagator().extract({"traceparent": parent}, context=Context())


def _listed(headers: str) -> list[str]:
    return [item for item in headers.split(",") if "=" in item]
