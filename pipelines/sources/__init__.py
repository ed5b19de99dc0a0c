"""The table of sources: each is imported when it is first asked for."""

from __future__ import annotations

import functools
import importlib
import sys
from dataclasses import dataclass
from importlib.metadata import entry_points

from ..errors import InputError, SetupError
from .source import Fetched, FetchedFile, Query, Received, Source, unheard

__all__ = [
    "GROUP",
    "TABLE",
    "Entry",
    "Fetched",
    "FetchedFile",
    "Query",
    "Received",
    "Source",
    "names",
    "source",
    "unheard",
]

GROUP = "dashwright.sources"
"""Entry points of this group add sources: ``name = package.module:Class``."""


@dataclass(frozen=True)
class Entry:
    """Where a source is, and the sentence to show when something it needs is not installed."""

    where: str
    missing: str = ""


TABLE: dict[str, Entry] = {
    "files": Entry("dashwright.pipelines.sources.files:FilesSource"),
    "samples": Entry("dashwright.pipelines.sources.samples:SamplesSource"),
    "bigquery": Entry(
        "dashwright.pipelines.sources.bigquery:BigQuerySource",
        "BigQuery needs packages that are not installed: pip install 'dashwright[bigquery]'.",
    ),
    "ckan": Entry("dashwright.pipelines.sources.ckan:CkanSource"),
    "datagov": Entry("dashwright.pipelines.sources.datagov:DataGovSource"),
    "eurostat": Entry("dashwright.pipelines.sources.eurostat:EurostatSource"),
    "fred": Entry("dashwright.pipelines.sources.fred:FredSource"),
    "google-dataset": Entry("dashwright.pipelines.sources.google_dataset:GoogleDatasetSource"),
    "kaggle": Entry(
        "dashwright.pipelines.sources.kaggle:KaggleSource",
        "Kaggle needs a package that is not installed: pip install 'dashwright[kaggle]'.",
    ),
    "huggingface": Entry("dashwright.pipelines.sources.huggingface:HuggingFaceSource"),
    "owid": Entry("dashwright.pipelines.sources.owid:OwidSource"),
    "who": Entry("dashwright.pipelines.sources.who:WhoSource"),
    "world-bank": Entry("dashwright.pipelines.sources.world_bank:WorldBankSource"),
    "zenodo": Entry("dashwright.pipelines.sources.zenodo:ZenodoSource"),
    "sql": Entry(
        "dashwright.pipelines.sources.sql:SqlSource",
        "Databases need packages that are not installed: pip install sqlalchemy sqlglot duckdb 'psycopg[binary]'.",
    ),
}


def table() -> dict[str, Entry]:
    """Our own sources and those of installed packages; nobody can take the place of ours."""
    return {**_installed(tuple(sys.path)), **TABLE}


@functools.lru_cache(maxsize=1)
def _installed(_where: tuple[str, ...]) -> dict[str, Entry]:
    """Those of installed packages. Looking at all packages takes 30 ms, and a search asks for each source at once."""
    return {
        point.name: Entry(
            point.value,
            f"The source '{point.name}' of the package '{point.module.partition('.')[0]}' cannot be loaded.",
        )
        for point in entry_points(group=GROUP)
    }


def names() -> tuple[str, ...]:
    return tuple(table())


def source(name: str) -> Source:
    """
    Raises:
        InputError: there is no such source.
        SetupError: something it needs is not installed.
    """
    entries = table()
    if name not in entries:
        raise InputError(f"There is no source '{name[:100]}'. The sources are: {', '.join(sorted(entries))}.")
    module, _, kind = entries[name].where.partition(":")
    try:
        made = getattr(importlib.import_module(module), kind)()
    except ImportError as error:
        sentence = entries[name].missing or f"The source '{name}' cannot be loaded."
        raise SetupError(f"{sentence} ({error})") from error
    if not isinstance(made, Source):
        raise SetupError(f"'{entries[name].where}' is named as the source '{name}', but is no Source.")
    return made
