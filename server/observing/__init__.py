"""Observing: what Dashwright tells of itself to whoever runs it: logs, metrics and traces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import logs
from .redacting import REDACTOR, header_values, secrets_of
from .tracing import TRACING

if TYPE_CHECKING:
    from ..settings import Settings

__all__ = ["REDACTOR", "TRACING", "begin", "end", "logs", "secrets_of"]


def begin(settings: Settings, program: str) -> None:
    """Set up logs and traces of this process, which is called `program` there. Done before the environment is emptied.

    Raises:
        SetupError: traces are wanted, and OpenTelemetry's SDK is not installed.
    """
    REDACTOR.hide(*secrets_of(settings))
    if (headers := settings.otel_exporter_otlp_headers) is not None:
        REDACTOR.hide(*header_values(headers.get_secret_value()))
    logs.configure(logs.form_for(settings.log_format))
    TRACING.start(settings, program)


def end() -> None:
    """Send what is left."""
    TRACING.stop()
