"""Requests: each gets an id, a context for its lines, a span, and is counted when it is over."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from contextvars import copy_context
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from structlog.contextvars import bind_contextvars
from tornado.httputil import HTTPHeaders, HTTPMessageDelegate, HTTPServerRequest, RequestStartLine, ResponseStartLine
from tornado.web import Application, RequestHandler

from .context import SAFE, request_id
from .tracing import TRACING

if TYPE_CHECKING:
    from .counting import Counting

log = logging.getLogger(__name__)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
UNSEEN = frozenset({"/health", "/metrics", "/api/health", "/api/ready"})
"""Addresses that supervisors and collectors ask all the time: counted, and in no log."""
Template = Callable[[type[RequestHandler], Mapping[str, Any]], str]
"""The address of a handler with names in the place of what changes: what a request is counted under."""


def id_of(request: HTTPServerRequest) -> str:
    """The id of a request: the one it came with, if that is harmless, or one that is made at the first call."""
    found = getattr(request, "dashwright_id", None)
    if found is None:
        found = request_id(request.headers.get("X-Request-Id"))
        request.dashwright_id = found  # type: ignore[attr-defined]
    return str(found)


@dataclass
class Observer:
    """Sees all requests of one server."""

    server: str
    """ "api" or "viewer"."""
    template: Template
    counting: Counting
    endless: frozenset[str] = frozenset()
    """Templates of streams: how long somebody listens is no latency."""

    def begun(self, request: HTTPServerRequest, route: str, given: Mapping[str, Any]) -> None:
        """In the request's own context."""
        slug = given.get("slug")
        name = slug.decode("ascii", "replace") if isinstance(slug, bytes) else None
        bind_contextvars(request_id=id_of(request), **({"slug": name} if name and SAFE.fullmatch(name) else {}))
        span = None
        if TRACING.is_on:
            method = _method(request)
            attributes = {"http.request.method": method, "http.route": route, "url.scheme": request.protocol}
            span = TRACING.begin(f"{method} {route}", "server", request.headers.get("traceparent", ""), attributes)
            TRACING.enter(span)
        request.dashwright_visit = (route, span)  # type: ignore[attr-defined]

    def over(self, handler: RequestHandler) -> None:
        """As Tornado calls it, when the answer is written."""
        request, status, seconds = handler.request, handler.get_status(), handler.request.request_time()
        route, span = getattr(request, "dashwright_visit", ("", None))
        is_failure = status >= 500
        TRACING.end(span, {"http.response.status_code": status}, str(status) if is_failure else None)
        method = _method(request)
        self.counting.request(
            self.server, method, route, status, None if route in self.endless or status == 101 else seconds
        )
        if route in UNSEEN and not is_failure:
            return
        fields = {"status": status, "method": method, "route": route, "duration_ms": round(1000 * seconds, 1)}
        level = logging.WARNING if is_failure else logging.INFO
        log.log(level, "%d %s %s", status, method, route, extra=fields | {"client": request.remote_ip})


class ObservedApplication(Application):
    """Tornado's, whose requests are seen by an observer."""

    def __init__(self, rules: Any, observer: Observer, **settings: Any) -> None:
        super().__init__(rules, **{**settings, "log_function": observer.over})
        self._observer = observer

    def get_handler_delegate(
        self,
        request: HTTPServerRequest,
        target_class: type[RequestHandler],
        target_kwargs: dict[str, Any] | None = None,
        path_args: list[bytes] | None = None,
        path_kwargs: dict[str, bytes] | None = None,
    ) -> Any:
        inner = super().get_handler_delegate(request, target_class, target_kwargs, path_args, path_kwargs)
        outer = InContext(inner)
        route = self._observer.template(target_class, target_kwargs or {})
        outer.context.run(self._observer.begun, request, route, path_kwargs or {})
        return outer


class InContext(HTTPMessageDelegate):
    """What handles one request, in a context of its own: a connection has many, one after the other."""

    def __init__(self, inner: HTTPMessageDelegate) -> None:
        self.inner = inner
        self.context = copy_context()

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> Awaitable[None] | None:
        return self.context.run(self.inner.headers_received, start_line, headers)

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        return self.context.run(self.inner.data_received, chunk)

    def finish(self) -> None:
        self.context.run(self.inner.finish)

    def on_connection_close(self) -> None:
        self.context.run(self.inner.on_connection_close)


def _method(request: HTTPServerRequest) -> str:
    return request.method if request.method in METHODS else "other"
