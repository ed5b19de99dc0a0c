"""Accounts: roles and passwords, sessions, API tokens, failed sign-ins; sharing: links, people, domains, embedding.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.elements import conv

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TIME = postgresql.TIMESTAMP(timezone=True)
NOW = sa.text("now()")
ROLE, SETUP, WHOM = conv("users_role_check"), conv("users_setup_check"), conv("shares_whom_check")


def upgrade() -> None:
    _extend_users()
    op.add_column(
        "dashboards",
        sa.Column("embed_origins", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False),
    )
    op.create_table(
        "sessions",
        _id(),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.Column("last_used_at", TIME, server_default=NOW, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        _created(),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="sessions_user_id_fkey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="sessions_pkey"),
        sa.UniqueConstraint("token_hash", name="sessions_token_hash_key"),
    )
    op.create_index("sessions_user_id_idx", "sessions", ["user_id"])
    op.create_index("sessions_expires_at_idx", "sessions", ["expires_at"])
    op.create_table(
        "api_tokens",
        _id(),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("expires_at", TIME, nullable=True),
        sa.Column("last_used_at", TIME, nullable=True),
        _created(),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="api_tokens_user_id_fkey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="api_tokens_pkey"),
        sa.UniqueConstraint("token_hash", name="api_tokens_token_hash_key"),
    )
    op.create_index("api_tokens_user_id_idx", "api_tokens", ["user_id"])
    op.create_table(
        "sign_in_failures",
        sa.Column("subject_hash", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), server_default="1", nullable=False),
        sa.Column("last_at", TIME, server_default=NOW, nullable=False),
        sa.Column("locked_until", TIME, server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("subject_hash", name="sign_in_failures_pkey"),
    )
    op.create_index("sign_in_failures_last_at_idx", "sign_in_failures", ["last_at"])
    _add_sharing()


def downgrade() -> None:
    for table in ("share_links", "shares", "sign_in_failures", "api_tokens", "sessions"):
        op.drop_table(table)
    op.drop_column("dashboards", "embed_origins")
    for column in ("setup_expires_at", "setup_hash", "last_seen_at", "disabled", "password_hash", "role"):
        op.drop_column("users", column)  # with its constraints


def _extend_users() -> None:
    for column in (
        sa.Column("role", sa.String(length=20), server_default="viewer", nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("disabled", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("last_seen_at", TIME, nullable=True),
        sa.Column("setup_hash", sa.String(length=64), nullable=True),
        sa.Column("setup_expires_at", TIME, nullable=True),
    ):
        op.add_column("users", column)
    op.create_unique_constraint("users_setup_hash_key", "users", ["setup_hash"])
    op.create_check_constraint(ROLE, "users", "role IN ('viewer', 'creator', 'editor', 'admin')")
    op.create_check_constraint(SETUP, "users", "(setup_hash IS NULL) = (setup_expires_at IS NULL)")


def _add_sharing() -> None:
    op.create_table(
        "shares",
        _id(),
        sa.Column("dashboard_id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=True),
        sa.Column("domain", sa.String(length=253), nullable=True),
        _created(),
        sa.CheckConstraint("num_nonnulls(user_id, domain) = 1", name=WHOM),
        sa.ForeignKeyConstraint(
            ["dashboard_id"], ["dashboards.id"], name="shares_dashboard_id_fkey", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="shares_user_id_fkey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="shares_pkey"),
        sa.UniqueConstraint("dashboard_id", "user_id", name="shares_dashboard_id_key"),
        sa.UniqueConstraint("dashboard_id", "domain", name="shares_dashboard_id_domain_key"),
    )
    op.create_index("shares_user_id_idx", "shares", ["user_id"])
    op.create_table(
        "share_links",
        _id(),
        sa.Column("dashboard_id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("expires_at", TIME, nullable=True),
        sa.Column("revoked_at", TIME, nullable=True),
        sa.Column("last_used_at", TIME, nullable=True),
        _created(),
        sa.ForeignKeyConstraint(
            ["dashboard_id"], ["dashboards.id"], name="share_links_dashboard_id_fkey", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="share_links_user_id_fkey", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="share_links_pkey"),
        sa.UniqueConstraint("token_hash", name="share_links_token_hash_key"),
    )
    op.create_index("share_links_dashboard_id_idx", "share_links", ["dashboard_id"])
    op.create_index("share_links_user_id_idx", "share_links", ["user_id"])


def _id() -> sa.Column[object]:
    return sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False)


def _created() -> sa.Column[object]:
    return sa.Column("created_at", TIME, server_default=NOW, nullable=False)
