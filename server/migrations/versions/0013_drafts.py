"""Drafts of notebooks with their earlier saves, trials, and who published what when.

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.elements import conv

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TIME = postgresql.TIMESTAMP(timezone=True)
KIND = conv("dashboard_jobs_dashboard_jobs_kind_check_check")
"""The name that this constraint really has."""
KINDS = "kind IN ('new', 'refresh', 'amend', 'draft', 'preview')"
LIVE = "status IN ('pending', 'processing')"


def upgrade() -> None:
    op.drop_constraint(KIND, "dashboard_jobs")
    op.create_check_constraint(KIND, "dashboard_jobs", KINDS)
    op.drop_index("dashboard_jobs_one_live_idx", "dashboard_jobs")
    where = sa.text(f"{LIVE} AND kind NOT IN ('draft', 'preview')")
    op.create_index(
        "dashboard_jobs_one_live_idx", "dashboard_jobs", ["dashboard_id"], unique=True, postgresql_where=where
    )
    op.add_column("dashboard_jobs", sa.Column("error_cell", sa.String(length=64), nullable=True))
    op.add_column("dashboard_jobs", sa.Column("error_line", sa.Integer(), nullable=True))
    op.add_column("dashboard_versions", sa.Column("kind", sa.String(length=20), server_default="new", nullable=False))
    op.create_check_constraint(op.f("dashboard_versions_kind_check"), "dashboard_versions", KINDS)
    op.add_column("dashboard_versions", sa.Column("published_at", TIME, nullable=True))
    op.execute("UPDATE dashboard_versions SET published_at = created_at")
    op.execute(
        "UPDATE dashboard_versions AS version SET kind = job.kind FROM dashboard_jobs AS job "
        "WHERE job.id = version.job_id"
    )
    op.create_table(
        "publications",
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("dashboard_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.UUID(), nullable=True),
        sa.Column("is_chosen", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("despite", sa.Text(), nullable=True),
        sa.Column("published_at", TIME, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["dashboard_id"], ["dashboards.id"], name="publications_dashboard_id_fkey", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="publications_user_id_fkey", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="publications_pkey"),
    )
    op.create_index("publications_dashboard_id_published_at_idx", "publications", ["dashboard_id", "published_at"])
    op.create_index("publications_user_id_idx", "publications", ["user_id"])
    op.execute(
        "INSERT INTO publications (dashboard_id, number, before, published_at) SELECT dashboard_id, number, "
        "lag(number) OVER (PARTITION BY dashboard_id ORDER BY number), created_at FROM dashboard_versions"
    )
    op.create_table(
        "draft_saves",
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("dashboard_id", sa.UUID(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("notebook", sa.Text(), nullable=False),
        sa.Column("conflicts", postgresql.JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=True),
        sa.Column("saved_at", TIME, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.CheckConstraint(
            "reason IN ('saved', 'merged', 'resolved', 'restored', 'discarded')",
            name=op.f("draft_saves_reason_check"),
        ),
        sa.ForeignKeyConstraint(
            ["dashboard_id"], ["dashboards.id"], name="draft_saves_dashboard_id_fkey", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="draft_saves_user_id_fkey", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="draft_saves_pkey"),
        sa.UniqueConstraint("dashboard_id", "revision", name="draft_saves_dashboard_id_key"),
    )
    op.create_index("draft_saves_user_id_idx", "draft_saves", ["user_id"])


def downgrade() -> None:
    op.drop_table("draft_saves")
    op.drop_table("publications")
    op.execute(
        "DELETE FROM dashboard_versions AS version WHERE published_at IS NULL AND NOT EXISTS "
        "(SELECT FROM dashboards WHERE published_version_id = version.id)"
    )
    op.drop_column("dashboard_versions", "published_at")
    op.drop_constraint(op.f("dashboard_versions_kind_check"), "dashboard_versions", type_="check")
    op.drop_column("dashboard_versions", "kind")
    op.drop_column("dashboard_jobs", "error_line")
    op.drop_column("dashboard_jobs", "error_cell")
    op.execute("DELETE FROM dashboard_jobs WHERE kind IN ('draft', 'preview')")
    op.drop_index("dashboard_jobs_one_live_idx", "dashboard_jobs")
    op.create_index(
        "dashboard_jobs_one_live_idx",
        "dashboard_jobs",
        ["dashboard_id"],
        unique=True,
        postgresql_where=sa.text(LIVE),
    )
    op.drop_constraint(KIND, "dashboard_jobs")
    op.create_check_constraint(KIND, "dashboard_jobs", "kind IN ('new', 'refresh', 'amend')")
    op.execute("UPDATE dashboard_versions SET version = version - 'edited' - 'conflicts' - 'broken'")
    op.execute("UPDATE dashboard_jobs SET request = request - 'draft'")
