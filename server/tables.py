"""The tables, declared once. Rows stay inside `server.store`; everybody else gets nouns."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    FetchedValue,
    Float,
    ForeignKey,
    Index,
    MetaData,
    Numeric,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, INET, JSONB, TIMESTAMP, UUID
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from ..pipelines.model import JobKind

NAMES = {
    "pk": "%(table_name)s_pkey",
    "fk": "%(table_name)s_%(column_0_name)s_fkey",
    "uq": "%(table_name)s_%(column_0_name)s_key",
    "ix": "%(table_name)s_%(column_0_name)s_idx",
    "ck": "%(table_name)s_%(constraint_name)s_check",
}
"""As PostgreSQL itself would name them."""

JOB_STATUSES = ("pending", "processing", "completed", "failed", "cancelled")
LIVE = ("pending", "processing")
JOB_KINDS = ("new", "refresh", "amend", "draft", "preview")
TRIALS = ("draft", "preview")
"""Jobs whose version nobody sees unasked. There may be several at once, also beside a job of another kind."""
DRAFT_REASONS = ("saved", "merged", "resolved", "restored", "discarded")
SEARCHED = (
    "to_tsvector('simple'::regconfig, "
    "(((title::text || ' '::text) || query) || ' '::text) || COALESCE(description, ''::text))"
)
"""What a search among dashboards looks at, written as PostgreSQL shows it."""
ROLES = ("viewer", "creator", "editor", "admin")
ORDERS = ("created_at", "updated_at", "title")
"""Columns by which dashboards are listed."""
DASHBOARD_STATUSES = ("pending", "processing", "completed", "failed")


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own way
        datetime: TIMESTAMP(timezone=True),
        uuid.UUID: UUID(as_uuid=True),
        dict[str, Any]: JSONB,
        list[dict[str, Any]]: JSONB,
        list[str]: ARRAY(Text),
    }


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


class Identified:
    """The key of every table, made by the database."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid(), sort_order=-1)


class Created:
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), sort_order=1)


class Updated(Created):
    """`updated_at` is set by a trigger, so that it is right whoever writes."""

    updated_at: Mapped[datetime] = mapped_column(
        server_default=func.now(), server_onupdate=FetchedValue(), sort_order=2
    )


def of_user() -> Mapped[uuid.UUID]:
    return mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)


def of_dashboard() -> Mapped[uuid.UUID]:
    return mapped_column(ForeignKey("dashboards.id", ondelete="CASCADE"), index=True)


class UserRow(Identified, Updated, Base):
    """A person with an account. One without a password signs in some other way, or has yet to choose one."""

    __tablename__ = "users"
    __table_args__ = (
        one_of("role", ROLES),
        CheckConstraint("(setup_hash IS NULL) = (setup_expires_at IS NULL)", name="setup"),
    )

    email: Mapped[str] = mapped_column(String(255), unique=True)
    """In lower case wherever we write it."""
    name: Mapped[str | None] = mapped_column(String(255))
    picture_url: Mapped[str | None] = mapped_column(Text)
    role: Mapped[str] = mapped_column(String(20), server_default="viewer")
    password_hash: Mapped[str | None] = mapped_column(Text)
    """As argon2 writes it, with its parameters."""
    disabled: Mapped[bool] = mapped_column(server_default=text("false"))
    last_seen_at: Mapped[datetime | None]
    setup_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Of the secret in a one-time address where this person chooses a password."""
    setup_expires_at: Mapped[datetime | None]


class SessionRow(Identified, Created, Base):
    """A browser in which somebody is signed in."""

    __tablename__ = "sessions"

    user_id: Mapped[uuid.UUID] = of_user()
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """Of what the cookie holds. SHA-256 is enough: it is of 256 random bits."""
    user_agent: Mapped[str | None] = mapped_column(Text)
    last_used_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime] = mapped_column(index=True)


class IdentityRow(Identified, Created, Base):
    """Who a user is at a server that proves it: whoever comes from there with this subject is that user."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"), UniqueConstraint("user_id", "issuer"))

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    issuer: Mapped[str] = mapped_column(String(500))
    subject: Mapped[str] = mapped_column(String(255))
    """Its name for the person, which it gives to nobody else ever."""


