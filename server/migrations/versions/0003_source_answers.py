"""When each source last answered.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TIME = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "source_answers",
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("last_answered_at", TIME, nullable=True),
        sa.Column("last_failed_at", TIME, nullable=True),
        sa.Column("last_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="source_answers_pkey"),
        sa.UniqueConstraint("source", name="source_answers_source_key"),
    )


def downgrade() -> None:
    op.drop_table("source_answers")
