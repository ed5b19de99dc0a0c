"""CompatibleProvider: any server that speaks OpenAI's protocol, as Ollama, vLLM, llama.cpp and LM Studio do."""

from __future__ import annotations

from typing import Any, Literal

import openai

from ..services import Service
from .chat import ChatProvider, by_schema, in_words, messages
from .provider import Completion, Fault, Prompt
from .schemas import plain

Form = Literal["json_schema", "json_object with schema", "json_object", "none"]
FORMS: tuple[Form, ...] = ("json_schema", "json_object with schema", "json_object", "none")
"""What a server may understand of `response_format`, best first."""
TELLTALES = ("response_format", "json_schema", "json_object", "response format", "grammar", "guided")
BY_STATUS: dict[int, tuple[str, ...]] = {400: TELLTALES, 422: TELLTALES, 500: ("response_format",)}
"""Status → words of a server that does not take the form. llama-cpp-python says 500 for what it cannot validate; of a
server that is out of order the name of the field is asked for, since "grammar" may be a word of the question."""


class CompatibleProvider(ChatProvider):
    """The key is optional, and so is the model where the server has one alone. Says what a server cannot do in
    `response_format` with words, and remembers it."""

    name = "compatible"
    title = "The compatible server"
    address = None
    default_model = ""
    key_setting = "DASHWRIGHT_COMPATIBLE_API_KEY"
    needs_key = False

    def __init__(self, service: Service) -> None:
        super().__init__(service)
        self._form: Form = "json_schema"

    def _headers(self) -> dict[str, Any]:
        headers = super()._headers()
        return headers if self._key else {**headers, "Authorization": openai.Omit()}

    async def complete(self, prompt: Prompt, timeout: float) -> Completion:
        async with self.origin.within(timeout):
            if not self._model:
                self._model = await self._only(timeout)
            return await self._in_some_form(prompt, timeout)

    async def _in_some_form(self, prompt: Prompt, timeout: float) -> Completion:
        for form in FORMS[FORMS.index(self._form) :]:
            try:
                answer = await self._post(prompt, self._in_form(form, prompt), timeout)
            except Fault as fault:
                if form == FORMS[-1] or not _is_about_form(fault.__cause__):
                    raise
            else:
                self._form = form
                return self._read(answer)
        raise AssertionError("the last form returns or raises")

    async def _only(self, timeout: float) -> str:
        """The first model that the server has: most of these have one."""
        found = await self.models(timeout)
        if not found:
            raise Fault("model", f"{self.title} names no model: set {self.origin.model_setting}.")
        return found[0]

    def _in_form(self, form: Form, prompt: Prompt) -> dict[str, Any]:
        body: dict[str, Any] = {"model": self._model, "max_tokens": prompt.most_tokens}
        if form == "json_schema":
            return {**body, "messages": messages(prompt, prompt.system), "response_format": by_schema(prompt)}
        if form == "json_object with schema":
            # Also in words: a server that knows no schema here leaves it out without a word.
            form_of_answer = {"type": "json_object", "schema": plain(prompt.answer)}
            return {**body, "messages": in_words(prompt), "response_format": form_of_answer}
        if form == "json_object":
            return {**body, "messages": in_words(prompt), "response_format": {"type": "json_object"}}
        return {**body, "messages": in_words(prompt)}


def _is_about_form(error: BaseException | None) -> bool:
    """Whether a server would take the same question in a plainer form."""
    if not isinstance(error, openai.APIStatusError):
        return False
    text = error.response.text.lower()
    return any(word in text for word in BY_STATUS.get(error.status_code, ()))
