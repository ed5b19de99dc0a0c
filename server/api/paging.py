"""Paging: cursors. A cursor says after which item of which order to go on; what is in it is no secret, but checked."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from pydantic import Field, ValidationError

from ...pipelines.model import Noun
from .problem import Fault, Refusal

MOST = 100
Limit = Annotated[int, Field(ge=1, le=MOST, description="At most so many.")]
CursorText = Annotated[
    str, Field(min_length=1, max_length=1000, description="`next` of the page before; the other values stay the same.")
]


class Cursor(Noun):
    """The place after an item: the order, and the item's value and id in it."""

    order: str
    value: str
    id: Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


def encoded(cursor: Cursor) -> str:
    return base64.urlsafe_b64encode(cursor.model_dump_json().encode()).decode().rstrip("=")


def decoded(text: str | None, order: str) -> Cursor | None:
    """The place to go on after. None: from the beginning.

    Raises:
        Refusal: it is none of ours, or of another order.
    """
    if text is None:
        return None
    try:
        cursor = Cursor.model_validate_json(base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True))
        if cursor is not None and not order.endswith("title"):
            datetime.fromisoformat(cursor.value)
    except (ValidationError, binascii.Error, ValueError):
        cursor = None
    if cursor is None or "\0" in cursor.value or cursor.order != order:
        fault = Fault(place="query", name="cursor", message="it is not from a page of this list in this order")
        raise Refusal(422, f"The cursor cannot be used: {fault.message}.", code="invalid", errors=(fault,))
    return cursor


def link(path: str, query: Noun, cursor: str) -> str:
    """The header that leads to the next page."""
    given = query.model_dump(mode="json", exclude_none=True, exclude_defaults=True) | {"cursor": cursor}
    return f'<{path}?{urlencode(given, doseq=True)}>; rel="next"'
