"""Questions that the REST API has the worker answer, when an upload was last named, and indexes of what somebody sees.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ORDERS = ("created_at", "updated_at", "title")
TIME = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "inquiries",
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=True),
        sa.Column("inquiry", postgresql.JSONB(), nullable=False),
        sa.Column("taken_at", TIME, nullable=True),
        sa.Column("reply", postgresql.JSONB(), nullable=True),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("created_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="inquiries_user_id_fkey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="inquiries_pkey"),
    )
    op.create_index("inquiries_user_id_idx", "inquiries", ["user_id"])
    op.create_index("inquiries_expires_at_idx", "inquiries", ["expires_at"])
    op.add_column("uploads", sa.Column("named_at", TIME, server_default=sa.text("now()"), nullable=False))
    op.create_index("uploads_named_at_idx", "uploads", ["named_at"])
    for column in ORDERS:
        op.create_index(
            f"dashboards_public_{column}_idx", "dashboards", [column, "id"], postgresql_where=sa.text("is_public")
        )
        op.create_index(f"dashboards_user_id_{column}_idx", "dashboards", ["user_id", column, "id"])
    op.create_index("shares_domain_idx", "shares", ["domain"])


def downgrade() -> None:
    op.drop_index("shares_domain_idx", "shares")
    for column in ORDERS:
        op.drop_index(f"dashboards_user_id_{column}_idx", "dashboards")
        op.drop_index(f"dashboards_public_{column}_idx", "dashboards")
    op.drop_column("uploads", "named_at")
    op.drop_table("inquiries")
