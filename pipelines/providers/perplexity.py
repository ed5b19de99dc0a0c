"""PerplexityProvider: models of Perplexity, and its search for pages with data."""

from __future__ import annotations

from datetime import date
from typing import Any

import openai
from pydantic import BaseModel, ConfigDict, ValidationError

from .chat import ChatProvider, by_schema, messages
from .prices import SEARCH_USD
from .provider import FoundPage, Pages, Prompt, Usage

LONGEST_QUERY = 500
MOST_PAGES = 20


class PerplexityProvider(ChatProvider):
    """Plans without looking at the web: what is in the data is in the prompt, and a search costs extra."""

    name = "perplexity"
    can_search = True
    title = "Perplexity"
    address = "https://api.perplexity.ai"
    default_model = "sonar-pro"
    key_setting = "PERPLEXITY_API_KEY"

    def _body(self, prompt: Prompt) -> dict[str, Any]:
        return {
            "model": self.model,
            "messages": messages(prompt, prompt.system),
            "response_format": by_schema(prompt),
            "max_tokens": prompt.most_tokens,
            "extra_body": {"disable_search": True},
        }

    async def search(self, question: str, limit: int, timeout: float) -> Pages:
        query = f"dataset download: {question}"[:LONGEST_QUERY]
        body = {"query": query, "max_results": min(limit, MOST_PAGES)}
        async with self.origin.within(timeout):
            try:
                found = await self._client.post(
                    "/search", body=body, cast_to=object, options={"timeout": timeout, "headers": self._headers()}
                )
                results = _Found.model_validate(found).results
            except openai.OpenAIError as error:
                raise self._fault(error, timeout) from error
            except ValidationError as error:
                raise self.origin.broken() from error
        pages = tuple(result.page() for result in results if result.url.startswith(("http://", "https://")))
        return Pages(pages=pages[:limit], provider=self.name, usage=Usage(cost_usd=SEARCH_USD))


class _Result(BaseModel):
    model_config = ConfigDict(extra="ignore")

    url: str
    title: str | None = None
    snippet: str | None = None
    date: str | None = None
    last_updated: str | None = None

    def page(self) -> FoundPage:
        return FoundPage(
            title=self.title or self.url,
            url=self.url,
            description=self.snippet or "",
            updated_on=_day(self.last_updated) or _day(self.date),
        )


class _Found(BaseModel):
    model_config = ConfigDict(extra="ignore")

    results: tuple[_Result, ...] = ()


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None
