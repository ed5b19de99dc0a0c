"""Licences: from an id, a name or a link, as sources write them, to one of SPDX's ids where there is one."""

from __future__ import annotations

import re

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from ..model import License
from .prose import plain

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]{1,60}")
_SHORT = re.compile(r"cc[ -](by(?:[ -]nc)?(?:[ -](?:sa|nd))?)[ -]v?(\d\.\d)", re.IGNORECASE)
_LONG = re.compile(
    r"creative commons attribution(?P<nc>[ -]+non[ -]?commercial)?(?:[ -]+(?P<sa>share[ -]?alike)|[ -]+(?P<nd>no[ -]?"
    r"deriv[a-z]*))?[ -]+v?(?P<version>\d\.\d)",
    re.IGNORECASE,
)
_HOME = re.compile(r"https?://(?:www\.)?(?P<host>[a-z.]+)/(?P<path>[^\s?#]{1,200})", re.IGNORECASE)
_COMMONS = re.compile(r"licenses/(?P<kind>[a-z-]{2,8})/(?P<version>\d\.\d)(?:/(?P<port>[a-z]{2,3})(?=/|$))?")
_DATA_COMMONS = {"odbl": "ODbL-1.0", "by": "ODC-By-1.0", "pddl": "PDDL-1.0"}


def licence(name: str | None, url: str | None = None) -> License | None:
    """None where nothing is said."""
    text = plain(name or "", 200)
    link = url.strip() if url and len(url) < 500 and _HOME.match(url.strip()) else None
    if link is None and _HOME.fullmatch(text):
        link = text
    found = spdx(text) or (by_link(link) if link else None)
    if not (text or link):
        return None
    return License(name=text if text and text != link else (found or link or ""), spdx=found, url=link)


def spdx(text: str) -> str | None:
    """*cc-by-4.0*, *CC BY 4.0*, *Creative Commons Attribution 4.0 International* → CC-BY-4.0."""
    if found := _SHORT.fullmatch(text):
        return known(f"CC-{found[1].replace(' ', '-')}-{found[2]}")
    if (found := _LONG.match(text)) and not re.search(r"\bIGO\b", text):
        parts = ["CC-BY", *(part.upper() for part in ("nc", "sa", "nd") if found[part]), found["version"]]
        return known("-".join(parts))
    return known(text)


def by_link(url: str) -> str | None:
    """The licence that an address of its author's stands for."""
    home = _HOME.match(url)
    if home is None:
        return None
    host, path = home["host"].lower(), home["path"].lower().rstrip("/")
    if host == "creativecommons.org":
        if path.startswith("publicdomain/zero/1.0"):
            return "CC0-1.0"
        found = _COMMONS.match(path)
        port = f"-{found['port']}" if found and found["port"] else ""
        return known(f"CC-{found['kind']}-{found['version']}{port}") if found else None
    parts = path.split("/")
    if host == "opendatacommons.org" and parts[0] == "licenses" and len(parts) > 1:
        return _DATA_COMMONS.get(parts[1])
    if host in ("spdx.org", "opensource.org") and parts[0] in ("licenses", "license") and len(parts) > 1:
        return known(parts[1].removesuffix(".html").removesuffix(".json"))
    return None


def known(text: str) -> str | None:
    """One id in SPDX's own spelling; None for what SPDX does not have."""
    if not _ID.fullmatch(text):
        return None
    try:
        return str(canonicalize_license_expression(text))
    except InvalidLicenseExpression:
        return None
