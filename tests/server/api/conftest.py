"""The API as a server on a thread of its own, over a real database."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from dashwright.server.api.app import LOOPBACK, http_server
from dashwright.server.api.calling import Callers
from dashwright.server.api.service import Service
from dashwright.server.keeping import kept_secret
from dashwright.server.observing.exposing import Exposition


@contextmanager
def served(site: Any, exposition: Exposition | None = None, **options: Any) -> Iterator[str]:
    """The address of the API of a site."""
    callers = Callers(site.settings, lambda: site.store)
    service = Service(site.settings, lambda: site.store, callers, LOOPBACK, **{"heartbeat": 0.3} | options)
    loop = asyncio.new_event_loop()
    ports: list[int] = []
    ready = threading.Event()

    async def begin() -> HTTPServer:
        sockets = bind_sockets(0, "127.0.0.1")
        server = http_server(service, exposition)
        server.add_sockets(sockets)
        ports.append(sockets[0].getsockname()[1])
        ready.set()
        return server

    def run() -> None:
        asyncio.set_event_loop(loop)
        server = loop.run_until_complete(begin())
        loop.run_forever()
        server.stop()
        loop.run_until_complete(service.stop())
        loop.run_until_complete(server.close_all_connections())
        loop.run_until_complete(asyncio.to_thread(service.close))
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    assert ready.wait(30)
    try:
        yield f"http://127.0.0.1:{ports[0]}/api/"
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)
    assert not thread.is_alive()


@pytest.fixture(scope="session")
def api_of() -> Any:
    """Serve the API of a site: ``with api_of(site, exposition) as address``."""
    return served


@contextmanager
def client_of(site: Any, untaken: float = 60) -> Iterator[httpx.Client]:
    token = kept_secret(site.settings.secrets, "api-token")
    with (
        served(site, untaken=untaken) as address,
        httpx.Client(
            base_url=address,
            headers={"Authorization": f"Bearer {token}"},
            trust_env=False,
            limits=httpx.Limits(max_keepalive_connections=0),  # what stood idle meanwhile may be closed just now
            timeout=60,
        ) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def client(quiet: Any) -> Iterator[httpx.Client]:
    """A client that may do everything, on a site without a worker."""
    with client_of(quiet, untaken=0.1) as client:
        yield client


@pytest.fixture(scope="module")
def working(shared: Any) -> Iterator[httpx.Client]:
    """A client that may do everything, on a site with a worker."""
    with client_of(shared) as client:
        yield client
