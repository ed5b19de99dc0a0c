"""The first tables: users, dashboards with their versions, datasets and widgets, jobs, views, the cache of searches."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

UPDATED = ("users", "dashboards", "dashboard_widgets")
"""Tables with `updated_at`."""


def upgrade() -> None:
    op.create_table(
        "dataset_cache",
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("query_hash", sa.String(length=64), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("sources", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("results", postgresql.JSONB(), nullable=False),
        sa.Column("expires_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="dataset_cache_pkey"),
        sa.UniqueConstraint("query_hash", name="dataset_cache_query_hash_key"),
    )
    op.create_index("dataset_cache_expires_at_idx", "dataset_cache", ["expires_at"], unique=False)
    op.create_table(
        "users",
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=True),
        sa.Column("picture_url", sa.Text(), nullable=True),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="users_pkey"),
        sa.UniqueConstraint("email", name="users_email_key"),
    )
    op.create_table(
        "dashboards",
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=True),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=50), server_default="pending", nullable=False),
        sa.Column("is_public", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("view_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("refresh_interval", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False),
        sa.Column("thumbnail_url", sa.Text(), nullable=True),
        sa.Column("completed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("published_version_id", sa.UUID(), nullable=True),
        sa.Column("last_refresh_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("last_refresh_failed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("last_refresh_failure", sa.Text(), nullable=True),
        sa.Column("next_refresh_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("slug ~ '^[a-z0-9]([a-z0-9-]{0,78}[a-z0-9])?$'", name="dashboards_slug_check"),
        sa.CheckConstraint(
            "status IN ('pending', 'processing', 'completed', 'failed')", name="dashboards_status_check"
        ),
        sa.CheckConstraint("refresh_interval >= 0", name="dashboards_refresh_interval_check"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="dashboards_user_id_fkey", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="dashboards_pkey"),
        sa.UniqueConstraint("slug", name="dashboards_slug_key"),
    )
    op.create_index(
        "dashboards_due_idx",
        "dashboards",
        ["next_refresh_at"],
        unique=False,
        postgresql_where=sa.text("refresh_interval > 0"),
    )
    op.create_index("dashboards_is_public_idx", "dashboards", ["is_public"], unique=False)
    op.create_index("dashboards_published_version_id_idx", "dashboards", ["published_version_id"], unique=False)
    op.create_index("dashboards_status_idx", "dashboards", ["status"], unique=False)
    op.create_index("dashboards_user_id_idx", "dashboards", ["user_id"], unique=False)
    op.create_table(
        "dashboard_datasets",
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("dashboard_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("original_url", sa.Text(), nullable=True),
        sa.Column("gcs_path", sa.Text(), nullable=False),
        sa.Column("file_format", sa.String(length=20), nullable=True),
        sa.Column("file_size", sa.BigInteger(), nullable=True),
        sa.Column("schema_json", postgresql.JSONB(), nullable=True),
        sa.Column("metadata", postgresql.JSONB(), nullable=True),
        sa.Column("download_status", sa.String(length=50), server_default="pending", nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "download_status IN ('pending', 'completed', 'failed')", name="dashboard_datasets_download_status_check"
        ),
        sa.ForeignKeyConstraint(
            ["dashboard_id"], ["dashboards.id"], name="dashboard_datasets_dashboard_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="dashboard_datasets_pkey"),
    )
    op.create_index("dashboard_datasets_dashboard_id_idx", "dashboard_datasets", ["dashboard_id"], unique=False)
    op.create_index("dashboard_datasets_download_status_idx", "dashboard_datasets", ["download_status"], unique=False)
    op.create_table(
        "dashboard_jobs",
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("dashboard_id", sa.UUID(), nullable=False),
        sa.Column("task_id", sa.String(length=255), nullable=True),
        sa.Column("kind", sa.String(length=20), server_default="new", nullable=False),
        sa.Column("request", postgresql.JSONB(), nullable=False),
        sa.Column("status", sa.String(length=50), server_default="pending", nullable=False),
        sa.Column("progress", sa.Float(), server_default="0", nullable=False),
        sa.Column("current_step", sa.String(length=100), nullable=True),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        sa.Column("steps", postgresql.JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("seconds", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("unchanged", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("error_code", sa.String(length=20), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("cancel_requested", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("attempt", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("handed_back", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("worker", sa.String(length=255), nullable=True),
        sa.Column("lease_until", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("heartbeat_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("enqueued_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("started_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("completed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(status = 'processing') = (lease_until IS NOT NULL)", name="dashboard_jobs_lease_check"),
        sa.CheckConstraint("kind IN ('new', 'refresh')", name="dashboard_jobs_kind_check"),
        sa.CheckConstraint(
            "status IN ('pending', 'processing', 'completed', 'failed', 'cancelled')",
            name="dashboard_jobs_status_check",
        ),
        sa.CheckConstraint("progress BETWEEN 0 AND 100", name="dashboard_jobs_progress_check"),
        sa.ForeignKeyConstraint(
            ["dashboard_id"], ["dashboards.id"], name="dashboard_jobs_dashboard_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="dashboard_jobs_pkey"),
        sa.UniqueConstraint("task_id", name="dashboard_jobs_task_id_key"),
    )
    op.create_index("dashboard_jobs_dashboard_id_idx", "dashboard_jobs", ["dashboard_id"], unique=False)
    op.create_index("dashboard_jobs_lease_until_idx", "dashboard_jobs", ["lease_until"], unique=False)
    op.create_index(
        "dashboard_jobs_one_live_idx",
        "dashboard_jobs",
        ["dashboard_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('pending', 'processing')"),
    )
    op.create_index("dashboard_jobs_status_idx", "dashboard_jobs", ["status"], unique=False)
    op.create_table(
        "dashboard_views",
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("dashboard_id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=True),
        sa.Column("ip_address", postgresql.INET(), nullable=True),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.Column("viewed_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["dashboard_id"], ["dashboards.id"], name="dashboard_views_dashboard_id_fkey", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="dashboard_views_user_id_fkey", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="dashboard_views_pkey"),
    )
    op.create_index("dashboard_views_dashboard_id_idx", "dashboard_views", ["dashboard_id"], unique=False)
    op.create_index("dashboard_views_user_id_idx", "dashboard_views", ["user_id"], unique=False)
    op.create_index("dashboard_views_viewed_at_idx", "dashboard_views", ["viewed_at"], unique=False)
    op.create_table(
        "dashboard_versions",
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("dashboard_id", sa.UUID(), nullable=False),
        sa.Column("job_id", sa.UUID(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("data_as_of", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("version", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("number >= 1", name="dashboard_versions_number_check"),
        sa.ForeignKeyConstraint(
            ["dashboard_id"], ["dashboards.id"], name="dashboard_versions_dashboard_id_fkey", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["dashboard_jobs.id"], name="dashboard_versions_job_id_fkey", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="dashboard_versions_pkey"),
        sa.UniqueConstraint("dashboard_id", "number", name="dashboard_versions_dashboard_id_key"),
    )
    op.create_index("dashboard_versions_job_id_idx", "dashboard_versions", ["job_id"], unique=False)
    op.create_table(
        "dashboard_widgets",
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("dashboard_id", sa.UUID(), nullable=False),
        sa.Column("dataset_id", sa.UUID(), nullable=True),
        sa.Column("name", sa.String(length=63), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("type", sa.String(length=50), nullable=False),
        sa.Column("config", postgresql.JSONB(), nullable=False),
        sa.Column("position", postgresql.JSONB(), nullable=False),
        sa.Column("chart_config", postgresql.JSONB(), nullable=True),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "type IN ('line', 'bar', 'pie', 'scatter', 'heatmap', 'table', 'metric', "
            "'area', 'histogram', 'box', 'map', 'text')",
            name="dashboard_widgets_type_check",
        ),
        sa.ForeignKeyConstraint(
            ["dashboard_id"], ["dashboards.id"], name="dashboard_widgets_dashboard_id_fkey", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["dashboard_datasets.id"], name="dashboard_widgets_dataset_id_fkey", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="dashboard_widgets_pkey"),
        sa.UniqueConstraint("dashboard_id", "name", name="dashboard_widgets_dashboard_id_key"),
    )
    op.create_index("dashboard_widgets_dashboard_id_idx", "dashboard_widgets", ["dashboard_id"], unique=False)
    op.create_index("dashboard_widgets_dataset_id_idx", "dashboard_widgets", ["dataset_id"], unique=False)
    op.create_foreign_key(
        "dashboards_published_version_id_fkey",
        "dashboards",
        "dashboard_versions",
        ["published_version_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.execute(
        """
        CREATE FUNCTION set_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.updated_at = now();
            RETURN NEW;
        END
        $$
        """
    )
    for table in UPDATED:
        op.execute(
            f"CREATE TRIGGER set_updated_at BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION set_updated_at()"
        )


def downgrade() -> None:
    op.drop_constraint("dashboards_published_version_id_fkey", "dashboards")
    op.drop_table("dashboard_widgets")
    op.drop_table("dashboard_versions")
    op.drop_table("dashboard_views")
    op.drop_index(
        "dashboard_jobs_one_live_idx",
        table_name="dashboard_jobs",
        postgresql_where=sa.text("status IN ('pending', 'processing')"),
    )
    op.drop_table("dashboard_jobs")
    op.drop_table("dashboard_datasets")
    op.drop_table("dashboards")
    op.drop_table("users")
    op.drop_table("dataset_cache")
    op.execute("DROP FUNCTION set_updated_at()")
