"""A web server on a real socket that says exactly what a test wants, also what no decent server says."""

from __future__ import annotations

import io
import json
import socket
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

from dashwright.pipelines.sources import web

CSV = b"city,year,sales\n" + b"".join(b"Town %d,%d,%d\n" % (row, 2000 + row % 20, row * 3) for row in range(2_000))

Answer = Callable[[BaseHTTPRequestHandler], None]


class Wire:
    """`answers` has a function for each path; `requests` has what was asked, in order."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.answers: dict[str, Answer] = {}
        self.mounted: dict[str, Answer] = {}
        self.requests: list[tuple[str, dict[str, str]]] = []
        wire = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                path = self.path.partition("?")[0]
                wire.requests.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                self.close_connection = True
                with suppress(BrokenPipeError, ConnectionResetError):  # The client may have had enough.
                    wire.answer_to(path)(self)

            do_POST = do_GET  # noqa: N815 (the name that the server looks for)

            def log_message(self, *values: object) -> None:
                """Be quiet."""

        self.server = ThreadingHTTPServer((host, 0), Handler)
        self.server.daemon_threads = True
        self.host, self.port = host, self.server.server_address[1]
        self.over = False
        self.thread = threading.Thread(target=self.serve_until_over, daemon=True)
        self.thread.start()

    def serve_until_over(self) -> None:
        while not self.over:
            self.server.handle_request()

    def answer_to(self, path: str) -> Answer:
        """What was set for the path, or for a folder that it is in."""
        if path in self.answers:
            return self.answers[path]
        return next((answer for folder, answer in self.mounted.items() if path.startswith(folder + "/")), missing)

    def mount(self, folder: str, answer: Answer) -> str:
        """Answer everything below `folder`, in which a whole service is played. Returns its URL."""
        self.mounted[folder] = answer
        return self.url(folder)

    def url(self, path: str) -> str:
        return f"http://{self.host}:{self.port}{path}"

    def serve(self, path: str, body: bytes = CSV, status: int = 200, **headers: str) -> str:
        """Answer `path` in the ordinary way; with an ETag, whoever has that gets nothing. Returns its URL."""

        def answer(request: BaseHTTPRequestHandler) -> None:
            if headers.get("etag", "") == request.headers.get("If-None-Match"):
                send(request, b"", 304, **headers)
            else:
                send(request, body, status, **headers)

        self.answers[path] = answer
        return self.url(path)

    def close(self) -> None:
        # A connection wakes the thread at once; `shutdown` waits for it to look up, which most tests would pay for.
        self.over = True
        socket.create_connection(self.server.server_address[:2]).close()
        self.thread.join()
        self.server.server_close()


def missing(request: BaseHTTPRequestHandler) -> None:
    send(request, b"<!DOCTYPE html><html><body>Nothing here</body></html>", 404, content_type="text/html")


def send_json(request: BaseHTTPRequestHandler, content: object, status: int = 200, **headers: str) -> None:
    send(request, json.dumps(content).encode(), status, content_type="application/json", **headers)


def asked(request: BaseHTTPRequestHandler) -> tuple[str, dict[str, str]]:
    """The path without the name of the service, and the query."""
    parts = urlsplit(request.path)
    return unquote(parts.path.partition("/")[2].partition("/")[2]), dict(parse_qsl(parts.query))


def posted(request: BaseHTTPRequestHandler) -> Any:
    """What was asked in JSON."""
    return json.loads(request.rfile.read(int(request.headers.get("Content-Length", 0))) or b"{}")


def send(request: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    """`headers` with underscores for dashes; ``content_length=""`` leaves it out."""
    named = {"content_length": str(len(body)), **headers}
    request.send_response(status)
    for name, value in named.items():
        if value:
            request.send_header(name.replace("_", "-"), value)
    request.end_headers()
    request.wfile.write(body)


def opendocument() -> bytes:
    """A spreadsheet of two columns and three rows, written by hand: the packages that write them are not kept."""
    cells = (("city", "sales"), ("Bern", "1"), ("Rome", "2"))
    texts = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in row
        )
        + "</table:table-row>"
        for row in cells
    )
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names} office:version="1.2"><office:body>'
        f'<office:spreadsheet><table:table table:name="Sheet1">{texts}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
    return target.getvalue()


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers that play in the same process need no time to recover."""
    monkeypatch.setattr(web, "PAUSE", 0.001)


@pytest.fixture
def wire() -> Iterator[Wire]:
    server = Wire()
    yield server
    server.close()


@pytest.fixture
def other_wire() -> Iterator[Wire]:
    """A second machine, as far as addresses go: all of 127.0.0.0/8 is this one."""
    server = Wire("127.0.0.2")
    yield server
    server.close()
