"""What a child tells its worker: JSON over a pipe, since what a child sends is never trusted as code."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from ...pipelines.model import Noun
from ...pipelines.step import Progress


class Advanced(Noun):
    """How far it is."""

    kind: Literal["advanced"] = "advanced"
    progress: Progress


class Finished(Noun):
    """All steps have ended; ``version.json`` in the job's folder says what was made."""

    kind: Literal["finished"] = "finished"


class Failed(Noun):
    """Why it ended, as a sentence for people."""

    kind: Literal["failed"] = "failed"
    code: str
    sentence: str = Field(min_length=1)


Message = Annotated[Advanced | Finished | Failed, Field(discriminator="kind")]
MESSAGE: TypeAdapter[Message] = TypeAdapter(Message)
