"""Alembic runs this with a connection that `server.database` hands over; there is no ini file."""

from __future__ import annotations

from alembic import context

from dashwright.server.database import is_ours
from dashwright.server.notices import tables  # noqa: F401 - declares them
from dashwright.server.tables import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    include_name=is_ours,
    compare_server_default=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
