"""The parts of `up`, one by one, for those who run them by hand or under another supervisor; and the migrations."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from .usage import DataDir, settings_for

LOOK_AFTER = 2.0
"""Seconds between looks whether the database still runs; one that was killed is started again."""

Announce = Annotated[
    Path | None,
    typer.Option("--announce", metavar="FILE", help="Make this file when ready.", hidden=True),
]


After = Annotated[
    Path | None,
    typer.Option("--after", metavar="FILE", help="Begin when there is this file.", hidden=True),
]


def studio(
    port: Annotated[int | None, typer.Option("--port", min=0, max=65_535, help="Port; 0 takes any free one.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Run JupyterLab alone, in the foreground.

    With its own settings and workspaces in the data directory, on this machine only, opened by a token that is kept.

    * `dashwright studio --port 8890`
    """
    from ..up import studio as lab
    from ..up.ports import choose
    from .output import say, show

    settings = settings_for(data_dir)
    is_default = port is None and "studio_port" not in settings.model_fields_set
    wanted = settings.studio_port if port is None else port
    free = choose(wanted, is_default=is_default, host="127.0.0.1", option="--port", say=say)
    show(lab.address(settings.data_dir, free))
    command = lab.command(settings.data_dir, free)
    os.execve(command[0], command, lab.environment(settings.data_dir, os.environ))  # noqa: S606


def migrate(data_dir: DataDir = None) -> None:
    """Bring the database's tables to what this version of Dashwright needs.

    `dashwright up` does it by itself. Run it by hand before the parts are started one by one, or when DATABASE_URL
    names a database for the first time. Doing it twice does no harm.

    * `dashwright migrate`
    """
    from .. import database as tables
    from ..postgres import database as running_database
    from .output import say

    settings = settings_for(data_dir)
    with running_database(settings) as url:
        tables.migrate(url)
    say("The database is up to date.")


def worker(
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, max=64, help="How many dashboards are made at once.")
    ] = None,
    announce: Announce = None,
    after: After = None,
    data_dir: DataDir = None,
) -> None:
    """Run a worker alone, in the foreground: it makes and refreshes dashboards.

    Several workers may share one database and one data directory, on one machine or on several.

    * `dashwright worker --workers 4`
    """
    from ..worker import run, running  # noqa: F401 - what it imports is large: done while others start

    settings = settings_for(data_dir, workers=workers)
    wait_for(after)
    run(settings, settings.workers, announcer(announce))


def viewer(
    port: Annotated[int | None, typer.Option("--port", min=0, max=65_535, help="Port; 0 takes any free one.")] = None,
    host: Annotated[
        str | None,
        typer.Option("--host", help="Address to serve on; beyond this machine people sign in."),
    ] = None,
    after: After = None,
    data_dir: DataDir = None,
) -> None:
    """Run the viewer alone, in the foreground: it serves the dashboards' pages.

    * `dashwright viewer --port 8080`
    """
    from ..accounts.signing_in import Door
    from ..observing.exposing import Exposition
    from ..postgres import database as running_database
    from ..store import Measures, StoreShelf, Views, opened
    from ..up.ports import choose
    from ..viewer.app import serve
    from .output import say

    settings = settings_for(data_dir)
    host = host or settings.host
    is_default = port is None and "viewer_port" not in settings.model_fields_set
    wanted = settings.viewer_port if port is None else port
    free = choose(wanted, is_default=is_default, host=host, option="--port", say=say)
    wait_for(after)
    with running_database(settings) as url, opened(settings, url) as store:
        serve(
            settings,
            StoreShelf(store),
            free,
            host,
            ready=lambda address: say(f"Dashboards are at {address}"),
            exposition=Exposition("viewer", Measures(store).read, lambda: store.engine),
            door=Door(store),
            book=Views(store),
        )


def api(
    port: Annotated[int | None, typer.Option("--port", min=0, max=65_535, help="Port; 0 takes any free one.")] = None,
    host: Annotated[str | None, typer.Option("--host", help="Address to serve on.")] = None,
    after: After = None,
    data_dir: DataDir = None,
) -> None:
    """Run the REST API alone, in the foreground.

    On this machine the token in `secrets/api-token` of the data directory may do everything; others sign in, or have
    tokens (`dashwright token`). `GET /api/openapi.json` says what there is.

    * `dashwright api --port 8867`
    """
    from ..api.app import serve
    from ..api.service import THREADS
    from ..postgres import database as running_database
    from ..store import opened
    from ..up.ports import choose
    from .output import say

    settings = settings_for(data_dir)
    host = host or settings.host
    is_default = port is None and "api_port" not in settings.model_fields_set
    wanted = settings.api_port if port is None else port
    free = choose(wanted, is_default=is_default, host=host, option="--port", say=say)
    wait_for(after)
    with running_database(settings) as url, opened(settings, url, pool_size=THREADS) as store:
        serve(settings, store, free, host, ready=lambda address: say(f"The REST API is at {address}"))


def database(announce: Announce = None, data_dir: DataDir = None) -> None:
    """Keep the embedded PostgreSQL running, its tables up to date; with DATABASE_URL only the latter."""
    import contextlib
    import subprocess
    import sys

    from ..postgres import EmbeddedPostgres
    from ..up.parts import ours
    from ..up.supervising import Bell, Stop

    settings = settings_for(data_dir)
    embedded = EmbeddedPostgres(settings) if settings.database_url is None else None
    bell = Bell()
    with bell.hung(), contextlib.suppress(Stop):
        try:
            # In a process of its own: this one lives long, and what a migration imports is large. It imports while
            # the server starts, then waits for it.
            with subprocess.Popen(ours("migrate", "--data-dir", str(settings.data_dir))) as migration:
                if embedded:
                    embedded.start()
            if migration.returncode:
                sys.exit(migration.returncode)
            announcer(announce)()
            while True:
                bell.wait(LOOK_AFTER)
                if embedded:
                    embedded.start()
        finally:
            if embedded:
                embedded.stop()


def wait_for(path: Path | None) -> None:
    """Wait until there is a file, which somebody else makes when it is ready; who started us ends us if it is not."""
    while path is not None and not path.exists():
        time.sleep(0.02)


def announcer(path: Path | None) -> Callable[[], None]:
    """Makes the file, or does nothing."""

    def announce() -> None:
        if path is not None:
            path.touch()

    return announce
