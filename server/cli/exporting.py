"""`export`: a dashboard as a file."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import IO, Annotated

import typer

from ...pipelines.errors import InputError, LimitError
from .usage import DataDir, Slug, settings_for


class Format(StrEnum):
    IPYNB = "ipynb"
    SOURCE = "source"
    HTML = "html"
    CSV = "csv"
    PARQUET = "parquet"
    PNG = "png"
    PDF = "pdf"


def export(
    slug: Slug,
    format_: Annotated[Format, typer.Option("--format", "-f", help="What it is to be.")] = Format.IPYNB,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to.", show_default="SLUG.ENDING")
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Write a published dashboard to a file, and print its path.

    * ipynb, source: the notebook with or without its outputs
    * csv, parquet: a ZIP file of the tables behind the widgets, with their sources and licences
    * html: the page as it is drawn, in one file that needs no server and no network; controls do nothing in it
    * png, pdf: pictures of the page

    The last three are taken by the worker after publishing, where it has a browser (`pip install
    'dashwright[pictures]'`). A file that is there is not overwritten.

    * `dashwright export sales-by-region --format csv`
    """
    from ..exporting import KINDS
    from .looking import dashboard_of, folder_of
    from .output import show

    settings = settings_for(data_dir)
    dashboard = dashboard_of(settings, slug)
    folder = folder_of(dashboard, settings)
    place = output or Path(f"{slug}.{KINDS[format_.value].ending}")
    if place.exists():
        raise InputError(f"'{place}' is there already; name another file with --output.")
    with _content(slug, format_, folder, settings.data_dir / "exports", data_dir) as content:
        _write(content, place)
    show(str(place))


def _content(slug: str, format_: Format, folder: Path, scratch: Path, data_dir: Path | None) -> IO[bytes]:
    from ..exporting import NOTEBOOKS, PICTURES, notebook, tables

    if format_.value in NOTEBOOKS:
        return notebook(folder, format_.value)
    if format_.value in PICTURES:
        return _picture(slug, PICTURES[format_.value], data_dir)
    return tables(folder, format_.value, scratch)


def _picture(slug: str, name: str, data_dir: Path | None) -> IO[bytes]:
    from ..pictures.taking import INSTALL
    from ..storage import Versions
    from ..store import Listing
    from .access import store_of

    settings = settings_for(data_dir)
    with store_of(settings) as store:
        published = store.dashboard(slug).version
        version = Listing(store).version(slug, published.number) if published else None
    if version is None or version.pictures is None:
        raise InputError(f"There is no {name.rpartition('.')[2]} of '{slug}'. {INSTALL}")
    return (Versions(settings).bring(f"pictures/{version.pictures}", version.pictures) / name).open("rb")


def _write(content: IO[bytes], place: Path) -> None:
    import shutil

    try:
        content.seek(0)
        with place.open("xb") as file:
            shutil.copyfileobj(content, file)
    except OSError as error:
        raise LimitError(f"'{place}' cannot be written: {error.strerror or error}.") from error
