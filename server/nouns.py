"""The server's nouns, as everybody outside the store sees them: a dashboard, a job, what AI providers cost, people with
accounts, and how a dashboard is shared. None of them holds a secret or its hash."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Literal

from pydantic import Field

from ..pipelines.model import JobKind, Noun, StepName, Version, steps_of
from .access import DashboardFacts, Role, Scope, SignedIn
from .schedule import Schedule

DashboardStatus = Literal["pending", "processing", "completed", "failed"]
JobStatus = Literal["pending", "processing", "completed", "failed", "cancelled"]


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
    title: str = ""
    """The dashboard's."""
    sentence: str = ""
    """What became of it, with its title and the reason of a failure; empty while it is not over."""
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
    retry_of: str | None = None
    """The job whose files it begins with."""
    begins_at: StepName | None = None
    """The step that it begins at, with those files."""
    retry_from: tuple[StepName, ...] = ()
    """Steps from which it can be tried again, as it did not end well; the last one is where it stopped."""
    notice: str = ""
    """A sentence: what was done otherwise than asked for."""
    unchanged: bool = False
    """A refresh that found the same data: nothing was executed and no version was made."""
    error_code: str | None = None
    error_message: str | None = None
    """One sentence for people."""
    failed_step: StepName | None = None
    """Where it stopped, if it failed."""
    cure: str | None = None
    """What to do then, for people."""
    error_cell: str | None = None
    """Id of the notebook's cell that failed."""
    error_line: int | None = None
    """In that cell, from 1."""
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


def steps_reached(kind: JobKind, seconds: Collection[str]) -> tuple[StepName, ...]:
    """The steps up to the first one that has not ended. `seconds`: names of those that have."""
    steps = steps_of(kind)
    ended = [position for position, step in enumerate(steps) if step in seconds]
    return steps[: max(ended, default=-1) + 2]


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
    """Minutes; 0: never, or as `schedule` says."""
    schedule: Schedule | None = None
    """None: as `refresh_interval` says."""
    schedule_paused_at: datetime | None = None
    version: Version | None = None
    """The published one."""
    thumbnail: str | None = None
    """Address of a small picture of it, relative to the API's; another one whenever the picture changes."""
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


class Run(Noun):
    """A refresh, as the schedule's overview tells of it."""

    job_id: str
    status: JobStatus
    unchanged: bool = False
    """The data was the same, so the version before stays."""
    begun_at: datetime
    ended_at: datetime | None = None
    seconds: float | None = None
    """From begin to end."""
    version_number: int | None = None
    """Of the version that it made."""
    error_message: str | None = None


class ScheduleState(Noun):
    """How a dashboard's schedule stands."""

    slug: str
    schedule: Schedule | None = None
    """None: it is refreshed by hand only."""
    words: str = "never"
    """The schedule, for people."""
    upcoming: tuple[datetime, ...] = ()
    """The next three times, in UTC; none while it is paused or nothing is published. The first may be a second try."""
    paused_at: datetime | None = None
    pause_reason: str | None = None
    """One sentence, while it is paused."""
    failures: int = 0
    """Refreshes that failed since the last one that ended well."""
    retries: int = 0
    """How many of the three second tries are used."""
    runs: tuple[Run, ...] = ()
    """The last ten refreshes, the newest first, also those by hand."""


class Upload(Noun):
    """A file that somebody brought, to be named in a request."""

    id: str
    name: str
    size: int
    """Bytes."""
    sha256: str
    created_at: datetime


class PublishedVersion(Noun):
    """A version, which is, was or may be published."""

    version: Version
    folder: str
    """Relative to the data directory."""
    manifest: str | None = Field(None, exclude=True)
    """Under which storage has its folder."""
    pictures: str | None = Field(None, exclude=True)
    """Under which storage has the folder of its pictures."""
    job_id: str | None = None
    """The job that made it."""
    kind: JobKind = "new"
    """Of the job that made it."""
    is_published: bool = False
    """Whether viewers see it now."""
    published_at: datetime | None = None
    """When viewers first got to see it. None: they have not."""


class Publication(Noun):
    """A version became the one that viewers see."""

    number: int
    before: int | None = None
    """The version that they saw until then."""
    by: str | None = None
    """E-mail address of who chose it; None: nobody with an account, or the job that made it."""
    is_chosen: bool
    """By a person, rather than by the job that made it."""
    note: str = ""
    despite: str | None = None
    """Why it was published although it does not hold what its plan expects."""
    published_at: datetime

    is_roll_back: bool = False
    """Whether it is older than the one before."""


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


class Look(Noun):
    """A page of a dashboard that somebody opened."""

    id: str
    """Of this look alone, and known to its page alone: a random UUID."""
    dashboard_id: str
    version_number: int
    user_id: str | None = None
    visitor: str | None = None
    """A digest that is the same for one visitor of one dashboard for one day, as a UUID. None: nobody may be known."""
    by_owner: bool = False
    network: str | None = None
    user_agent: str | None = None
    referrer: str | None = None
    """The host of the page that led here."""


class ViewsOfDay(Noun):
    """Views of one day in UTC."""

    day: date
    views: int = 0
    visitors: int = 0
    by_owner: int = 0


class ViewsOfVersion(Noun):
    """Views of one version."""

    number: int | None
    """None: from before this was written down."""
    views: int
    visitors: int
    load_ms: int | None = None


class ViewsByReferrer(Noun):
    """Views of those who came by a link from one host."""

    host: str
    views: int


class Viewership(Noun):
    """Who looked at a dashboard in some days, as counts. What each means is told in docs/analytics.md."""

    slug: str
    since: date
    until: date
    """The present day, which is not over."""
    views: int = 0
    """Visits: several looks of one visitor at one version, with less than half an hour between two, are one."""
    visitors: int = 0
    """Different accounts, and different others of each day."""
    unidentified: int = 0
    """Views of whom nothing is kept; they are in no count of visitors."""
    by_owner: int = 0
    """Views of the owner, which are among all the others."""
    live: int = 0
    """Pages that are open at this moment."""
    load_ms: int | None = None
    """Median of milliseconds from the click to the drawn page."""
    measured: int = 0
    """Views whose page has told that."""
    ever: int = 0
    """Views since the dashboard was made."""
    days: tuple[ViewsOfDay, ...] = ()
    """Each of them, the oldest first."""
    versions: tuple[ViewsOfVersion, ...] = ()
    """The newest hundred that were looked at, the newest first."""
    referrers: tuple[ViewsByReferrer, ...] = ()
    """The ten with the most views."""
