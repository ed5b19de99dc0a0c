"""What PostgreSQL takes: no zero bytes, no halves of characters, no NaN. Data and messages may have any of them."""

from __future__ import annotations

import json
from typing import Any

from ...pipelines.model import Noun


def storable(text: str) -> str:
    """The text without what no column takes."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode("utf-8")


def as_json(noun: Noun) -> dict[str, Any]:
    """A noun for a JSONB column."""
    cleaned: dict[str, Any] = _clean(json.loads(noun.model_dump_json()))
    return cleaned


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {storable(key): _clean(item) for key, item in value.items()}
    return value
