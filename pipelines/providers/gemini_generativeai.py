"""GenerativeaiLine: the Gemini API by google-generativeai 0.8, which is no longer maintained and will not change.

It knows neither JSON Schema nor the present search, waits in a thread, and must be held back: its transport by gRPC
takes no http://, a 503 it would try again for ten minutes, and its import warns everybody of its end.
"""

from __future__ import annotations

import asyncio
import socket
import threading
import warnings
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, ClassVar, TypeVar

import requests
from google.protobuf import json_format
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

from .faults import Origin, said_by_google
from .gemini_line import Asked
from .provider import Fault, Prompt

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from google.api_core import exceptions
    from google.generativeai import client as clients
    from google.generativeai import protos

Result = TypeVar("Result")


class GenerativeaiLine:
    takes_schema: ClassVar[bool] = False
    has_search: ClassVar[bool] = False

    def __init__(self, key: str, address: str, origin: Origin) -> None:
        self._origin = origin
        # What `configure` of the library does, but not for the whole process. With the scheme: without it means https.
        manager: Any = clients._ClientManager()
        manager.configure(api_key=key, transport="rest", client_options={"api_endpoint": address})
        self._generative = manager.get_default_client("generative")
        self._model = manager.get_default_client("model")
        for client in (self._generative, self._model):
            session, adapter = client.transport._session, _Adapter()
            session.mount("http://", adapter)
            session.mount("https://", adapter)
            session._refresh_status_codes = ()  # A 401 would be asked again, twice: but a key cannot be refreshed.

    async def generate(self, asked: Asked, timeout: float) -> str:
        request = protos.GenerateContentRequest(
            model=f"models/{asked.model}",
            system_instruction=protos.Content(parts=[protos.Part(text=asked.system)]),
            contents=[protos.Content(role=turn.role, parts=[protos.Part(text=turn.text)]) for turn in asked.turns],
            generation_config=protos.GenerationConfig(
                max_output_tokens=asked.most_tokens, response_mime_type="application/json" if asked.is_json else None
            ),
        )

        def call() -> str:
            answer = self._generative.generate_content(request=request, retry=None, timeout=timeout)
            text: str = protos.GenerateContentResponse.to_json(answer, use_integers_for_enums=False)
            return text

        return await self._called(call, timeout, asked.prompt)

    async def models(self, timeout: float) -> tuple[str, ...]:
        def call() -> tuple[str, ...]:
            found = self._model.list_models(
                request=protos.ListModelsRequest(page_size=1_000), retry=None, timeout=timeout
            )
            return tuple(
                model.name.removeprefix("models/")
                for model in found
                if "generateContent" in (model.supported_generation_methods or ["generateContent"])
            )

        return await self._called(call, timeout, None)

    async def close(self) -> None:
        for client in (self._generative, self._model):
            client.transport._session.close()

    async def _called(self, call: Callable[[], Result], timeout: float, prompt: Prompt | None) -> Result:
        try:
            return await _apart(call)
        except (exceptions.GoogleAPICallError, requests.RequestException) as error:
            raise self._fault(error, timeout, prompt) from error
        except (json_format.ParseError, ValueError, LookupError, TypeError, AttributeError) as error:
            raise self._origin.broken() from error  # It reads what came as what it expects.

    def _fault(self, error: Exception, timeout: float, prompt: Prompt | None) -> Fault:
        if isinstance(error, exceptions.GoogleAPICallError):
            response = error.response
            if response is None:
                return self._origin.broken()
            try:
                body = response.json()
            except ValueError:
                body = None
            return self._origin.refused(response.status_code, said_by_google(body, response.headers), prompt)
        if isinstance(error, requests.Timeout):
            return self._origin.late(timeout)
        if isinstance(error, requests.JSONDecodeError):
            return self._origin.broken()
        return self._origin.unreachable(error)


class _Thread(threading.Thread):
    """One call. `cut` ends it from another thread, by closing the connection under it."""

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__(name="Gemini", daemon=True)
        self._work = work
        self._lock = threading.Lock()
        self._connections: list[HTTPConnection] = []
        self._is_cut = False

    def run(self) -> None:
        self._work()

    def uses(self, connection: HTTPConnection) -> None:
        with self._lock:
            if self._is_cut:
                raise ConnectionAbortedError("nobody waits any more")
            self._connections.append(connection)

    def cut(self) -> None:
        with self._lock:
            self._is_cut = True
            for connection in self._connections:
                if isinstance(connection.sock, socket.socket):
                    with suppress(OSError):
                        # Not the method of ssl's, which first takes the encryption away under the reader.
                        socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)


async def _apart(call: Callable[[], Result]) -> Result:
    """The result of a call that blocks, made in a thread which ends with the waiting. No pool of threads: leaving
    Python would wait for those."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Result] = loop.create_future()

    def settle(outcome: Callable[[], None]) -> None:
        if not future.done():
            outcome()

    def work() -> None:
        try:
            outcome = partial(future.set_result, call())
        except BaseException as error:  # noqa: BLE001 - raised where it is waited for
            outcome = partial(future.set_exception, error)
        with suppress(RuntimeError):  # The loop may be gone.
            loop.call_soon_threadsafe(settle, outcome)

    thread = _Thread(work)
    thread.start()
    try:
        return await future
    except asyncio.CancelledError:
        thread.cut()
        raise


def _noted(connection: HTTPConnection) -> None:
    thread = threading.current_thread()
    if isinstance(thread, _Thread):
        thread.uses(connection)


class _Connection(HTTPConnection):
    def connect(self) -> None:
        super().connect()
        _noted(self)

    def request(self, *values: Any, **named: Any) -> None:
        if self.sock is not None:
            _noted(self)
        super().request(*values, **named)


class _SecureConnection(_Connection, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class _Adapter(HTTPAdapter):
    """Tells each thread which connections it uses."""

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **named: Any) -> None:
        self.poolmanager = PoolManager(num_pools=connections, maxsize=maxsize, block=block, **named)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
