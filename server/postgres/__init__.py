"""The embedded PostgreSQL: started by whoever comes first, stopped when the last one has gone, however it went."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from ..settings import Settings
from .embedded import EmbeddedPostgres

__all__ = ["EmbeddedPostgres", "database"]


@contextlib.contextmanager
def database(settings: Settings) -> Iterator[str]:
    """The address of the database, for as long as it is needed: the one of DATABASE_URL, or else the embedded one.

    Raises:
        SetupError: the embedded server cannot be started.
    """
    if settings.database_url is not None:
        settings.make_folders()
        yield settings.database_url.get_secret_value()
        return
    embedded = EmbeddedPostgres(settings)
    try:
        yield embedded.start()
    finally:
        embedded.stop()
