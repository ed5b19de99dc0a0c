"""Who looked at which dashboard, and how long its page took.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLE = "dashboard_views"
BESIDE_DASHBOARD = ("viewed_at", "last_seen_at", "visitor")
TIME = postgresql.TIMESTAMP(timezone=True)


def _columns() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("version_number", sa.Integer(), nullable=True),
        sa.Column("visitor", sa.UUID(), nullable=True),
        sa.Column("by_owner", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("referrer", sa.String(length=253), nullable=True),
        sa.Column("load_ms", sa.Integer(), nullable=True),
        sa.Column("last_seen_at", TIME, server_default=sa.text("now()"), nullable=False),
    )


def upgrade() -> None:
    for column in _columns():
        op.add_column(TABLE, column)
    op.execute(f"UPDATE {TABLE} SET last_seen_at = viewed_at")  # noqa: S608
    op.create_check_constraint(op.f("dashboard_views_load_ms_check"), TABLE, "load_ms > 0")
    op.drop_index("dashboard_views_dashboard_id_idx", TABLE)
    for name in BESIDE_DASHBOARD:
        op.create_index(f"dashboard_views_dashboard_id_{name}_idx", TABLE, ["dashboard_id", name])
    # A look is no change of the dashboard: the list of those changed last would else be one of those seen last.
    _touch("WHEN (OLD.view_count = NEW.view_count) ")


def downgrade() -> None:
    _touch("")
    for name in BESIDE_DASHBOARD:
        op.drop_index(f"dashboard_views_dashboard_id_{name}_idx", TABLE)
    op.create_index("dashboard_views_dashboard_id_idx", TABLE, ["dashboard_id"])
    op.drop_constraint(op.f("dashboard_views_load_ms_check"), TABLE)
    for column in _columns():
        op.drop_column(TABLE, column.name)


def _touch(condition: str) -> None:
    """Have `updated_at` of a dashboard set when it is changed under a condition."""
    op.execute("DROP TRIGGER set_updated_at ON dashboards")
    op.execute(
        f"CREATE TRIGGER set_updated_at BEFORE UPDATE ON dashboards FOR EACH ROW {condition}"
        "EXECUTE FUNCTION set_updated_at()"
    )
