"""The tables of notices. Rows stay inside `server.store`."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, Text, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from ..tables import Base, Created, Identified, of_dashboard, of_user, one_of

STATES = ("waiting", "sent", "dead", "withheld")


class NoticePreferenceRow(Base):
    """What somebody gets mail about. No row: the usual."""

    __tablename__ = "notice_preferences"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    events: Mapped[list[str]]


class SubscriptionRow(Identified, Created, Base):
    """Whether somebody is told of a dashboard. No row: its owner is, others are not."""

    __tablename__ = "subscriptions"
    __table_args__ = (UniqueConstraint("dashboard_id", "user_id"),)

    dashboard_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dashboards.id", ondelete="CASCADE"))
    user_id: Mapped[uuid.UUID] = of_user()
    wanted: Mapped[bool | None]
    """None: as if there were no row."""
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Of the secret in the address that ends it, which is in each mail."""


class WebhookRow(Identified, Created, Base):
    """An address that is told of events. Its secret is worked out from its id, and kept nowhere."""

    __tablename__ = "webhooks"

    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    url: Mapped[str] = mapped_column(Text)
    secret_hash: Mapped[str | None] = mapped_column(String(64))
    """Of its secret: whether that can still be worked out."""
    events: Mapped[list[str]]
    enabled: Mapped[bool] = mapped_column(server_default=text("true"))
    disabled_reason: Mapped[str | None] = mapped_column(Text)
    failures: Mapped[int] = mapped_column(server_default="0")
    last_sent_at: Mapped[datetime | None]


class DeliveryRow(Identified, Created, Base):
    """A notice on its way to one recipient, written with the end of its job. What it says is read when it is sent."""

    __tablename__ = "notice_deliveries"
    __table_args__ = (
        one_of("state", STATES),
        CheckConstraint("num_nonnulls(user_id, webhook_id) = 1", name="recipient"),
        # A job ends once, and each recipient is told once of it.
        UniqueConstraint("job_id", "user_id", name="notice_deliveries_job_id_user_id_key"),
        UniqueConstraint("job_id", "webhook_id", name="notice_deliveries_job_id_webhook_id_key"),
        Index("notice_deliveries_due_idx", "next_attempt_at", postgresql_where=text("state = 'waiting'")),
        Index("notice_deliveries_created_at_id_idx", "created_at", "id"),
    )

    event: Mapped[str] = mapped_column(String(40))
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("dashboard_jobs.id", ondelete="CASCADE"))
    dashboard_id: Mapped[uuid.UUID | None] = of_dashboard()
    user_id: Mapped[uuid.UUID | None] = of_user()
    """Whose mail it is."""
    webhook_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(String(20), server_default="waiting")
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    """Counts takings. What is written after an attempt names its own, so one whose lease ran out changes nothing."""
    next_attempt_at: Mapped[datetime] = mapped_column(server_default=func.now())
    lease_until: Mapped[datetime | None]
    """While somebody sends it."""
    reason: Mapped[str | None] = mapped_column(Text)
    status_code: Mapped[int | None] = mapped_column(SmallInteger)
    ended_at: Mapped[datetime | None]
