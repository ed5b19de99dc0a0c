"""Slugs: the readable part of a dashboard's address, unique and for ever."""

from __future__ import annotations

from slugify import slugify
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..tables import DashboardRow

LENGTH = 60
"""Characters before a number is added; the column takes 80."""
LOCK = 0x736C7567  # "slug"
FALLBACK = "dashboard"


def slug_of(text: str) -> str:
    """ASCII words of a title or question, whole ones as far as they go: *how-has-life-expectancy-changed*."""
    words = slugify(text[:1000], max_length=LENGTH, word_boundary=True, save_order=True)
    return words or slugify(text[:1000], max_length=LENGTH) or FALLBACK


def free_slug(session: Session, text: str) -> str:
    """A slug that nobody has, numbered where needed; nobody else gets one until the transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(LOCK)))
    slug = slug_of(text)
    taken = set(
        session.scalars(
            select(DashboardRow.slug).where(
                (DashboardRow.slug == slug) | DashboardRow.slug.regexp_match(f"^{slug}-[0-9]+$")
            )
        )
    )
    if slug not in taken:
        return slug
    return next(name for number in range(2, len(taken) + 3) if (name := f"{slug}-{number}") not in taken)
