"""Observing: a job knows the request that asked for it, and the trace that this was part of.

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dashboard_jobs", sa.Column("request_id", sa.String(length=64), nullable=True))
    op.add_column("dashboard_jobs", sa.Column("traceparent", sa.String(length=55), nullable=True))


def downgrade() -> None:
    op.drop_column("dashboard_jobs", "traceparent")
    op.drop_column("dashboard_jobs", "request_id")
