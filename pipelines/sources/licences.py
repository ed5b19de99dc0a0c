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
_PARTS = {"by": "Attribution", "nc": "NonCommercial", "nd": "NoDerivatives", "sa": "ShareAlike"}
_OTHERS = (
    ("CC0-1.0", "Creative Commons Zero 1.0 Universal", "https://creativecommons.org/publicdomain/zero/1.0/"),
    ("ODbL-1.0", "Open Database License 1.0", "https://opendatacommons.org/licenses/odbl/1-0/"),
    ("ODC-By-1.0", "Open Data Commons Attribution License 1.0", "https://opendatacommons.org/licenses/by/1-0/"),
    ("PDDL-1.0", "Public Domain Dedication and License 1.0", "https://opendatacommons.org/licenses/pddl/1-0/"),
    ("MIT", "MIT License", "https://opensource.org/license/mit"),
    ("Apache-2.0", "Apache License 2.0", "https://www.apache.org/licenses/LICENSE-2.0"),
    ("GPL-3.0-only", "GNU General Public License 3.0", "https://www.gnu.org/licenses/gpl-3.0.html"),
    ("CDLA-Permissive-1.0", "Community Data License Agreement Permissive 1.0", "https://cdla.dev/permissive-1-0/"),
    ("CDLA-Permissive-2.0", "Community Data License Agreement Permissive 2.0", "https://cdla.dev/permissive-2-0/"),
    ("CDLA-Sharing-1.0", "Community Data License Agreement Sharing 1.0", "https://cdla.dev/sharing-1-0/"),
    (
        "OGL-UK-3.0",
        "Open Government Licence 3.0 (United Kingdom)",
        "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
    ),
    (
        "OGL-Canada-2.0",
        "Open Government Licence 2.0 (Canada)",
        "https://open.canada.ca/en/open-government-licence-canada",
    ),
    ("DL-DE-BY-2.0", "Data licence Germany – attribution – version 2.0", "https://www.govdata.de/dl-de/by-2-0"),
    ("DL-DE-ZERO-2.0", "Data licence Germany – zero – version 2.0", "https://www.govdata.de/dl-de/zero-2-0"),
    ("etalab-2.0", "Etalab Open License 2.0", "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"),
)
_SPELLINGS = {
    "cc-zero": "CC0-1.0", "cc0": "CC0-1.0", "cc0-1.0": "CC0-1.0", "odbl": "ODbL-1.0", "odc-odbl": "ODbL-1.0",
    "odc-by": "ODC-By-1.0", "pddl": "PDDL-1.0", "odc-pddl": "PDDL-1.0", "gpl-3.0": "GPL-3.0-only",
    "ca-ogl-lgo": "OGL-Canada-2.0", "uk-ogl-3.0": "OGL-UK-3.0", "dl-by-de/2.0": "DL-DE-BY-2.0",
    "dl-de-by-2.0": "DL-DE-BY-2.0", "dl-zero-de/2.0": "DL-DE-ZERO-2.0", "fr-lo": "etalab-2.0",
}  # fmt: skip
"""What CKAN and Hugging Face write. A name without a version is here only where there is one version."""
UNSAID = {"", "unknown", "none", "null", "other", "n/a"}
"""Names of no licence."""
_UNSPECIFIED = {"notspecified", "not-specified"}
"""The same, whatever title stands beside it: portals write one in their language."""


def licence(
    name: str | None, url: str | None = None, title: str | None = None, *, page: str | None = None
) -> License | None:
    """The licence that a source names; None where it names none.

    Args:
        name: an id, as *cc-by-4.0* or *odc-odbl*, a name, or a link.
        title: as people call it, where `name` is an id.
        page: the dataset's own, which says what a licence means that has neither an id of SPDX's nor a link.
    """
    text = plain(name or "", 200)
    link = web_address(url) or web_address(text)
    if text == link or text.lower() in UNSAID:
        text = ""
    if found := spdx(text) or (by_link(link) if link else None):
        full, usual = _named(found)
        is_id = not text or " " not in text
        return License(name=full if is_id and full else text or found, spdx=found, url=usual or link)
    if text.lower() in _UNSPECIFIED:
        return None
    said = plain(title or "", 200) or text or link or ""
    return License(name=said, url=link or web_address(page)) if said.lower() not in UNSAID else None


def web_address(text: str | None) -> str | None:
    """The text where it is an address that can be opened: a page links to it."""
    stripped = (text or "").strip()
    return stripped if re.fullmatch(r"https?://[^\s<>\"']{3,1000}", stripped) else None


def spdx(text: str) -> str | None:
    """*cc-by-4.0*, *CC BY 4.0*, *Creative Commons Attribution 4.0 International* → CC-BY-4.0."""
    if spelled := _SPELLINGS.get(text.lower()):
        return spelled
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
    if of_table := next((one for one, _, its in _OTHERS if _bare(its) == _bare(url)), None):
        return of_table
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
    if of_table := next((one for one, _, _ in _OTHERS if one.lower() == text.lower()), None):
        return of_table
    try:
        return str(canonicalize_license_expression(text))
    except InvalidLicenseExpression:
        return None


def _bare(link: str) -> str:
    return re.sub(r"^https?://(www\.)?|/(deed|legalcode)[^/]*$|/$", "", link.lower()).rstrip("/")


def _named(found: str) -> tuple[str, str | None]:
    """What it is called in full, and where its text is; empty where that is not known here."""
    if commons := re.fullmatch(r"cc-(by(?:-nc)?(?:-nd|-sa)?)-(\d\.\d)", found.lower()):
        parts = "-".join(_PARTS[part] for part in commons[1].split("-"))
        world = " International" if commons[2] == "4.0" else ""
        url = f"https://creativecommons.org/licenses/{commons[1]}/{commons[2]}/"
        return f"Creative Commons {parts} {commons[2]}{world}", url
    return next(((name, url) for known_id, name, url in _OTHERS if known_id == found), ("", None))
