"""Dashboards and jobs over HTTP, on a site where nothing is worked on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
import pytest


def asked(client: httpx.Client, question: str, **more: Any) -> dict[str, Any]:
    """A new dashboard and its job."""
    answer = client.post("dashboards", json={"question": question, **more})
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = answer.json()
    return found


def pages(client: httpx.Client, path: str, **query: Any) -> list[dict[str, Any]]:
    """All items of a list, page by page, found by the Link header as well as by `next`."""
    items: list[dict[str, Any]] = []
    answer = client.get(path, params=query)
    while True:
        assert answer.status_code == 200, answer.text
        page = answer.json()
        items += page["items"]
        if page["next"] is None:
            assert "Link" not in answer.headers
            return items
        answer = client.get(f"http://{client.base_url.netloc.decode()}{answer.links['next']['url']}")


def test_dashboard_is_asked_for_and_waits_for_a_worker(client: httpx.Client) -> None:
    answer = client.post("dashboards", json={"question": "How do sales differ?", "tags": ["sales", "north"]})
    assert answer.status_code == 202
    begun = answer.json()
    assert begun["dashboard"]["slug"] == "how-do-sales-differ"
    assert begun["dashboard"]["tags"] == ["sales", "north"]
    assert begun["job"]["status"] == "pending"
    assert answer.headers["Location"] == f"/api/jobs/{begun['job']['id']}"
    assert client.get(answer.headers["Location"].removeprefix("/api/")).json() == begun["job"]


def test_every_order_pages_through_everything_once(client: httpx.Client) -> None:
    mark = uuid4().hex
    titles = [f"Same {mark}", f"Same {mark}", f"Other {mark}", f"Éclair {mark}", f"Zebra {mark}"]
    for title in titles:
        asked(client, f"Paging {mark}?", title=title)
    for sort in ("created_at", "-created_at", "title", "-title", "updated_at", "-updated_at"):
        items = pages(client, "dashboards", search=mark, sort=sort, limit=2)
        assert sorted(item["title"] for item in items) == sorted(titles), sort
        assert len({item["id"] for item in items}) == len(titles)
    ascending = pages(client, "dashboards", search=mark, sort="created_at", limit=2)
    assert [item["title"] for item in ascending] == titles


def test_list_is_searched_and_filtered(client: httpx.Client) -> None:
    mark = f"m{uuid4().hex}"
    first = asked(client, f"Strikes of birds {mark}?", tags=[mark, "air"])["dashboard"]
    second = asked(client, f"Prices of bread {mark}?", tags=[mark], is_public=True)["dashboard"]

    def slugs(**query: Any) -> set[str]:
        return {item["slug"] for item in pages(client, "dashboards", **query)}

    both = {first["slug"], second["slug"]}
    assert slugs(search=f"bird {mark}") == {first["slug"]}
    assert slugs(search=f"BREAD {mark[:10]}") == {second["slug"]}
    assert slugs(search=f"{mark} ' | !) :*") == both
    assert slugs(tag=[mark, "air"]) == {first["slug"]}
    assert slugs(tag=mark, public=True) == {second["slug"]}
    assert slugs(tag=mark, status="failed") == set()
    assert slugs(tag=mark, status=["pending", "failed"]) == both


def test_stranger_sees_what_is_public_alone(client: httpx.Client) -> None:
    mark = f"m{uuid4().hex}"
    hidden = asked(client, f"Hidden {mark}?")
    shown = asked(client, f"Shown {mark}?", is_public=True)["dashboard"]
    with httpx.Client(base_url=client.base_url, trust_env=False) as stranger:
        assert [item["slug"] for item in pages(stranger, "dashboards", search=mark)] == [shown["slug"]]
        assert stranger.get(f"dashboards/{shown['slug']}").status_code == 200
        assert stranger.get(f"dashboards/{hidden['dashboard']['slug']}").status_code == 401
        assert stranger.get(f"jobs/{hidden['job']['id']}").status_code == 401
        assert stranger.get("dashboards/nothing-there").status_code == 401
        assert stranger.delete(f"dashboards/{shown['slug']}").status_code == 401


@pytest.mark.parametrize("cursor", ["x", "eyJvcmRlciI6IiJ9", "%00", "bnVsbA", "W10"])
def test_cursor_of_no_list_is_refused(client: httpx.Client, cursor: str) -> None:
    answer = client.get("dashboards", params={"cursor": cursor})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["name"] == "cursor"


def test_change_must_name_what_was_read(client: httpx.Client) -> None:
    path = f"dashboards/{asked(client, 'Which change wins?')['dashboard']['slug']}"
    tag = client.get(path).headers["ETag"]
    assert client.patch(path, json={"title": "Nobody's"}).status_code == 428
    changed = client.patch(path, json={"title": "First", "tags": ["a"]}, headers={"If-Match": tag})
    assert changed.json()["title"] == "First"
    late = client.patch(path, json={"title": "Second"}, headers={"If-Match": tag})
    assert late.status_code == 412
    assert late.json()["code"] == "stale"
    assert client.get(path).json()["title"] == "First"
    assert client.get(path, headers={"If-None-Match": changed.headers["ETag"]}).status_code == 304
    again = client.patch(path, json={"refresh_interval": 60}, headers={"If-Match": changed.headers["ETag"]})
    assert again.json() | {"updated_at": ""} == changed.json() | {"refresh_interval": 60, "updated_at": ""}


def test_of_many_changes_at_once_one_wins(client: httpx.Client) -> None:
    path = f"dashboards/{asked(client, 'Who is first?')['dashboard']['slug']}"
    tag = {"If-Match": client.get(path).headers["ETag"]}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda name: client.patch(path, json={"title": f"By {name}"}, headers=tag), range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 7


def test_creation_under_one_key_happens_once(client: httpx.Client) -> None:
    mark = f"m{uuid4().hex}"
    key = {"Idempotency-Key": mark}
    body = {"question": f"Once {mark}?"}
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: client.post("dashboards", json=body, headers=key), range(6)))
    assert {answer.status_code for answer in answers} <= {202, 409}
    repeated = client.post("dashboards", json=body, headers=key)
    assert repeated.headers["Idempotency-Replayed"] == "true"
    assert all(answer.json() == repeated.json() for answer in answers if answer.status_code == 202)
    assert len(pages(client, "dashboards", search=mark)) == 1
    other = client.post("dashboards", json={"question": "Something else?"}, headers=key)
    assert other.status_code == 422
    assert other.json()["errors"][0]["place"] == "header"


def test_key_of_a_refused_creation_can_be_used_again(client: httpx.Client) -> None:
    key = {"Idempotency-Key": uuid4().hex}
    wrong = {"question": "What?", "data": [{"kind": "source", "source": "nowhere", "reference": "x"}]}
    assert client.post("dashboards", json=wrong, headers=key).status_code == 422
    assert client.post("dashboards", json={"question": "What?"}, headers=key).status_code == 202


def test_job_is_cancelled_and_tried_again(client: httpx.Client) -> None:
    job = asked(client, "Cancelled and again?")["job"]
    assert client.post(f"jobs/{job['id']}/retry").status_code == 409
    assert client.post(f"jobs/{job['id']}/cancel").json()["status"] == "cancelled"
    assert client.get(f"jobs/{job['id']}").json()["retry_from"] == ["search"]
    assert client.post(f"jobs/{job['id']}/retry", params={"from": "lunch"}).status_code == 422
    assert "it can from: search" in client.post(f"jobs/{job['id']}/retry", params={"from": "plan"}).json()["detail"]
    again = client.post(f"jobs/{job['id']}/retry")
    assert again.status_code == 202
    assert again.json()["id"] != job["id"]
    listed = pages(client, "jobs", dashboard=job["slug"], limit=1)
    assert [item["status"] for item in listed] == ["pending", "cancelled"]
    assert client.get(f"dashboards/{job['slug']}").json()["status"] == "pending"


def test_dashboard_is_deleted(client: httpx.Client) -> None:
    begun = asked(client, "Gone soon?")
    assert client.delete(f"dashboards/{begun['dashboard']['slug']}").status_code == 204
    assert client.get(f"dashboards/{begun['dashboard']['slug']}").status_code == 404
    assert client.get(f"jobs/{begun['job']['id']}").status_code == 404


def test_refresh_of_what_was_never_published_is_refused(client: httpx.Client) -> None:
    slug = asked(client, "Nothing to refresh?")["dashboard"]["slug"]
    job = client.post(f"dashboards/{slug}/refresh").json()["job"]
    assert job["kind"] == "new"
    client.post(f"jobs/{job['id']}/cancel")
    assert client.post(f"dashboards/{slug}/refresh").status_code == 422


@pytest.mark.parametrize(
    "data",
    [
        {"kind": "url", "url": "file:///etc/passwd"},
        {"kind": "url", "url": "http://"},
        {"kind": "source", "source": "files", "reference": "/etc/passwd"},
        {"kind": "source", "source": "sql", "reference": "sqlite:////etc/passwd"},
        {"kind": "local", "reference": "relative/path"},
    ],
)
def test_data_that_cannot_be_named_is_refused(client: httpx.Client, data: dict[str, str]) -> None:
    answer = client.post("dashboards", json={"question": "What?", "data": [data]})
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["name"].startswith("data.0")


def test_state_is_told(client: httpx.Client) -> None:
    assert client.get("health").json()["status"] == "ok"
    assert client.get("ready").json()["status"] == "ok"
