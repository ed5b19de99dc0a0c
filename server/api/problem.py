"""Problem: the one shape of every error of the API (RFC 9457), and what of ours becomes which."""

from __future__ import annotations

from http import HTTPStatus
from typing import Literal

from pydantic import Field, ValidationError

from ...pipelines.errors import DashwrightError, InputError, LimitError, SourceError
from ...pipelines.model import Noun
from ..database import DatabaseGoneError
from ..errors import ConflictError, MissingError, StaleError

CONTENT_TYPE = "application/problem+json"
Place = Literal["path", "query", "header", "body"]
MOST_ERRORS = 20
RETRY_LATER = 5
"""Seconds after which somebody may try again when the database is gone."""


class Fault(Noun):
    """One thing that is wrong with what was sent."""

    place: Place
    name: str
    """The field, as in `widgets.2.title`; empty for all of it."""
    message: str


class Problem(Noun):
    """An error, as RFC 9457 has it. `detail` is one sentence for a person."""

    type: str = Field("about:blank", description="`urn:dashwright:problem:` and the `code`.")
    title: str = Field(description="What the status means.")
    status: int
    detail: str
    code: str = Field(description="Stable, for programs.")
    request_id: str = Field(description="In the log beside whatever led to this.")
    errors: tuple[Fault, ...] = ()


class Refusal(Exception):  # noqa: N818 - a refusal is what it is
    """What the API itself refuses. `str(refusal)` is the sentence to show."""

    def __init__(
        self,
        status: int,
        sentence: str,
        *,
        code: str | None = None,
        errors: tuple[Fault, ...] = (),
        retry_after: int | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(sentence)
        self.status = status
        self.code = code or HTTPStatus(status).phrase.lower().replace(" ", "-")
        self.errors = errors
        self.headers = dict(headers or {})
        if retry_after is not None:
            self.headers["Retry-After"] = str(retry_after)


def refusal_of(error: DashwrightError) -> Refusal:
    """How the API tells of an error that somebody can act on."""
    sentence = str(error)
    match error:
        case MissingError():
            return Refusal(404, sentence, code=error.code)
        case StaleError():
            return Refusal(412, sentence, code=error.code)
        case ConflictError():
            return Refusal(409, sentence, code=error.code)
        case InputError():
            return Refusal(422, sentence, code=error.code)
        case SourceError():
            return Refusal(502, sentence, code=error.code)
        case DatabaseGoneError() | LimitError():
            return Refusal(503, sentence, code=error.code, retry_after=RETRY_LATER)
        case _:
            return Refusal(503, sentence, code=error.code)


def invalid(error: ValidationError, place: Place) -> Refusal:
    """What does not validate, field by field."""
    items = error.errors(include_url=False, include_context=False, include_input=False)
    faults = tuple(
        Fault(place=place, name=".".join(str(part)[:80] for part in item["loc"])[:400], message=_message(item["msg"]))
        for item in items[:MOST_ERRORS]
    )
    first = faults[0]
    where = f"'{first.name}'" if first.name else f"the {place}"
    more = f" {len(items) - 1} more are listed in 'errors'." if len(items) > 1 else ""
    return Refusal(422, f"The {place} is not valid at {where}: {first.message}.{more}", code="invalid", errors=faults)


def problem_of(refusal: Refusal, request_id: str) -> Problem:
    return Problem(
        type=f"urn:dashwright:problem:{refusal.code}",
        title=HTTPStatus(refusal.status).phrase,
        status=refusal.status,
        detail=str(refusal),
        code=refusal.code,
        request_id=request_id,
        errors=refusal.errors,
    )


def _message(text: str) -> str:
    text = text.removeprefix("Value error, ").rstrip(".")
    return {"Extra inputs are not permitted": "there is no field of this name"}.get(text, text)[:600]
