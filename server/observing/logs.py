"""Logs: one line an event, for people or for programs, without secrets; whoever logs it, in the same form."""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
from collections.abc import Mapping, MutableMapping
from types import TracebackType
from typing import Any, Literal, TextIO

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import Processor

from . import tracing
from .logged import LOGGED
from .redacting import REDACTOR

Form = Literal["text", "json"]
FIRST = ("timestamp", "level", "logger", "event")
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What ends a line, moves the cursor of a terminal, or turns the direction of what follows."""
QUIET = ("huey", "httpx", "httpx2", "httpcore", "opentelemetry", "urllib3", "alembic", "asyncio")
"""Loggers whose everyday lines tell nobody anything; httpx's would have addresses with keys in them."""
log = logging.getLogger(__name__)


def form_for(wanted: Form | None, stream: TextIO | None = None) -> Form:
    """The wanted form, else text for somebody at a terminal and JSON for whatever reads a file."""
    if wanted is not None:
        return wanted
    return "text" if (stream or sys.stderr).isatty() else "json"


def configure(form: Form, level: int = logging.INFO) -> None:
    """From now on all of this process is logged to stderr in this form: our lines, those of libraries, warnings, and
    exceptions that nobody caught."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        tracing.add_ids,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared,
            structlog.processors.StackInfoRenderer(),
            ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    render = {"json": as_json, "text": as_text}[form]
    handler = Lines()
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                REDACTOR,
                render,
            ],
        )
    )
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread


class Lines(logging.StreamHandler[TextIO]):
    """Writes to stderr, whatever that is at the moment, and counts what it writes."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        LOGGED.count(record.levelname)
        super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """What cannot be put together is told in the same form, once."""
        if record.name != __name__:
            log.error("A line of %s could not be logged: %s", record.name, type(sys.exc_info()[1]).__name__)


def as_json(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
    text = json.dumps(_ordered(event), ensure_ascii=False, default=str)
    return UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def as_text(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
    """The lines of a traceback are moved to the right, so that none of them can be taken for one of the log."""
    fields = dict(event)
    when, level, logger, what = (str(fields.pop(name, "")) for name in FIRST)
    traceback = str(fields.pop("exception", ""))
    more = "".join(f" {escaped(name)}={_plain(value)}" for name, value in sorted(fields.items()))
    line = f"{when} {level.upper()} {logger}: {escaped(what)}{more}"
    return "\n".join([line, *(f"    {escaped(one)}" for one in traceback.splitlines())])


def escaped(text: str) -> str:
    """The same on one line."""
    return UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}" if found[0] != "\n" else "\\n", text)


def _plain(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return escaped(text) if text and not re.search(r"[\s\"=]", text) else escaped(json.dumps(text, ensure_ascii=False))


def _ordered(event: Mapping[str, Any]) -> dict[str, Any]:
    first = {name: event[name] for name in FIRST if name in event}
    return first | {name: value for name, value in sorted(event.items()) if name not in first}


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    log.critical("Nobody caught an exception: %s", kind.__name__, exc_info=(kind, error, trace))


def _uncaught_in_thread(arguments: threading.ExceptHookArgs) -> None:
    if arguments.exc_value is not None and not isinstance(arguments.exc_value, SystemExit):
        name = arguments.thread.name if arguments.thread else "?"
        error = arguments.exc_value
        trace = (type(error), error, arguments.exc_traceback)
        log.critical("Nobody caught an exception in thread %s", name, exc_info=trace)
