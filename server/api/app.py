"""The API as a server of its own, and its handlers for others."""

from __future__ import annotations

import asyncio
import gc
import re
import signal
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import tornado.web
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from ...pipelines.errors import SetupError
from .. import observing
from ..observing.exposing import Exposition
from ..observing.requests import ObservedApplication, Observer
from ..settings import Settings
from ..store import Measures, Store
from . import reading
from .answering import Answer, Answering, NoRoute
from .calling import Callers
from .documenting import Document, Page
from .metrics import Metrics
from .receiving import Receive
from .resources import ROUTES
from .route import Route, pattern
from .service import Service
from .streaming import Follow

OTHERS: dict[type[tornado.web.RequestHandler], str] = {
    Document: "/api/openapi.json",
    Page: "/api/docs/{name}",
    Metrics: "/metrics",
}
"""What is no route, and what requests to it are counted and logged under."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")
Rules = list[tuple[str, type[tornado.web.RequestHandler], dict[str, Any]]]


class Handlers(NamedTuple):
    """What answers at an address, by its kind."""

    answer: type[Answer] = Answer
    receive: type[Receive] = Receive
    follow: type[Follow] = Follow
    document: type[Answering] = Document
    nothing: type[Answering] = NoRoute
    page: type[Answering] = Page

    def of(self, routes: Iterable[Route]) -> type[Answer]:
        kinds = {self.receive if route.raw else self.follow if route.stream else self.answer for route in routes}
        return next(iter(kinds - {self.answer}), self.answer)


OWN = Handlers()


def rules(service: Service, path: str = "/api", handlers: Handlers = OWN) -> Rules:
    """What an application needs to serve the API at a path."""
    base = re.escape(path)
    by_path: dict[str, dict[str, Route]] = {}
    for route in ROUTES:
        by_path.setdefault(route.path, {})[route.method] = route
    found: Rules = [
        (
            f"{base}{pattern(path)}",
            handlers.of(routes.values()),
            {"service": service, "routes": routes},
        )
        for path, routes in by_path.items()
    ]
    found.append((f"{base}/openapi\\.json", handlers.document, {"service": service}))
    found.append((f"{base}/docs/(?P<name>[a-z.-]*)", handlers.page, {"service": service}))
    found.append((f"{base}(?:/.*)?", handlers.nothing, {"service": service}))
    return found


def template(kind: type[tornado.web.RequestHandler], given: Mapping[str, Any]) -> str:
    """What requests to a handler are counted and logged under."""
    routes: Mapping[str, Route] = given.get("routes", {})
    return next((f"/api{route.path}" for route in routes.values()), OTHERS.get(kind, "other"))


def application(service: Service, exposition: Exposition) -> tornado.web.Application:
    endless = frozenset(f"/api{route.path}" for route in ROUTES if route.stream)
    token = service.settings.metrics_token
    return ObservedApplication(
        [
            *rules(service),
            ("/metrics", Metrics, {"service": service, "exposition": exposition, "token": token}),
            (".*", NoRoute, {"service": service}),
        ],
        Observer("api", template, exposition.counting, endless),
        default_handler_class=NoRoute,
        default_handler_args={"service": service},
    )


def http_server(service: Service, exposition: Exposition | None = None) -> HTTPServer:
    """Which also hangs up on whoever connects and sends nothing, or the head of a request drop by drop."""
    return HTTPServer(
        application(service, exposition or Exposition("api")),
        xheaders=False,
        idle_connection_timeout=service.patience,
        max_body_size=2 * reading.MOST_BYTES,  # routes that take more say so
    )


def serve(
    settings: Settings, store: Store, port: int, host: str = "127.0.0.1", ready: Callable[[str], None] | None = None
) -> None:
    """Serve until SIGTERM or SIGINT. `ready` is told the address when it can be used.

    Raises:
        SetupError: the address or port cannot be used.
    """
    observing.begin(settings, "api")
    try:
        asyncio.run(_serve(settings, store, port, host, ready))
    finally:
        observing.end()


async def _serve(settings: Settings, store: Store, port: int, host: str, ready: Callable[[str], None] | None) -> None:
    try:
        sockets = bind_sockets(port, host)
    except (OSError, OverflowError) as error:
        raise SetupError(
            f"The API cannot listen on {host}, port {port} ({error}). Choose another, or 0 for any free one."
        ) from error
    service = Service(settings, lambda: store, Callers(settings, lambda: store), (*LOOPBACK, host, *settings.api_hosts))
    measures = Measures(store)
    server = http_server(service, Exposition("api", measures.read, lambda: store.engine))
    server.add_sockets(sockets)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    gc.freeze()  # what was imported stays: looking through it again and again would hold up every answer meanwhile
    if ready is not None:
        name = f"[{host}]" if ":" in host else host
        ready(f"http://{name}:{sockets[0].getsockname()[1]}/api/")
    await stop.wait()
    server.stop()
    await service.stop()
    await server.close_all_connections()
    service.close()
    measures.close()