class ApiTokenRow(Identified, Created, Base):
    """What a program shows to act for a user."""

    __tablename__ = "api_tokens"

    user_id: Mapped[uuid.UUID] = of_user()
    name: Mapped[str] = mapped_column(String(100))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str]]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class SignInFailureRow(Base):
    """How often signing in has failed, by e-mail address (also one that nobody has) and by network address."""

    __tablename__ = "sign_in_failures"

    subject_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int] = mapped_column(server_default="1")
    last_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
    locked_until: Mapped[datetime] = mapped_column(server_default=func.now())


class DashboardRow(Identified, Updated, Base):
    """An address, what was asked, who may see it, its published version and its schedule."""

    __tablename__ = "dashboards"
    __table_args__ = (
        one_of("status", DASHBOARD_STATUSES),
        CheckConstraint("refresh_interval >= 0", name="refresh_interval"),
        CheckConstraint("slug ~ '^[a-z0-9]([a-z0-9-]{0,78}[a-z0-9])?$'", name="slug"),
        Index("dashboards_created_at_id_idx", "created_at", "id"),
        Index("dashboards_updated_at_id_idx", "updated_at", "id"),
        Index("dashboards_title_id_idx", "title", "id"),
        *(
            Index(f"dashboards_public_{column}_idx", column, "id", postgresql_where=text("is_public"))
            for column in ORDERS
        ),
        *(Index(f"dashboards_user_id_{column}_idx", "user_id", column, "id") for column in ORDERS),
        Index("dashboards_tags_idx", "tags", postgresql_using="gin"),
        Index("dashboards_search_idx", text(SEARCHED), postgresql_using="gin"),
        Index("dashboards_due_idx", "next_refresh_at", postgresql_where=text("next_refresh_at IS NOT NULL")),
    )

    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(255))
    description: Mapped[str | None] = mapped_column(Text)
    query: Mapped[str] = mapped_column(Text)
    """The question, in the person's own words."""
    status: Mapped[str] = mapped_column(String(50), server_default="pending", index=True)
    is_public: Mapped[bool] = mapped_column(server_default=text("false"), index=True)
    view_count: Mapped[int] = mapped_column(BigInteger, server_default="0")
    refresh_interval: Mapped[int] = mapped_column(server_default="0")
    """Minutes; 0: never, or as `schedule` says."""
    schedule: Mapped[dict[str, Any] | None]
    """The noun Schedule. Empty: as `refresh_interval` says, going on after failures."""
    schedule_paused_at: Mapped[datetime | None]
    schedule_pause_reason: Mapped[str | None] = mapped_column(Text)
    """A sentence, where failures paused it; empty: somebody did."""
    refresh_failures: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    """Refreshes that failed since the last one that ended well."""
    refresh_retries: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    """How often what failed is tried again since its time by the schedule."""
    tags: Mapped[list[str]] = mapped_column(server_default=text("'{}'::text[]"))
    thumbnail_url: Mapped[str | None] = mapped_column(Text)
    completed_at: Mapped[datetime | None]
    published_version_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("dashboard_versions.id", ondelete="SET NULL", use_alter=True), index=True
    )
    last_refresh_at: Mapped[datetime | None]
    """When the data was last looked at with success, changed or not."""
    last_refresh_failed_at: Mapped[datetime | None]
    last_refresh_failure: Mapped[str | None] = mapped_column(Text)
    next_refresh_at: Mapped[datetime | None]
    """Empty: there is no schedule, or it is paused."""
    embed_origins: Mapped[list[str]] = mapped_column(server_default=text("'{}'::text[]"))
    """Origins whose pages may show it in a frame."""

    published: Mapped[VersionRow | None] = relationship(foreign_keys=[published_version_id], lazy="joined")


class ShareRow(Identified, Created, Base):
    """Somebody, or everybody of a domain, may see a dashboard."""

    __tablename__ = "shares"
    __table_args__ = (
        UniqueConstraint("dashboard_id", "user_id"),
        UniqueConstraint("dashboard_id", "domain", name="shares_dashboard_id_domain_key"),
        CheckConstraint("num_nonnulls(user_id, domain) = 1", name="whom"),
    )

    dashboard_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dashboards.id", ondelete="CASCADE"))
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    domain: Mapped[str | None] = mapped_column(String(253), index=True)
    """Of e-mail addresses, in lower case."""


