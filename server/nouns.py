"""The server's nouns: a dashboard and a job as everybody outside the store sees them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from ..pipelines.model import Noun, Version

DashboardStatus = Literal["pending", "processing", "completed", "failed"]
JobStatus = Literal["pending", "processing", "completed", "failed", "cancelled"]
JobKind = Literal["new", "refresh"]


class JobStep(Noun):
    """One step of a job as a watcher saw it: `name` is one of the five that people see."""

    name: str
    started_at: datetime
    ended_at: datetime | None = None
    message: str = ""


class Job(Noun):
    """One trip through the pipeline."""

    id: str
    dashboard_id: str
    slug: str
    kind: JobKind
    status: JobStatus
    progress: float = Field(ge=0, le=100)
    """Percent of the whole job."""
    current_step: str | None = None
    message: str = ""
    steps: tuple[JobStep, ...] = ()
    seconds: dict[str, float] = Field(default_factory=dict)
    """Step as typed by a person (search, download, …) → how long it took."""
    version_number: int
    """The number that its version has or would have."""
    unchanged: bool = False
    """A refresh that found the same data: nothing was executed and no version was made."""
    error_code: str | None = None
    error_message: str | None = None
    """One sentence for people."""
    cancel_requested: bool = False
    attempt: int = 0
    worker: str | None = None
    created_at: datetime
    started_at: datetime | None = None
    completed_at: datetime | None = None
    """When it ended, in whatever way."""

    @property
    def is_over(self) -> bool:
        return self.status not in ("pending", "processing")


class Dashboard(Noun):
    """An address, what was asked, who may see it, its published version and its schedule."""

    id: str
    slug: str
    title: str
    description: str = ""
    question: str
    status: DashboardStatus
    is_public: bool = False
    view_count: int = 0
    tags: tuple[str, ...] = ()
    refresh_interval: int = Field(0, ge=0)
    """Minutes; 0 never."""
    version: Version | None = None
    """The published one."""
    folder: str | None = None
    """Of the published version, relative to the data directory."""
    last_refresh_at: datetime | None = None
    """When the data was last looked at with success, changed or not."""
    last_refresh_failed_at: datetime | None = None
    last_refresh_failure: str | None = None
    next_refresh_at: datetime | None = None
    created_at: datetime
    updated_at: datetime
    completed_at: datetime | None = None
    """When its first version was published."""
