"""Alembic's scripts. `server.database.migrate` runs them."""
