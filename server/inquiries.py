"""Inquiries: small questions that take keys, which the REST API has the worker answer while somebody waits."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from ..pipelines.model import Candidates, Noun
from .advising import Description, Suggestions


class Seek(Noun):
    """What data is there on a question?"""

    kind: Literal["seek"] = "seek"
    question: str
    sources: tuple[str, ...] = ()
    """Empty: those that the settings name."""
    limit: int = Field(20, ge=1, le=100)
    planner: str = "auto"


class Describe(Noun):
    """What is the data of a dashboard?"""

    kind: Literal["describe"] = "describe"
    slug: str
    planner: str = "auto"


class Suggest(Noun):
    """What could be asked next about the data of a dashboard?"""

    kind: Literal["suggest"] = "suggest"
    slug: str
    most: int = Field(5, ge=1, le=12)
    planner: str = "auto"


Inquiry = Annotated[Seek | Describe | Suggest, Field(discriminator="kind")]
INQUIRY: TypeAdapter[Seek | Describe | Suggest] = TypeAdapter(Inquiry)


class Sought(Noun):
    """What a search found, and why a model was of no use where it was not."""

    kind: Literal["sought"] = "sought"
    found: Candidates
    outcomes: tuple[str, ...] = ()


class Described(Noun):
    kind: Literal["described"] = "described"
    description: Description


class Suggested(Noun):
    kind: Literal["suggested"] = "suggested"
    suggestions: Suggestions


class Refused(Noun):
    """Why there is no answer: the code of an error, and its sentence."""

    kind: Literal["refused"] = "refused"
    code: str
    sentence: str


Reply = Annotated[Sought | Described | Suggested | Refused, Field(discriminator="kind")]
REPLY: TypeAdapter[Sought | Described | Suggested | Refused] = TypeAdapter(Reply)
