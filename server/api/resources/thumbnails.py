"""Thumbnails: a small picture of a dashboard, for lists."""

from __future__ import annotations

import hashlib
from typing import Annotated

from pydantic import Field

from ....pipelines.model import Noun
from ...access import Action
from ...nouns import PublishedVersion
from ...pictures import key_of
from ...pictures.schematic import Theme, schematic
from ...store import Listing
from ..route import Call, Download, Routes, Slug
from .published import brought, folder_of, picture, plan_in
from .versions import Number

routes = Routes("Thumbnails")
SVG, PNG = "image/svg+xml", "image/png"


class ThumbnailQuery(Noun):
    theme: Annotated[Theme, Field(description="Of a drawn one; `auto`: as the reader's system wants it.")] = "auto"
    picture: Annotated[
        str, Field(max_length=20, description="As in the `thumbnail` of a dashboard: it may be kept.")
    ] = ""


@routes.get(
    "/dashboards/{slug}/thumbnail",
    "Show a small picture",
    Action.SEE,
    tagged=True,
    media=(SVG, PNG),
    problems=(409, 422),
)
def show_thumbnail(call: Call, slug: Slug, query: ThumbnailQuery) -> Download:
    """Of the published version: a picture of the page, where one could be taken, else its plan drawn."""
    dashboard = call.store.dashboard(slug)
    folder_of(call, dashboard)
    assert dashboard.version is not None  # noqa: S101 - whoever has a folder has one
    return _of(call, Listing(call.store).version(slug, dashboard.version.number), query)


@routes.get(
    "/dashboards/{slug}/versions/{number}/thumbnail",
    "Show a small picture of a version",
    Action.SEE,
    tagged=True,
    media=(SVG, PNG),
    problems=(422,),
)
def show_version_thumbnail(call: Call, slug: Slug, number: Number, query: ThumbnailQuery) -> Download:
    return _of(call, Listing(call.store).version(slug, number), query)


def _of(call: Call, version: PublishedVersion, query: ThumbnailQuery) -> Download:
    key = key_of(version.pictures)
    name = "thumbnail-dark.png" if query.theme == "dark" else "thumbnail.png"
    if (taken := picture(call, version, name)) is not None:
        call.tag(f"{key}-{name.removesuffix('.png')}")
        return Download(PNG, taken.read_bytes(), is_lasting=query.picture == key)
    drawn = schematic(plan_in(brought(call, version)), query.theme).encode()
    call.tag(hashlib.sha256(drawn).hexdigest()[:24])
    return Download(SVG, drawn, is_lasting=query.picture == key)
