"""schema.org: the descriptions of datasets that web pages carry for search engines, as JSON-LD.

Pages are hostile and careless: what cannot be read is passed over, nothing is believed, and no link leaves this module
that is not http(s).
"""

from __future__ import annotations

import functools
import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from ..model import Candidate, License
from .datacite import cited, doi_of
from .distributions import Distribution
from .licences import licence
from .naming import file_name, identifier
from .periods import moment
from .prose import plain

MOST_NODES = 20_000
"""Objects of one page that are looked at."""
MOST_FILES = 500
MOST_TAG = 2_000
"""Characters of a script's own tag."""
_KIND = re.compile(r"""\btype\s*=\s*["']?\s*application/(?:[\w.-]+\+)?ld\+json""", re.IGNORECASE)
_INSIDE = ("@graph", "mainEntity", "mainEntityOfPage", "dataset", "hasPart", "subjectOf", "about")
"""Where descriptions of datasets are found in those of other things."""
Thing = Mapping[str, Any]


@dataclass(frozen=True)
class Page:
    """What a page says: its datasets, and how many scripts could not be read."""

    things: tuple[Thing, ...]
    unread: int
    named: Mapping[str, Thing]
    """By their @id."""


def read(content: bytes) -> Page:
    """The datasets in a page, or in a file that is JSON-LD itself."""
    text = content.decode("utf-8-sig", "replace")
    texts = [text] if text.lstrip()[:1] in ("{", "[") else list(scripts(text))
    found: list[Any] = []
    unread = 0
    for script in texts:
        try:
            found.append(json.loads(unwrapped(script), strict=False))
        except (ValueError, RecursionError):
            unread += 1
    things: list[Thing] = []
    named: dict[str, Thing] = {}
    for node in walked(found):
        name = node.get("@id")
        if isinstance(name, str) and len(node) > 1:
            named.setdefault(name, node)
        if is_dataset(node):
            things.append(node)
    return Page(tuple(things), unread, named)


def scripts(text: str) -> Iterator[str]:
    """What is in ``<script type="application/ld+json">``, found in one pass: no page can make this slow."""
    lower, place = text.lower(), 0
    while (start := lower.find("<script", place)) >= 0:
        opened = lower.find(">", start)
        end = lower.find("</script", opened)
        if opened < 0 or end < 0:
            return
        if _KIND.search(lower[start:opened][:MOST_TAG]):
            yield text[opened + 1 : end]
        place = end + 1


def unwrapped(script: str) -> str:
    """Without the comments that hide scripts from very old browsers, and the last semicolon."""
    text = script.strip()
    for first, last in (("<!--", "-->"), ("//<![CDATA[", "//]]>"), ("/*<![CDATA[*/", "/*]]>*/"), ("<![CDATA[", "]]>")):
        text = text.removeprefix(first).removesuffix(last).strip()
    return text.rstrip(";")


def walked(roots: list[Any]) -> Iterator[Thing]:
    """All objects where datasets may be, in their order."""
    waiting, seen = list(reversed(roots)), 0
    while waiting and seen < MOST_NODES:
        node = waiting.pop()
        seen += 1
        if isinstance(node, list):
            waiting += reversed(node[:MOST_NODES])
        elif isinstance(node, dict):
            yield node
            waiting += [node[name] for name in reversed(_INSIDE) if name in node]


def is_dataset(thing: Thing) -> bool:
    """*Dataset*, *sc:Dataset*, *https://schema.org/Dataset*, also among other types."""
    return any(
        re.split(r"[/#:]", kind)[-1] == "Dataset" for kind in listed(thing.get("@type")) if isinstance(kind, str)
    )


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def text_of(value: Any, most: int = 300) -> str:
    """The first text in a value: text, a number, an object with a name, or a list of those."""
    for item in listed(value)[:20]:
        inner = next((item[key] for key in ("@value", "name") if key in item), None) if isinstance(item, dict) else item
        inner = inner[0] if isinstance(inner, list) and inner else inner
        if isinstance(inner, str | int | float) and (found := plain(str(inner), most)):
            return found
    return ""


def texts_of(value: Any, most: int) -> list[str]:
    return [found for item in listed(value)[:most] if (found := text_of(item))]


