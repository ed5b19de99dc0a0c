"""JupyterLab as `dashwright up` and `dashwright studio` start it: for its owner alone, with its own data."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from ..keeping import kept_secret
from .environment import without_secrets

NOT_OURS = ("nbdime-jupyterlab", "jupyterlab-jupytext")
"""Front ends that come along with packages that we need, and would put buttons into each notebook."""


def token(data_dir: Path) -> str:
    """The token that opens JupyterLab: kept, so that an open tab survives a restart."""
    return kept_secret(data_dir / "secrets", "studio-token")


def command(data_dir: Path, port: int) -> tuple[str, ...]:
    """The command line. The token is not on it: every user of the machine can read command lines."""
    notebooks = data_dir / "notebooks"
    notebooks.mkdir(parents=True, exist_ok=True)
    _set_up(data_dir / "jupyter" / "config" / "labconfig" / "page_config.json")
    return (
        *(sys.executable, "-P", "-m", f"{__package__}.jupyterlab", "--no-browser"),
        *(["--allow-root"] if os.geteuid() == 0 else []),
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        "--ServerApp.open_browser=False",
        f"--ServerApp.root_dir={notebooks}",
    )


def _set_up(page_config: Path) -> None:
    """Leave out what is not ours, once: whoever wants it switches it on, and it stays so."""
    if not page_config.exists():
        page_config.parent.mkdir(parents=True, exist_ok=True)
        page_config.write_text(json.dumps({"disabledExtensions": dict.fromkeys(NOT_OURS, True)}, indent=2))


def environment(data_dir: Path, outer: Mapping[str, str]) -> dict[str, str]:
    """The person's own environment without the secrets of Dashwright, and Jupyter's folders in the data directory."""
    own = data_dir / "jupyter"
    return {
        **without_secrets(outer),
        "DASHWRIGHT_DATA_DIR": str(data_dir),
        "JUPYTER_TOKEN": token(data_dir),
        "JUPYTER_CONFIG_DIR": str(own / "config"),
        "JUPYTER_DATA_DIR": str(own / "data"),
        "JUPYTER_RUNTIME_DIR": str(own / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(own / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(own / "workspaces"),
        "IPYTHONDIR": str(own / "ipython"),
    }


def address(data_dir: Path, port: int) -> str:
    return f"http://127.0.0.1:{port}/lab?token={token(data_dir)}"
