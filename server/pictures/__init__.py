"""Pictures of dashboards: small ones for lists, and whole pages to take home. See README.md."""

from __future__ import annotations

DRAWN = "s1"
"""Changes when schematic pictures are drawn in another way."""


def key_of(pictures: str | None) -> str:
    """What tells the thumbnails of one version apart: that it is drawn, or which picture it is.

    `pictures`: the digest of the version's pictures.
    """
    return pictures[:12] if pictures else DRAWN
