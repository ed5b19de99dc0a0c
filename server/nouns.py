"""The server's nouns, as everybody outside the store sees them: a dashboard, a job, what AI providers cost, people with
accounts, and how a dashboard is shared. None of them holds a secret or its hash."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from ..pipelines.model import Noun, Version
from .access import DashboardFacts, Role, Scope, SignedIn

DashboardStatus = Literal["pending", "processing", "completed", "failed"]
JobStatus = Literal["pending", "processing", "completed", "failed", "cancelled"]
JobKind = Literal["new", "refresh", "amend"]


class Spending(Noun):
    """What calls of AI providers took together."""

    calls: int = 0
    """Of providers; what we answered from earlier answers is not among them."""
    cached: int = 0
    """Questions that were answered from earlier answers, which costs nothing."""
    input_tokens: int = 0
    cached_tokens: int = 0
    """The part of `input_tokens` that was cheaper, since the service had seen it before."""
    output_tokens: int = 0
    """With `thinking_tokens`."""
    thinking_tokens: int = 0
    cost_usd: float = 0.0
    """Of the calls whose model has a known price."""
    unpriced: int = 0
    """Calls that used tokens of a model whose price nobody knows: only their tokens are counted."""


class Spent(Noun):
    """The spending of one day on one operation of one model."""

    day: date
    """In UTC, as all days are here."""
    provider: str
    model: str
    operation: str
    spending: Spending


class Tally(Noun):
    """All calls with one outcome of one operation of one provider."""

    provider: str
    operation: str
    outcome: str
    count: int
    seconds: float
    last_at: datetime
    spending: Spending


class LastAnswer(Noun):
    """How a source did when it was last asked for datasets."""

    answered_at: datetime | None = None
    failed_at: datetime | None = None
    reason: str | None = None
    """Why it failed then."""


class Measured(Noun):
    """What the database knows at one moment, for the metrics."""

    jobs: dict[str, int] = Field(default_factory=dict)
    """By status."""
    processing: dict[str, int] = Field(default_factory=dict)
    """Those under way, by what is done."""
    oldest_waiting: float = 0.0
    """Seconds that the oldest waiting job has waited."""
    messages: int = 0
    """Of the queue, that nobody has taken."""
    expired: int = 0
    """Jobs whose lease ran out."""
    tallies: tuple[Tally, ...] = ()
    sources: dict[str, LastAnswer] = Field(default_factory=dict)
    """How each did when it was last asked."""


class Account(Noun):
    """Who and what a call is for."""

    job_id: str | None = None
    dashboard_id: str | None = None
    user_id: str | None = None


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
    ai: Spending = Spending()
    """What the AI providers took for it."""
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
    owner_id: str | None = None
    """The user it belongs to. None: made without an account."""
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
    manifest: str | None = None
    """Of the published version, by which a machine that has not its folder finds it in storage."""
    last_refresh_at: datetime | None = None
    """When the data was last looked at with success, changed or not."""
    last_refresh_failed_at: datetime | None = None
    last_refresh_failure: str | None = None
    next_refresh_at: datetime | None = None
    created_at: datetime
    updated_at: datetime
    completed_at: datetime | None = None
    """When its first version was published."""


class Upload(Noun):
    """A file that somebody brought, to be named in a request."""

    id: str
    name: str
    size: int
    """Bytes."""
    sha256: str
    created_at: datetime


class PublishedVersion(Noun):
    """A version that is or was published."""

    version: Version
    folder: str
    """Relative to the data directory."""
    manifest: str | None = Field(None, exclude=True)
    """Under which storage has its folder."""
    job_id: str | None = None
    """The job that made it."""
    is_published: bool = False
    """Whether viewers see it now."""


class User(Noun):
    """A person with an account."""

    id: str
    email: str
    """In lower case."""
    name: str = ""
    role: Role
    disabled: bool = False
    has_password: bool = False
    is_invited: bool = False
    """A one-time address is out where they can choose a password."""
    created_at: datetime
    last_seen_at: datetime | None = None

    @property
    def signed_in(self) -> SignedIn:
        """This person, once they have proved who they are."""
        return SignedIn(user_id=self.id, email=self.email, role=self.role, name=self.name)


class ApiToken(Noun):
    """What a program shows to act for a user; its secret is told once, when it is made."""

    id: str
    user_id: str
    email: str
    """The user's."""
    name: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None


class ShareLink(Noun):
    """An address that opens one dashboard; its secret is told once, when it is made."""

    id: str
    dashboard_id: str
    slug: str
    has_password: bool = False
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None

    def is_good(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)


class Sharing(Noun):
    """All ways by which others than its owner see a dashboard."""

    slug: str
    facts: DashboardFacts
    people: tuple[str, ...] = ()
    """E-mail addresses of those it is shared with."""
    links: tuple[ShareLink, ...] = ()
    """Also those that are over, the newest first."""
