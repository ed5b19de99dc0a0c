"""What `dashwright up` consists of: database, worker, viewer, REST API and studio, each with what it may know."""

from __future__ import annotations

import json
import os
import sys
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..settings import Settings
from . import ports, studio
from .child import Part
from .environment import OBSERVED, PROXIES, only_plain, without_secrets

DATABASE_PATIENCE = 300.0
"""Seconds that the database may take to start."""
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class Addresses:
    """Where the parts listen. `studio_port` None: no JupyterLab."""

    host: str
    viewer_port: int
    api_port: int
    studio_port: int | None

    @property
    def viewer(self) -> str:
        """The list of dashboards."""
        return f"http://{self._name}:{self.viewer_port}/"

    @property
    def api(self) -> str:
        return f"http://{self._name}:{self.api_port}/api/"

    @property
    def studio_origins(self) -> tuple[str, ...]:
        """By which browsers name JupyterLab."""
        if self.studio_port is None:
            return ()
        return tuple(f"http://{name}:{self.studio_port}" for name in ("127.0.0.1", "localhost"))

    @property
    def _name(self) -> str:
        """A server that listens everywhere is reached here by loopback."""
        return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(  # noqa: S104 - nothing is bound here
            self.host, f"[{self.host}]" if ":" in self.host else self.host
        )


@dataclass(frozen=True)
class Wish:
    """Where a person wants the parts to listen. None: as the settings say."""

    host: str | None = None
    viewer_port: int | None = None
    studio_port: int | None = None
    api_port: int | None = None
    studio: bool = True
    detached: bool = False
    """Whether nobody sees what is said, since it goes to a log: no place for a secret."""


def choose_addresses(settings: Settings, wish: Wish, say: Callable[[str], None]) -> Addresses:
    """Free ports for everything, found before anything is started. A default one that is taken is said.

    Raises:
        SetupError: a port that somebody asked for is taken.
    """
    host = wish.host or settings.host
    asked = settings.model_fields_set
    viewer = ports.choose(
        settings.viewer_port if wish.viewer_port is None else wish.viewer_port,
        is_default=wish.viewer_port is None and "viewer_port" not in asked,
        host=host,
        option="--viewer-port",
        say=say,
    )
    api_port = ports.choose(
        settings.api_port if wish.api_port is None else wish.api_port,
        is_default=wish.api_port is None and "api_port" not in asked,
        host=host,
        option="--api-port",
        avoid=(viewer,),
        say=say,
    )
    if not wish.studio:
        return Addresses(host, viewer, api_port, None)
    studio_port = ports.choose(
        settings.studio_port if wish.studio_port is None else wish.studio_port,
        is_default=wish.studio_port is None and "studio_port" not in asked,
        host="127.0.0.1",
        option="--port",
        avoid=(viewer, api_port),
        say=say,
    )
    return Addresses(host, viewer, api_port, studio_port)


def parts(settings: Settings, addresses: Addresses) -> tuple[Part, ...]:
    """All parts, in the order of their start."""
    run = settings.run
    found = [database(settings, run), worker(settings, run), viewer(settings, addresses), api(settings, addresses)]
    if addresses.studio_port is not None:
        found.append(lab(settings, addresses.studio_port))
    return tuple(found)


def ours(*arguments: str) -> tuple[str, ...]:
    """A command of our own command line, by this very Python.

    -P: a file of the person's named like a module must not be taken for it.
    """
    return (sys.executable, "-P", "-m", "dashwright.server.cli", *arguments)


def database(settings: Settings, run: Path) -> Part:
    """The embedded server if there is one to start, and the migrations in any case."""
    return Part(
        name="database",
        title="The database",
        command=ours("database", "--data-dir", str(settings.data_dir), "--announce", str(run / "database.ready")),
        environment=without_secrets(os.environ, "DATABASE_URL", "DASHWRIGHT_DATABASE_URL"),
        announcement=run / "database.ready",
        patience=DATABASE_PATIENCE,  # crash recovery of a large database, or a long migration
        grace=60,
        leaves_behind=True,  # the server may still serve a command; it ends with its last user, by its own watchdog
    )


def worker(settings: Settings, run: Path) -> Part:
    """The one part that asks the outside, and so the one that gets the keys."""
    return Part(
        name="worker",
        title="The worker",
        command=ours(
            "worker",
            "--data-dir",
            str(settings.data_dir),
            "--workers",
            str(settings.workers),
            "--announce",
            str(run / "worker.ready"),
            "--after",
            str(run / "database.ready"),
        ),
        environment=dict(os.environ),
        announcement=run / "worker.ready",
        after=("database",),
        patience=DATABASE_PATIENCE + 60,
        grace=20,
    )


def viewer(settings: Settings, addresses: Addresses) -> Part:
    return Part(
        name="viewer",
        title="The viewer",
        command=ours(
            "viewer",
            "--data-dir",
            str(settings.data_dir),
            "--host",
            addresses.host,
            "--port",
            str(addresses.viewer_port),
            "--after",
            str(settings.run / "database.ready"),
        ),
        environment={
            **only_plain(os.environ, "DATABASE_URL", "DASHWRIGHT_DATABASE_URL", *OBSERVED),
            "DASHWRIGHT_LAB_ORIGINS": json.dumps([*settings.lab_origins, *addresses.studio_origins]),
        },
        is_ready=answers(f"{addresses.viewer}health"),
        after=("database",),
        patience=DATABASE_PATIENCE + 60,
        address=addresses.viewer,
    )


def api(settings: Settings, addresses: Addresses) -> Part:
    """Apart from the viewer, whose origin has scripts of dashboards, and from JupyterLab, whose users run code."""
    return Part(
        name="api",
        title="The REST API",
        command=ours(
            "api",
            "--data-dir",
            str(settings.data_dir),
            "--host",
            addresses.host,
            "--port",
            str(addresses.api_port),
            "--after",
            str(settings.run / "database.ready"),
        ),
        environment=only_plain(
            os.environ, "DATABASE_URL", "DASHWRIGHT_DATABASE_URL", "SECRET_KEY", *OBSERVED, *PROXIES
        ),
        is_ready=answers(f"{addresses.api}ready"),
        after=("database",),
        patience=DATABASE_PATIENCE + 60,
        address=addresses.api,
    )


def lab(settings: Settings, port: int) -> Part:
    return Part(
        name="studio",
        title="JupyterLab",
        command=studio.command(settings.data_dir, port),
        environment=studio.environment(settings.data_dir, os.environ),
        is_ready=answers(f"http://127.0.0.1:{port}/api"),
        address=studio.address(settings.data_dir, port),
    )


def answers(url: str) -> Callable[[], bool]:
    """A web server that answers, and not with a failure of its own."""

    def is_answering() -> bool:
        try:
            with _direct.open(url, timeout=2) as response:
                return bool(response.status == 200)
        except (OSError, ValueError):
            return False

    return is_answering
