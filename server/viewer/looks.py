"""Looks: what of a request for a dashboard's page is counted, and what is written down of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from crawlerdetect import CrawlerDetect  # type: ignore[import-untyped]
from tornado.httputil import HTTPHeaders, HTTPServerRequest

from ..access import Anonymous, LocalUser, Principal, SignedIn
from ..nouns import Look
from .shelf import Published
from .visitors import Visitors, person_of, today

LONGEST_AGENT = 300
"""Characters of a browser's name that are read."""
HOST = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
AHEAD = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
"""Headers in which browsers say that they fetch a page before anybody wants it."""
_crawlers = CrawlerDetect()


@dataclass(frozen=True)
class Looks:
    """Makes looks of requests."""

    visitors: Visitors
    own_host: str | None
    """By which this server is reached through a proxy: who comes from its other pages was not led here by anybody."""

    def of(self, request: HTTPServerRequest, address: str, who: Principal, published: Published) -> Look | None:
        """A look as it is written down. None: no person looks.

        Args:
            address: of the network, where the request comes from.
        """
        agent = agent_of(request.headers)
        if is_robot(agent):
            return None
        look = Look(
            id=str(uuid4()),
            dashboard_id=published.dashboard_id,
            version_number=published.number,
            referrer=referrer_of(request.headers, self.own_host or request.host_name),
        )
        if wants_to_be_unknown(request.headers):
            return look
        return look.model_copy(update=self._identity(who, address, agent, published))

    def _identity(self, who: Principal, address: str, agent: str, published: Published) -> dict[str, Any]:
        person = person_of(who)
        user_id = person.user_id if isinstance(person, SignedIn) else None
        network = self.visitors.network(address) if isinstance(person, Anonymous) else None
        return {
            "user_id": user_id,
            "visitor": self.visitors.digest(who, address, agent, published.dashboard_id, today()),
            "by_owner": isinstance(person, LocalUser) or (user_id is not None and user_id == published.facts.owner_id),
            "network": network,
            "user_agent": agent if network else None,
        }


def is_robot(agent: str) -> bool:
    """By its own word: crawlers, previews of links, probes and programs. Every browser has a name."""
    return not agent or bool(_crawlers.is_crawler(agent))


def is_ahead(headers: HTTPHeaders) -> bool:
    """Whether a page is fetched before anybody wants it."""
    return any(word in headers.get(name, "").lower() for name in AHEAD for word in ("prefetch", "prerender", "preview"))


def wants_to_be_unknown(headers: HTTPHeaders) -> bool:
    """Do Not Track, and its successor Global Privacy Control."""
    return headers.get("DNT") == "1" or headers.get("Sec-GPC") == "1"


def agent_of(headers: HTTPHeaders) -> str:
    """What a browser calls itself, on one line."""
    return "".join(letter for letter in headers.get("User-Agent", "")[:LONGEST_AGENT] if letter.isprintable()).strip()


def referrer_of(headers: HTTPHeaders, own_host: str) -> str | None:
    """The host of another server's page that led here, without `www.`; never its path, which may hold secrets."""
    try:
        parts = urlsplit(headers.get("Referer", "")[:2000])
        host = (parts.hostname or "").removesuffix(".")
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not HOST.fullmatch(host) or host == own_host.lower():
        return None
    return host.removeprefix("www.")
