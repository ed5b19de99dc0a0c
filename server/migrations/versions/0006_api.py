"""What the REST API needs: keys of creations, uploads, and indexes of its lists.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TIME = postgresql.TIMESTAMP(timezone=True)
SEARCHED = "to_tsvector('simple'::regconfig, title || ' ' || query || ' ' || coalesce(description, ''))"


def upgrade() -> None:
    op.create_table(
        "idempotency_keys",
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("answer", postgresql.JSONB(), nullable=True),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("created_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="idempotency_keys_pkey"),
        sa.UniqueConstraint("owner", "key", name="idempotency_keys_owner_key"),
    )
    op.create_index("idempotency_keys_expires_at_idx", "idempotency_keys", ["expires_at"])
    op.create_table(
        "uploads",
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=True),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="uploads_user_id_fkey", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="uploads_pkey"),
    )
    op.create_index("uploads_user_id_idx", "uploads", ["user_id"])
    op.create_index("dashboards_created_at_id_idx", "dashboards", ["created_at", "id"])
    op.create_index("dashboards_updated_at_id_idx", "dashboards", ["updated_at", "id"])
    op.create_index("dashboards_title_id_idx", "dashboards", ["title", "id"])
    op.create_index("dashboards_tags_idx", "dashboards", ["tags"], postgresql_using="gin")
    op.create_index("dashboards_search_idx", "dashboards", [sa.text(SEARCHED)], postgresql_using="gin")
    op.create_index("dashboard_jobs_created_at_id_idx", "dashboard_jobs", ["created_at", "id"])
    op.add_column("dashboard_jobs", sa.Column("changed_at", TIME, server_default=sa.text("now()"), nullable=False))
    op.create_index("dashboard_jobs_changed_at_idx", "dashboard_jobs", ["changed_at"])
    op.execute(
        """
        CREATE FUNCTION set_changed_at() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN NEW.changed_at = clock_timestamp(); RETURN NEW; END $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER dashboard_jobs_set_changed_at BEFORE UPDATE ON dashboard_jobs FOR EACH ROW
        WHEN ((OLD.status, OLD.progress, OLD.current_step, OLD.message, OLD.steps, OLD.cancel_requested, OLD.attempt,
               OLD.error_message, OLD.unchanged, OLD.seconds)
              IS DISTINCT FROM
              (NEW.status, NEW.progress, NEW.current_step, NEW.message, NEW.steps, NEW.cancel_requested, NEW.attempt,
               NEW.error_message, NEW.unchanged, NEW.seconds))
        EXECUTE FUNCTION set_changed_at()
        """
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER dashboard_jobs_set_changed_at ON dashboard_jobs")
    op.execute("DROP FUNCTION set_changed_at()")
    op.drop_column("dashboard_jobs", "changed_at")
    op.drop_index("dashboard_jobs_created_at_id_idx", "dashboard_jobs")
    for name in ("search", "tags", "title_id", "updated_at_id", "created_at_id"):
        op.drop_index(f"dashboards_{name}_idx", "dashboards")
    op.drop_table("uploads")
    op.drop_table("idempotency_keys")
