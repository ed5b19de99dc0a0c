"""GeminiProvider: models of Google's Gemini API, by google-genai, else by google-generativeai."""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from ..errors import SetupError
from ..services import Service
from .configuring import address_of, key_of, model_of
from .faults import Origin
from .gemini_line import Asked, GeminiLine
from .prices import price
from .provider import Completion, FoundPage, Pages, Prompt, Provider, Turn, Usage
from .schemas import described, plain

ADDRESS = "https://generativelanguage.googleapis.com"
MODEL = "gemini-3.8-flash"
VERSIONS = ("v1beta", "v1")
"""Of the API. The first is the default: it has all that is asked for here, previews and `-latest` names of models, and
it is the only one that google-generativeai speaks."""
THINKING = 16_000
"""Tokens that a model may think beside its answer: Gemini's limit counts both."""
UNWILLING = frozenset({"SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII"})
SEARCHER = (
    "You find pages on the web from which datasets can be downloaded, such as CSV files and statistical tables of "
    "offices, institutes and open data portals. Search, then name the pages."
)


class GeminiProvider(Provider):
    name = "gemini"

    def __init__(self, service: Service) -> None:
        super().__init__(service)
        self._model = model_of(service, self.name, MODEL).removeprefix("models/")
        key = key_of(service, self.name, "GEMINI_API_KEY")
        self._price = price(self.name, self._model, service)
        self.origin = Origin("Gemini", self._model, "GEMINI_API_KEY", "DASHWRIGHT_GEMINI_MODEL", key)
        address, version = _versioned(address_of(service, self.name, ADDRESS), service.options.get("api_version"))
        self._line = _line(key, address, version, self.origin)
        self.can_search = self._line.has_search

    @property
    def model(self) -> str:
        return self._model

    async def complete(self, prompt: Prompt, timeout: float) -> Completion:
        takes_schema = self._line.takes_schema
        asked = Asked(
            model=self._model,
            system=prompt.system if takes_schema else described(prompt),
            turns=prompt.turns,
            schema=plain(prompt.answer) if takes_schema else None,
            is_json=True,
            most_tokens=prompt.most_tokens + THINKING,
            prompt=prompt,
        )
        async with self.origin.within(timeout):
            answer = self._parsed(await self._line.generate(asked, timeout))
        usage = self._counted(answer.usage_metadata)
        text = self._text(answer, usage)
        return Completion(text=text, provider=self.name, model=answer.model_version or self._model, usage=usage)

    async def search(self, question: str, limit: int, timeout: float) -> Pages:
        turn = Turn(role="user", text=f"Name up to {limit} pages with data about: {question}")
        asked = Asked(model=self._model, system=SEARCHER, turns=(turn,), is_search=True, most_tokens=2_000 + THINKING)
        async with self.origin.within(timeout):
            answer = self._parsed(await self._line.generate(asked, timeout))
        usage = self._counted(answer.usage_metadata)
        self._text(answer, usage)
        return Pages(pages=_pages(answer)[:limit], provider=self.name, usage=usage)

    async def models(self, timeout: float) -> tuple[str, ...] | None:
        async with self.origin.within(timeout):
            return await self._line.models(timeout)

    async def close(self) -> None:
        await self._line.close()

    def _parsed(self, body: str) -> _Answer:
        try:
            return _Answer.model_validate_json(body)
        except ValidationError as error:
            raise self.origin.broken() from error

    def _text(self, answer: _Answer, usage: Usage) -> str:
        if answer.prompt_feedback and answer.prompt_feedback.block_reason:
            raise self.origin.unwilling(answer.prompt_feedback.block_reason, usage)
        if not answer.candidates:
            raise self.origin.empty("", usage)
        candidate = answer.candidates[0]
        reason = candidate.finish_reason or ""
        if reason in UNWILLING or reason.startswith("IMAGE_"):
            raise self.origin.unwilling(reason, usage)
        if reason == "MAX_TOKENS":
            raise self.origin.cut(usage)
        text = "".join(part.text for part in candidate.content.parts if not part.thought)
        if reason != "STOP" or not text.strip():
            raise self.origin.empty(reason, usage)
        return text

    def _counted(self, said: object) -> Usage:
        try:
            used = _Used.model_validate(said)
        except ValidationError:  # An answer is worth reading, too, where the counting is odd.
            return Usage()
        given = used.prompt_token_count + used.tool_use_prompt_token_count
        # google-generativeai drops the count of thoughts, so that only the total has them.
        output = max(used.candidates_token_count + used.thoughts_token_count, used.total_token_count - given)
        usage = Usage(
            input_tokens=given,
            cached_tokens=used.cached_content_token_count,
            output_tokens=output,
            thinking_tokens=output - used.candidates_token_count,
        )
        return usage.model_copy(update={"cost_usd": self._price.of(usage) if self._price else None})


