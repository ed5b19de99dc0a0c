"""Documenting: the OpenAPI document, and the page that shows it and tries it out, all from files of this package."""

from __future__ import annotations

import hashlib
import json
import mimetypes
from functools import cache
from importlib.resources import files

from .answering import Answering
from .openapi import document
from .problem import Refusal
from .resources import ROUTES

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # Swagger UI's stylesheet has its icons in it
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
FILES = ("index.html", "start.js", "swagger-ui-bundle.js", "swagger-ui.css")


class Document(Answering):
    """``GET /openapi.json``."""

    async def get(self) -> None:
        self.set_header("Content-Type", "application/json")
        await self.finish(await self.service.run(_document))


class Page(Answering):
    """``GET /docs/…``: Swagger UI over that document."""

    async def get(self, name: str = "") -> None:
        if name not in ("", *FILES):
            raise Refusal(404, f"There is nothing at '{self.request.path[:200]}'.")
        content, tag = await self.service.run(_file, name or "index.html")
        self.set_header("Content-Type", f"{mimetypes.guess_type(name or 'index.html')[0]}; charset=utf-8")
        self.set_header("Content-Security-Policy", POLICY)
        self.set_header("Cache-Control", "private, no-cache")
        self.set_header("ETag", tag)
        if self.request.headers.get("If-None-Match") == tag:
            self.set_status(304)
            return
        await self.finish(content)


@cache
def _document() -> str:
    return json.dumps(document(ROUTES), ensure_ascii=False)


@cache
def _file(name: str) -> tuple[bytes, str]:
    place = files("dashwright.server.api").joinpath("documentation", name)
    if not place.is_file():
        raise Refusal(503, "The files of this page are not built; install Dashwright anew, or run 'make'.")
    content = place.read_bytes()
    return content, f'"{hashlib.sha256(content).hexdigest()[:24]}"'
