"""The shelf: what the viewer asks the store. The viewer itself knows no database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

from ..access import DashboardFacts


@dataclass(frozen=True)
class Published:
    """A dashboard with its published version, as far as a page needs it. Times have a time zone."""

    slug: str
    dashboard_id: str
    number: int
    title: str
    folder: Path
    """Of the version: `executed.ipynb` is shown, `notebook.ipynb` can be downloaded, code runs in it.
    On this machine only after `bring`."""
    data_as_of: datetime
    facts: DashboardFacts
    """Who may see it."""
    refresh_failed_at: datetime | None = None
    """Of the newest refresh, when that failed after this version was made."""
    refresh_failure: str | None = None
    description: str = ""
    manifest: str | None = None
    """Under which storage has the folder."""
    standing: Literal["published", "earlier", "draft"] = "published"
    """How the version stands: viewers see it, have seen it, or have not."""


class Shelf(Protocol):
    """Synchronous; the viewer calls it in a thread. Any error but those named means that the store cannot be
    reached."""

    def find(self, slug: str) -> Published | None: ...

    def find_version(self, slug: str, number: int) -> Published | None:
        """Any version of a dashboard, also one that is not published."""

    def list(self) -> Sequence[Published]: ...

    def bring(self, published: Published) -> None:
        """Have the version's folder on this machine.

        Raises:
            StorageError: it is not here and cannot be had; the sentence is for whoever runs this server.
        """
