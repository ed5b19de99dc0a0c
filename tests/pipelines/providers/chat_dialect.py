"""OpenAI's chat completions at the wire, and what Perplexity and others made of them."""

from __future__ import annotations

from typing import Any

from .dialect import KEY, Dialect
from .wire import Reply, said

USED = {
    "prompt_tokens": 12,
    "completion_tokens": 134,
    "total_tokens": 146,
    "prompt_tokens_details": {"cached_tokens": 4, "audio_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 100, "audio_tokens": 0},
}
COST = {
    "input_tokens_cost": 0.0,
    "output_tokens_cost": 0.001,
    "request_cost": 0.006,
    "total_cost": 0.007,
}


def choice(finish: str | None = "stop", usage: dict[str, Any] = USED, **message: Any) -> Reply:
    one = {
        "index": 0,
        "message": {"role": "assistant", "content": None, "refusal": None, "annotations": [], **message},
        "logprobs": None,
        "finish_reason": finish,
    }
    return said(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1_700_000_000,
            "model": "the-model-2026",
            "choices": [one],
            "usage": usage,
            "service_tier": "default",
        }
    )


def answer(text: str) -> Reply:
    return choice(content=text)


def error(
    status: int, code: str | int | None, message: str, kind: str = "invalid_request_error", **headers: str
) -> Reply:
    return said({"error": {"message": message, "type": kind, "param": None, "code": code}}, status, **headers)


LIMITS = {"retry_after": "2.5", "x_ratelimit_remaining_requests": "0"}
FAULTS: dict[str, Any] = {
    "400": (error(400, "invalid_schema", "The schema is too deep."), "request"),
    "401": (error(401, "invalid_api_key", f"Incorrect API key provided: {KEY}."), "key"),
    "403": (error(403, "no_access", "Not you."), "key"),
    "404": (error(404, "model_not_found", "The model does not exist."), "model"),
    "429": (error(429, "rate_limit_exceeded", "Slow down.", "requests", **LIMITS), "busy"),
    "daily quota": (error(429, "insufficient_quota", "You exceeded it.", "insufficient_quota", **LIMITS), "quota"),
    "500": (error(500, None, "Oh.", "server_error"), "down"),
    "503": (error(503, None, "Overloaded.", "server_error"), "down"),
    "empty candidates": (said({"id": "1", "choices": [], "usage": USED}), "empty"),
    "no candidates": (said({"id": "1", "usage": USED}), "empty"),
    "an answer of thoughts": (choice("length"), "cut"),
    "refusal": (choice(refusal="I will not."), "refused"),
    "filtered": (choice("content_filter"), "refused"),
    "cut in mid-JSON": (choice("length", content='{"title":"T","ste'), "cut"),
    "an error with success": (said({"error": {"message": "Oh.", "code": 502}}), "down"),
    "a text instead of an object": (said("What?"), "down"),
}
MODELS = said({"object": "list", "data": [{"id": "one", "object": "model"}, {"id": "two", "object": "model"}]})


def _dialect(name: str, title: str, base: str, **more: Any) -> Dialect:
    return Dialect(
        name=name,
        title=title,
        answer=more.get("answer", answer),
        faults=FAULTS | more.get("faults", {}),
        models=MODELS,
        is_models=lambda asked: asked.method == "GET" and asked.path == f"{base}/models",
        base=base,
    )


def searched(text: str) -> Reply:
    """As Perplexity answers: with sources nobody asked for, and its price."""
    reply = choice(content=text, usage=USED | {"search_context_size": "low", "cost": COST}).body
    return Reply(
        reply[:-1] + b', "citations": ["https://a.example"], "search_results": []}',
        headers={"content-type": "application/json"},
    )


OPENAI = _dialect("openai", "OpenAI", "/v1")
PERPLEXITY = _dialect(
    "perplexity",
    "Perplexity",
    "",
    answer=searched,
    faults={
        "401": (Reply(b"<html><h1>401 Authorization Required</h1></html>", 401, {"content-type": "text/html"}), "key"),
        "429": (error(429, 429, "Slow down.", "rate_limit", **LIMITS), "busy"),
        "thoughts alone": (choice(content="<think>Hm.</think>\n"), "empty"),
    },
)
COMPATIBLE = _dialect("compatible", "The compatible server", "/v1")
