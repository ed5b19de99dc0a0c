"""Imported once by the process that children are forked from: all that steps use, so that no job waits for it."""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Iterator

MODULES = (
    "pandas",
    "pyarrow.dataset",
    "pyarrow.pandas_compat",
    "pyarrow.parquet",
    "duckdb",
    "httpx",
    "nbclient",
    "wordllama",
    "IPython.core.interactiveshell",
    "dashwright.kernels.provisioner",
    "dashwright.pipelines.searching",
    "dashwright.pipelines.downloading",
    "dashwright.pipelines.reading",
    "dashwright.pipelines.profiling",
    "dashwright.pipelines.planning",
    "dashwright.pipelines.planners.offline",
    "dashwright.pipelines.composing",
    "dashwright.pipelines.executing",
    "dashwright.pipelines.publishing",
    "dashwright.pipelines.sources.files",
    "dashwright.pipelines.sources.samples",
    "dashwright.pipelines.sources.sql",
    "dashwright.server.worker.child",
)
CLOUDS = ("gcsfs", "boto3", "azure", "github")
"""papermill imports these where they are installed, which takes seconds and starts threads that no fork survives."""


@contextlib.contextmanager
def without(names: tuple[str, ...]) -> Iterator[None]:
    """Let imports of these fail, as if they were not installed."""
    hidden = {name: None for name in names if name not in sys.modules}
    sys.modules.update(hidden)  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


with without(CLOUDS):
    importlib.import_module("papermill")
for module in MODULES:
    # What is missing or broken is told by the step that needs it.
    with contextlib.suppress(Exception):
        importlib.import_module(module)
