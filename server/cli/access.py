"""The store as commands reach it: through what runs, or with the database started for the length of the command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..postgres import database
from ..postgres.place import RECORD
from ..settings import Settings
from ..store import Store, opened
from ..up import background, running
from ..up.running import Running


@contextmanager
def store_of(settings: Settings, now: Running | None = None) -> Iterator[Store]:
    """The store, its tables up to date.

    Raises:
        SetupError: the database cannot be reached or started.
    """
    with database(settings) as url:
        if (now or running.current(settings.data_dir)) is None:
            from ..database import migrate

            migrate(url)
        with opened(settings, url, pool_size=1) as store:
            yield store


@contextmanager
def working_store(settings: Settings) -> Iterator[tuple[Store, Running]]:
    """The store, with a worker and a viewer running: in the background, if nothing runs yet, which is said.

    Raises:
        SetupError: something cannot be started.
    """
    from .output import say

    if not running.is_claimed(settings.data_dir):
        say("Nothing is running yet; starting Dashwright in the background …")
    now, started = background.ensure(settings)
    if started:
        where = "" if settings.data_dir == _default_data_dir() else f" --data-dir {_quoted(settings.data_dir)}"
        say(f"Dashwright runs in the background. `dashwright down{where}` stops it.")
    with store_of(settings, now) as store:
        yield store, now


def is_untouched(settings: Settings) -> bool:
    """Whether this data directory has never had a database: then there is nothing to look for, and none is made."""
    return settings.database_url is None and not (settings.data_dir / RECORD).exists()


def _default_data_dir() -> Path:
    from ..settings import default_data_dir

    return default_data_dir()


def _quoted(path: Path) -> str:
    import shlex

    return shlex.quote(str(path))
