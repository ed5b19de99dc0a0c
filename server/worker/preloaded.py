"""Imported once by the process that children are forked from: all that steps use, so that no job waits for it."""

from __future__ import annotations

import contextlib
import gc
import importlib

from ...pipelines.lean import import_jsonschema, without
from ...pipelines.sources import TABLE

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
    "dashwright.pipelines.planners.llm",
    "dashwright.pipelines.planners.offline",
    "dashwright.pipelines.planners.llm",
    "dashwright.pipelines.composing",
    "dashwright.pipelines.executing",
    "dashwright.pipelines.publishing",
    *(entry.where.partition(":")[0] for name, entry in TABLE.items() if name not in ("bigquery", "kaggle")),
    "structlog",
    "dashwright.server.worker.child",
)
"""Not the clients of BigQuery and Kaggle, which take half a second and are used by few."""
CLOUDS = ("gcsfs", "boto3", "azure", "github")
"""papermill imports these where they are installed, which takes seconds and starts threads that no fork survives."""

gc.disable()  # nothing of what is imported is garbage, and looking for it takes a sixth of the time
import_jsonschema()
with without(*CLOUDS):
    importlib.import_module("papermill")
for module in MODULES:
    # What is missing or broken is told by the step that needs it.
    with contextlib.suppress(Exception):
        importlib.import_module(module)
gc.enable()
