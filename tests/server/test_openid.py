"""Signing in by a provider of identities: a real provider, a real viewer, and what a false provider could try."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit
from uuid import uuid4

import httpx
import pytest

from dashwright.pipelines.errors import DashwrightError, SetupError
from dashwright.server import database
from dashwright.server import settings as settings_
from dashwright.server.access import Role
from dashwright.server.accounts.handshake import Handshake, Return
from dashwright.server.accounts.openid import OpenIDProvider
from dashwright.server.accounts.provers import provers
from dashwright.server.errors import ConflictError
from dashwright.server.settings import Settings
from dashwright.server.store import Identities, Store, Users
from tests.server.conftest import fresh_database
from tests.viewer.conftest import Browser, Viewer, running

CLIENT = "dashwright:a-secret-of-two"


@dataclass
class Provider:
    address: str
    http: httpx.Client

    def person(self, **claims: object) -> str:
        """The subject of somebody with these claims, and a checked address unless they say otherwise."""
        subject = uuid4().hex
        given = {"email": f"{subject}@example.org", "email_verified": True, "name": "Ada", **claims}
        self.http.put(f"{self.address}/users/{subject}", json=given).raise_for_status()
        return subject

    def spoil(self, **how: object) -> None:
        self.http.put(f"{self.address}/spoil", json=how).raise_for_status()


@dataclass
class House:
    viewer: Viewer
    store: Store
    provider: Provider

    def user(self, subject: str) -> Any:
        return Identities(self.store).user(self.provider.address, subject)

    def begun(self, browser: Browser, follow: str = "/") -> str:
        """The address to which the browser is sent."""
        answer = browser.get("sign-in/oidc", params={"next": follow})
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def proved(self, address: str, subject: str) -> str:
        """Where the provider sends the browser back to."""
        answer = self.provider.http.post(address, data={"sub": subject})
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def signed_in(self, subject: str, browser: Browser | None = None, follow: str = "/") -> httpx.Response:
        """The answer to a browser that has gone the whole way."""
        browser = browser or self.viewer.browser()
        return browser.http.get(self.proved(self.begun(browser, follow), subject))


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    command = [sys.executable, "-W", "ignore", str(Path(__file__).with_name("openid_provider.py")), CLIENT]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        with httpx.Client(timeout=60) as http:
            yield Provider(process.stdout.readline().strip(), http)
        process.terminate()


@pytest.fixture(scope="module")
def house(cluster: str, provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    client, _, secret = CLIENT.partition(":")
    variables = {
        "DASHWRIGHT_OIDC_ISSUER": provider.address,
        "DASHWRIGHT_OIDC_CLIENT_ID": client,
        "DASHWRIGHT_OIDC_CLIENT_SECRET": secret,
        "DASHWRIGHT_OIDC_NAME": "Example & Sons",
        "DASHWRIGHT_OIDC_DOMAINS": "example.org",
        "DASHWRIGHT_OIDC_ROLE": "creator",
    }
    with (
        fresh_database(cluster) as url,
        running(folder, host="0.0.0.0", database=url, **variables) as viewer,
    ):
        store = Store(database.connect(url), Settings(data_dir=folder))
        yield House(viewer, store, provider)
        store.close()


@pytest.fixture
def spoilt(provider: Provider) -> Iterator[Any]:
    yield provider.spoil
    provider.spoil()


def test_the_sign_in_page_leads_to_the_provider_and_back_to_the_dashboard(house: House) -> None:
    browser, subject = house.viewer.browser(), house.provider.person(name="Ada <b>Lovelace</b>")
    page = browser.get("sign-in", params={"next": "/d/sales"}).text
    link = re.search(r'href="(/sign-in/oidc\?next=[^"]*)">Sign in with Example &amp; Sons<', page)
    assert link is not None
    asked = parse_qs(urlsplit(browser.http.get(link.group(1)).headers["Location"]).query)
    assert asked["scope"] == ["openid email profile"]
    assert asked["redirect_uri"] == [f"{house.viewer.address}sign-in/oidc/callback"]
    answer = house.signed_in(subject, browser, "/d/sales")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/d/sales")
    assert "dashwright-session" in browser.http.cookies
    assert "dashwright-handshake" not in browser.http.cookies
    listed = browser.get("").text
    assert "Ada &lt;b&gt;Lovelace&lt;/b&gt;" in listed
    user = house.user(subject)
    assert (user.email, user.role, user.has_password) == (f"{subject}@example.org", Role.CREATOR, False)


def test_who_comes_again_is_known_by_the_subject_also_under_another_address(house: House) -> None:
    subject = house.provider.person()
    assert house.signed_in(subject).status_code == 303
    user = house.user(subject)
    changed = {"email": f"{uuid4().hex}@elsewhere.example", "email_verified": False}
    house.provider.http.put(f"{house.provider.address}/users/{subject}", json=changed).raise_for_status()
    assert house.signed_in(subject).status_code == 303
    assert house.user(subject).email == user.email


def test_an_account_that_an_admin_made_is_found_by_its_checked_address(house: House) -> None:
    email = f"{uuid4().hex}@elsewhere.example"
    made = Users(house.store).add(email, Role.EDITOR)
    subject = house.provider.person(email=email.upper())
    assert house.signed_in(subject).status_code == 303
    assert (house.user(subject).id, house.user(subject).role) == (made.id, Role.EDITOR)


def test_an_address_given_to_somebody_else_opens_no_account(house: House) -> None:
    first = house.provider.person()
    assert house.signed_in(first).status_code == 303
    second = house.provider.person(email=f"{first}@example.org")
    answer = house.signed_in(second)
    assert (answer.status_code, "belongs to somebody else there" in answer.text) == (401, True)
    assert house.user(second) is None


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"email_verified": False}, "does not say that your e-mail address is checked"),
        ({"email_verified": None}, "does not say that your e-mail address is checked"),
        ({"email": "ada@example.org.evil.example"}, "has no account here; ask an admin"),
        ({"email": "ada@sub.example.org"}, "has no account here; ask an admin"),
        ({"email": '"<script>"@example.org'}, "is no e-mail address"),
        ({"email": 7}, "does not say that your e-mail address is checked"),
    ],
)
def test_who_is_not_of_the_house_gets_no_account(house: House, claims: dict[str, object], said: str) -> None:
    subject, browser = house.provider.person(**claims), house.viewer.browser()
    answer = house.signed_in(subject, browser)
    assert answer.status_code == 401
    assert said in answer.text
    assert "<script>&quot;@" not in answer.text
    assert "dashwright-session" not in browser.http.cookies
    assert house.user(subject) is None


def test_a_disabled_account_stays_closed(house: House) -> None:
    subject = house.provider.person()
    house.signed_in(subject)
    Users(house.store).change(house.user(subject).email, disabled=True)
    answer = house.signed_in(subject)
    assert (answer.status_code, "is disabled; ask an admin" in answer.text) == (401, True)


@pytest.mark.parametrize(
    "how",
    [
        {"claims": {"iss": "https://evil.example"}},
        {"claims": {"aud": "another-client"}},
        {"claims": {"aud": ["dashwright", "another-client"]}},
        {"claims": {"aud": ["dashwright", "another-client"], "azp": "another-client"}},
        {"claims": {"aud": None}},
        {"claims": {"nonce": "another"}},
        {"claims": {"nonce": None}},
        {"claims": {"exp": 1_700_000_000}},
        {"claims": {"exp": None}},
        {"claims": {"iat": 9_000_000_000}},
        {"claims": {"sub": None}},
        {"claims": {"sub": ""}},
        {"claims": {"sub": ["ada"]}},
        {"claims": {"at_hash": "of-another-token"}},
        {"signed": "none"},
        {"signed": "HS256"},
        {"signed": "foreign"},
    ],
    ids=str,
)
def test_a_token_that_is_not_the_providers_for_us_and_now_opens_nothing(
    house: House, spoilt: Any, how: dict[str, Any]
) -> None:
    subject, browser = house.provider.person(), house.viewer.browser()
    spoilt(**how)
    answer = house.signed_in(subject, browser)
    assert (answer.status_code, "could not be finished" in answer.text) == (401, True)
    assert "dashwright-session" not in browser.http.cookies
    assert house.user(subject) is None


def test_a_way_back_that_another_browser_began_is_refused(house: House) -> None:
    """Somebody would else be signed in as an attacker, and tell them what they do."""
    attacker, victim = house.viewer.browser(), house.viewer.browser()
    back = house.proved(house.begun(attacker), house.provider.person())
    assert victim.http.get(back).status_code == 401
    house.begun(victim)
    answer = victim.http.get(back)
    assert (answer.status_code, "was not begun in this browser" in answer.text) == (401, True)
    assert "dashwright-session" not in victim.http.cookies


def test_a_way_back_is_good_once(house: House) -> None:
    browser = house.viewer.browser()
    back = house.proved(house.begun(browser), house.provider.person())
    assert browser.http.get(back).status_code == 303
    assert browser.http.get(back).status_code == 401


def test_a_stolen_code_is_of_no_use_in_another_handshake(house: House) -> None:
    thief, victim = house.viewer.browser(), house.viewer.browser()
    code = parse_qs(urlsplit(house.proved(house.begun(victim), house.provider.person())).query)["code"][0]
    own = urlsplit(house.proved(house.begun(thief), house.provider.person()))
    answer = thief.http.get(own._replace(query=urlencode(dict(parse_qsl(own.query)) | {"code": code})).geturl())
    assert (answer.status_code, "could not be finished" in answer.text) == (401, True)


def test_who_refuses_at_the_provider_is_told_so(house: House) -> None:
    browser = house.viewer.browser()
    address = house.begun(browser)
    refusal = urlencode({"error": "access_denied", "state": parse_qs(urlsplit(address).query)["state"][0]})
    answer = browser.get(f"sign-in/oidc/callback?{refusal}")
    assert (answer.status_code, "The sign-in was cancelled" in answer.text) == (401, True)


@pytest.mark.parametrize("given", ["iss=https%3A%2F%2Fevil.example", "iss="])
def test_an_answer_in_the_name_of_another_provider_is_refused(house: House, given: str) -> None:
    browser = house.viewer.browser()
    back = house.proved(house.begun(browser), house.provider.person())
    assert browser.http.get(f"{back}&{given}").status_code == 401


def test_where_to_go_after_it_is_never_elsewhere(house: House) -> None:
    answer = house.signed_in(house.provider.person(), follow="https://evil.example/")
    assert answer.headers["Location"] == "/"


def test_signing_in_replaces_a_planted_session_and_its_secrets_are_in_no_log(house: House) -> None:
    browser = house.viewer.browser()
    browser.http.cookies.set("dashwright-session", "planted")
    back = house.proved(house.begun(browser), house.provider.person())
    made = next(
        one for one in browser.http.get(back).headers.get_list("Set-Cookie") if one.startswith("dashwright-session")
    )
    assert re.match(r"dashwright-session=[\w-]{43}; .*HttpOnly; .*SameSite=Lax", made)
    log = house.viewer.log.read_text()
    assert parse_qs(urlsplit(back).query)["code"][0] not in log
    assert CLIENT.partition(":")[2] not in log


def test_other_keys_of_addresses_and_a_viewer_without_a_provider_know_nothing_of_it(house: House) -> None:
    assert house.viewer.browser().get("sign-in/other").status_code == 404
    assert house.viewer.browser().get("sign-in/oidc/callback").status_code == 401


def found(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    for name, value in variables.items():
        monkeypatch.setenv(f"DASHWRIGHT_{name}", value)
    return provers(settings_.load(tmp_path))


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"OIDC_ISSUER": "https://a.example"}, "set DASHWRIGHT_OIDC_CLIENT_ID too"),
        ({"OIDC_CLIENT_ID": "x"}, "set DASHWRIGHT_OIDC_ISSUER too"),
        ({"OIDC_ISSUER": "http://a.example", "OIDC_CLIENT_ID": "x"}, "OIDC_ISSUER cannot be used"),
        ({"OIDC_ISSUER": "https://a.example?x", "OIDC_CLIENT_ID": "x"}, "OIDC_ISSUER cannot be used"),
        ({"OIDC_DOMAINS": "example"}, "'example' is no domain of e-mail"),
        ({"OIDC_ROLE": "admin"}, "nobody becomes an admin by signing in"),
    ],
)
def test_settings_that_cannot_work_stop_the_start(
    variables: dict[str, str], sentence: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(SetupError, match=re.escape(sentence)):
        found(variables, monkeypatch, tmp_path)


def test_a_provider_that_fails_is_an_excuse_to_people_and_a_reason_to_the_operator(house: House, spoilt: Any) -> None:
    spoilt(failing=["/jwks"])
    answer = house.signed_in(house.provider.person())
    assert answer.status_code == 502
    assert "Example &amp; Sons cannot be used just now" in answer.text
    assert "jwks" not in answer.text
    assert "/jwks' answers with status 503" in house.viewer.log.read_text()


@pytest.mark.parametrize(
    ("metadata", "reason"),
    [
        ({"issuer": "https://other.example"}, "calls itself 'https://other.example'"),
        ({"authorization_endpoint": "http://elsewhere.example/"}, "without TLS"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "names no authorization_endpoint"),
        ({"token_endpoint": "https://127.0.0.2/token"}, "is on a private network"),
        ({"token_endpoint": None}, "names no token_endpoint"),
        ({"jwks_uri": "file:///etc/passwd"}, "names no jwks_uri"),
        ({"jwks_uri": "https://[::1]/jwks"}, "is on a private network"),
    ],
    ids=str,
)
def test_addresses_that_a_provider_names_are_judged(
    provider: Provider, spoilt: Any, tmp_path: Path, metadata: dict[str, str], reason: str
) -> None:
    """They could lead into this network, or be listened to."""
    client, _, secret = CLIENT.partition(":")
    prover = OpenIDProvider(provider.address, client, Settings(data_dir=tmp_path, oidc_client_secret=secret))
    spoilt(metadata=metadata)
    handshake = Handshake("a secret", "http://127.0.0.1/sign-in/oidc/callback")

    def go() -> None:
        address = prover.authorization(handshake)
        back = provider.http.post(address, data={"sub": provider.person()}).headers["Location"]
        prover.prove(handshake, Return(handshake.state, parse_qs(urlsplit(back).query)["code"][0]))

    with pytest.raises(DashwrightError, match=re.escape(reason)):
        go()


def test_two_at_once_are_one_account(house: House) -> None:
    identities, subject = Identities(house.store), uuid4().hex
    with ThreadPoolExecutor(8) as pool:
        calls = [
            pool.submit(identities.link, "https://i.example", subject, f"{subject}@a.example", "", role=Role.VIEWER)
            for _ in range(8)
        ]
        users = {one.id for call in calls if (one := call.result()) is not None}
    assert len(users) == 1
    with pytest.raises(ConflictError, match="belongs to somebody else"):
        identities.link("https://i.example", "another", f"{subject}@a.example", "", role=Role.VIEWER)
