"""The viewer with accounts, beyond loopback: who gets in, by what, how far, and what attackers try at the door."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from playwright.sync_api import sync_playwright
from websockets.exceptions import ConnectionClosed, InvalidStatus

from dashwright.server import database
from dashwright.server.access import Role
from dashwright.server.accounts import links, passwords
from dashwright.server.accounts.secrets import new_secret
from dashwright.server.accounts.signing_in import Door
from dashwright.server.nouns import User
from dashwright.server.settings import Settings
from dashwright.server.store import Shares, Store, Subscriptions, Users
from dashwright.server.store.subscriptions import keep_secret
from tests.browser.test_dashboard import CHROMIUM, FLAGS
from tests.server.conftest import fresh_database, wait_until
from tests.viewer.conftest import Browser, Viewer, running

PASSWORD = "correct horse battery"
HASH = passwords.hashed(PASSWORD)


@dataclass
class House:
    viewer: Viewer
    store: Store
    browsers: list[Browser] = field(default_factory=list)

    @property
    def shares(self) -> Shares:
        return Shares(self.store)

    @property
    def door(self) -> Door:
        return Door(self.store)

    def person(self, role: Role = Role.VIEWER) -> User:
        return Users(self.store).add(f"{uuid4().hex}@example.org", role, password_hash=HASH)

    def dashboard(self, owner: User | None = None) -> str:
        """A private one, published."""
        job = self.store.create_dashboard_with_job(uuid4().hex, owner_id=owner.id if owner else None)
        self.viewer.shelf.publish(job.slug, "print('the numbers')", dashboard_id=job.dashboard_id)
        return job.slug

    def browser(self, user: User | None = None) -> Browser:
        """One in which somebody is signed in, or nobody."""
        opened = self.viewer.browser()
        if user is not None:
            opened.http.cookies.set("dashwright-session", self.door.begin(user))
        return opened

    def log(self) -> str:
        return self.viewer.log.read_text()


@pytest.fixture(scope="module")
def house(cluster: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    with fresh_database(cluster) as url, running(folder, host="0.0.0.0", database=url) as viewer:
        store = Store(database.connect(url), Settings(data_dir=folder))
        yield House(viewer, store)
        store.close()


def form(browser: Browser, path: str, **fields: str) -> httpx.Response:
    """Send a page's form as a browser does."""
    page = browser.get(path)
    token = re.search(r'name="_xsrf" value="([^"]+)"', page.text)
    assert token is not None, page.text
    action = re.search(r'<form class="entrance" method="post"(?: action="/([^"]*)")?', page.text)
    assert action is not None
    origin = browser.viewer.address.rstrip("/")
    return browser.http.post(
        action.group(1) or path, data={"_xsrf": token.group(1), **fields}, headers={"Origin": origin}
    )


def cookies(answer: httpx.Response, name: str) -> str:
    return next(one for one in answer.headers.get_list("Set-Cookie") if one.startswith(name))


def test_a_private_dashboard_asks_strangers_to_sign_in_like_one_that_is_not_there(house: House) -> None:
    stranger = house.browser()
    answers = []
    for slug in (house.dashboard(), "nothing-at-all"):
        for path in (f"d/{slug}", f"d/{slug}/notebook"):
            answer = stranger.get(path)
            assert answer.status_code == 302
            answers.append((answer.headers["Location"].replace(slug, "SLUG"), answer.text))
    assert answers[:2] == answers[2:]
    assert answers[0] == ("/sign-in?next=%2Fd%2FSLUG", "")


