"""A moment as pages show it."""

from __future__ import annotations

from datetime import UTC, datetime


def moment(when: datetime) -> dict[str, str]:
    """{"iso": for the machine, "text": 23 Nov 2026, 08:15 UTC}. A time without zone is taken as UTC."""
    when = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    return {"iso": when.isoformat(timespec="seconds"), "text": f"{when.day} {when:%b %Y, %H:%M} UTC"}
