"""The REST API inside a Jupyter server."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest
from websockets.sync.client import connect

from dashwright.server.database import migrate
from dashwright.server.postgres import EmbeddedPostgres
from dashwright.server.settings import Settings
from dashwright.server.telling import SCHEMA_ID
from tests.extension.test_about import TOKEN, jupyter

HEADERS = {"Authorization": f"token {TOKEN}"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Of a Jupyter server on a data directory that has a database."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("lab") / "data")
    settings.make_folders()
    embedded = EmbeddedPostgres(settings)
    migrate(embedded.start())
    try:
        with jupyter(tmp_path_factory.mktemp("jupyter"), settings.data_dir) as client:
            yield client
    finally:
        embedded.stop()


def test_dashboards_are_asked_for_and_followed(client: httpx.Client) -> None:
    client.cookies.clear()
    answer = client.post("dashwright/api/dashboards", json={"question": "In the lab?"}, headers=HEADERS)
    assert answer.status_code == 202, answer.text
    location = answer.headers["Location"]
    assert location.startswith("/user/ann/dashwright/api/jobs/")
    job = client.get(location.removeprefix("/user/ann/"), headers=HEADERS).json()
    assert job["status"] == "pending"
    with client.stream("GET", f"dashwright/api/jobs/{job['id']}/events", headers=HEADERS) as stream:
        assert any(line == "event: job" for line in stream.iter_lines())
    listed = client.get("dashwright/api/dashboards?1732500000000", headers=HEADERS)
    assert [one["id"] for one in listed.json()["items"]] == [job["dashboard_id"]]
    upload = client.post("dashwright/api/uploads", params={"name": "a.csv"}, content=b"a\n1\n", headers=HEADERS)
    assert upload.status_code == 201


def test_the_event_bus_tells_of_jobs(client: httpx.Client) -> None:
    client.cookies.clear()
    client.get("dashwright/api/jobs", headers=HEADERS).raise_for_status()  # from here on changes are told
    address = str(client.base_url).replace("http:", "ws:") + f"api/events/subscribe?token={TOKEN}"
    with connect(address, proxy=None) as bus:
        asked = client.post("dashwright/api/dashboards", json={"question": "On the bus?"}, headers=HEADERS)
        job_id = asked.headers["Location"].rpartition("/")[2]
        told = next(
            event for event in map(json.loads, bus) if event["schema_id"] == SCHEMA_ID and event["id"] == job_id
        )
        assert told["job"]["status"] == "pending"
        client.post(f"dashwright/api/jobs/{job_id}/cancel", headers=HEADERS).raise_for_status()
        assert any(event["job"]["status"] == "cancelled" for event in map(json.loads, bus) if event.get("id") == job_id)


def test_errors_have_the_shape_of_all_errors(client: httpx.Client) -> None:
    for path, status in (("nothing", 404), ("dashboards/nothing-there", 404), ("me?token=x", 400)):
        answer = client.get(f"dashwright/api/{path}", headers=HEADERS)
        assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert client.get("dashwright/api/openapi.json", headers=HEADERS).json()["openapi"] == "3.1.0"


def test_nobody_comes_in_without_a_token_nor_by_a_cookie_alone(client: httpx.Client) -> None:
    client.cookies.clear()
    for path in ("dashboards", "openapi.json", "nothing", "events"):
        assert client.get(f"dashwright/api/{path}").status_code in (401, 403), path
    client.get("lab?token=" + TOKEN)
    assert client.cookies
    assert client.get("dashwright/api/dashboards").status_code == 200
    body = {"question": "By another site?"}
    assert client.post("dashwright/api/dashboards", json=body).status_code == 403
    token = {"X-XSRFToken": client.cookies.get("_xsrf") or ""}
    assert client.post("dashwright/api/dashboards", json=body, headers=token).status_code == 202
    foreign = {**HEADERS, "Origin": "https://evil.example"}
    assert client.get("dashwright/api/dashboards", headers={"Origin": foreign["Origin"]}).status_code in (403, 404)
