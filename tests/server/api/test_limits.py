"""How much somebody may ask for in an hour, and what they are told of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from dashwright.server.access import Role, Scope
from dashwright.server.accounts import tokens
from dashwright.server.api.openapi import document
from dashwright.server.api.resources import ROUTES
from dashwright.server.keeping import kept_secret
from dashwright.server.store import ApiTokens, Users
from tests.server.api.conftest import served
from tests.server.conftest import Site, fresh_database, opened_site

Person = Callable[[Role], dict[str, str]]
ASK = {"question": "How many?"}


@pytest.fixture(scope="module")
def strict(cluster: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site behind a proxy with low limits."""
    few = {"dashboards_per_hour": 2, "searches_per_hour": 1, "anonymous_requests_per_hour": 3}
    data_dir = tmp_path_factory.mktemp("strict") / "data"
    public = "https://dashboards.example.org"
    with fresh_database(cluster) as url, opened_site(data_dir, url, public_url=public, **few) as site:
        yield site


@pytest.fixture(scope="module")
def api(strict: Site) -> Iterator[httpx.Client]:
    with served(strict) as address, httpx.Client(base_url=address, trust_env=False, timeout=60) as client:
        yield client


@pytest.fixture(autouse=True)
def unused(strict: Site) -> None:
    """Nobody has asked for anything yet."""
    with strict.store.transaction() as session:
        session.execute(text("TRUNCATE quota_uses"))


@pytest.fixture
def person(strict: Site) -> Person:
    def made(role: Role) -> dict[str, str]:
        email = f"{uuid4().hex[:12]}@example.org"
        Users(strict.store).add(email, role)
        _, token = tokens.create(ApiTokens(strict.store), email, "all", list(Scope))
        return {"Authorization": f"Bearer {token}"}

    return made


def refused(answer: httpx.Response, name: str, most: int) -> None:
    """The answer says that a quota is used up, and when there is more."""
    assert answer.status_code == 429, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "quota-exceeded"
    assert "try again in" in answer.json()["detail"]
    assert answer.headers["RateLimit-Policy"] == f'"{name}";q={most};w=3600'
    wait = int(answer.headers["Retry-After"])
    assert 0 < wait <= 3600
    assert answer.headers["RateLimit"] == f'"{name}";r=0;t={wait}'


def test_an_account_has_so_many_dashboards_an_hour(api: httpx.Client, person: Person) -> None:
    me = person(Role.CREATOR)
    first = api.post("dashboards", json=ASK, headers=me)
    assert first.status_code == 202, first.text
    assert first.headers["RateLimit-Policy"] == '"dashboards";q=2;w=3600'
    assert re.fullmatch(r'"dashboards";r=1;t=\d+', first.headers["RateLimit"])
    slug = first.json()["dashboard"]["slug"]
    assert api.post(f"dashboards/{slug}/duplicate", json={}, headers=me).status_code == 202
    refused(api.post("dashboards", json=ASK, headers=me), "dashboards", 2)
    refused(api.post(f"dashboards/{slug}/duplicate", json={}, headers=me), "dashboards", 2)
    assert len(api.get("dashboards", headers=me).json()["items"]) == 2
    assert "RateLimit" not in api.get("dashboards", headers=me).headers
    assert api.post("dashboards", json=ASK, headers=person(Role.CREATOR)).status_code == 202


def test_what_is_not_valid_or_allowed_or_sent_again_is_not_counted(api: httpx.Client, person: Person) -> None:
    me = person(Role.CREATOR)
    assert api.post("dashboards", json={"question": ""}, headers=me).status_code == 422
    assert api.post("dashboards", json=ASK, headers=person(Role.VIEWER)).status_code == 403
    answers = [api.post("dashboards", json=ASK, headers=me | {"Idempotency-Key": "monday"}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [202] * 4
    assert re.fullmatch(r'"dashboards";r=0;t=\d+', api.post("dashboards", json=ASK, headers=me).headers["RateLimit"])


def test_an_account_has_so_many_searches_an_hour(api: httpx.Client, person: Person) -> None:
    me = person(Role.CREATOR)
    nowhere = {"question": "How many?", "source": "nowhere"}
    assert api.get("search", params=nowhere, headers=me).status_code == 422
    refused(api.get("search", params=nowhere, headers=me), "searches", 1)
    assert api.post("dashboards", json=ASK, headers=me).status_code == 202


def test_the_user_of_this_machine_and_admins_have_no_limit(api: httpx.Client, strict: Site, person: Person) -> None:
    local = {"Authorization": f"Bearer {kept_secret(strict.settings.secrets, 'api-token')}"}
    for who in (local, person(Role.ADMIN)):
        answers = [api.post("dashboards", json=ASK, headers=who) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [202] * 4
        assert "RateLimit" not in answers[-1].headers


def test_strangers_have_so_many_requests_an_hour(api: httpx.Client, person: Person) -> None:
    me = person(Role.VIEWER)
    answer = api.get("me")
    assert (answer.status_code, answer.headers["RateLimit-Policy"]) == (200, '"anonymous";q=3;w=3600')
    assert api.get("dashboards/nothing").status_code == 401
    wrong = api.get("me", headers={"Authorization": "Bearer guess"})
    assert (wrong.status_code, wrong.headers["RateLimit"][:16]) == (401, '"anonymous";r=0;')
    refused(api.get("me"), "anonymous", 3)
    refused(api.get("me", headers={"Authorization": "Bearer guess"}), "anonymous", 3)
    refused(api.post("uploads", params={"name": "a.csv"}, content=b"a\n1\n"), "anonymous", 3)
    assert [api.get(name).status_code for name in ("health", "ready")] == [200, 200]
    assert api.get("me", headers=me).status_code == 200


def test_strangers_behind_a_proxy_are_told_apart(api: httpx.Client) -> None:
    here, there = {"X-Forwarded-For": "192.0.2.1"}, {"X-Forwarded-For": "made up, 192.0.2.2"}
    for _ in range(3):
        assert api.get("me", headers=here).status_code == 200
    refused(api.get("me", headers=here), "anonymous", 3)
    assert api.get("me", headers=there).status_code == 200


def test_document_says_what_counts() -> None:
    operations = {
        operation["operationId"]: operation
        for methods in document(ROUTES)["paths"].values()
        for operation in methods.values()
    }
    assert {name: one["x-quota"]["name"] for name, one in operations.items() if "x-quota" in one} == {
        "create_dashboard": "dashboards",
        "duplicate_dashboard": "dashboards",
        "search": "searches",
    }
    assert operations["search"]["x-quota"]["setting"] == "DASHWRIGHT_SEARCHES_PER_HOUR"
    told = {"RateLimit", "RateLimit-Policy", "Retry-After"}
    for route in ROUTES:
        answer = operations[route.name]["responses"].get("429")
        assert (answer is None) == route.uncounted
        assert answer is None or set(answer["headers"]) == told
