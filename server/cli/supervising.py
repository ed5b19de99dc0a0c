"""`up` and `down`."""

from __future__ import annotations

from typing import Annotated

import typer

from .usage import DataDir, settings_for

Port = Annotated[
    int | None, typer.Option("--port", min=0, max=65_535, help="Port of JupyterLab; 0 takes any free one.")
]
ViewerPort = Annotated[
    int | None, typer.Option("--viewer-port", min=0, max=65_535, help="Port of the dashboards; 0 takes any free one.")
]
ApiPort = Annotated[
    int | None, typer.Option("--api-port", min=0, max=65_535, help="Port of the REST API; 0 takes any free one.")
]
Workers = Annotated[int | None, typer.Option("--workers", min=1, max=64, help="How many dashboards are made at once.")]
Host = Annotated[
    str | None,
    typer.Option(
        "--host",
        help="Address on which dashboards are served. Elsewhere than on loopback people sign in.",
        show_default="127.0.0.1",
    ),
]


def up(
    port: Port = None,
    viewer_port: ViewerPort = None,
    api_port: ApiPort = None,
    workers: Workers = None,
    host: Host = None,
    lab: Annotated[bool, typer.Option("--lab/--no-lab", help="Start JupyterLab, too.")] = True,
    detached: Annotated[bool, typer.Option("--detached", hidden=True)] = False,
    data_dir: DataDir = None,
) -> None:
    """Start everything and keep it running until Ctrl-C.

    Starts the database (an embedded PostgreSQL, unless DATABASE_URL names another), brings its tables up to date, and
    starts the worker that makes dashboards, the viewer that serves them, the REST API and JupyterLab. Prints the
    addresses once all of them answer. What dies is started again.

    Where others can come in and nobody has an account yet, it also prints the one-time address of the first admin.

    A port that you name must be free; of the default ports the next free one is taken. Logs are in the data directory,
    in `logs`.

    * `dashwright up`
    * `dashwright up --viewer-port 8080 --workers 4`
    * `dashwright up --no-lab --data-dir /srv/dashwright`
    """
    from .. import up as everything
    from .output import say

    settings = settings_for(data_dir, workers=workers)
    everything.run(settings, everything.Wish(host, viewer_port, port, api_port, lab, detached), say)


def down(data_dir: DataDir = None) -> None:
    """Stop what `dashwright up` started.

    Works for one in another terminal and for one in the background. Jobs that are under way go on at the next start.

    * `dashwright down`
    """
    from ..up import running
    from .output import say

    settings = settings_for(data_dir)
    if running.stop(settings.data_dir):
        say("Dashwright has stopped.")
    else:
        say(f"Dashwright is not running on '{settings.data_dir}'.")
