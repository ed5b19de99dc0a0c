"""GeminiLine: what both of Google's client libraries do for `GeminiProvider`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from .provider import Prompt, Turn


@dataclass(frozen=True)
class Asked:
    """One request."""

    model: str
    system: str
    turns: tuple[Turn, ...]
    most_tokens: int
    schema: dict[str, Any] | None = None
    is_json: bool = False
    is_search: bool = False
    prompt: Prompt | None = None
    """Where it comes from: no fault may quote it."""


class GeminiLine(Protocol):
    takes_schema: ClassVar[bool]
    has_search: ClassVar[bool]

    async def generate(self, asked: Asked, timeout: float) -> str:
        """The answer's body: JSON in the API's own spelling.

        Raises:
            Fault: there is none.
        """
        ...

    async def models(self, timeout: float) -> tuple[str, ...]:
        """
        Raises:
            Fault: the service does not tell.
        """
        ...

    async def close(self) -> None: ...
