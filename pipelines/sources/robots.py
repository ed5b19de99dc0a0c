"""Robots: what a site's robots.txt (RFC 9309) lets programs like ours read.

Patterns are matched without regular expressions: a hostile file could make those take for ever.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import httpx

from ..errors import DashwrightError, DataError
from ..step import Limits
from . import addresses
from .addresses import Guard
from .asking import Place, Talk

AGENT = "dashwright"
MOST_RULES = 5_000


class NoRules(DataError):  # noqa: N818 (it never leaves this module)
    """There is no robots.txt, so everything may be read."""


def explain(status: int, _body: bytes) -> DashwrightError | None:
    return NoRules(f"There are no rules (HTTP {status}).") if 400 <= status < 500 and status != 429 else None


PLACE = Place("robots", "The robots.txt of the page's server", "", explain, most=512 * 1024, accept="text/plain, */*")


@dataclass(frozen=True)
class Rules:
    """The lines that are for us: pattern, and whether it allows."""

    lines: tuple[tuple[str, bool], ...] = ()

    @classmethod
    def read(cls, text: str) -> Rules:
        """Those of the group that names us, or else of the group for all."""
        groups: dict[str, list[tuple[str, bool]]] = {}
        agents: list[str] = []
        naming = False
        for line in text.splitlines():
            key, _, value = line.partition("#")[0].partition(":")
            key, value = key.strip().lower(), value.strip()
            if key == "user-agent":
                agents = [*agents, value.lower()] if naming else [value.lower()]
                groups.setdefault(agents[-1], [])
                naming = True
            elif key in ("allow", "disallow"):
                naming = False
                for agent in agents if value else ():
                    groups[agent].append((value, key == "allow"))
        return cls(tuple(groups.get(AGENT, groups.get("*", []))[:MOST_RULES]))

    def allow(self, path: str) -> bool:
        """The longest pattern that matches decides; of two as long, the one that allows."""
        if path == "/robots.txt":
            return True
        found = [(len(pattern), allowed) for pattern, allowed in self.lines if matches(pattern, path)]
        return max(found)[1] if found else True


def matches(pattern: str, path: str) -> bool:
    """Whether a path begins as the pattern says: ``*`` is anything, a last ``$`` the end."""
    whole = pattern.endswith("$")
    first, *others = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    if not others:
        return not whole or path == first
    place = len(first)
    for part in others[:-1]:
        found = path.find(part, place)
        if found < 0:
            return False
        place = found + len(part)
    last = others[-1]
    return path.endswith(last) and len(path) - len(last) >= place if whole else path.find(last, place) >= 0


@dataclass(frozen=True)
class Polite(Guard):
    """Goes only where robots.txt lets us, also after a redirect."""

    limits: Limits = field(default_factory=Limits)
    known: dict[str, Rules] = field(default_factory=dict)
    """By server."""

    def addresses(self, url: httpx.URL, timeout: float) -> list[str]:
        """
        Raises:
            DataError: the site does not want programs to read this.
            SourceError: it does not say.
        """
        found = super().addresses(url, timeout)
        server = f"{url.scheme}://{url.netloc.decode('ascii')}"
        if server not in self.known:
            self.known[server] = rules(self.limits, url, Guard(self.allow_private, self.resolve, self.exempt))
        if not self.known[server].allow(url.raw_path.decode("ascii")):
            raise DataError(
                f"'{addresses.shown(url)[:300]}' may not be read by programs, as its server says in robots.txt; "
                "open it yourself and give the address of the file with the data."
            )
        return found


def rules(limits: Limits, url: httpx.URL, guard: Guard) -> Rules:
    """
    Raises:
        SourceError: the server does not answer, or fails; then nothing may be read.
    """
    talk = Talk(PLACE, limits, guard=guard)
    try:
        text = talk.content(str(url.copy_with(userinfo=b"", raw_path=b"/robots.txt", fragment=None)))
    except NoRules:
        return Rules()
    return Rules.read(text.decode("utf-8-sig", "replace"))
