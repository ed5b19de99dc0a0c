"""The part of JSON Schema that all services take. What is left out is checked by us when the answer is there."""

from __future__ import annotations

import json
from typing import Any

from .provider import Prompt

KEPT = frozenset({"type", "description", "enum", "minItems", "maxItems", "minimum", "maximum", "additionalProperties"})
"""Understood by Gemini's `responseJsonSchema` and by OpenAI's strict mode. Others are refused by one of them."""


def plain(schema: Any) -> Any:
    """The same schema in the words that Gemini, OpenAI, Perplexity and grammars of llama.cpp and vLLM share: objects
    are closed and have all their properties, alternatives are `anyOf`, constants are an `enum` of one."""
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}  # Nothing may stand beside it.
    if len(schema.get("allOf", ())) == 1:
        return plain(schema["allOf"][0])  # How older pydantic writes a reference with a description.
    made = {word: value for word, value in schema.items() if word in KEPT}
    if "const" in schema:
        made["enum"] = [schema["const"]]
    for word in ("anyOf", "oneOf"):
        if word in schema:
            made["anyOf"] = [plain(part) for part in schema[word]]
    if "items" in schema:
        made["items"] = plain(schema["items"])
    if "properties" in schema:
        made["properties"] = {name: plain(part) for name, part in schema["properties"].items()}
        made["required"] = list(schema["properties"])
        made["additionalProperties"] = False
    if "$defs" in schema:
        made["$defs"] = {name: plain(part) for name, part in schema["$defs"].items()}
    return made


def described(prompt: Prompt) -> str:
    """The system's text with the schema in words: for services that take no schema."""
    schema = json.dumps(plain(prompt.answer), ensure_ascii=False, separators=(",", ":"))
    return (
        f"{prompt.system}\n\nAnswer with one JSON object and nothing else: no comment, no code fence. It follows this "
        f"JSON Schema:\n{schema}"
    )