class ShareLinkRow(Identified, Created, Base):
    """An address that opens one dashboard to whoever has it."""

    __tablename__ = "share_links"

    dashboard_id: Mapped[uuid.UUID] = of_dashboard()
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    """Who made it."""
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    password_hash: Mapped[str | None] = mapped_column(Text)
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class VersionRow(Identified, Created, Base):
    """A version, published or not: its folder is whole and never changes."""

    __tablename__ = "dashboard_versions"
    __table_args__ = (
        UniqueConstraint("dashboard_id", "number"),
        CheckConstraint("number >= 1", name="number"),
        one_of("kind", JOB_KINDS),
    )

    dashboard_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dashboards.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20), server_default="new")
    """Of the job that made it."""
    published_at: Mapped[datetime | None]
    """When viewers first got to see it. Empty: they have not."""
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("dashboard_jobs.id", ondelete="SET NULL"), index=True)
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(255))
    folder: Mapped[str] = mapped_column(Text)
    """Relative to the data directory of whichever machine has it."""
    manifest: Mapped[str | None] = mapped_column(String(64), index=True)
    """Digest of its manifest in storage, from which other machines have it. Empty: it was made before there was one."""
    pictures: Mapped[str | None] = mapped_column(String(64), index=True)
    """Digest of the manifest of its pictures in storage. Empty: there are none."""
    data_as_of: Mapped[datetime]
    version: Mapped[dict[str, Any]]
    """The noun Version."""


class PublicationRow(Identified, Base):
    """A version became the one that viewers see."""

    __tablename__ = "publications"
    __table_args__ = (Index("publications_dashboard_id_published_at_idx", "dashboard_id", "published_at"),)

    dashboard_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dashboards.id", ondelete="CASCADE"))
    number: Mapped[int]
    before: Mapped[int | None]
    """The version that viewers saw until then."""
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    """Who chose it. Empty: a job that has just made it, or somebody without an account."""
    is_chosen: Mapped[bool] = mapped_column(server_default=text("false"))
    """By a person, rather than by the job that made it."""
    note: Mapped[str] = mapped_column(Text, server_default="")
    despite: Mapped[str | None] = mapped_column(Text)
    """Why it was published although it does not hold what its plan expects."""
    published_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


class DraftSaveRow(Identified, Base):
    """A dashboard's draft as it was saved once. The newest one is the draft, unless that says it was discarded."""

    __tablename__ = "draft_saves"
    __table_args__ = (
        UniqueConstraint("dashboard_id", "revision"),
        one_of("reason", DRAFT_REASONS),
    )

    dashboard_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dashboards.id", ondelete="CASCADE"))
    revision: Mapped[int]
    based_on: Mapped[int]
    """Number of the version whose data it runs on, and from whose generated notebook its edits are told."""
    notebook: Mapped[str] = mapped_column(Text)
    """Without outputs."""
    conflicts: Mapped[list[dict[str, Any]]] = mapped_column(server_default=text("'[]'::jsonb"))
    """Nouns Conflict that are not decided."""
    reason: Mapped[str] = mapped_column(String(20))
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    saved_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


class InstallationRow(Identified, Base):
    """One row: by its id storage knows whose it is, however often the database moves."""

    __tablename__ = "installation"


class DatasetRow(Identified, Created, Base):
    """A dataset of the published version."""

    __tablename__ = "dashboard_datasets"
    __table_args__ = (one_of("download_status", ("pending", "completed", "failed")),)

    dashboard_id: Mapped[uuid.UUID] = of_dashboard()
    name: Mapped[str] = mapped_column(String(255))
    source: Mapped[str] = mapped_column(String(100))
    original_url: Mapped[str | None] = mapped_column(Text)
    gcs_path: Mapped[str] = mapped_column(Text)
    """Where the first of its files is in storage, relative to the place that the settings name."""
    file_format: Mapped[str | None] = mapped_column(String(20))
    file_size: Mapped[int | None] = mapped_column(BigInteger)
    schema_json: Mapped[dict[str, Any] | None]
    """Its tables as the profile has them, by name."""
    details: Mapped[dict[str, Any] | None] = mapped_column("metadata")
    """The noun Dataset. (`metadata` is SQLAlchemy's own name.)"""
    download_status: Mapped[str] = mapped_column(String(50), server_default="pending", index=True)


class WidgetRow(Identified, Updated, Base):
    """A widget of the published version."""

    __tablename__ = "dashboard_widgets"
    __table_args__ = (
        UniqueConstraint("dashboard_id", "name"),
        one_of(
            "type",
            ("line", "bar", "pie", "scatter", "heatmap", "table", "metric", "area", "histogram", "box", "map", "text"),
        ),
    )

    dashboard_id: Mapped[uuid.UUID] = of_dashboard()
    dataset_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("dashboard_datasets.id", ondelete="SET NULL"), index=True
    )
    name: Mapped[str] = mapped_column(String(63))
    """Its id in the plan, the same in every version."""
    title: Mapped[str] = mapped_column(String(255))
    type: Mapped[str] = mapped_column(String(50))
    config: Mapped[dict[str, Any]]
    """The noun Widget."""
    position: Mapped[dict[str, Any]]
    chart_config: Mapped[dict[str, Any] | None]
    """What the charting library gets. Empty: the notebook has it."""


