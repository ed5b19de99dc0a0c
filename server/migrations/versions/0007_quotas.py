"""What counts towards the quotas of the REST API.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TIME = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "quota_uses",
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("used_at", TIME, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="quota_uses_pkey"),
    )
    op.create_index("quota_uses_key_used_at_idx", "quota_uses", ["key", "used_at"])
    op.create_index("quota_uses_expires_at_idx", "quota_uses", ["expires_at"])


def downgrade() -> None:
    op.drop_table("quota_uses")
