"""Connections that are held by sending little or nothing."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from dashwright.server.keeping import kept_secret
from tests.server.api.conftest import served
from tests.server.conftest import Site

PATIENCE = 0.4


@pytest.fixture(scope="module")
def place(quiet: Site) -> Iterator[tuple[str, int]]:
    """Where a server listens that waits for nobody."""
    with served(quiet, patience=PATIENCE) as address:
        parts = urlsplit(address)
        assert parts.hostname
        assert parts.port
        yield parts.hostname, parts.port


@pytest.fixture
def token(quiet: Site) -> str:
    return kept_secret(quiet.settings.secrets, "api-token")


def head(line: str, token: str, *more: str) -> bytes:
    lines = (f"{line} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {token}", *more)
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def heard(connection: socket.socket) -> bytes:
    """All that comes until the server hangs up."""
    connection.settimeout(60)
    parts = []
    while part := connection.recv(65536):
        parts.append(part)
    return b"".join(parts)


@pytest.mark.parametrize("length", ["Content-Length: 1000", "Transfer-Encoding: chunked"])
def test_body_that_does_not_come_is_given_up(place: tuple[str, int], token: str, length: str) -> None:
    begun = head("POST /api/dashboards", token, "Content-Type: application/json", length)
    with socket.create_connection(place) as connection:
        connection.sendall(begun + b"5\r\n")
        answer = heard(connection)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"application/problem+json" in answer
    assert b"Connection: close" in answer


def test_file_that_comes_drop_by_drop_is_given_up(place: tuple[str, int], token: str, quiet: Site) -> None:
    with socket.create_connection(place) as connection:
        connection.sendall(head("POST /api/uploads?name=a.csv", token, "Content-Length: 1000000"))
        connection.settimeout(PATIENCE / 8)
        answer = b""
        while not answer:
            try:
                answer = connection.recv(65536)
            except TimeoutError:
                connection.sendall(b"1")
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert not list(quiet.settings.uploads.glob(".incoming-*"))


@pytest.mark.parametrize("sent", [b"", b"GET /api/me HTTP/1.1\r\nHost: loc"])
def test_head_that_does_not_come_is_given_up(place: tuple[str, int], sent: bytes) -> None:
    with socket.create_connection(place) as connection:
        connection.sendall(sent)
        assert heard(connection) == b""


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("POST /api/nothing", 404),
        ("POST /elsewhere", 404),
        ("GET /api/openapi.json", 400),
        ("GET /api/docs/", 400),
        ("OPTIONS /api/dashboards", 400),
        ("GET /api/dashboards", 400),
        ("POST /api/dashboards", 413),
        ("POST /api/uploads?name=a.csv", 413),
    ],
)
def test_body_that_nobody_wants_is_never_read(place: tuple[str, int], token: str, line: str, status: int) -> None:
    with socket.create_connection(place) as connection:
        connection.sendall(head(line, token, "Content-Type: application/json", "Content-Length: 1000000000"))
        assert heard(connection).startswith(f"HTTP/1.1 {status} ".encode())
