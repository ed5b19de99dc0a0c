"""Notices: what people and programs are told when a job ends, who wants to know, and where it is sent.

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TIME = postgresql.TIMESTAMP(timezone=True)
NOW = sa.text("now()")


def upgrade() -> None:
    op.create_table(
        "notice_preferences",
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("events", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="notice_preferences_user_id_fkey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name="notice_preferences_pkey"),
    )
    op.create_table(
        "subscriptions",
        _key(),
        sa.Column("dashboard_id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        _of("subscriptions", "dashboard_id", "dashboards"),
        _of("subscriptions", "user_id", "users"),
        sa.PrimaryKeyConstraint("id", name="subscriptions_pkey"),
        sa.UniqueConstraint("dashboard_id", "user_id", name="subscriptions_dashboard_id_key"),
        sa.UniqueConstraint("token_hash", name="subscriptions_token_hash_key"),
    )
    op.create_index("subscriptions_user_id_idx", "subscriptions", ["user_id"])
    op.create_table(
        "webhooks",
        _key(),
        sa.Column("user_id", sa.UUID(), nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=True),
        sa.Column("events", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("disabled_reason", sa.Text(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_sent_at", TIME, nullable=True),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        _of("webhooks", "user_id", "users"),
        sa.PrimaryKeyConstraint("id", name="webhooks_pkey"),
    )
    op.create_index("webhooks_user_id_idx", "webhooks", ["user_id"])
    op.create_table(
        "notice_deliveries",
        _key(),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("job_id", sa.UUID(), nullable=True),
        sa.Column("dashboard_id", sa.UUID(), nullable=True),
        sa.Column("user_id", sa.UUID(), nullable=True),
        sa.Column("webhook_id", sa.UUID(), nullable=True),
        sa.Column("state", sa.String(length=20), server_default="waiting", nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("next_attempt_at", TIME, server_default=NOW, nullable=False),
        sa.Column("lease_until", TIME, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("status_code", sa.SmallInteger(), nullable=True),
        sa.Column("ended_at", TIME, nullable=True),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'sent', 'dead', 'withheld')", name=op.f("notice_deliveries_state_check")
        ),
        sa.CheckConstraint("num_nonnulls(user_id, webhook_id) = 1", name=op.f("notice_deliveries_recipient_check")),
        _of("notice_deliveries", "job_id", "dashboard_jobs"),
        _of("notice_deliveries", "dashboard_id", "dashboards"),
        _of("notice_deliveries", "user_id", "users"),
        _of("notice_deliveries", "webhook_id", "webhooks"),
        sa.PrimaryKeyConstraint("id", name="notice_deliveries_pkey"),
        sa.UniqueConstraint("job_id", "user_id", name="notice_deliveries_job_id_user_id_key"),
        sa.UniqueConstraint("job_id", "webhook_id", name="notice_deliveries_job_id_webhook_id_key"),
    )
    waiting = sa.text("state = 'waiting'")
    op.create_index("notice_deliveries_due_idx", "notice_deliveries", ["next_attempt_at"], postgresql_where=waiting)
    op.create_index("notice_deliveries_created_at_id_idx", "notice_deliveries", ["created_at", "id"])
    for column in ("dashboard_id", "user_id", "webhook_id"):
        op.create_index(f"notice_deliveries_{column}_idx", "notice_deliveries", [column])


def downgrade() -> None:
    for table in ("notice_deliveries", "webhooks", "subscriptions", "notice_preferences"):
        op.drop_table(table)


def _key() -> sa.Column[object]:
    return sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False)


def _of(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"{table}_{column}_fkey", ondelete="CASCADE")
