"""Which licences the data of public dashboards may have: the operator's rule, asked by the store."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from ..pipelines.model import Provenance, Version
from ..pipelines.model.rights import KINDS, licence_name, rights

ANY = "any"
VARIABLE = "DASHWRIGHT_PUBLIC_LICENCES"
_PATTERN = re.compile(r"[A-Za-z0-9.+*-]{1,60}")


def checked(text: str) -> str:
    """The rule in one spelling: `any`, or SPDX ids, patterns and the words of `KINDS`, each once.

    Raises:
        ValueError: a part of it can match no licence.
    """
    from ..pipelines.sources.licences import known

    parts = [part.strip() for part in text.split(",") if part.strip()]
    words = [part.lower() for part in parts]
    if words == [ANY]:
        return ANY
    if not parts or ANY in words:
        raise ValueError(f"write '{ANY}' alone, or licences separated by commas, as in CC0-1.0, CC-BY-*")
    return ", ".join(dict.fromkeys(_part(part, known(part)) for part in parts))


def _part(part: str, spdx: str | None) -> str:
    if part.lower() in KINDS:
        return part.lower()
    if not _PATTERN.fullmatch(part) or ("*" not in part and spdx is None):
        raise ValueError(
            f"'{part[:60]}' is no SPDX id; write one, as in CC-BY-4.0, a beginning with a star, as in CC-BY-*, or "
            f"{', '.join(KINDS[:-1])} or {KINDS[-1]}"
        )
    return spdx or part


class PublicLicences:
    """The rule, read from its setting as `checked` spells it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._patterns = [part.lower() for part in text.split(", ")]

    def allow(self, data: Provenance) -> bool:
        found = rights(data)
        if self.text == ANY or found in KINDS:
            # A star stands for licences, not for the lack of one.
            return self.text == ANY or found in self._patterns
        return any(fnmatchcase(found.lower(), pattern) for pattern in self._patterns)

    def refusal(self, slug: str, version: Version) -> str | None:
        """Why a dashboard with this version may not be public, as one sentence; None: it may."""
        refused = next((data for data in version.provenance if not self.allow(data)), None)
        if refused is None:
            return None
        kind = rights(refused)
        word = f" ('{kind}')" if kind in KINDS else ""
        return (
            f"'{slug}' may not be public, since its dataset '{refused.title[:120]}' has the licence "
            f"'{licence_name(refused)}'{word} and {VARIABLE} lets only {self.text} be published: keep the dashboard "
            f"private (`dashwright change {slug} --private`), use other data, or have the operator add the licence."
        )
