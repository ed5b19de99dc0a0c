"""Schedules of other kinds than an interval, what becomes of them after failures, notices of jobs, and
pictures of versions.

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TIME = postgresql.TIMESTAMP(timezone=True)
COUNTS = ("refresh_failures", "refresh_retries")


def upgrade() -> None:
    op.add_column("dashboards", sa.Column("schedule", postgresql.JSONB(), nullable=True))
    op.add_column("dashboards", sa.Column("schedule_paused_at", TIME, nullable=True))
    op.add_column("dashboards", sa.Column("schedule_pause_reason", sa.Text(), nullable=True))
    for name in COUNTS:
        op.add_column("dashboards", sa.Column(name, sa.SmallInteger(), server_default="0", nullable=False))
    op.add_column("dashboard_jobs", sa.Column("notice", sa.Text(), server_default="", nullable=False))
    op.add_column("dashboard_versions", sa.Column("pictures", sa.String(length=64), nullable=True))
    op.create_index("dashboard_versions_pictures_idx", "dashboard_versions", ["pictures"])
    _index_due("next_refresh_at IS NOT NULL")


def downgrade() -> None:
    op.execute("UPDATE dashboards SET next_refresh_at = NULL WHERE refresh_interval = 0")
    _index_due("refresh_interval > 0")
    op.drop_index("dashboard_versions_pictures_idx", "dashboard_versions")
    op.drop_column("dashboard_versions", "pictures")
    op.drop_column("dashboard_jobs", "notice")
    for name in (*COUNTS, "schedule_pause_reason", "schedule_paused_at", "schedule"):
        op.drop_column("dashboards", name)


def _index_due(condition: str) -> None:
    op.drop_index("dashboards_due_idx", "dashboards")
    op.create_index("dashboards_due_idx", "dashboards", ["next_refresh_at"], postgresql_where=sa.text(condition))