class JobRow(Identified, Created, Base):
    """One trip through the pipeline. This row is the truth about it; a message of the queue only says to look here."""

    __tablename__ = "dashboard_jobs"
    __table_args__ = (
        one_of("status", JOB_STATUSES),
        one_of("kind", JOB_KINDS),
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
        Index("dashboard_jobs_created_at_id_idx", "created_at", "id"),
        CheckConstraint("(status = 'processing') = (lease_until IS NOT NULL)", name="lease"),
        Index(
            "dashboard_jobs_one_live_idx",
            "dashboard_id",
            unique=True,
            postgresql_where=text("status IN ('pending', 'processing') AND kind NOT IN ('draft', 'preview')"),
        ),
    )

    dashboard_id: Mapped[uuid.UUID] = of_dashboard()
    task_id: Mapped[str | None] = mapped_column(String(255), unique=True)
    """The queue's own id of the last message about this job."""
    kind: Mapped[JobKind] = mapped_column(String(20), server_default="new")
    request: Mapped[dict[str, Any]]
    """The noun Request."""
    status: Mapped[str] = mapped_column(String(50), server_default="pending", index=True)
    progress: Mapped[float] = mapped_column(Float, server_default="0")
    current_step: Mapped[str | None] = mapped_column(String(100))
    message: Mapped[str] = mapped_column(Text, server_default="")
    steps: Mapped[list[dict[str, Any]]] = mapped_column(server_default=text("'[]'::jsonb"))
    seconds: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    unchanged: Mapped[bool] = mapped_column(server_default=text("false"))
    """A refresh that found the same data and so made no version."""
    error_code: Mapped[str | None] = mapped_column(String(20))
    error_message: Mapped[str | None] = mapped_column(Text)
    notice: Mapped[str] = mapped_column(Text, server_default="")
    """A sentence for whoever asked, which stays: what was done otherwise than asked for."""
    error_cell: Mapped[str | None] = mapped_column(String(64))
    """The notebook's cell that failed."""
    error_line: Mapped[int | None]
    cancel_requested: Mapped[bool] = mapped_column(server_default=text("false"))
    attempt: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    """Counts claims. Every write of a worker names its own, so one that lost the job can change nothing."""
    handed_back: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    """Claims that ended because a worker was told to stop: they are nobody's failure."""
    worker: Mapped[str | None] = mapped_column(String(255))
    lease_until: Mapped[datetime | None] = mapped_column(index=True)
    heartbeat_at: Mapped[datetime | None]
    enqueued_at: Mapped[datetime] = mapped_column(server_default=func.now())
    request_id: Mapped[str | None] = mapped_column(String(64))
    """Of the request that asked for it, as logs have it."""
    traceparent: Mapped[str | None] = mapped_column(String(55))
    """The span in which it was asked for, as W3C Trace Context writes it."""
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now(), server_onupdate=FetchedValue(), index=True)
    """When anything became different that somebody who watches would notice; set by a trigger."""
    started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    """When it ended, in whatever way."""

    dashboard: Mapped[DashboardRow] = relationship(lazy="joined", innerjoin=True)


class ViewRow(Identified, Base):
    """One visit of a dashboard: all looks of one visitor at one version, with less than half an hour between two."""

    __tablename__ = "dashboard_views"
    __table_args__ = (
        CheckConstraint("load_ms > 0", name="load_ms"),
        Index("dashboard_views_dashboard_id_viewed_at_idx", "dashboard_id", "viewed_at"),
        Index("dashboard_views_dashboard_id_last_seen_at_idx", "dashboard_id", "last_seen_at"),
        Index("dashboard_views_dashboard_id_visitor_idx", "dashboard_id", "visitor"),
    )

    dashboard_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dashboards.id", ondelete="CASCADE"))
    version_number: Mapped[int | None]
    """Empty: from before this was written down."""
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    visitor: Mapped[uuid.UUID | None]
    """Who, for one day and one dashboard: a keyed digest. Empty: that is not known, or must not be kept."""
    by_owner: Mapped[bool] = mapped_column(server_default=text("false"))
    ip_address: Mapped[str | None] = mapped_column(INET)
    """Of the network it came from, and only where the settings say so."""
    user_agent: Mapped[str | None] = mapped_column(Text)
    referrer: Mapped[str | None] = mapped_column(String(253))
    """The host of the page that led here."""
    load_ms: Mapped[int | None]
    """From the click to the drawn page, as the page tells it."""
    viewed_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
    last_seen_at: Mapped[datetime] = mapped_column(server_default=func.now())
    """When its page was last opened, or known to be open."""


