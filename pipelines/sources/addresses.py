"""Addresses: which URLs may be asked, and which machines may answer.

A URL given by a person, or a redirect given by a server, must not lead to machines that only this one can reach.
So a name is resolved once, every address it has is judged, and the connection goes to the very address that was
judged: a name that resolves to something else a moment later changes nothing.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import httpx

from ..errors import DataError, SourceError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], Sequence[str]]
"""Host and port → the texts of its addresses. Raises OSError where there are none."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_COMPATIBLE = ipaddress.ip_network("::/96")
_TRANSLATED = ipaddress.ip_network("::ffff:0:0:0/96")
_REFUSED = tuple(
    map(
        ipaddress.ip_network,
        (
            "64:ff9b:1::/48",  # NAT64 for local use (RFC 8215)
            "192.88.99.0/24",  # relays of 6to4, withdrawn (RFC 7526)
            "168.63.129.16/32",  # public by number, but answers each Azure machine with its own settings
            "2001::/23",  # protocol assignments, Teredo among them: tunnels to addresses inside
            "fec0::/10",  # site-local, withdrawn (RFC 3879)
        ),
    )
)
_SECRET = re.compile(
    r"(?i)([?&;][^=&;#]*(?:key|token|secret|passw|password|pwd|signature|sig|auth|credential|session)=)[^&;#]*"
)
"""A parameter of a query whose name ends like that of a secret."""
HIDDEN = "***"


@dataclass(frozen=True)
class Guard:
    """Decides where connections may go."""

    allow_private: bool = False
    resolve: Resolver | None = None
    """None: the system's own."""
    exempt: frozenset[str] = frozenset()
    """Private addresses that may be asked all the same."""
    own: httpx.URL | None = None
    """A server that the operator named, which may be anywhere. Only this one, on this port."""

    def addresses(self, url: httpx.URL, timeout: float) -> list[str]:
        """The addresses of a URL's host that may be connected to, in the resolver's order.

        Raises:
            DataError: one of them is private; a name with one public and one private address is refused.
            SourceError: the name has no address.
        """
        host, port = url.raw_host.decode("ascii"), url.port or (443 if url.scheme == "https" else 80)
        texts = within(timeout, host, port, self.resolve or system_resolver)
        found = list(dict.fromkeys(texts))
        if not found:
            raise SourceError(f"The server '{url.host}' has no address; check the URL.")
        free = self.allow_private or (self.own is not None and same_server(url, self.own))
        for text in found:
            if not (free or text in self.exempt or is_public(text)):
                raise DataError(
                    f"'{shown(url)}' is on a private network ({text}); only public addresses are asked, "
                    "unless DASHWRIGHT_ALLOW_PRIVATE_ADDRESSES is set."
                )
        return found


def same_server(one: httpx.URL, other: httpx.URL) -> bool:
    return (one.scheme, one.raw_host, one.port) == (other.scheme, other.raw_host, other.port)


def system_resolver(host: str, port: int) -> Sequence[str]:
    return [str(item[4][0]) for item in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def within(timeout: float, host: str, port: int, resolve: Resolver) -> Sequence[str]:
    """Resolve in a thread, since the system's resolver knows no time-out.

    Raises:
        SourceError: no answer, or the name does not exist.
    """
    answers: list[Sequence[str] | Exception] = []

    def ask() -> None:
        try:
            answers.append(resolve(host, port))
        except (OSError, UnicodeError) as error:
            answers.append(error)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(timeout)
    if not answers:
        raise SourceError(f"Nobody told the address of the server '{host}' within {timeout:.0f} s; try again later.")
    answer = answers[0]
    if isinstance(answer, Exception):
        raise SourceError(f"There is no server '{host}', or its address cannot be found; check the URL.") from answer
    return answer


def is_public(text: str) -> bool:
    """Whether an address is of the public internet, looking through every way to write an IPv4 one into an IPv6 one."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if "%" in text:
        return False
    inner = embedded(address)
    if inner is not None:
        return is_public(str(inner))
    if any(address in network for network in _REFUSED if network.version == address.version):
        return False
    return address.is_global and not (
        address.is_multicast
        or address.is_reserved
        or address.is_unspecified
        or address.is_loopback
        or address.is_link_local
        or address.is_private
    )


def embedded(address: Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 one stands for."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    in_tail = any(address in network for network in (_NAT64, _COMPATIBLE, _TRANSLATED))
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if in_tail else None


def parse(text: str) -> httpx.URL:
    """
    Raises:
        DataError: not an http or https URL with a host.
    """
    try:
        url = httpx.URL(text.strip())
        port = url.port
    except (httpx.InvalidURL, ValueError, TypeError, UnicodeError) as error:
        raise DataError(f"'{masked(text)[:200]}' is not a valid URL.") from error
    if url.scheme not in ("http", "https"):
        raise DataError(f"'{shown(url)[:200]}' cannot be asked: only http and https URLs can, not '{url.scheme}'.")
    if not url.raw_host or not 0 < (80 if port is None else port) < 65_536:
        raise DataError(f"'{shown(url)[:200]}' names no server that can be asked.")
    return url


def shown(url: httpx.URL) -> str:
    """The URL for people: without name and password, and with secrets in the query hidden."""
    return masked(str(url.copy_with(userinfo=b"")) if url.userinfo else str(url))


def masked(text: str) -> str:
    """Any text of a URL with everything hidden that looks like a secret."""
    text = re.sub(r"(?<=://)[^/?#@]*@", "", text)
    head, question, rest = text.partition("?")
    return head + _SECRET.sub(rf"\g<1>{HIDDEN}", question + rest) if question else head
