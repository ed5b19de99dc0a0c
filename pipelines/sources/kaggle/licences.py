"""Licences: Kaggle's own ids as SPDX's. What Kaggle calls "unknown" is no licence."""

from __future__ import annotations

from collections.abc import Sequence

from ...model import License

SPDX = {
    identifier.lower(): identifier
    for identifier in (
        *("CC0-1.0", "CC-BY-3.0", "CC-BY-4.0", "CC-BY-3.0-IGO", "CC-BY-SA-3.0", "CC-BY-SA-4.0", "CC-BY-NC-4.0"),
        *("CC-BY-NC-SA-3.0-IGO", "CC-BY-NC-SA-4.0", "CC-BY-ND-4.0", "CC-BY-NC-ND-4.0", "Apache-2.0", "ODbL-1.0"),
        *("ODC-By-1.0", "CDLA-Permissive-1.0", "CDLA-Sharing-1.0"),
    )
} | {
    # Without "or later", none is granted.
    "gpl-2.0": "GPL-2.0-only",
    "gpl-3.0": "GPL-3.0-only",
    "lgpl-3.0": "LGPL-3.0-only",
    "agpl-3.0": "AGPL-3.0-only",
    "fdl-1.3": "GFDL-1.3-only",
    "pddl": "PDDL-1.0",
}
OTHERS = {
    "dbcl-1.0": "Database Contents License 1.0",
    "us-government-works": "U.S. Government Works",
    "eu-odp-legal-notice": "EU Open Data Portal legal notice",
    "copyright-authors": "copyright of the authors",
    "other": "other, as the dataset's page says",
}
"""What SPDX has no id for; what they mean, the dataset's page says."""
UNKNOWN = ("", "unknown")


def licence(ids: Sequence[str], page: str) -> License | None:
    """What a dataset's metadata say. `page`: the dataset's own, which explains what no standard licence is."""
    found = [identifier.strip() for identifier in ids if identifier.strip().lower() not in UNKNOWN]
    if not found:
        return None
    if len(found) == 1 and (spdx := SPDX.get(found[0].lower())):
        return License(name=spdx, spdx=spdx, url=f"https://spdx.org/licenses/{spdx}.html")
    names = (SPDX.get(one.lower()) or OTHERS.get(one.lower(), one) for one in found)
    return License(name="; ".join(names)[:200], url=page)


def displayed(name: str | None, page: str) -> License | None:
    """What a list of datasets says: a name for people, in which no id may be read."""
    text = " ".join((name or "").split())
    return None if text.lower() in UNKNOWN else License(name=text[:200], url=page)
