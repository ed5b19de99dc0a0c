"""The viewer counts: who is counted, what is kept of them, what pages may say of themselves, and who tries to cheat."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import sync_playwright
from sqlalchemy import text

from dashwright.server import database
from dashwright.server.access import Role
from dashwright.server.accounts.signing_in import Door
from dashwright.server.nouns import User, Viewership
from dashwright.server.settings import Settings
from dashwright.server.store import Shares, Store, Users, Views
from dashwright.server.viewer.app import SCRIPTS
from dashwright.server.viewer.assets import fingerprint
from tests.browser.test_dashboard import CHROMIUM, FLAGS
from tests.server.conftest import fresh_database, wait_until
from tests.viewer.conftest import Browser, Viewer, running

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@dataclass
class House:
    """A viewer that others can come to, and its database."""

    viewer: Viewer
    store: Store

    def dashboard(self, owner: User | None = None, **values: Any) -> str:
        """A public one."""
        job = self.store.create_dashboard_with_job(uuid4().hex, owner_id=owner.id if owner else None)
        Shares(self.store).set_public(job.slug, True)
        self.viewer.shelf.publish(job.slug, "print('numbers')", dashboard_id=job.dashboard_id, **values)
        return job.slug

    def person(self, role: Role = Role.VIEWER) -> User:
        return Users(self.store).add(f"{uuid4().hex}@example.org", role)

    def look(self, slug: str, user: User | None = None, method: str = "GET", **headers: str) -> httpx.Response:
        """Open a page in a browser of its own, and close it."""
        browser = self.viewer.browser()
        browser.http.headers["User-Agent"] = headers.pop("user_agent", FIREFOX)
        if user is not None:
            browser.http.cookies.set("dashwright-session", Door(self.store).begin(user))
        answer = browser.http.request(
            method, f"d/{slug}", headers={name.replace("_", "-"): value for name, value in headers.items()}
        )
        close(browser, answer)
        return answer

    def views(self, slug: str, count: int) -> Viewership:
        """When so many are written down."""
        views = Views(self.store)
        wait_until(lambda: views.viewership(slug, 2).views >= count)
        return views.viewership(slug, 2)

    def rows(self, slug: str) -> list[Any]:
        with self.store.transaction() as session:
            return list(
                session.execute(
                    text(
                        "SELECT v.user_id, v.visitor, host(v.ip_address) AS address, v.user_agent, v.by_owner "
                        "FROM dashboard_views v JOIN dashboards d ON d.id = v.dashboard_id WHERE d.slug = :slug"
                    ),
                    {"slug": slug},
                )
            )

    def is_told_open(self, slug: str) -> bool:
        """Whether its page was seen to be open after it was opened."""
        later = text(
            "SELECT bool_or(last_seen_at > viewed_at) FROM dashboard_views v "
            "JOIN dashboards d ON d.id = v.dashboard_id WHERE d.slug = :slug"
        )
        with self.store.transaction() as session:
            return bool(session.scalar(later, {"slug": slug}))

    def tell(self, body: bytes | str, **headers: str) -> httpx.Response:
        origin = {"Origin": self.viewer.address.rstrip("/")}
        with httpx.Client(base_url=self.viewer.address) as client:
            return client.post("api/views", content=body, headers=origin | headers)


def close(browser: Browser, answer: httpx.Response) -> None:
    if found := re.search(r'"kernelId": "([\w-]+)"', answer.text):
        token = browser.http.cookies.get("_xsrf", "")
        browser.http.post(f"voila/api/shutdown/{found.group(1)}", data={"_xsrf": token})


def view_in(answer: httpx.Response) -> str:
    found = re.search(r'data-view="([0-9a-f-]{36})"', answer.text)
    assert found is not None, answer.text
    return found.group(1)


def seen(view: str, **values: Any) -> str:
    return json.dumps({"view": view, **values})


@pytest.fixture(scope="module")
def house(cluster: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("counting")
    variables = {"DASHWRIGHT_PUBLIC_URL": "http://dashboards.example.org", "DASHWRIGHT_VIEW_ADDRESSES": "truncated"}
    with fresh_database(cluster) as url, running(folder, host="0.0.0.0", database=url, **variables) as viewer:
        store = Store(database.connect(url), Settings(data_dir=folder))
        yield House(viewer, store)
        store.close()


def test_people_are_counted_and_programs_are_not(house: House) -> None:
    slug = house.dashboard()
    assert house.look(slug, method="HEAD").status_code == 405
    assert "data-view" not in house.look(slug, user_agent="curl/8.5.0").text
    assert house.look(slug).status_code == 200
    found = house.views(slug, 1)
    assert (found.views, found.visitors, found.unidentified, found.ever) == (1, 1, 0, 1)


def test_visitors_are_told_apart_by_address(house: House) -> None:
    slug = house.dashboard()
    for address in ("192.0.2.1", "192.0.2.77"):
        house.look(slug, X_Forwarded_For=address, Referer=f"https://www.news.example/secret?from={address}")
    house.look(slug, X_Forwarded_For="2001:db8:1:2::3", Referer="http://dashboards.example.org/d/other")
    found = house.views(slug, 3)
    assert (found.views, found.visitors) == (3, 3)
    assert [(one.host, one.views) for one in found.referrers] == [("news.example", 2)]
    assert {(row.address, row.user_agent) for row in house.rows(slug)} == {
        ("192.0.2.0", FIREFOX),
        ("2001:db8:1::", FIREFOX),
    }


def test_the_owners_look_is_counted_and_marked(house: House) -> None:
    owner, other = house.person(Role.CREATOR), house.person()
    slug = house.dashboard(owner)
    house.look(slug, owner)
    house.look(slug, other)
    found = house.views(slug, 2)
    assert (found.views, found.visitors, found.by_owner) == (2, 2, 1)
    assert {(str(row.user_id), row.address, row.user_agent, row.by_owner) for row in house.rows(slug)} == {
        (owner.id, None, None, True),
        (other.id, None, None, False),
    }


def test_who_asks_not_to_be_tracked_is_counted_without_a_name(house: House) -> None:
    slug = house.dashboard()
    answer = house.look(slug, house.person(), DNT="1")
    assert house.tell(seen(view_in(answer), ms=1500)).status_code == 204
    found = house.views(slug, 1)
    assert (found.views, found.visitors, found.unidentified) == (1, 0, 1)
    assert [tuple(row) for row in house.rows(slug)] == [(None, None, None, None, False)]


def test_a_page_fetched_ahead_counts_when_it_is_seen(house: House) -> None:
    slug = house.dashboard()
    house.look(slug, **{"Sec-Purpose": "prefetch;prerender"})
    answer = house.look(slug, X_Forwarded_For="192.0.2.9", Purpose="prefetch")
    assert house.tell(seen(view_in(answer), ms=90)).status_code == 204
    found = house.views(slug, 1)
    assert (found.views, found.load_ms) == (1, 90)


def test_forged_repeated_and_impossible_beacons_change_nothing(house: House) -> None:
    slug = house.dashboard()
    view = view_in(house.look(slug))
    impossible = (
        *(seen(view, ms=ms) for ms in (0, -5, 600_000, 10**30, 1.5, True, "12")),
        *(
            seen(view, ms=12, slug=slug),
            f'{{"view": "{view}", "ms": NaN}}',
            seen("' OR 1=1 --"),
            "[" * 150,
            "",
            b"\xff",
        ),
    )
    for body in impossible:
        assert house.tell(body).status_code == 400, body
    for size in (201, 900_000):
        assert house.tell("x" * size).status_code == 413
    for origin in ("https://evil.example", "null", "", f"{house.viewer.address.rstrip('/')}.evil.example"):
        assert house.tell(seen(view, ms=5), Origin=origin).status_code == 403
    assert house.tell(seen(str(uuid4()), ms=5)).status_code == 204  # and tells nobody that there is none
    assert house.tell(seen(view, ms=700), Origin="http://dashboards.example.org").status_code == 204
    assert house.tell(seen(view, ms=5)).status_code == 204
    wait_until(lambda: house.views(slug, 1).measured)
    found = house.views(slug, 1)
    assert (found.views, found.measured, found.load_ms) == (1, 1, 700)


def test_pages_that_are_open_are_live(house: House) -> None:
    slug = house.dashboard()
    browser = house.viewer.browser()
    browser.http.headers["User-Agent"] = FIREFOX
    pages = [browser.open(slug), browser.open(slug)]
    with pages[0].channels():
        wait_until(lambda: house.is_told_open(slug))
        assert house.views(slug, 1).live == 1
        with house.store.transaction() as session:
            session.execute(text("UPDATE dashboard_views SET last_seen_at = now() - interval '10 minutes'"))
        assert house.views(slug, 1).live == 0
        other = house.viewer.browser()
        other.http.headers.update({"User-Agent": FIREFOX, "X-Forwarded-For": "192.0.2.9"})
        pages.append(other.open(slug))
        with pages[1].channels(), pages[2].channels():
            wait_until(lambda: house.views(slug, 1).live == 2)  # not three: two tabs of one visitor are one visit
    for page in pages:
        page.close()
    assert house.views(slug, 2).views == 2


def test_a_browser_tells_when_the_dashboard_is_drawn(house: House) -> None:
    slug = house.dashboard()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = chromium.new_page(user_agent=FIREFOX)
        wrong: list[str] = []
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.goto(f"{house.viewer.address}d/{slug}")
        wait_until(lambda: house.views(slug, 1).measured)
        found = house.views(slug, 1)
        told = page.evaluate("performance.getEntriesByName('dashwright-drawn')[0].startTime")
        assert (found.views, found.load_ms) == (1, round(told))
        assert not [text for text in wrong if "views" in text or "Content Security" in text]
        chromium.close()


def test_the_script_of_pages_is_kept_for_good(house: House) -> None:
    address = f"scripts/{fingerprint((SCRIPTS,))}/views.js"
    script = house.viewer.browser().get(address)
    assert script.headers["Content-Type"].startswith("text/javascript")
    assert "immutable" in script.headers["Cache-Control"]
    assert house.viewer.browser().get(address.replace("views.js", "../app.py")).status_code == 404
