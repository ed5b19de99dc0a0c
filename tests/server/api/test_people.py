"""People and programs: sessions, tokens, roles and shares over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from dashwright.server.access import Role, Scope
from dashwright.server.accounts import passwords, tokens
from dashwright.server.store import ApiTokens, Shares, Users

PASSWORD = "correct horse battery"  # not secret: the server ends with the test
OURS = {"X-Dashwright": "1"}


def account(site: Any, role: Role) -> str:
    """The e-mail address of a new account."""
    email = f"{uuid4().hex[:12]}@example.org"
    Users(site.store).add(email, role, password_hash=passwords.hashed(PASSWORD))
    return email


@pytest.fixture
def browser(client: httpx.Client) -> Iterator[httpx.Client]:
    """A client without a token, which keeps cookies."""
    with httpx.Client(base_url=client.base_url, trust_env=False, timeout=60) as browser:
        yield browser


def test_person_signs_in_asks_and_signs_out(browser: httpx.Client, quiet: Any) -> None:
    email = account(quiet, Role.CREATOR)
    answer = browser.post("auth/login", json={"email": email, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    cookie = answer.headers["Set-Cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=Strict", "Path=/api"))
    assert browser.get("me").json()["email"] == email
    assert browser.post("dashboards", json={"question": "Whose?"}).status_code == 403
    begun = browser.post("dashboards", json={"question": "Whose?"}, headers=OURS)
    assert begun.status_code == 202, begun.text
    slug = begun.json()["dashboard"]["slug"]
    assert [one["slug"] for one in browser.get("dashboards").json()["items"]] == [slug]
    assert browser.get("costs").status_code == 403
    assert browser.post("auth/logout", headers=OURS).status_code == 204
    assert browser.get("me").json()["kind"] == "anonymous"
    assert browser.get(f"dashboards/{slug}").status_code == 401


def test_wrong_password_says_nothing_and_waits_in_the_end(browser: httpx.Client, quiet: Any) -> None:
    email = account(quiet, Role.VIEWER)
    answers = [browser.post("auth/login", json={"email": email, "password": f"wrong {place}"}) for place in range(7)]
    assert [answer.status_code for answer in answers[:5]] == [401] * 5
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) >= 1
    other = browser.post("auth/login", json={"email": "nobody@example.org", "password": "wrong"})
    assert other.json()["detail"] == answers[0].json()["detail"]


def test_program_may_do_what_its_token_covers(browser: httpx.Client, quiet: Any) -> None:
    email = account(quiet, Role.CREATOR)
    _, reading = tokens.create(ApiTokens(quiet.store), email, "reads", [Scope.READ])
    _, asking = tokens.create(ApiTokens(quiet.store), email, "asks", [Scope.READ, Scope.ASK])
    body = {"question": "By a program?"}
    refused = browser.post("dashboards", json=body, headers={"Authorization": f"Bearer {reading}"})
    assert refused.status_code == 403
    assert "scope 'ask'" in refused.json()["detail"]
    begun = browser.post("dashboards", json=body, headers={"Authorization": f"Bearer {asking}"})
    assert begun.status_code == 202
    slug = begun.json()["dashboard"]["slug"]
    assert browser.delete(f"dashboards/{slug}", headers={"Authorization": f"Bearer {asking}"}).status_code == 403


def test_list_has_what_is_shared_and_others_cannot_be_guessed(browser: httpx.Client, quiet: Any) -> None:
    owner, friend = account(quiet, Role.CREATOR), account(quiet, Role.CREATOR)
    _, mine = tokens.create(ApiTokens(quiet.store), owner, "mine", list(Scope))
    _, theirs = tokens.create(ApiTokens(quiet.store), friend, "theirs", list(Scope))
    me, them = ({"Authorization": f"Bearer {token}"} for token in (mine, theirs))
    begun = browser.post("dashboards", json={"question": "Shared?"}, headers=me).json()
    slug, job = begun["dashboard"]["slug"], begun["job"]["id"]
    assert browser.get("dashboards", headers=them).json()["items"] == []
    assert browser.get(f"dashboards/{slug}", headers=them).status_code == 403
    assert browser.post(f"jobs/{job}/cancel", headers=them).status_code == 403
    Shares(quiet.store).share_with(slug, friend)
    assert [one["slug"] for one in browser.get("dashboards", headers=them).json()["items"]] == [slug]
    assert [one["id"] for one in browser.get("jobs", headers=them).json()["items"]] == [job]
    assert browser.get(f"jobs/{job}", headers=them).status_code == 200
    assert browser.patch(f"dashboards/{slug}", json={"title": "X"}, headers=them | {"If-Match": "*"}).status_code == 403


def test_upload_of_somebody_else_cannot_be_named(browser: httpx.Client, client: httpx.Client, quiet: Any) -> None:
    _, token = tokens.create(ApiTokens(quiet.store), account(quiet, Role.CREATOR), "mine", list(Scope))
    me = {"Authorization": f"Bearer {token}"}
    upload = client.post("uploads", params={"name": "a.csv"}, content=b"a,b\n1,2\n").json()["id"]
    body = {"question": "What?", "data": [{"kind": "upload", "upload_id": upload}]}
    refused = browser.post("dashboards", json=body, headers=me)
    assert refused.json()["errors"][0]["name"] == "data.0.upload_id"
    assert browser.delete(f"uploads/{upload}", headers=me).status_code == 404
    body = {"question": "What?", "data": [{"kind": "local", "reference": "/etc/passwd"}]}
    assert browser.post("dashboards", json=body, headers=me).status_code == 403
