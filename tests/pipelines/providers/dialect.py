"""Dialect: how one service says what all services say. The shared tests know no other difference between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from dashwright.pipelines.providers import FaultKind, Prompt, Turn

from .wire import Asked, Reply

KEY = "sesame-0123456789-open"
SECRET = "What did the bees of Aunt Agatha earn in the spring of 1899?"
SCHEMA: dict[str, Any] = {
    "type": "object",
    "title": "Plan",
    "properties": {
        "title": {"type": "string", "maxLength": 80, "description": "For people."},
        "widget": {"oneOf": [{"$ref": "#/$defs/Bar"}, {"type": "null"}], "default": None},
    },
    "required": ["title"],
    "$defs": {"Bar": {"type": "object", "properties": {"type": {"const": "bar"}}}},
}
PLAIN: dict[str, Any] = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "description": "For people."},
        "widget": {"anyOf": [{"$ref": "#/$defs/Bar"}, {"type": "null"}]},
    },
    "required": ["title", "widget"],
    "additionalProperties": False,
    "$defs": {
        "Bar": {
            "type": "object",
            "properties": {"type": {"enum": ["bar"]}},
            "required": ["type"],
            "additionalProperties": False,
        }
    },
}
"""The same in the words that all services take."""


def prompt(**more: Any) -> Prompt:
    values = {
        "operation": "plan_dashboard",
        "system": "You plan dashboards.",
        "turns": (
            Turn(role="user", text=SECRET),
            Turn(role="model", text='{"title": 1}'),
            Turn(role="user", text="'title' is a text. Größe, 温度, \U0001f41d?"),
        ),
        "answer": SCHEMA,
        "most_tokens": 500,
    }
    return Prompt.model_validate(values | more)


class Fits(Protocol):
    def __call__(self, text: str, /) -> Reply: ...


@dataclass(frozen=True)
class Dialect:
    name: str
    title: str
    answer: Fits
    """A whole answer with 12 tokens in, 4 of them cached, and 134 out, 100 of them thought."""
    faults: Mapping[str, tuple[Reply, FaultKind]]
    """Case → what the service sends, and what kind of fault that is."""
    models: Reply
    """That it has "one" and "two"."""
    is_models: Callable[[Asked], bool]
    base: str = ""
    """What follows the host in the base URL."""
