"""OpenAIProvider: models of OpenAI, by its chat completions."""

from __future__ import annotations

from typing import Any

from .chat import ChatProvider, by_schema, messages
from .provider import Prompt

THINKING = 16_000
"""Tokens that a model may think beside its answer: OpenAI's limit counts both."""


class OpenAIProvider(ChatProvider):
    name = "openai"
    title = "OpenAI"
    address = "https://api.openai.com/v1"
    default_model = "gpt-5.5"
    key_setting = "OPENAI_API_KEY"

    def _headers(self) -> dict[str, Any]:
        return {}

    def _body(self, prompt: Prompt) -> dict[str, Any]:
        return {
            "model": self.model,
            "messages": messages(prompt, prompt.system, role="developer"),
            "response_format": by_schema(prompt),
            "max_completion_tokens": prompt.most_tokens + THINKING,
            "store": False,
        }
