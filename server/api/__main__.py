"""Writes the OpenAPI document into a checkout: ``python -m dashwright.server.api``."""

from __future__ import annotations

import json
from pathlib import Path

from .openapi import document
from .resources import ROUTES


def text() -> str:
    """The document as it is kept in docs/openapi.json."""
    return json.dumps(document(ROUTES), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    Path("docs/openapi.json").write_text(text(), encoding="utf-8")
