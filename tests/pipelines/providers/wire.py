"""A web server on a real socket that stands in for an AI service: it notes what it was asked, and can be as slow and as
broken as a test wants."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

Manner = Literal["whole", "drip", "cut", "hang"]
"""drip: a byte at a time, forever. cut: half of it. hang: nothing, until the client goes."""
PATIENCE = 10.0
"""Seconds after which a test has failed."""
LONG = 60.0
"""Seconds that a server hangs at most: longer than a busy machine takes to make a client go."""


@dataclass(frozen=True)
class Reply:
    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    manner: Manner = "whole"


def said(value: Any, status: int = 200, manner: Manner = "whole", **headers: str) -> Reply:
    """JSON. `headers` with underscores for dashes."""
    named = {"content-type": "application/json"} | {key.replace("_", "-"): text for key, text in headers.items()}
    return Reply(json.dumps(value, ensure_ascii=False).encode(), status, named, manner)


@dataclass(frozen=True)
class Asked:
    """What a client sent."""

    method: str
    target: str
    """The path with the query."""
    headers: dict[str, str]
    """By lower case names."""
    raw: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def body(self) -> Any:
        return json.loads(self.raw)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # With the usual five, connections of many clients at once are reset.

    def handle_error(self, request: object, client_address: object) -> None:
        """Be quiet: a client may go at any time."""


class Wire:
    """`answer` says what each request gets; `asked` has them in order; `was_left` is set when a client that got nothing
    has closed its connection."""

    def __init__(self, answer: Callable[[Asked], Reply]) -> None:
        self.answer = answer
        self.asked: list[Asked] = []
        self.was_asked = threading.Event()
        self.was_left = threading.Event()
        wire = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                wire._serve(self)

            def do_POST(self) -> None:
                wire._serve(self)

            def log_message(self, *values: object) -> None:
                """Be quiet."""

        self.server = _Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    def _serve(self, request: BaseHTTPRequestHandler) -> None:
        headers = {name.lower(): value for name, value in request.headers.items()}
        raw = request.rfile.read(int(headers.get("content-length", "0")))
        asked = Asked(request.command, request.path, headers, raw)
        self.asked.append(asked)
        reply = self.answer(asked)
        self.was_asked.set()
        with suppress(OSError):  # The client may have had enough.
            self._send(request, reply)

    def _send(self, request: BaseHTTPRequestHandler, reply: Reply) -> None:
        if reply.manner == "hang":
            request.close_connection = True
            self._wait_for_the_end(request)
            return
        request.send_response(reply.status)
        for name, value in {"content-length": str(len(reply.body)), **reply.headers}.items():
            request.send_header(name, value)
        request.end_headers()
        if reply.manner == "whole":
            request.wfile.write(reply.body)
            return
        request.close_connection = True
        if reply.manner == "cut":
            request.wfile.write(reply.body[: len(reply.body) // 2])
            return
        until = time.monotonic() + PATIENCE
        try:
            while time.monotonic() < until:
                request.wfile.write(b" ")
                time.sleep(0.02)
        except OSError:
            self.was_left.set()

    def _wait_for_the_end(self, request: BaseHTTPRequestHandler) -> None:
        request.connection.settimeout(LONG)
        try:
            if not request.connection.recv(1):
                self.was_left.set()
        except ConnectionError:
            self.was_left.set()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
