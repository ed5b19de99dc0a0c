"""Exports: a dashboard to take home."""

from __future__ import annotations

from pathlib import Path
from typing import IO

from ...access import Action
from ...exporting import KINDS, NOTEBOOKS, PICTURES, Format, name_of, notebook, tables
from ...nouns import PublishedVersion
from ...pictures.taking import INSTALL
from ...store import Listing
from ..problem import Refusal
from ..route import Call, Download, Routes, Slug
from .published import brought, folder_of, picture
from .versions import Number

routes = Routes("Exports")
MEDIA = tuple(dict.fromkeys(kind.media_type.partition(";")[0] for kind in KINDS.values()))


@routes.get(
    "/dashboards/{slug}/exports/{format}",
    "Take a dashboard home",
    Action.EXPORT,
    slow=True,
    media=MEDIA,
    problems=(409, 422),
)
def export_dashboard(call: Call, slug: Slug, format: Format) -> Download:  # noqa: A002 - the word of the address
    """The published version as a file: `ipynb` the notebook as it was executed, `source` without outputs; `csv` and
    `parquet` a ZIP file of the tables behind the widgets, with their sources and licences; `html` the page as it is
    drawn, in one file without scripts that asks nobody for anything; `png` and `pdf` pictures of it. The last three are
    there where the worker has a browser."""
    dashboard = call.store.dashboard(slug)
    folder_of(call, dashboard)
    assert dashboard.version is not None  # noqa: S101 - whoever has a folder has one
    return _export(call, Listing(call.store).version(slug, dashboard.version.number), format)


@routes.get(
    "/dashboards/{slug}/versions/{number}/exports/{format}",
    "Take a version home",
    Action.EXPORT,
    slow=True,
    media=MEDIA,
    problems=(422,),
)
def export_version(call: Call, slug: Slug, number: Number, format: Format) -> Download:  # noqa: A002
    return _export(call, Listing(call.store).version(slug, number), format)


def _export(call: Call, version: PublishedVersion, format_: Format) -> Download:
    return Download(KINDS[format_].media_type, _content(call, version, format_), name=name_of(version.version, format_))


def _content(call: Call, version: PublishedVersion, format_: Format) -> IO[bytes]:
    if format_ in PICTURES:
        found: Path | None = picture(call, version, PICTURES[format_])
        if found is None:
            raise Refusal(503, f"There is no {format_} of this version. {INSTALL}", code="no-picture")
        return found.open("rb")
    folder = brought(call, version)
    if format_ in NOTEBOOKS:
        return notebook(folder, format_)
    return tables(folder, format_, call.settings.data_dir / "exports")
