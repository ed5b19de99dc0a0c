"""Where requests come from in the network."""

from __future__ import annotations

import ipaddress

from tornado.httputil import HTTPServerRequest

from .loopback import is_loopback

FORWARDED = ("Forwarded", "Via", "X-Real-Ip")
"""What a proxy before us adds, as Tornado spells it, beside `X-Forwarded-…`: then loopback is where the
proxy is, and not who asks."""


def is_from_here(request: HTTPServerRequest) -> bool:
    """Loopback by address and by name, as a page of elsewhere could have its own name lead here; and directly."""
    return (
        is_loopback(request.remote_ip or "")
        and is_loopback(request.host_name.strip("[]"))
        and not any(name in FORWARDED or name.startswith("X-Forwarded-") for name in request.headers)
    )


def client_address(request: HTTPServerRequest, public_url: str | None) -> str:
    """Where a request comes from; behind a proxy on this machine, what that says.

    Args:
        public_url: the address that the proxy has. None: there is none, and anybody could write its header.
    """
    direct = request.remote_ip or ""
    forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return forwarded[:45] if public_url and is_loopback(direct) and forwarded else direct


def neighbourhood(address: str) -> str:
    """Whose address it is, as far as that can be told: one customer has a whole /64 of IPv6."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False))
