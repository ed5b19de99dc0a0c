"""What all routes have in common: errors in one shape, strict reading, who asks from where."""

from __future__ import annotations

import socket
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import httpx
import pytest

from dashwright.server.api.__main__ import text
from dashwright.server.api.reading import MOST_BYTES
from dashwright.server.api.resources import ROUTES

JSON = {"Content-Type": "application/json"}


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The problem of an answer, which must be one."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    found: dict[str, Any] = answer.json()
    assert found["status"] == status
    assert found["request_id"] == answer.headers["X-Request-Id"]
    assert found["detail"].endswith("."), found["detail"]
    assert found["type"] == f"urn:dashwright:problem:{found['code']}"
    return found


def test_document_in_docs_is_the_one_of_the_routes() -> None:
    kept = Path(__file__).parents[3] / "docs/openapi.json"
    assert kept.read_text() == text(), "run: python -m dashwright.server.api"


def test_document_is_served(client: httpx.Client) -> None:
    served = client.get("openapi.json").json()
    assert served["openapi"] == "3.1.0"
    assert set(served["paths"]) == {route.path for route in ROUTES}


def test_address_with_nothing_is_a_problem(client: httpx.Client) -> None:
    problem(client.get("nothing"), 404)
    problem(client.get("../other"), 404)
    assert problem(client.get("dashboards/no-such-thing"), 404)["code"] in ("missing", "not-found")
    problem(client.get("jobs/not-an-id"), 404)


def test_wrong_method_names_the_right_ones(client: httpx.Client) -> None:
    answer = client.put("dashboards")
    assert "PUT" in problem(answer, 405)["detail"]
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS, POST"
    assert client.options("dashboards").headers["Allow"] == "GET, HEAD, OPTIONS, POST"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"question": ', "no JSON"),
        (b'{"question": "a", "question": "b"}', "twice"),
        (b'{"question": NaN}', "NaN"),
        (b'{"question": "\xff"}', "not UTF-8"),
        (b'{"question": "\\ud800"}', "half a character"),
        (b'{"question": "\\u0000"}', "zero byte"),
        (b'{"question":' + b"[" * 100_000 + b"}", "deep"),
    ],
)
def test_ambiguous_body_is_refused(client: httpx.Client, body: bytes, words: str) -> None:
    found = problem(client.post("dashboards", content=body, headers=JSON), 400)
    assert words in found["detail"]


def test_unknown_field_is_named(client: httpx.Client) -> None:
    found = problem(client.post("dashboards", json={"question": "What?", "wishes": {"colour": "red"}}), 422)
    assert found["errors"] == [{"place": "body", "name": "wishes.colour", "message": "there is no field of this name"}]
    found = problem(client.get("dashboards", params={"colour": "red"}), 422)
    assert found["errors"][0] == {"place": "query", "name": "colour", "message": "there is no field of this name"}


def test_body_of_another_type_is_refused(client: httpx.Client) -> None:
    problem(client.post("dashboards", data={"question": "What?"}), 415)


def test_large_body_is_refused_before_it_is_read(client: httpx.Client) -> None:
    def pieces() -> Any:
        yield b'{"question": "'
        for _ in range(20):
            yield b"a" * (MOST_BYTES // 16)
        yield b'"}'

    problem(client.post("dashboards", content=b" " * (MOST_BYTES + 1), headers=JSON), 413)
    problem(client.post("dashboards", content=pieces(), headers=JSON), 413)


def test_stranger_is_asked_to_sign_in(client: httpx.Client) -> None:
    answer = httpx.post(f"{client.base_url}dashboards", json={"question": "What?"}, trust_env=False)
    problem(answer, 401)
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    wrong = httpx.get(f"{client.base_url}me", headers={"Authorization": "Bearer guess"}, trust_env=False)
    problem(wrong, 401)
    assert client.get("me").json()["kind"] == "local"


def test_token_in_address_is_refused(client: httpx.Client) -> None:
    assert problem(client.get("me", params={"token": "abc"}), 400)["code"] == "secret-in-address"


def test_foreign_names_and_pages_are_refused(client: httpx.Client) -> None:
    problem(client.get("me", headers={"Host": "rebound.example"}), 421)
    problem(client.get("me", headers={"Origin": "https://evil.example"}), 403)
    problem(client.get("me", headers={"Sec-Fetch-Site": "cross-site"}), 403)
    cookie = {"Cookie": "session=abc"}
    answer = httpx.post(f"{client.base_url}dashboards", json={"question": "What?"}, headers=cookie, trust_env=False)
    assert problem(answer, 403)["code"] == "cross-site"


def test_head_is_a_get_without_its_body(client: httpx.Client) -> None:
    answer = client.head("me")
    assert answer.status_code == 200
    assert answer.content == b""


def test_half_a_request_harms_nobody(client: httpx.Client) -> None:
    with socket.create_connection((client.base_url.host, client.base_url.port or 0)) as connection:
        connection.sendall(b"POST /api/dashboards HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n")
    assert client.get("health").status_code == 200


def test_a_connection_goes_on_after_an_error_or_is_said_to_end(client: httpx.Client) -> None:
    connection = HTTPConnection(client.base_url.host, client.base_url.port or 80, timeout=60)
    token = {"Authorization": client.headers["Authorization"]}
    for path in 2 * ("nothing", "me?token=x", "docs/nothing", "dashboards/nothing-there", "me?x=y"):
        connection.request("GET", f"/api/{path}", headers=token)
        answer = connection.getresponse()
        assert answer.status in (400, 404, 422)
        assert answer.read()
    connection.close()
