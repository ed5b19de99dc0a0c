"""Which addresses may be asked, and what is shown of a URL."""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Sequence
from contextlib import suppress

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashwright.pipelines.errors import DataError, SourceError
from dashwright.pipelines.sources.addresses import Guard, is_public, masked, parse, shown


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.1", "192.0.2.1", "198.18.0.1",
        "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.88.99.1",
        "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "fec0::1", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "::127.0.0.1", "64:ff9b::7f00:1",
        "64:ff9b::a00:1", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1", "2001::1", "2001:0:7f00:1::",
        "::ffff:0:127.0.0.1", "100::1", "not an address", "",
    ],
)  # fmt: skip
def test_addresses_inside_are_refused(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_addresses_of_the_internet_are_allowed(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_no_way_to_write_an_inner_address_as_an_outer_one_helps(address: ipaddress.IPv4Address) -> None:
    packed = int(address)
    spellings = [
        ipaddress.IPv6Address((0xFFFF << 32) | packed),
        ipaddress.IPv6Address((0x64FF9B << 96) | packed),
        ipaddress.IPv6Address((0x2002 << 112) | (packed << 80) | 1),
    ]
    for spelling in spellings:
        assert is_public(str(spelling)) <= is_public(str(address))


@pytest.mark.parametrize(
    "host", ["localhost", "127.1", "2130706433", "0x7f000001", "017700000001", "[::1]", "[::ffff:127.0.0.1]", "0"]
)
def test_every_spelling_of_this_machine_is_refused_by_the_real_resolver(host: str) -> None:
    with pytest.raises(DataError, match="private network"):
        Guard().addresses(parse(f"http://{host}/a.csv"), timeout=5)


def test_a_name_with_one_inner_address_is_refused_altogether() -> None:
    guard = Guard(resolve=lambda host, port: ["8.8.8.8", "10.0.0.1"])
    with pytest.raises(DataError, match=r"10\.0\.0\.1"):
        guard.addresses(parse("http://both.example/a.csv"), timeout=5)


def test_addresses_come_in_the_order_of_the_resolver_each_once() -> None:
    guard = Guard(resolve=lambda host, port: ["8.8.8.8", "1.1.1.1", "8.8.8.8"])
    assert guard.addresses(parse("http://x.example/"), timeout=5) == ["8.8.8.8", "1.1.1.1"]


def test_the_resolver_is_asked_for_the_name_as_it_is_sent_and_the_right_port() -> None:
    asked: list[tuple[str, int]] = []

    def resolve(host: str, port: int) -> Sequence[str]:
        asked.append((host, port))
        return ["8.8.8.8"]

    Guard(resolve=resolve).addresses(parse("https://bücher.example/x"), timeout=5)
    Guard(resolve=resolve).addresses(parse("http://x.example:8080/x"), timeout=5)
    assert asked == [("xn--bcher-kva.example", 443), ("x.example", 8080)]


def test_a_resolver_that_does_not_answer_is_given_up() -> None:
    given_up = threading.Event()

    def resolve(host: str, port: int) -> Sequence[str]:
        given_up.wait()
        return ["8.8.8.8"]

    with pytest.raises(SourceError, match="Nobody told the address"):
        Guard(resolve=resolve).addresses(parse("http://slow.example/"), timeout=0.1)
    given_up.set()


def test_a_name_that_does_not_exist_is_a_sentence() -> None:
    with pytest.raises(SourceError, match=r"There is no server 'nowhere\.invalid'"):
        Guard().addresses(parse("http://nowhere.invalid/a.csv"), timeout=10)


@pytest.mark.parametrize(
    "text",
    [
        "ftp://x/y",
        "javascript:alert(1)",
        "http://",
        "http:///path",
        "http://a:99999/",
        "x",
        "http://x:0/",
    ],
)
def test_what_is_no_web_address_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(DataError) as caught:
        parse(text)
    assert str(caught.value).endswith(".")


@given(st.text(max_size=60))
def test_any_text_is_either_a_url_with_a_host_or_refused(text: str) -> None:
    with suppress(DataError):
        assert parse("http://" + text).raw_host


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://bob:pw@h.example/a.csv", "https://h.example/a.csv"),
        ("https://h.example/a.csv?api_key=1&x=2", "https://h.example/a.csv?api_key=***&x=2"),
        (
            "https://h.example/a?X-Amz-Signature=abc&X-Amz-Date=1",
            "https://h.example/a?X-Amz-Signature=***&X-Amz-Date=1",
        ),
        ("https://h.example/a?keyword=rain&token=t#f", "https://h.example/a?keyword=rain&token=***#f"),
        ("https://h.example/a@b.csv", "https://h.example/a@b.csv"),
    ],
)
def test_secrets_in_urls_are_not_shown(text: str, expected: str) -> None:
    assert shown(httpx.URL(text)) == expected
    assert masked(text) == expected
    assert masked(masked(text)) == masked(text)
