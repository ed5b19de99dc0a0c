"""Shares, links, accounts and tokens over HTTP; and what people try who may not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from dashwright.server.access import Role, Scope
from dashwright.server.accounts import tokens
from dashwright.server.accounts.attempts import RefusedError
from dashwright.server.accounts.links import PasswordNeededError
from dashwright.server.accounts.signing_in import Door
from dashwright.server.store import ApiTokens, Keys, Users
from tests.server.api.test_people import OURS, PASSWORD, account


@pytest.fixture(scope="module")
def slug(client: httpx.Client) -> str:
    begun = client.post("dashboards", json={"question": "Who sees it?"}).json()
    return str(begun["dashboard"]["slug"])


@pytest.fixture
def browser(client: httpx.Client) -> Iterator[httpx.Client]:
    """A client without a token, which keeps cookies and says what pages of ours say."""
    with httpx.Client(base_url=client.base_url, headers=OURS, trust_env=False, timeout=60) as browser:
        yield browser


def bearer(site: Any, email: str, *scopes: Scope) -> dict[str, str]:
    _, secret = tokens.create(ApiTokens(site.store), email, "test", scopes)
    return {"Authorization": f"Bearer {secret}"}


def test_dashboard_is_shared_with_people_and_domains(client: httpx.Client, quiet: Any, slug: str) -> None:
    path, email = f"dashboards/{slug}/shares", account(quiet, Role.VIEWER)
    client.put(f"{path}/{email.upper()}")
    shared = client.put(f"{path}/example.net").json()
    assert (shared["people"], shared["domains"]) == ([email], ["example.net"])
    assert client.get(f"dashboards/{slug}/sharing").json() == shared
    assert client.get(f"dashboards/{slug}", headers=bearer(quiet, email, Scope.READ)).status_code == 200
    assert client.delete(f"{path}/{email}").json()["people"] == []
    assert client.delete(f"{path}/example.net").json()["domains"] == []
    assert client.delete(f"{path}/{email}").status_code == 404
    assert client.put(f"{path}/no domain").status_code == 404
    assert client.put(f"{path}/localhost").status_code == 422


def test_who_shares_learns_no_address_that_is_like_it(client: httpx.Client, quiet: Any, slug: str) -> None:
    email = account(quiet, Role.VIEWER)
    refused = client.put(f"dashboards/{slug}/shares/x{email}")
    assert refused.status_code == 404
    assert email not in refused.json()["detail"].replace(f"x{email}", "")


def test_link_is_told_once_opens_by_its_password_and_ends(client: httpx.Client, quiet: Any, slug: str) -> None:
    made = client.post(f"dashboards/{slug}/links", json={"expires_in": 3600, "password": PASSWORD})
    assert made.status_code == 201, made.text
    link, url = made.json()["link"], made.json()["url"]
    assert link["has_password"]
    assert link["expires_at"]
    secret = url.rpartition("/s/")[2]
    door = Door(quiet.store)
    with pytest.raises(PasswordNeededError):
        door.open_link(secret, address="192.0.2.1")
    assert door.open_link(secret, password=PASSWORD, address="192.0.2.1").id == link["id"]
    shown = client.get(f"dashboards/{slug}/sharing")
    assert [one["id"] for one in shown.json()["links"]] == [link["id"]]
    assert secret not in shown.text
    assert client.delete(f"dashboards/{slug}/links/{link['id']}").json()["revoked_at"]
    with pytest.raises(RefusedError, match="not good any more"):
        door.open_link(secret, password=PASSWORD, address="192.0.2.1")
    assert client.delete(f"dashboards/{slug}/links/{uuid4()}").status_code == 404
    short = client.post(f"dashboards/{slug}/links", json={"password": "short"})
    assert short.status_code == 422
    assert "at least 10" in short.json()["detail"]


def test_pages_of_an_origin_may_embed_it(client: httpx.Client, slug: str) -> None:
    path = f"dashboards/{slug}/embed-origins"
    added = client.post(path, json={"origin": "https://Intranet.example.org/"}).json()
    assert added["embed_origins"] == ["https://intranet.example.org"]
    assert client.post(path, json={"origin": "https://*.example.org"}).status_code == 422
    assert client.delete(path, params={"origin": "https://intranet.example.org"}).json()["embed_origins"] == []
    assert client.delete(path, params={"origin": "https://intranet.example.org"}).status_code == 404


def test_only_its_owner_and_admins_share(client: httpx.Client, quiet: Any, slug: str) -> None:
    others = bearer(quiet, account(quiet, Role.CREATOR), *Scope)
    path = f"dashboards/{slug}"
    assert client.get(f"{path}/sharing", headers=others).status_code == 403
    assert client.put(f"{path}/shares/example.org", headers=others).status_code == 403
    assert client.post(f"{path}/links", json={}, headers=others).status_code == 403
    assert client.post(f"{path}/embed-origins", json={"origin": "https://a.org"}, headers=others).status_code == 403


def test_secret_is_kept_under_no_key(client: httpx.Client, quiet: Any, slug: str) -> None:
    key = uuid4().hex
    made = client.post(f"dashboards/{slug}/links", json={}, headers={"Idempotency-Key": key})
    assert made.status_code == 201
    assert Keys(quiet.store).hold("local", key, "anything") is None


def test_admin_adds_changes_and_disables_people(client: httpx.Client, quiet: Any) -> None:
    email = f"{uuid4().hex}@example.org"
    made = client.post("users", json={"email": email.upper(), "role": "creator", "name": "Ada"})
    assert made.status_code == 201, made.text
    assert client.get(made.headers["Location"].removeprefix("/api/")).json()["name"] == "Ada"
    secret = made.json()["setup_url"].rpartition("/set-up/")[2]
    door = Door(quiet.store)
    door.set_up(secret, PASSWORD)
    with pytest.raises(RefusedError):
        door.set_up(secret, PASSWORD)
    assert client.post("users", json={"email": email}).status_code == 409

    shown = client.get(f"users/{email}")
    assert shown.json()["has_password"]
    tag = {"If-Match": shown.headers["ETag"]}
    assert client.patch(f"users/{email}", json={"role": "editor"}).status_code == 428
    assert client.patch(f"users/{email}", json={"role": "editor"}, headers=tag).json()["role"] == "editor"
    assert client.patch(f"users/{email}", json={"role": "viewer"}, headers=tag).status_code == 412
    program = bearer(quiet, email, Scope.READ)
    assert client.get("me", headers=program).json()["email"] == email
    assert client.patch(f"users/{email}", json={"disabled": True}, headers={"If-Match": "*"}).json()["disabled"]
    assert client.get("me", headers=program).status_code == 401
    assert client.post(f"users/{email}/invitations").status_code == 409
    client.patch(f"users/{email}", json={"disabled": False}, headers={"If-Match": "*"})
    again = client.post(f"users/{email}/invitations").json()["setup_url"].rpartition("/")[2]
    assert door.set_up(again, PASSWORD + "!")[0].email == email
    assert client.get("users/nobody@example.org").status_code == 404


def test_people_are_listed_page_by_page(client: httpx.Client, quiet: Any) -> None:
    mine = sorted(account(quiet, Role.VIEWER) for _ in range(3))
    found, after = [], None
    while True:
        page = client.get("users", params={"limit": 2} | ({"after": after} if after else {})).json()
        found += [one["email"] for one in page["items"]]
        if (after := page["next"]) is None:
            break
    assert found == sorted(found)
    assert set(mine) <= set(found)
    assert "password_hash" not in str(page)


def test_only_admins_see_and_change_people(client: httpx.Client, quiet: Any) -> None:
    email = account(quiet, Role.EDITOR)
    everything = bearer(quiet, email, *Scope)
    any_change = everything | {"If-Match": "*"}
    assert client.get("users", headers=everything).status_code == 403
    assert client.patch(f"users/{email}", json={"role": "admin"}, headers=any_change).status_code == 403
    assert client.post("users", json={"email": "x@example.org"}, headers=everything).status_code == 403
    boss = account(quiet, Role.ADMIN)
    assert client.get("users", headers=bearer(quiet, boss, Scope.READ)).status_code == 403
    assert client.get("users", headers=bearer(quiet, boss, Scope.ADMIN)).status_code == 200


def test_only_admin_stays_one(client: httpx.Client, quiet: Any) -> None:
    boss = account(quiet, Role.ADMIN)
    users = Users(quiet.store)
    for other in users.all():
        if other.role is Role.ADMIN and other.email != boss:
            users.change(other.email, role=Role.VIEWER)
    refused = client.patch(f"users/{boss}", json={"disabled": True}, headers={"If-Match": "*"})
    assert refused.status_code == 409
    assert "only admin" in refused.json()["detail"]


def test_person_makes_and_ends_their_tokens(browser: httpx.Client, client: httpx.Client, quiet: Any) -> None:
    email = account(quiet, Role.CREATOR)
    other, _ = tokens.create(ApiTokens(quiet.store), account(quiet, Role.CREATOR), "others'", [Scope.READ])
    browser.post("auth/login", json={"email": email, "password": PASSWORD})
    made = browser.post("tokens", json={"name": "nightly", "scopes": ["read", "ask"], "expires_in": 3600})
    assert made.status_code == 201, made.text
    program = {"Authorization": f"Bearer {made.json()['secret']}"}
    assert client.get("me", headers=program).json()["email"] == email
    listed = browser.get("tokens")
    assert [one["id"] for one in listed.json()["items"]] == [made.json()["token"]["id"]]
    assert made.json()["secret"] not in listed.text
    assert browser.delete(f"tokens/{other.id}").status_code == 404
    assert browser.delete(f"tokens/{made.json()['token']['id']}").status_code == 204
    assert client.get("me", headers=program).status_code == 401


def test_token_makes_no_tokens(browser: httpx.Client, client: httpx.Client, quiet: Any) -> None:
    program = bearer(quiet, account(quiet, Role.ADMIN), Scope.ADMIN)
    for headers, status in ((program, 403), ({}, 401)):
        assert browser.post("tokens", json={"name": "more"}, headers=headers).status_code == status
        assert browser.get("tokens", headers=headers).status_code == status
    assert client.post("tokens", json={"name": "more"}).status_code == 403
