"""Connecting: to the very addresses that were judged, with the name kept for Host and certificate."""

from __future__ import annotations

import functools
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import httpx

MAX_ADDRESSES = 4
"""Addresses of one server tried in turn."""


@contextmanager
def connected(found: Sequence[str], request: Callable[[str], httpx.Request]) -> Iterator[httpx.Response]:
    """The answer of the first of a server's addresses, all of them judged, that takes a connection.

    Args:
        request: made for an address, since it may have to say how much time is left.
    """
    tried = found[:MAX_ADDRESSES]
    for position, address in enumerate(tried):
        # Proxies of the environment are not used: they would resolve the name again, out of our sight.
        with httpx.HTTPTransport(verify=certificates(), trust_env=False) as transport:
            try:
                response = transport.handle_request(request(address))
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if position + 1 == len(tried):
                    raise
                continue
            try:
                yield response
            finally:
                response.close()
            return


@functools.cache
def certificates() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=True)
