"""Provider: a service that completes prompts with a language model. What every one of them does.

A provider only carries a prompt to its service and brings the answer back, with what it cost. What is asked, and what
an answer is worth, is the business of `planners.llm`; trying again and trying the next one is that of `gateway`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import date
from typing import Any, ClassVar, Literal, Protocol

from pydantic import Field

from ..errors import ProviderError
from ..model import Noun
from ..services import Service

Operation = Literal[
    "analyze_query",
    "find_datasets",
    "rank_datasets",
    "analyze_dataset",
    "plan_dashboard",
    "amend_plan",
    "suggest_questions",
]


class Turn(Noun):
    """What one side said."""

    role: Literal["user", "model"]
    text: str


class Prompt(Noun):
    """A question to a model, complete in itself: the same prompt may be answered from a cache."""

    operation: Operation
    system: str
    """What the model is, and the rules that nothing in `turns` may change."""
    turns: tuple[Turn, ...] = Field(min_length=1)
    """Ends with the user; earlier turns hold a refused answer and what was wrong with it."""
    answer: dict[str, Any]
    """JSON Schema of the answer: an object; every property required, optional ones may be null; no recursion."""
    most_tokens: int = Field(8_000, ge=1)
    """Of the answer; what a model thinks comes on top where the service counts it apart."""


class Usage(Noun):
    """What one call took, as the service counts it."""

    input_tokens: int = Field(0, ge=0)
    cached_tokens: int = Field(0, ge=0)
    """The part of `input_tokens` that was cheaper, since the service had seen it before."""
    output_tokens: int = Field(0, ge=0)
    """With `thinking_tokens`."""
    thinking_tokens: int = Field(0, ge=0)
    cost_usd: float | None = Field(None, ge=0)
    """As the service itself says it, else by `prices`; None: the model's price is not known."""


class Completion(Noun):
    """A whole answer. It need not be JSON, let alone what was asked for."""

    text: str
    provider: str
    model: str
    usage: Usage = Usage()
    seconds: float = Field(0.0, ge=0)
    """Of the successful call alone."""
    is_cached: bool = False
    """Answered by us from an identical earlier call: it cost nothing."""


class FoundPage(Noun):
    """A page of the web that a provider's search named. Its address is hostile until a source has looked at it."""

    title: str
    url: str
    description: str = ""
    publisher: str | None = None
    updated_on: date | None = None


class Pages(Noun):
    """What a web search found, best first."""

    pages: tuple[FoundPage, ...] = ()
    provider: str
    usage: Usage = Usage()


FaultKind = Literal["busy", "down", "quota", "key", "model", "request", "refused", "cut", "empty"]
"""busy: asked too often, later is fine. down: no or a broken answer, time-outs too. quota: nothing left today or paid
for. key: missing, wrong or without the right. model: there is none of this name. request: the service does not take
what we send. refused: the model or its filter will not answer. cut: longer than allowed. empty: an answer without text.
"""


class Fault(Exception):  # noqa: N818 - it never leaves the gateway; ProviderError does
    """One call that brought no usable answer."""

    def __init__(
        self, kind: FaultKind, sentence: str, *, retry_after: float | None = None, usage: Usage | None = None
    ) -> None:
        super().__init__(sentence)
        self.kind = kind
        self.sentence = sentence
        """For people; never with a key, an address with secrets, or the prompt."""
        self.retry_after = retry_after
        """Seconds that the service asked to wait."""
        self.usage = usage or Usage()
        """A refused or cut answer is paid for, too."""


class Provider(ABC):
    """Every implementation passes ``tests/pipelines/providers/test_providers.py``.

    Made once and used by one event loop. A call that is cancelled closes its connection. No method tries twice:
    retries of the client libraries are switched off.
    """

    name: ClassVar[str]
    """The key in the table of providers."""
    can_search: bool = False

    def __init__(self, service: Service) -> None:
        self.service = service

    @property
    @abstractmethod
    def model(self) -> str:
        """The name of the model that is asked."""

    @abstractmethod
    async def complete(self, prompt: Prompt, timeout: float) -> Completion:
        """The whole answer within so many seconds, also when it comes drop by drop.

        Raises:
            Fault: there is none.
        """

    async def search(self, question: str, limit: int, timeout: float) -> Pages:  # noqa: ARG002
        """Pages of the web with data about a question, where `can_search`.

        Raises:
            Fault: the service did not answer.
        """
        return Pages(provider=self.name)

    @abstractmethod
    async def models(self, timeout: float) -> tuple[str, ...] | None:
        """Names of the models that can be asked. None: the service does not tell. Costs nothing; also tells whether
        the service is there at all and takes the key.

        Raises:
            Fault: the service does not answer, or not with this key.
        """

    async def close(self) -> None:
        """Close what is open."""
        return


class Providers(Protocol):
    """The configured providers as a step sees them: one question, one answer, from whichever provider could give it."""

    @property
    def names(self) -> tuple[str, ...]:
        """In the order in which they are asked. Empty: no model can be asked."""
        ...

    def complete(self, prompt: Prompt) -> Completion:
        """
        Raises:
            ProviderError: no provider gave an answer; the sentence says why for each.
        """
        ...

    def search(self, question: str, limit: int) -> Pages:
        """
        Raises:
            ProviderError: no provider that searches the web gave an answer, or none is configured.
        """
        ...


class NoProviders:
    """What a step gets where no model is configured."""

    names: tuple[str, ...] = ()

    def complete(self, prompt: Prompt) -> Completion:
        raise ProviderError(f"No AI provider is configured, so nobody can be asked to {prompt.operation}.")

    def search(self, question: str, limit: int) -> Pages:  # noqa: ARG002
        raise ProviderError("No AI provider that searches the web is configured.")
