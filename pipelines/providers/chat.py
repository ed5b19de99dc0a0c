"""ChatProvider: what OpenAI, Perplexity and all servers that speak OpenAI's protocol have in common."""

from __future__ import annotations

import re
from typing import Any, ClassVar

import openai
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..services import Service
from .configuring import address_of, key_of, model_of
from .faults import Origin, Said, said_by_chat
from .prices import price
from .provider import Completion, Fault, Prompt, Provider, Usage
from .schemas import described, plain

THOUGHT = re.compile(r"\A\s*<think>.*?</think>\s*", re.DOTALL)
"""What some models think aloud before they answer."""
ROLES = {"user": "user", "model": "assistant"}


class ChatProvider(Provider):
    """``POST /chat/completions`` by the openai client."""

    title: ClassVar[str]
    address: ClassVar[str | None]
    """The service's own; None: there is only that of the settings."""
    default_model: ClassVar[str]
    key_setting: ClassVar[str]
    needs_key: ClassVar[bool] = True

    def __init__(self, service: Service) -> None:
        super().__init__(service)
        self._model = model_of(service, self.name, self.default_model)
        self._key = key_of(service, self.name, self.key_setting, is_needed=self.needs_key)
        self._price = price(self.name, self._model, service)
        self._client = openai.AsyncOpenAI(
            api_key=self._key or "none",
            base_url=address_of(service, self.name, self.address),
            max_retries=0,
        )

    @property
    def model(self) -> str:
        return self._model

    @property
    def origin(self) -> Origin:
        return Origin(self.title, self._model, self.key_setting, f"DASHWRIGHT_{self.name.upper()}_MODEL", self._key)

    def _headers(self) -> dict[str, Any]:
        """Beside those of the client, which for others than OpenAI must not tell whose account with OpenAI this is."""
        return {"OpenAI-Organization": openai.Omit(), "OpenAI-Project": openai.Omit()}

    async def complete(self, prompt: Prompt, timeout: float) -> Completion:
        async with self.origin.within(timeout):
            return self._read(await self._post(prompt, self._body(prompt), timeout))

    async def models(self, timeout: float) -> tuple[str, ...] | None:
        async with self.origin.within(timeout):
            try:
                raw = await self._client.models.with_raw_response.list(timeout=timeout, extra_headers=self._headers())
                listed = _Models.model_validate_json(raw.http_response.content)
            except openai.NotFoundError:
                return None
            except openai.OpenAIError as error:
                raise self._fault(error, timeout) from error
            except ValidationError:
                return None
        return tuple(item.id for item in listed.data)

    async def close(self) -> None:
        await self._client.close()

    def _body(self, prompt: Prompt) -> dict[str, Any]:
        """The request. What the client does not know of is told as `extra_body`."""
        raise NotImplementedError

    async def _post(self, prompt: Prompt, body: dict[str, Any], timeout: float) -> _Answer:
        try:
            raw = await self._client.chat.completions.with_raw_response.create(
                **body, timeout=timeout, extra_headers=self._headers()
            )
        except openai.OpenAIError as error:
            raise self._fault(error, timeout, prompt) from error
        try:
            answer = _Answer.model_validate_json(raw.http_response.content)
        except ValidationError as error:
            raise self.origin.broken() from error
        if answer.error is not None and not answer.choices:
            said = said_by_chat({"error": answer.error}, raw.http_response.headers)
            raise self.origin.refused(int(said.code) if said.code.isdigit() else 500, said, prompt)
        return answer

    def _read(self, answer: _Answer) -> Completion:
        usage = self._counted(answer.usage)
        if not answer.choices:
            raise self.origin.empty("", usage)
        choice = answer.choices[0]
        if choice.message.refusal:
            raise self.origin.unwilling("refusal", usage)
        if choice.finish_reason == "content_filter":
            raise self.origin.unwilling("content_filter", usage)
        if choice.finish_reason == "length":
            raise self.origin.cut(usage)
        text = THOUGHT.sub("", choice.message.content or "")
        if not text.strip():
            raise self.origin.empty(choice.finish_reason or "", usage)
        return Completion(text=text, provider=self.name, model=answer.model or self._model, usage=usage)

    def _counted(self, said: object) -> Usage:
        try:
            used = _Used.model_validate(said)
        except ValidationError:  # An answer is worth reading, too, where the counting is odd.
            return Usage()
        thinking = used.reasoning_tokens or (used.completion_tokens_details or _Details()).reasoning_tokens or 0
        output = used.completion_tokens if used.completion_tokens >= thinking else used.completion_tokens + thinking
        usage = Usage(
            input_tokens=used.prompt_tokens,
            cached_tokens=(used.prompt_tokens_details or _Details()).cached_tokens or 0,
            output_tokens=output,
            thinking_tokens=thinking,
        )
        cost = used.cost.total_cost if used.cost else None
        if cost is None and self._price:
            cost = self._price.of(usage)
        return usage.model_copy(update={"cost_usd": cost})

    def _fault(self, error: openai.OpenAIError, timeout: float, prompt: Prompt | None = None) -> Fault:
        if isinstance(error, openai.APITimeoutError):
            return self.origin.late(timeout)
        if isinstance(error, openai.APIStatusError):
            said = said_by_chat(error.body, error.response.headers)
            if prompt is None and error.status_code == 404:
                said = Said(code=said.code)
            return self.origin.refused(error.status_code, said, prompt)
        if isinstance(error, openai.APIConnectionError):
            return self.origin.unreachable(error)
        return self.origin.broken()


def messages(prompt: Prompt, system: str, role: str = "system") -> list[dict[str, str]]:
    return [
        {"role": role, "content": system},
        *({"role": ROLES[turn.role], "content": turn.text} for turn in prompt.turns),
    ]


def by_schema(prompt: Prompt) -> dict[str, Any]:
    """Structured output by JSON Schema."""
    schema = {"name": prompt.operation, "strict": True, "schema": plain(prompt.answer)}
    return {"type": "json_schema", "json_schema": schema}


def in_words(prompt: Prompt) -> list[dict[str, str]]:
    """The messages, with the schema in the system's."""
    return messages(prompt, described(prompt))


class _Lenient(BaseModel):
    """What is read of an answer; all else in it is nobody's business."""

    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False)


class _Message(_Lenient):
    content: str | None = None
    refusal: str | None = None


class _Choice(_Lenient):
    message: _Message = _Message()
    finish_reason: str | None = None


class _Details(_Lenient):
    cached_tokens: int | None = Field(None, ge=0)
    reasoning_tokens: int | None = Field(None, ge=0)


class _Cost(_Lenient):
    total_cost: float | None = Field(None, ge=0)


class _Used(_Lenient):
    prompt_tokens: int = Field(0, ge=0)
    completion_tokens: int = Field(0, ge=0)
    reasoning_tokens: int | None = Field(None, ge=0)
    prompt_tokens_details: _Details | None = None
    completion_tokens_details: _Details | None = None
    cost: _Cost | None = None


class _Answer(_Lenient):
    model: str = ""
    choices: tuple[_Choice, ...] = ()
    usage: object = None
    error: dict[str, Any] | str | None = None


class _Model(_Lenient):
    id: str


class _Models(_Lenient):
    data: tuple[_Model, ...] = ()
