"""Licences: the names and addresses by which catalogues call them, as SPDX has them."""

from __future__ import annotations

import re

from ..model import License

_CREATIVE_COMMONS = re.compile(r"cc-(by(?:-nc)?(?:-nd|-sa)?)-(\d\.\d)")
_CREATIVE_COMMONS_AT = re.compile(
    r"creativecommons\.org/licenses/(by(?:-nc)?(?:-nd|-sa)?)/(\d\.\d)(?:/(?:deed|legalcode).*)?/?$"
)
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


def licence(identifier: str | None, title: str | None = None, url: str | None = None) -> License | None:
    """The licence that a catalogue names; None where it names none.

    Args:
        identifier: a short name, as *cc-by-4.0* or *odc-odbl*.
        title: as people call it.
    """
    short = (identifier or "").strip()
    link = web_address(url) or web_address(short)
    spdx = _spdx(short.lower()) or _spdx_at(link)
    if spdx:
        name, usual = _named(spdx)
        return License(name=name, spdx=spdx, url=usual)
    if short.lower() in ("notspecified", "not-specified"):  # with a title that says so in any language
        return None
    name = " ".join((title or "").split()) or ("" if short.lower() in UNSAID or link == short else short) or link or ""
    return License(name=name[:200], url=link) if name.lower() not in UNSAID else None


def web_address(text: str | None) -> str | None:
    """The text where it is an address that can be opened: a page links to it."""
    plain = (text or "").strip()
    return plain if re.fullmatch(r"https?://[^\s<>\"']{3,1000}", plain) else None


def _spdx(short: str) -> str | None:
    if _CREATIVE_COMMONS.fullmatch(short):
        return short.upper()
    return _SPELLINGS.get(short) or next((spdx for spdx, _, _ in _OTHERS if spdx.lower() == short), None)


def _spdx_at(link: str | None) -> str | None:
    """By its address. One of Creative Commons that was made for a country has another SPDX, and is left alone."""
    if link is None:
        return None
    if found := _CREATIVE_COMMONS_AT.search(link.lower()):
        return f"CC-{found[1]}-{found[2]}".upper()
    plain = _bare(link)
    return next((spdx for spdx, _, url in _OTHERS if plain == _bare(url)), None)


def _bare(link: str) -> str:
    return re.sub(r"^https?://(www\.)?|/(deed|legalcode)[^/]*$|/$", "", link.lower()).rstrip("/")


def _named(spdx: str) -> tuple[str, str]:
    """What it is called in full, and where its text is."""
    if found := _CREATIVE_COMMONS.fullmatch(spdx.lower()):
        parts = "-".join(_PARTS[part] for part in found[1].split("-"))
        return (
            f"Creative Commons {parts} {found[2]} International"
            if found[2] == "4.0"
            else f"Creative Commons {parts} {found[2]}",
            f"https://creativecommons.org/licenses/{found[1]}/{found[2]}/",
        )
    return next((name, url) for known, name, url in _OTHERS if known == spdx)
