"""Where versions are kept: their manifests, and who keeps them.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Versions from before stay where they are: on the machine that made them.
    op.add_column("dashboard_versions", sa.Column("manifest", sa.String(length=64), nullable=True))
    op.create_index("dashboard_versions_manifest_idx", "dashboard_versions", ["manifest"], unique=False)
    op.create_table(
        "installation",
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="installation_pkey"),
    )
    op.execute("INSERT INTO installation DEFAULT VALUES")


def downgrade() -> None:
    op.drop_table("installation")
    op.drop_index("dashboard_versions_manifest_idx", table_name="dashboard_versions")
    op.drop_column("dashboard_versions", "manifest")
