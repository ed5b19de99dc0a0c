"""Dashwright: questions in, live dashboards out.

This module has only what Jupyter looks for by name; the parts are subpackages.
"""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> str:
    """`__version__`, read when it is asked for: every kernel imports this package, few want to know."""
    if name == "__version__":
        from importlib.metadata import version

        return version(__name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "dashwright"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    from .server.lab import DashwrightApp

    return [{"module": "dashwright.server.lab", "app": DashwrightApp}]
