"""Robots: what a site does not want programs to read is not read, whatever leads there."""

from __future__ import annotations

import pytest

from dashwright.pipelines.errors import DataError, LimitError, SourceError
from dashwright.pipelines.sources.asking import Place, Talk
from dashwright.pipelines.sources.robots import Polite, Rules, matches
from dashwright.pipelines.step import Limits

from .conftest import Wire, send

LIMITS = Limits(download_timeout=5)


def read(wire: Wire, path: str = "/page", limits: Limits = LIMITS) -> bytes:
    guard = Polite(exempt=frozenset({"127.0.0.1"}), limits=limits)
    return Talk(Place("page", "The page", ""), limits, guard=guard).content(wire.url(path))


@pytest.mark.parametrize(
    ("pattern", "path", "whole"),
    [
        ("/", "/page", True),
        ("/page", "/page/2?x=1", True),
        ("/Page", "/page", False),
        ("/*.csv", "/a/b.csv?x", True),
        ("/*.csv$", "/a/b.csv", True),
        ("/*.csv$", "/a/b.csv?x", False),
        ("/page$", "/page", True),
        ("/page$", "/page2", False),
        ("/a*b*c", "/a1b2c3", True),
        ("/a*b*c$", "/abc", True),
        ("/a*bb$", "/ab", False),
        ("*/data", "/x/data", True),
        ("/a*", "/a", True),
        ("", "/a", True),
    ],
)
def test_patterns_have_stars_and_an_end(pattern: str, path: str, *, whole: bool) -> None:
    assert matches(pattern, path) is whole


def test_a_hostile_pattern_is_matched_at_once() -> None:
    assert not matches("/" + "*a" * 50_000 + "b$", "/" + "a" * 4_000)


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("", "/data", True),
        ("User-agent: *\nDisallow: /", "/data", False),
        ("User-agent: *\nDisallow: /\nAllow: /data", "/data/1", True),
        ("User-agent: *\nDisallow: /data\nAllow: /data", "/data", True),
        ("User-agent: *\nDisallow:", "/data", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: DashWright # us\nDisallow: /no", "/data", True),
        ("User-agent: Others\nUser-agent: Dashwright\nDisallow: /data", "/data", False),
        ("User-agent: Others\nDisallow: /", "/data", True),
        ("Disallow: /\nUser-agent: *\nAllow: /", "/data", True),
        ("User-agent: *\nDisallow: /a\nUser-agent: *\nDisallow: /data", "/data", False),
        ("User-agent: *\nDisallow: /", "/robots.txt", True),
        ("\x00\xff: ::\nUser-agent *\nDisallow: /", "/data", True),
    ],
)
def test_the_group_for_us_decides_by_its_longest_pattern(text: str, path: str, *, allowed: bool) -> None:
    assert Rules.read(text).allow(path) is allowed


def test_a_page_is_read_where_it_may_be(wire: Wire) -> None:
    wire.serve("/page", b"hello")
    assert read(wire) == b"hello"
    assert [path for path, _ in wire.requests] == ["/robots.txt", "/page"]
    wire.serve("/robots.txt", b"User-agent: *\nDisallow: /page\n")
    wire.requests.clear()
    with pytest.raises(DataError, match=r"may not be read by programs, as its server says in robots\.txt"):
        read(wire)
    assert [path for path, _ in wire.requests] == ["/robots.txt"]


def test_a_redirect_to_what_may_not_be_read_is_not_followed(wire: Wire) -> None:
    wire.serve("/robots.txt", b"User-agent: *\nDisallow: /secret\n")
    wire.serve("/secret", b"hello")
    wire.answers["/page"] = lambda request: send(request, b"", 302, location="/secret")
    with pytest.raises(DataError, match=r"redirects to where it may not.*robots\.txt"):
        read(wire)
    assert "/secret" not in [path for path, _ in wire.requests]


def test_a_redirect_to_a_private_machine_is_not_followed(wire: Wire, other_wire: Wire) -> None:
    wire.answers["/page"] = lambda request: send(request, b"", 302, location=other_wire.serve("/page"))
    with pytest.raises(DataError, match="private network"):
        read(wire)
    wire.serve("/page", b"hello")
    wire.answers["/robots.txt"] = lambda request: send(request, b"", 302, location=other_wire.serve("/robots.txt"))
    with pytest.raises(DataError, match="private network"):
        read(wire)
    assert not other_wire.requests


def test_a_site_that_cannot_say_is_not_read(wire: Wire) -> None:
    wire.serve("/page", b"hello")
    wire.serve("/robots.txt", b"", 500)
    with pytest.raises(SourceError, match=r"robots\.txt.*HTTP 500"):
        read(wire)
    wire.serve("/robots.txt", b"#" * 600_000)
    with pytest.raises(LimitError, match="512 KiB"):
        read(wire)
    wire.serve("/robots.txt", b"", 403)
    assert read(wire) == b"hello"
