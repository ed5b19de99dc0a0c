"""Attaching: the data that a caller names or has uploaded, as a request has it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, StringConstraints, field_validator

from ...pipelines.model import Attachment, Noun
from ...pipelines.sources import names
from ..access import LocalUser
from ..errors import MissingError
from ..store import Uploads
from .problem import Fault, Refusal
from .route import Call, Id

FAR = ("http", "https")
Reference = Annotated[str, StringConstraints(min_length=1, max_length=4000)]


class Address(Noun):
    """A file on the web."""

    kind: Literal["url"] = "url"
    url: Reference

    @field_validator("url")
    @classmethod
    def _is_of_the_web(cls, url: str) -> str:
        try:
            parts = urlsplit(url)
            is_good = parts.scheme.lower() in FAR and bool(parts.hostname)
        except ValueError:
            is_good = False
        if not is_good or not url.isprintable() or "\\" in url:
            raise ValueError("it is no address that begins with http:// or https://")
        return url


class FromSource(Noun):
    """A dataset as a search has found it."""

    kind: Literal["source"]
    source: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,40}$")]
    reference: Reference


class Uploaded(Noun):
    """A file that the caller has uploaded."""

    kind: Literal["upload"]
    upload_id: Id


class Here(Noun):
    """A file or a database of this machine: for its own user alone."""

    kind: Literal["local"]
    reference: Reference
    table: Annotated[str, StringConstraints(min_length=1, max_length=255)] | None = None
    query: Annotated[str, StringConstraints(min_length=1, max_length=10_000)] | None = None


Named = Address | FromSource | Uploaded | Here
Data = Annotated[Named, Field(discriminator="kind")]
UNNAMEABLE = ("files", "sql")
"""Sources whose references reach into this machine or its network."""


def attachments_of(call: Call, data: Sequence[Named]) -> tuple[Attachment, ...]:
    """What a request carries.

    Raises:
        Refusal: the caller may not name it, or there is none.
    """
    return tuple(_attachment(call, one, f"data.{place}") for place, one in enumerate(data))


def _attachment(call: Call, one: Named, where: str) -> Attachment:
    match one:
        case Address(url=url):
            return Attachment(reference=url)
        case FromSource(source=source, reference=reference):
            if source in UNNAMEABLE or source not in names():
                there = ", ".join(name for name in names() if name not in UNNAMEABLE)
                raise _refused(f"{where}.source", f"there is no source '{source}'; there is: {there}")
            return Attachment(source=source, reference=reference)
        case Uploaded(upload_id=upload_id):
            try:
                path, name = Uploads(call.store).path(call.user_id, upload_id)
            except MissingError as error:
                raise _refused(f"{where}.upload_id", str(error).rstrip(".")) from error
            return Attachment(reference=str(path), name=name)
        case Here():
            return _local(call, one, where)


def _local(call: Call, one: Here, where: str) -> Attachment:
    if not isinstance(call.principal, LocalUser):
        raise Refusal(403, "Files and databases of the server can be named by its own user alone; upload the data.")
    if "://" not in one.reference:
        if not one.reference.startswith("/"):
            raise _refused(f"{where}.reference", "a path must begin with '/'")
        return Attachment(reference=one.reference, name=one.reference.rpartition("/")[2])
    if one.table and one.query:
        raise _refused(where, "give 'table' or 'query', not both")
    options = {"table": one.table} if one.table else {"query": one.query} if one.query else {}
    return Attachment(source="sql", reference=one.reference, options=options)


def _refused(name: str, message: str) -> Refusal:
    fault = Fault(place="body", name=name, message=message)
    return Refusal(422, f"The body is not valid at '{name}': {message}.", code="invalid", errors=(fault,))
