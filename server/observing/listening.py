"""Listening: a process without a web server of its own answers for its metrics on loopback."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import SecretStr
from tornado.httpserver import HTTPServer
from tornado.web import Application

from ...pipelines.errors import SetupError
from .exposing import Exposition
from .scraping import Scraped

log = logging.getLogger(__name__)
HOST = "127.0.0.1"
PATIENCE = 10.0
"""Seconds for the head of a request."""


@contextmanager
def listening(exposition: Exposition, port: int | None, token: SecretStr | None) -> Iterator[None]:
    """Answer `/metrics` on a thread meanwhile. `port`: 0 takes any free one, None answers nobody.

    Raises:
        SetupError: the port is taken.
    """
    if port is None:
        yield
        return
    try:
        listener = socket.create_server((HOST, port))
    except OSError as error:
        raise SetupError(
            f"The worker's metrics cannot be told on port {port} ({error.strerror or error}). Choose another with "
            "DASHWRIGHT_METRICS_PORT, or 0 for any free one."
        ) from error
    loop = asyncio.new_event_loop()
    started = threading.Event()

    async def serve() -> None:
        application = Application(
            [("/metrics", Scraped, {"exposition": exposition, "token": token})], log_function=lambda _: None
        )
        server = HTTPServer(application, idle_connection_timeout=PATIENCE, max_body_size=0, max_header_size=16_384)
        listener.setblocking(False)
        server.add_socket(listener)
        stopping.append(asyncio.Event())
        log.info("Metrics are at http://%s:%d/metrics", *listener.getsockname()[:2])
        started.set()
        await stopping[0].wait()
        server.stop()
        await server.close_all_connections()

    stopping: list[asyncio.Event] = []
    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), name="metrics-server", daemon=True)
    thread.start()
    started.wait()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stopping[0].set)
        thread.join(PATIENCE)
        if not thread.is_alive():
            loop.close()