class CacheRow(Identified, Created, Base):
    """Answers of sources to a search, kept for a while."""

    __tablename__ = "dataset_cache"

    query_hash: Mapped[str] = mapped_column(String(64), unique=True)
    query: Mapped[str] = mapped_column(Text)
    sources: Mapped[list[str]]
    results: Mapped[dict[str, Any]]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class SourceAnswerRow(Identified, Base):
    """When a source was last asked, and how that went."""

    __tablename__ = "source_answers"

    source: Mapped[str] = mapped_column(String(100), unique=True)
    last_answered_at: Mapped[datetime | None]
    last_failed_at: Mapped[datetime | None]
    last_reason: Mapped[str | None] = mapped_column(Text)
    """Of `last_failed_at`, as a sentence."""


class AiCallRow(Identified, Created, Base):
    """One call of an AI provider, and what it took. Kept when its dashboard goes: the money is spent."""

    __tablename__ = "ai_calls"
    __table_args__ = (Index("ai_calls_user_id_created_at_idx", "user_id", "created_at"),)

    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("dashboard_jobs.id", ondelete="SET NULL"), index=True)
    dashboard_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("dashboards.id", ondelete="SET NULL"), index=True)
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    provider: Mapped[str] = mapped_column(String(40))
    model: Mapped[str] = mapped_column(String(200))
    operation: Mapped[str] = mapped_column(String(40))
    outcome: Mapped[str] = mapped_column(String(20))
    """ "ok", "cached" (answered by us), "cancelled", or the kind of fault."""
    input_tokens: Mapped[int] = mapped_column(BigInteger, server_default="0")
    cached_tokens: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """The part of `input_tokens` that was cheaper."""
    output_tokens: Mapped[int] = mapped_column(BigInteger, server_default="0")
    thinking_tokens: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """The part of `output_tokens` that nobody sees."""
    cost_usd: Mapped[Decimal | None] = mapped_column(Numeric(14, 8))
    """Empty: nobody knows the model's price."""
    ms: Mapped[int] = mapped_column(server_default="0")


class AiAnswerRow(Identified, Created, Base):
    """An answer of an AI provider, kept for a while for identical questions."""

    __tablename__ = "ai_answers"

    digest: Mapped[str] = mapped_column(String(64), unique=True)
    """Of the question, and of who was to be asked."""
    provider: Mapped[str] = mapped_column(String(40))
    model: Mapped[str] = mapped_column(String(200))
    answer: Mapped[dict[str, Any]]
    """The noun Completion or Pages."""
    expires_at: Mapped[datetime] = mapped_column(index=True)


class UploadRow(Identified, Created, Base):
    """A file that somebody brought. It is in the folder ``uploads/ID`` of the data directory."""

    __tablename__ = "uploads"

    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    named_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
    """When it was last to become part of a request. Old and in none, it goes."""


class InquiryRow(Identified, Created, Base):
    """A question that the REST API has a worker answer. It goes when whoever asked has the reply, or waits no more."""

    __tablename__ = "inquiries"

    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    inquiry: Mapped[dict[str, Any]]
    """The noun Inquiry."""
    taken_at: Mapped[datetime | None]
    reply: Mapped[dict[str, Any] | None]
    """The noun Reply."""
    expires_at: Mapped[datetime] = mapped_column(index=True)


class KeyRow(Identified, Created, Base):
    """A key under which something was asked for, and what was answered. Empty: it is under way."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (UniqueConstraint("owner", "key"),)

    owner: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    """Of what was asked for."""
    answer: Mapped[dict[str, Any] | None]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class QuotaUseRow(Identified, Base):
    """Something that counts towards a quota and was let in."""

    __tablename__ = "quota_uses"
    __table_args__ = (Index("quota_uses_key_used_at_idx", "key", "used_at"),)

    key: Mapped[str] = mapped_column(String(200))
    """Which quota, and whose."""
    used_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    expires_at: Mapped[datetime] = mapped_column(index=True)
