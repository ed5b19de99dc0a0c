"""`views`: how many looked at a dashboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from .usage import AsJson, DataDir, Slug, settings_for

if TYPE_CHECKING:
    from ..nouns import Viewership

BAR = 24
"""Characters of the longest bar."""


def views(
    slug: Slug,
    days: Annotated[int, typer.Option("--days", min=1, max=3660, help="The last so many days, today included.")] = 30,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Show how many looked at a dashboard: by day and version, from where, and how long it took.

    Days are those of UTC. What counts as a view and as a visitor is told in docs/analytics.md.

    * `dashwright views sales`
    * `dashwright views sales --days 7 --json`
    """
    from ..store import Views
    from .access import store_of
    from .output import show_json

    with store_of(settings_for(data_dir)) as store:
        found = Views(store).viewership(slug, days)
    if as_json:
        show_json(found.model_dump(mode="json"))
    else:
        _show(found)


def _show(found: Viewership) -> None:
    from .output import show, show_table

    def line(name: str, text: str) -> None:
        show(f"{name:<13} {text}")

    line("Since", f"{found.since} ({found.ever:,} views ever)")
    unidentified = f", and {found.unidentified:,} views of whom nothing is kept" if found.unidentified else ""
    line("Views", f"{found.views:,}, of them {found.by_owner:,} by the owner")
    line("Visitors", f"{found.visitors:,}{unidentified}")
    line("Looking now", f"{found.live:,}")
    if found.load_ms is not None:
        line("Drawn in", f"{seconds(found.load_ms)} (median of {found.measured:,})")
    if not found.views:
        return
    show()
    most = max(day.views for day in found.days)
    bars = [(one, "█" * -(-one.views * BAR // most)) for one in found.days if one.views]
    show_table(
        ("Day", "Views", "Visitors", "By owner", "Chart"),
        [(f"{one.day}", f"{one.views:,}", f"{one.visitors:,}", f"{one.by_owner:,}", bar) for one, bar in bars],
    )
    show()
    show_table(
        ("Version", "Views", "Visitors", "Drawn in"),
        [
            (f"{one.number or 'not known'}", f"{one.views:,}", f"{one.visitors:,}", seconds(one.load_ms))
            for one in found.versions
        ],
    )
    if found.referrers:
        show()
        show_table(("Came from", "Views"), [(one.host, f"{one.views:,}") for one in found.referrers])


def seconds(ms: int | None) -> str:
    """How long, in words: "0.84 s", "12.3 s"; nothing where that is not known."""
    if ms is None:
        return ""
    return f"{ms / 1000:.2f} s" if ms < 10_000 else f"{ms / 1000:.1f} s"
