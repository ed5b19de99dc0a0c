"""What a child and its worker tell each other: JSON over a pipe, since what a child sends is never trusted as code."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, TypeAdapter, model_validator

from ...pipelines.model import Candidates, Noun
from ...pipelines.providers import Completion, Pages, Prompt
from ...pipelines.sources.finding import Wanted
from ...pipelines.step import Progress

LONGEST_QUESTION = 2 * 1024**2
"""Bytes of what a child says. A prompt about the widest table is far below; a worker must not be filled by a child."""
LONGEST_ANSWER = 8 * 1024**2
"""Bytes of what a child is told. Answers are limited in tokens, and a service that ignores this is not heard out."""


class Advanced(Noun):
    """How far it is."""

    kind: Literal["advanced"] = "advanced"
    progress: Progress


class WebSearch(Noun):
    """A question to a provider that searches the web."""

    question: str
    limit: int = Field(ge=1, le=100)


class Recall(Noun):
    """A search is about to begin: has it been done lately? Whoever is told no does it, and says how it ended."""

    wanted: Wanted


class Searched(Noun):
    """How a search ended. None: nothing was found out, and whoever waits for it may search."""

    wanted: Wanted
    found: Candidates | None


class Heard(Noun):
    """Sources that were asked: None where one answered, else a sentence why it did not."""

    answers: dict[str, str | None]
    seconds: dict[str, Annotated[float, Field(ge=0, le=86_400)]] = Field(default_factory=dict)
    """What each of them took."""


class Recalled(Noun):
    """What an earlier search found, if there was one."""

    found: Candidates | None = None


Question = Prompt | WebSearch | Recall | Searched | Heard
Answer = Completion | Pages | Recalled


class Asked(Noun):
    """A question to the AI providers or to the memory of searches, which the worker reaches and a child does not."""

    kind: Literal["asked"] = "asked"
    number: int
    """Of the question; its answer has the same."""
    what: Question


class Answered(Noun):
    """What became of a question: an answer, or a sentence why there is none."""

    number: int
    answer: Answer | None = None
    failure: str | None = None

    @model_validator(mode="after")
    def _is_one_of_both(self) -> Self:
        if (self.answer is None) == (self.failure is None):
            raise ValueError("either an answer or a failure")
        return self


class Finished(Noun):
    """All steps have ended; ``version.json`` in the job's folder says what was made."""

    kind: Literal["finished"] = "finished"


class Failed(Noun):
    """Why it ended, as a sentence for people."""

    kind: Literal["failed"] = "failed"
    code: str
    sentence: str = Field(min_length=1)
    cell: str | None = None
    """Of the notebook, where one failed."""
    line: int | None = None


Message = Annotated[Advanced | Asked | Finished | Failed, Field(discriminator="kind")]
MESSAGE: TypeAdapter[Message] = TypeAdapter(Message)
