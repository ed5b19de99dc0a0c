"""Calls of AI providers and their answers; jobs that amend.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.elements import conv

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TIME = postgresql.TIMESTAMP(timezone=True)
KIND = conv("dashboard_jobs_dashboard_jobs_kind_check_check")
"""The name that the first migration's constraint really has: the convention was applied to it once more."""


def upgrade() -> None:
    op.drop_constraint(KIND, "dashboard_jobs")
    op.create_check_constraint(KIND, "dashboard_jobs", "kind IN ('new', 'refresh', 'amend')")
    op.create_table(
        "ai_calls",
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("job_id", sa.UUID(), nullable=True),
        sa.Column("dashboard_id", sa.UUID(), nullable=True),
        sa.Column("user_id", sa.UUID(), nullable=True),
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("operation", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("input_tokens", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("cached_tokens", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("output_tokens", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("thinking_tokens", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("cost_usd", sa.Numeric(precision=14, scale=8), nullable=True),
        sa.Column("ms", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["dashboard_jobs.id"], name="ai_calls_job_id_fkey", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["dashboard_id"], ["dashboards.id"], name="ai_calls_dashboard_id_fkey", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="ai_calls_user_id_fkey", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="ai_calls_pkey"),
    )
    op.create_index("ai_calls_job_id_idx", "ai_calls", ["job_id"], unique=False)
    op.create_index("ai_calls_dashboard_id_idx", "ai_calls", ["dashboard_id"], unique=False)
    op.create_index("ai_calls_user_id_created_at_idx", "ai_calls", ["user_id", "created_at"], unique=False)
    op.create_table(
        "ai_answers",
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("answer", postgresql.JSONB(), nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("created_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="ai_answers_pkey"),
        sa.UniqueConstraint("digest", name="ai_answers_digest_key"),
    )
    op.create_index("ai_answers_expires_at_idx", "ai_answers", ["expires_at"], unique=False)


def downgrade() -> None:
    op.drop_table("ai_answers")
    op.drop_table("ai_calls")
    # What an amendment made stays, as a version like any other; one that waits becomes what comes nearest.
    op.execute(
        "UPDATE dashboard_jobs SET kind = 'refresh', "
        """request = jsonb_set(request - 'amendment', '{kind}', '"refresh"') WHERE kind = 'amend'"""
    )
    op.drop_constraint(KIND, "dashboard_jobs")
    op.create_check_constraint(KIND, "dashboard_jobs", "kind IN ('new', 'refresh')")
