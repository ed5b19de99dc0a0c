"""Lean imports: what packages import beside what is needed, at a price, is left out."""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Iterator

GRAMMAR = "rfc3987_syntax"
"""jsonschema imports it where it is installed (jupyter_events brings it along) to check the format 'iri', which nothing
of ours uses; its grammar is compiled at the import, which takes longer than all else that Voilà or papermill import."""


@contextlib.contextmanager
def without(*names: str) -> Iterator[None]:
    """Let imports of these fail, as if they were not installed."""
    hidden = {name: None for name in names if name not in sys.modules}
    sys.modules.update(hidden)  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


def import_jsonschema() -> None:
    """Import jsonschema without its slow part. To be called before anything of Jupyter is imported."""
    with without(GRAMMAR), contextlib.suppress(ImportError):
        importlib.import_module("jsonschema")
