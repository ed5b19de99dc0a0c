"""What tokens cost, where the service does not say it.

The table is an estimate of 2026-11-25, on the dear side, so that a budget ends early rather than late; no service tells
its prices by program. Whoever knows better sets `Service.options["price"]`.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

from pydantic import Field

from ..errors import SetupError
from ..model import Noun
from ..services import Service
from .provider import Usage


class Price(Noun):
    """US dollars for a million tokens."""

    input: float = Field(ge=0)
    cached: float = Field(ge=0)
    output: float = Field(ge=0)
    """Thinking is output."""

    def of(self, usage: Usage) -> float:
        cached = min(usage.cached_tokens, usage.input_tokens)
        fresh = usage.input_tokens - cached
        return (fresh * self.input + cached * self.cached + usage.output_tokens * self.output) / 1_000_000


ESTIMATES: dict[str, tuple[tuple[str, Price], ...]] = {
    "gemini": (
        ("gemini-*flash-lite*", Price(input=0.3, cached=0.1, output=2.5)),
        ("gemini-*flash*", Price(input=1, cached=0.25, output=6)),
        ("gemini-*", Price(input=4, cached=1, output=20)),
    ),
    "openai": (
        ("gpt-*nano*", Price(input=0.3, cached=0.1, output=2)),
        ("gpt-*mini*", Price(input=1, cached=0.25, output=6)),
        ("gpt-*", Price(input=5, cached=1, output=30)),
    ),
    "perplexity": (
        ("sonar", Price(input=1, cached=1, output=1)),
        ("sonar-*", Price(input=3, cached=3, output=15)),
    ),
}
"""Provider → pattern of the model's name → estimate; the first that fits counts. Others have no price."""

SEARCH_USD = 0.005
"""A request to Perplexity's search, which has no tokens; estimate of 2026-11-25."""


def price(provider: str, model: str, service: Service) -> Price | None:
    """
    Raises:
        SetupError: the option "price" is not three numbers.
    """
    if text := service.options.get("price"):
        return _read(provider, text)
    name = model.removeprefix("models/").lower()
    return next((price for pattern, price in ESTIMATES.get(provider, ()) if fnmatchcase(name, pattern)), None)


def _read(provider: str, text: str) -> Price:
    try:
        given, cached, output = (float(part) for part in text.split("/"))
        return Price(input=given, cached=cached, output=output)
    except ValueError as error:
        raise SetupError(
            f"The price '{text[:50]}' of {provider} is not understood: write US dollars for a million tokens as "
            "input/cached/output, as in 0.30/0.075/2.50."
        ) from error