def link_of(value: Any, address: httpx.URL) -> str:
    """An http(s) address, whole even where the page gives a part of one; empty where there is none."""
    for item in listed(value)[:20]:
        inner = item.get("@id", item.get("url", item.get("@value"))) if isinstance(item, dict) else item
        if not isinstance(inner, str) or not 0 < len(inner.strip()) < 4_000:
            continue
        try:
            found = address.join(html.unescape(inner.strip()))
            if found.scheme in ("http", "https") and found.raw_host:
                return str(found)
        except (httpx.InvalidURL, ValueError, UnicodeError):
            continue
    return ""


@dataclass(frozen=True)
class Description:
    """One dataset of a page."""

    thing: Thing
    page: Page
    address: httpx.URL

    @functools.cached_property
    def distributions(self) -> tuple[Distribution, ...]:
        """The files that can be had at once; pages that only lead to some are none."""
        found: dict[str, Distribution] = {}
        for item in listed(self.thing.get("distribution"))[:MOST_FILES]:
            whole = self.page.named.get(str(item.get("@id")), item) if isinstance(item, dict) else {}
            url = link_of(whole.get("contentUrl"), self.address)
            if url:
                name = file_name(httpx.URL(url).path, default="data")
                kind = text_of(whole.get("encodingFormat") or whole.get("fileFormat"), 100)
                found.setdefault(url, Distribution(name, url, kind, checksum=checksum(whole)))
        return tuple(found.values())

    @property
    def title(self) -> str:
        return text_of(self.thing.get("name")) or text_of(self.thing.get("alternateName"))

    @property
    def doi(self) -> str | None:
        told = [self.thing.get(name) for name in ("identifier", "@id", "sameAs", "url")]
        texts = [
            value.get("value", value.get("@id", "")) if isinstance(value, dict) else value
            for item in told
            for value in listed(item)[:20]
        ]
        return next((doi for text in texts if isinstance(text, str) and (doi := doi_of(text[:300]))), None)

    def rights(self, page: str) -> License | None:
        for item in listed(self.thing.get("license"))[:5]:
            name = text_of(item, 200)
            link = link_of(item, self.address) if isinstance(item, dict) or "://" in str(item) else ""
            if found := licence("" if name == link else name, link or None, page=page):
                return found
        return None

    def candidate(self, source: str, reference: str, shown: str) -> Candidate:
        """`shown`: the page's address without secrets."""
        thing = self.thing
        title = self.title or file_name(self.address.path, default=self.address.host)
        publisher = text_of(thing.get("publisher")) or text_of(thing.get("provider")) or self.address.host
        creators = texts_of(thing.get("creator") or thing.get("author"), 20)
        variables = texts_of(thing.get("variableMeasured"), 50)
        changed = self.moment("dateModified") or self.moment("datePublished")
        since, until = years(text_of(thing.get("temporalCoverage"), 100))
        year = text_of(thing.get("datePublished"))[:4]
        cite = cited(creators, year if year.isdigit() else "", title, publisher, self.doi or "")
        keywords = thing.get("keywords")
        tags = keywords.split(",") if isinstance(keywords, str) else keywords
        return Candidate(
            source=source,
            reference=reference,
            name=identifier(title),
            title=title,
            description=text_of(thing.get("description"), 2_000),
            columns=tuple(variables),
            tags=tuple(texts_of(tags, 15)),
            url=shown,
            publisher=publisher,
            license=self.rights(shown),
            attribution=cite if self.doi else f"{cite} {shown}",
            updated_at=changed,
            since=since,
            until=until,
        )

    def moment(self, name: str) -> datetime | None:
        return moment(text_of(self.thing.get(name), 40).replace("Z", "+00:00"))


def checksum(thing: Thing) -> str:
    """As Croissant tells it."""
    for kind in ("sha256", "md5"):
        if found := text_of(thing.get(kind), 130):
            return f"{kind}:{found}"
    return ""


def years(coverage: str) -> tuple[int | None, int | None]:
    """*2010-01/2020-12*, *2015*, *2010/..* → first and last year."""
    first, slash, last = coverage.partition("/")
    found = [int(match[0]) if (match := re.match(r"\d{4}\b", text.strip())) else None for text in (first, last)]
    return found[0], found[1] if slash else found[0]


def descriptions(content: bytes, address: httpx.URL) -> tuple[tuple[Description, ...], int]:
    """The datasets of a page, those with files first, and how many scripts could not be read."""
    page = read(content)
    found = [Description(thing, page, address) for thing in page.things[:100]]
    return tuple(sorted(found, key=lambda item: not any(file.format for file in item.distributions))), page.unread
