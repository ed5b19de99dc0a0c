"""Rights: what is known of a dataset's licence, in the words that settings, commands and pages use."""

from __future__ import annotations

from .dataset import Candidate, Dataset
from .version import Provenance

OWN = "own"
"""A file or a database that a person brought: what may be done with it is theirs to know."""
OTHER = "other"
"""A licence with a name or a link of its own, for which SPDX has no id."""
UNKNOWN = "unknown"
"""Somebody else's data, and nobody says what may be done with it."""
KINDS = (OWN, OTHER, UNKNOWN)

Licensed = Candidate | Dataset | Provenance


def rights(data: Licensed) -> str:
    """The SPDX id of its licence, or one of `KINDS`."""
    if data.license is not None:
        return data.license.spdx or OTHER
    return OWN if data.source in ("files", "sql") and data.url is None else UNKNOWN


def licence_name(data: Licensed) -> str:
    """As people read it: an SPDX id, a name, or that there is none."""
    if data.license is not None:
        return data.license.spdx or data.license.name
    return "your own data" if rights(data) == OWN else "licence unknown"


def caution(data: Licensed) -> str | None:
    """What to know before data is shared that nobody gave a licence for; None where there is one."""
    if rights(data) != UNKNOWN:
        return None
    return f"No licence is stated for '{data.title}': ask whoever publishes it before you share or reuse it."