def _line(key: str, address: str, version: str, origin: Origin) -> GeminiLine:
    """By the maintained client if it is there."""
    try:
        from .gemini_genai import GenaiLine

        return GenaiLine(key, address, version, origin)
    except ImportError:
        from .gemini_generativeai import GenerativeaiLine

        return GenerativeaiLine(key, address, origin)


def _versioned(address: str, version: str | None) -> tuple[str, str]:
    """The address without a version that it ends with, and the version."""
    if found := re.search(r"/(v1|v1beta)$", address):
        address, version = address[: found.start()], version or found[1]
    if version and version not in VERSIONS:
        raise SetupError(f"Gemini's API has no version '{version[:20]}' that is known here: {', '.join(VERSIONS)}.")
    return address, version or VERSIONS[0]


def _pages(answer: _Answer) -> tuple[FoundPage, ...]:
    """The pages that an answer rests on, each with what was taken from it."""
    grounding = answer.candidates[0].grounding_metadata
    if grounding is None:
        return ()
    texts: dict[int, str] = {}
    for support in grounding.grounding_supports:
        for index in support.grounding_chunk_indices:
            texts.setdefault(index, support.segment.text)
    found: dict[str, FoundPage] = {}
    for index, chunk in enumerate(grounding.grounding_chunks):
        if chunk.web and chunk.web.uri.startswith(("http://", "https://")):
            page = FoundPage(
                title=chunk.web.title or chunk.web.uri,
                url=chunk.web.uri,
                description=texts.get(index, ""),
                publisher=chunk.web.domain,
            )
            found.setdefault(page.url, page)
    return tuple(found.values())


class _Lenient(BaseModel):
    """What is read of an answer; all else in it is nobody's business."""

    model_config = ConfigDict(extra="ignore", alias_generator=to_camel, validate_by_name=True)


class _Part(_Lenient):
    text: str = ""
    thought: bool = False


class _Content(_Lenient):
    parts: tuple[_Part, ...] = ()


class _Web(_Lenient):
    uri: str = ""
    title: str | None = None
    domain: str | None = None


class _Chunk(_Lenient):
    web: _Web | None = None


class _Segment(_Lenient):
    text: str = ""


class _Support(_Lenient):
    segment: _Segment = _Segment()
    grounding_chunk_indices: tuple[int, ...] = ()


class _Grounding(_Lenient):
    grounding_chunks: tuple[_Chunk, ...] = ()
    grounding_supports: tuple[_Support, ...] = ()


class _Candidate(_Lenient):
    content: _Content = _Content()
    finish_reason: str | None = None
    grounding_metadata: _Grounding | None = None


class _Feedback(_Lenient):
    block_reason: str | None = None


class _Used(_Lenient):
    prompt_token_count: int = Field(0, ge=0)
    candidates_token_count: int = Field(0, ge=0)
    thoughts_token_count: int = Field(0, ge=0)
    cached_content_token_count: int = Field(0, ge=0)
    tool_use_prompt_token_count: int = Field(0, ge=0)
    total_token_count: int = Field(0, ge=0)


class _Answer(_Lenient):
    candidates: tuple[_Candidate, ...] = ()
    prompt_feedback: _Feedback | None = None
    usage_metadata: Any = None
    model_version: str | None = None
