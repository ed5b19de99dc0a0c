"""The queue of looks: bounded, patient, never in anybody's way."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Collection, Mapping, Sequence
from uuid import uuid4

import pytest
from tornado.httputil import HTTPHeaders

from dashwright.server.access import Anonymous, LinkHolder, LocalUser, Role, SignedIn
from dashwright.server.database import DatabaseGoneError
from dashwright.server.nouns import Look
from dashwright.server.viewer.counting import BATCH, QUEUE, Counter
from dashwright.server.viewer.leases import Lease, Leases
from dashwright.server.viewer.looks import agent_of, is_robot, referrer_of, wants_to_be_unknown
from dashwright.server.viewer.visitors import Visitors, today


class Pages:
    """A book that can be out of reach, and slow."""

    def __init__(self) -> None:
        self.written: list[str] = []
        self.ages: list[float] = []
        self.drawn: dict[str, int] = {}
        self.is_gone = False
        self.is_broken = False
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def write(
        self, looks: Sequence[tuple[Look, float]], drawn: Mapping[str, int], watched: Collection[str]
    ) -> Mapping[str, str]:
        self.may_go_on.wait(30)
        if self.is_gone:
            raise DatabaseGoneError("The database does not answer: it is away.")
        if self.is_broken:
            raise ValueError("a bug")
        self.written += [look.id for look, _ in looks]
        self.ages += [age for _, age in looks]
        self.drawn |= drawn
        return {look.id: "visit" for look, _ in looks}


def look() -> Look:
    return Look(id=str(uuid4()), dashboard_id=str(uuid4()), version_number=1)


@pytest.fixture
def pages() -> Pages:
    return Pages()


def test_looks_wait_while_the_database_is_gone_and_keep_their_time(pages: Pages) -> None:
    now = [100.0]

    async def story() -> None:
        counter = Counter(pages, leases := Leases(5, 5), clock=lambda: now[0])
        lease = leases.take("browser", "slug")
        one = look()
        counter.look(one, lease)
        counter.seen(one.id, 1200)
        pages.is_gone = True
        assert not await counter.write()
        now[0] += 600
        pages.is_gone = False
        assert await counter.write()
        assert (pages.written, pages.ages, pages.drawn) == ([one.id], [600.0], {one.id: 1200})
        assert lease.visit == "visit"
        await counter.stop()

    asyncio.run(story())


def test_what_does_not_fit_is_left_out_and_told(pages: Pages, caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        counter = Counter(pages, Leases(5, 5))
        lease = Lease("browser", "slug", 0.0)
        for _ in range(QUEUE + 3):
            counter.look(look(), lease)
        while len(pages.written) < QUEUE:
            assert await counter.write()
        await counter.stop()

    with caplog.at_level(logging.WARNING):
        asyncio.run(story())
    assert len(pages.written) == QUEUE
    assert [record.getMessage() for record in caplog.records] == [
        f"3 looks are not counted, since {QUEUE} wait to be written."
    ]


def test_a_look_is_taken_while_the_database_stands_still(pages: Pages) -> None:
    async def story() -> None:
        counter = Counter(pages, Leases(5, 5))
        lease = Lease("browser", "slug", 0.0)
        pages.may_go_on.clear()
        counter.look(first := look(), lease)
        writing = asyncio.create_task(counter.write())
        await asyncio.sleep(0)
        counter.look(second := look(), lease)
        assert not writing.done()
        pages.may_go_on.set()
        assert await writing
        assert pages.written == [first.id]
        await counter.stop()
        assert pages.written == [first.id, second.id]

    asyncio.run(story())


def test_a_bug_costs_one_batch_and_no_more(pages: Pages, caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        counter = Counter(pages, Leases(5, 5))
        for _ in range(BATCH + 1):
            counter.look(look(), Lease("browser", "slug", 0.0))
        pages.is_broken = True
        await counter.write()
        pages.is_broken = False
        await counter.stop()

    asyncio.run(story())
    assert len(pages.written) == 1
    assert f"{BATCH} looks at dashboards are not counted" in caplog.text


def test_a_page_is_heard_once(pages: Pages) -> None:
    async def story() -> None:
        counter = Counter(pages, Leases(5, 5))
        counter.look(one := look(), Lease("browser", "slug", 0.0), ahead=True)
        counter.seen(str(uuid4()), 5)
        await counter.write()
        assert pages.written == []
        counter.seen(one.id, None)
        counter.seen(one.id, 7)
        await counter.stop()
        assert (pages.written, pages.drawn) == ([one.id], {})

    asyncio.run(story())


def test_digests_change_with_day_dashboard_and_secret_and_hide_the_address() -> None:
    who = Anonymous()
    visitors, others = (Visitors(secret, "hashed") for secret in (b"one", b"two"))
    day = today()
    first = visitors.digest(who, "192.0.2.1", "Firefox", "a", day)
    assert first == visitors.digest(LinkHolder(link_id="x", dashboard_id="a"), "192.0.2.1", "Firefox", "a", day)
    different = {
        visitors.digest(who, "192.0.2.1", "Firefox", "a", day.replace(year=2020)),
        visitors.digest(who, "192.0.2.1", "Firefox", "b", day),
        visitors.digest(who, "192.0.2.2", "Firefox", "a", day),
        visitors.digest(who, "192.0.2.1", "Chrome", "a", day),
        others.digest(who, "192.0.2.1", "Firefox", "a", day),
        visitors.digest(LocalUser(), "192.0.2.1", "Firefox", "a", day),
    }
    assert len(different | {first}) == 7


def test_without_addresses_only_accounts_are_known() -> None:
    visitors = Visitors(b"secret", "none")
    ada = SignedIn(user_id=str(uuid4()), email="ada@example.org", role=Role.VIEWER)
    assert visitors.digest(Anonymous(), "192.0.2.1", "Firefox", "a", today()) is None
    assert visitors.digest(ada, "192.0.2.1", "Firefox", "a", today()) == visitors.digest(
        ada, "198.51.100.1", "Chrome", "a", today()
    )
    assert visitors.network("192.0.2.1") is None


@pytest.mark.parametrize(
    ("address", "kept"),
    [("192.0.2.77", "192.0.2.0"), ("2001:db8:1:2::3", "2001:db8:1::"), ("::ffff:192.0.2.77", "192.0.2.0"), ("x", None)],
)
def test_truncated_addresses_are_those_of_networks(address: str, kept: str | None) -> None:
    assert Visitors(b"secret", "truncated").network(address) == kept


def test_referrers_of_the_server_itself_and_names_that_are_none_are_nobody() -> None:
    def of(address: str) -> str | None:
        return referrer_of(HTTPHeaders({"Referer": address}), "our.example")

    assert of("https://www.their.example./path") == "their.example"
    assert of("http://192.0.2.1:8080/") == "192.0.2.1"
    for address in ("https://our.example/", "https://OUR.example:8443/", "", "https://", "https://-x.example/", "a:b"):
        assert of(address) is None, address


def test_referrers_that_are_meant_to_do_harm_are_nobody() -> None:
    for address in (
        "javascript:alert(1)",
        "https://<script>.example/",
        "https://" + "a" * 300 + ".example/",
        "http://[::1",
        "https://evil\u00e9.example/",
        "android-app://com.example/",
    ):
        assert referrer_of(HTTPHeaders({"Referer": address}), "our.example") is None, address
    found = referrer_of(HTTPHeaders({"Referer": "https://user:word@WWW.News.example:8443/secret?a=1#x"}), "our.example")
    assert found == "news.example"


def test_robots_are_told_by_their_names_and_browsers_are_none() -> None:
    chrome = (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36"
    )
    iphone = (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1"
    )
    cubot = "Mozilla/5.0 (Linux; Android 9; CUBOT X19) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/80.0 Mobile Safari"
    robots = (
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        "kube-probe/1.34",
        chrome.replace("Chrome", "HeadlessChrome"),
        "",
    )
    assert all(map(is_robot, robots))
    assert not any(map(is_robot, (chrome, iphone, cubot)))


def test_a_strange_name_of_a_browser_becomes_a_short_line() -> None:
    agent = agent_of(HTTPHeaders({"User-Agent": "Mozilla '; DROP TABLE users; -- <b>\x1b[31m\x85" + "x" * 5000}))
    assert agent.isprintable()
    assert len(agent) < 300


@pytest.mark.parametrize(("name", "value"), [("DNT", "1"), ("Sec-GPC", "1")])
def test_who_asks_for_privacy_is_understood(name: str, value: str) -> None:
    assert wants_to_be_unknown(HTTPHeaders({name: value}))
    assert not wants_to_be_unknown(HTTPHeaders({name: "0"}))