def test_signing_in_leads_to_the_dashboard_and_signing_out_away_from_it(house: House) -> None:
    owner = house.person()
    slug, browser = house.dashboard(owner), house.browser()
    answer = form(browser, f"sign-in?next=/d/{slug}", email=owner.email, password=PASSWORD, next=f"/d/{slug}")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/d/{slug}")
    cookie = cookies(answer, "dashwright-session=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    page = browser.open(slug)
    assert "the numbers" in page.text
    listed = browser.get("").text
    assert f"/d/{slug}" in listed
    assert owner.email in listed
    token = re.search(r'name="_xsrf" value="([^"]+)"', listed)
    assert token is not None
    assert browser.http.post("sign-out").status_code == 403
    assert browser.http.post("sign-out", data={"_xsrf": token.group(1)}).status_code == 303
    assert browser.get(f"d/{slug}").status_code == 302
    assert not page.is_alive()
    assert f"/d/{slug}" not in browser.get("").text


@pytest.mark.parametrize(
    "wanted", ["https://evil.example", "//evil.example/d/x", "/\\evil.example", "javascript:1", "/sign-out"]
)
def test_signing_in_never_leads_elsewhere(house: House, wanted: str) -> None:
    answer = house.browser(house.person()).get("sign-in", params={"next": wanted})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


def test_a_form_of_another_page_signs_nobody_in(house: House) -> None:
    user, browser = house.person(), house.browser()
    browser.get("sign-in")
    answer = browser.http.post("sign-in", data={"email": user.email, "password": PASSWORD})
    assert answer.status_code == 403
    assert "dashwright-session" not in browser.http.cookies


def test_all_of_it_works_in_a_browser(house: House) -> None:
    owner = house.person()
    slug = house.dashboard(owner)
    _, secret = links.create(house.shares, slug, password=PASSWORD)
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS)) as chromium,
    ):
        page = chromium.new_page()
        page.goto(f"{house.viewer.address}d/{slug}")
        page.get_by_label("E-mail address").fill(owner.email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_text("the numbers").wait_for()
        page.goto(house.viewer.address)
        page.get_by_role("button", name="Sign out").click()
        page.get_by_role("link", name="Sign in").first.wait_for()
        page.goto(f"{house.viewer.address}s/{secret}")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Open the dashboard").click()
        page.get_by_text("the numbers").wait_for()
        assert page.url == f"{house.viewer.address}d/{slug}"


def test_a_wrong_password_is_said_on_the_page_and_texts_cannot_become_markup(house: House) -> None:
    answer = form(house.browser(), "sign-in", email='"><script>alert(1)</script>', password="wrong")
    assert answer.status_code == 401
    assert "The e-mail address or the password is not right." in answer.text
    assert "<script>alert(1)" not in answer.text


def test_too_many_attempts_are_told_with_when_to_come_back(house: House) -> None:
    user = house.person()
    from dashwright.server.accounts.secrets import digest
    from dashwright.server.tables import SignInFailureRow

    with house.store.transaction() as session:
        session.add(SignInFailureRow(subject_hash=digest(f"at user {user.email}"), count=9))
    first = form(house.browser(), "sign-in", email=user.email, password="wrong")
    second = form(house.browser(), "sign-in", email=user.email, password=PASSWORD)
    assert first.status_code == 401
    assert (second.status_code, "try again in" in second.text) == (429, True)
    assert int(second.headers["Retry-After"]) > 0


def test_who_has_no_right_is_told_so_and_who_has_it_sees(house: House) -> None:
    owner, other, admin = house.person(Role.CREATOR), house.person(Role.EDITOR), house.person(Role.ADMIN)
    slug = house.dashboard(owner)
    refused = house.browser(other).get(f"d/{slug}")
    assert refused.status_code == 403
    assert "is not shared with you; ask its owner" in refused.text
    assert house.browser(other).get("d/nothing").status_code == 404
    assert house.browser(admin).get(f"d/{slug}/notebook").status_code == 200
    house.shares.share_with(slug, other.email)
    assert house.browser(other).get(f"d/{slug}/notebook").status_code == 200
    house.shares.unshare(slug, other.email)
    house.shares.share_with_domain(slug, "example.org")
    assert f"/d/{slug}" in house.browser(other).get("").text


def test_kernels_are_lost_with_the_right_to_see(house: House) -> None:
    owner, friend = house.person(), house.person()
    slug = house.dashboard(owner)
    house.shares.share_with(slug, friend.email)
    page = house.browser(friend).open(slug)
    with page.channels() as connection:
        assert page.is_alive()
        house.shares.unshare(slug, friend.email)
        assert not page.is_alive()
        with pytest.raises(ConnectionClosed):  # within a sweep
            [connection.recv(timeout=60) for _ in range(1000)]
    with pytest.raises(InvalidStatus) as refused:
        page.channels().close()
    assert refused.value.response.status_code == 404


def test_a_share_link_opens_its_dashboard_and_no_other_until_it_is_revoked(house: House) -> None:
    slug, other = house.dashboard(), house.dashboard()
    link, secret = links.create(house.shares, slug, lifetime=timedelta(days=1))
    browser = house.browser()
    answer = browser.get(f"s/{secret}")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/d/{slug}")
    assert answer.headers["Referrer-Policy"] == "strict-origin"
    cookie = cookies(answer, "dashwright-link")
    assert secret not in cookie
    page = browser.open(slug)
    assert page.is_alive()
    assert browser.get(f"d/{slug}/notebook").status_code == 200
    assert browser.get(f"d/{other}").status_code == 302
    assert f"/d/{slug}" not in browser.get("").text
    value = browser.http.cookies.get(f"dashwright-link.{slug}")
    assert value is not None
    thief = house.browser()
    thief.http.cookies.set(f"dashwright-link.{other}", value)  # signed for another name
    assert thief.get(f"d/{other}").status_code == 302
    house.shares.revoke_link(slug, link.id)
    assert not page.is_alive()
    assert browser.get(f"d/{slug}").status_code == 302
    gone = browser.get(f"s/{secret}")
    assert gone.status_code == 404
    assert "not good any more" in gone.text
    wait_until(lambda: "404 GET /s/{link}" in house.log())  # written after the answer is sent
    assert secret not in house.log()


def test_a_link_with_a_password_asks_for_it(house: House) -> None:
    slug = house.dashboard()
    _, secret = links.create(house.shares, slug, password=PASSWORD)
    browser = house.browser()
    assert "This link has a password" in browser.get(f"s/{secret}").text
    assert browser.get(f"d/{slug}").status_code == 302
    wrong = form(browser, f"s/{secret}", password="wrong")
    assert (wrong.status_code, "The password is not right." in wrong.text) == (401, True)
    right = form(browser, f"s/{secret}", password=PASSWORD)
    assert right.headers["Location"] == f"/d/{slug}"
    assert browser.get(f"d/{slug}/notebook").status_code == 200


def test_a_set_up_address_lets_choose_a_password_once(house: House) -> None:
    user = Users(house.store).add(f"{uuid4().hex}@example.org", Role.CREATOR)
    secret = house.door.invite(user.email)
    browser = house.browser()
    assert user.email in browser.get(f"set-up/{secret}").text
    differ = form(browser, f"set-up/{secret}", password=PASSWORD, again="another")
    assert (differ.status_code, "not the same" in differ.text) == (400, True)
    short = form(browser, f"set-up/{secret}", password="abc", again="abc")
    assert (short.status_code, "at least 10" in short.text) == (400, True)
    done = form(browser, f"set-up/{secret}", password=PASSWORD, again=PASSWORD)
    assert done.status_code == 303
    assert user.email in browser.get("").text
    assert browser.get(f"set-up/{secret}").status_code == 404
    assert secret not in house.log()


def test_only_named_origins_may_show_it_in_a_frame(house: House) -> None:
    slug = house.dashboard()
    house.shares.set_public(slug, True)
    closed = house.browser().open(slug).answer.headers
    assert "frame-ancestors 'self'" in closed["Content-Security-Policy"].split("; ")
    assert closed["X-Frame-Options"] == "SAMEORIGIN"
    house.shares.embed(slug, "https://intranet.example.org")
    headers = house.browser().open(slug).answer.headers
    assert "frame-ancestors 'self' https://intranet.example.org" in headers["Content-Security-Policy"].split("; ")
    assert "X-Frame-Options" not in headers
    assert "frame-ancestors 'self'" in house.browser().get("sign-in").headers["Content-Security-Policy"].split("; ")


@pytest.mark.parametrize("secret", ["x", "nonsense-nonsense-nonsense", "..%2f..%2fetc%2fpasswd", "'" * 30])
@pytest.mark.parametrize("place", ["s", "set-up"])
def test_secrets_that_are_none_are_not_found(house: House, place: str, secret: str) -> None:
    assert house.browser().get(f"{place}/{secret}").status_code == 404


def test_behind_a_proxy_this_machine_is_no_exception_and_cookies_are_for_tls(
    cluster: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("proxied")
    public: dict[str, Any] = {"DASHWRIGHT_PUBLIC_URL": "https://dashboards.example.org/"}
    with fresh_database(cluster) as url, running(folder, database=url, **public) as viewer:
        store = Store(database.connect(url), Settings(data_dir=folder))
        proxied = House(viewer, store)
        user = proxied.person()
        slug, browser = proxied.dashboard(user), proxied.browser()
        host = {"Host": "dashboards.example.org"}
        assert browser.get(f"d/{slug}", headers=host).status_code == 302
        page = browser.get("sign-in", headers=host)
        assert "Secure" in cookies(page, "dashwright-browser=")
        token = re.search(r'name="_xsrf" value="([^"]+)"', page.text)
        assert token is not None
        answer = browser.http.post(
            "sign-in",
            data={"_xsrf": token.group(1), "email": user.email, "password": PASSWORD},
            headers=host | {"Cookie": f"_xsrf={token.group(1)}"},
        )
        cookie = cookies(answer, "__Host-dashwright-session=")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
        framed = browser.get("sign-in", headers=host | {"Sec-Fetch-Dest": "iframe", "Cookie": ""})
        assert {"SameSite=None", "Secure", "Partitioned"} <= set(cookies(framed, "dashwright-browser=").split("; "))
        store.close()


def test_on_this_machine_everything_is_open_but_not_through_a_proxy(
    cluster: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("home")
    with fresh_database(cluster) as url, running(folder, database=url) as viewer:
        store = Store(database.connect(url), Settings(data_dir=folder))
        home = House(viewer, store)
        slug = home.dashboard()
        browser = home.browser()
        assert browser.get(f"d/{slug}/notebook").status_code == 200
        assert f"/d/{slug}" in browser.get("").text
        assert browser.get(f"d/{slug}/notebook", headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 302
        store.close()


def test_mails_are_ended_by_one_click_or_by_a_person(house: House) -> None:
    owner, subscriptions = house.person(), Subscriptions(house.store)
    slug = house.dashboard(owner)
    secret = new_secret()
    with house.store.transaction() as session:
        keep_secret(session, UUID(house.store.dashboard(slug).id), UUID(owner.id), secret)
    path, stranger = f"/unsubscribe/{secret}", house.browser()
    assert "No more mails?" in stranger.get(path).text
    assert subscriptions.of(slug, owner.id).subscribed, "a program that only opens addresses ends nothing"
    # By another client, which has no cookie, as mail programs' servers have none.
    clicked = httpx.post(f"{house.viewer.address}unsubscribe/{secret}", data={"List-Unsubscribe": "One-Click"})
    assert clicked.status_code == 200, clicked.text
    assert not subscriptions.of(slug, owner.id).subscribed
    subscriptions.want(slug, owner.id, True)
    assert httpx.post(f"{house.viewer.address}unsubscribe/{secret}").status_code == 403
    assert subscriptions.of(slug, owner.id).subscribed
    assert "No more mails" in form(stranger, path).text
    assert not subscriptions.of(slug, owner.id).subscribed
    assert stranger.get(f"/unsubscribe/{new_secret()}").status_code == 404
    assert secret not in house.log()
