"""Prose: what strangers write about a dataset, as plain text on one line."""

from __future__ import annotations

import html
import re

MOST = 2_000
"""Characters that are kept."""
READ = 10 * MOST
"""Characters that are looked at: tags go, so more are read than kept."""
_TAG = re.compile(r"<[^<>]*>")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def plain(text: str, most: int = MOST) -> str:
    """Text without tags, entities, line breaks and what turns its direction. Still hostile: it may say anything."""
    bare = html.unescape(_TAG.sub(" ", text[:READ]))
    words = " ".join(_UNPRINTABLE.sub("", bare).split())
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"
