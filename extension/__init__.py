"""Dashwright: questions in, live dashboards out.

In a notebook, ``dashwright.ask("how do sales change by region?", sales)`` answers with a dashboard. Besides this, the
module has only what Jupyter looks for by name; the parts are subpackages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .server.inline import Answer, ask

    __version__: str

__all__ = ["Answer", "__version__", "ask"]


def __getattr__(name: str) -> Any:
    """What is read when it is asked for: every kernel imports this package, few want to know."""
    if name == "__version__":
        from importlib.metadata import version

        return version(__name__)
    if name in ("ask", "Answer"):
        from .server import inline

        return getattr(inline, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def load_ipython_extension(ipython: Any) -> None:
    """For ``%load_ext dashwright``: the magics ``%dashwright`` and ``%%dashwright``."""
    from .server.inline.magic import load

    load(ipython)


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "dashwright"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    from .server.lab import DashwrightApp

    return [{"module": "dashwright.server.lab", "app": DashwrightApp}]
