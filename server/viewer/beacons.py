"""Beacons: what a dashboard's page says when somebody sees it."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from .answering import Answering, Refused
from .counting import Counter

LARGEST = 200
"""Bytes."""


class Seen(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    view: Annotated[str, StringConstraints(pattern=r"^[0-9a-f-]{36}$")]
    """Known to the page alone, so nobody needs to prove more."""
    ms: Annotated[int, Field(gt=0, lt=600_000)] | None = None


class Beacon(Answering):
    """Takes what a page of ours says about itself. The answer tells nobody whether there is such a view."""

    SUPPORTED_METHODS = ("POST",)

    def initialize(self, counter: Counter) -> None:
        self.counter = counter

    def post(self) -> None:
        if not self._is_ours():
            raise Refused(403, "Only a dashboard's own page can say that it was seen.")
        if len(self.request.body) > LARGEST:
            raise Refused(413, f"What a page says has at most {LARGEST} bytes.")
        try:
            seen = Seen.model_validate_json(self.request.body)
        except ValidationError:
            raise Refused(400, "A page says which view it is, and in how many milliseconds it was drawn.") from None
        self.counter.seen(seen.view, seen.ms)
        self.set_status(204)

    def _is_ours(self) -> bool:
        origin = self.request.headers.get("Origin", "")
        return origin == self.settings["dashwright_public_url"] or (
            urlsplit(origin).scheme in ("http", "https") and origin.partition("://")[2] == self.request.host
        )
