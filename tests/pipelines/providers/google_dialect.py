"""The Gemini API at the wire."""

from __future__ import annotations

from typing import Any

from .dialect import KEY, Dialect
from .wire import Reply, said

USED = {
    "promptTokenCount": 12,
    "candidatesTokenCount": 34,
    "thoughtsTokenCount": 100,
    "cachedContentTokenCount": 4,
    "totalTokenCount": 146,
    "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 12}],
}


def candidate(finish: str = "STOP", parts: list[dict[str, Any]] | None = None, **more: Any) -> Reply:
    content = {} if parts is None else {"content": {"parts": parts, "role": "model"}}
    ratings = [{"category": "HARM_CATEGORY_HARASSMENT", "probability": "NEGLIGIBLE"}]
    one = {**content, "finishReason": finish, "index": 0, "safetyRatings": ratings, **more}
    return said(
        {"candidates": [one], "usageMetadata": USED, "modelVersion": "gemini-3.8-flash", "responseId": "abc"},
    )


def answer(text: str) -> Reply:
    return candidate(parts=[{"text": text}])


def error(status: int, word: str, message: str, *details: dict[str, Any]) -> Reply:
    return said({"error": {"code": status, "message": message, "status": word, "details": list(details)}}, status)


def quota(period: str) -> dict[str, Any]:
    return {
        "@type": "type.googleapis.com/google.rpc.QuotaFailure",
        "violations": [
            {
                "quotaMetric": "generativelanguage.googleapis.com/generate_content_free_tier_requests",
                "quotaId": f"GenerateRequestsPer{period}PerProjectPerModel-FreeTier",
                "quotaDimensions": {"location": "global", "model": "gemini-3.8-flash"},
                "quotaValue": "10",
            }
        ],
    }


RETRY = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "2.5s"}
KEYLESS = {
    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
    "reason": "API_KEY_INVALID",
    "domain": "googleapis.com",
}

GEMINI = Dialect(
    name="gemini",
    title="Gemini",
    answer=answer,
    models=said(
        {
            "models": [
                {"name": "models/one", "supportedGenerationMethods": ["generateContent", "countTokens"]},
                {"name": "models/two", "supportedGenerationMethods": ["generateContent"]},
                {"name": "models/measure", "supportedGenerationMethods": ["embedContent"]},
            ]
        }
    ),
    is_models=lambda asked: asked.method == "GET" and asked.path.endswith("/models"),
    faults={
        "400": (error(400, "INVALID_ARGUMENT", "The schema is too deep."), "request"),
        "400 for the key": (error(400, "INVALID_ARGUMENT", f"API key {KEY} not valid.", KEYLESS), "key"),
        "401": (error(401, "UNAUTHENTICATED", "Who are you?"), "key"),
        "403": (error(403, "PERMISSION_DENIED", "Not you."), "key"),
        "404": (error(404, "NOT_FOUND", "models/gemini-3.8-flash is not found for API version v1beta"), "model"),
        "429": (error(429, "RESOURCE_EXHAUSTED", "Please retry in 2.5s.", quota("Minute"), RETRY), "busy"),
        "daily quota": (error(429, "RESOURCE_EXHAUSTED", "You exceeded it.", quota("Day"), RETRY), "quota"),
        "500": (error(500, "INTERNAL", "Oh."), "down"),
        "503": (error(503, "UNAVAILABLE", "The model is overloaded."), "down"),
        "empty candidates": (said({"candidates": [], "usageMetadata": USED}), "empty"),
        "no candidates": (said({"usageMetadata": USED}), "empty"),
        "an answer of thoughts": (candidate("MAX_TOKENS"), "cut"),
        "refusal": (
            said({"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": USED}),
            "refused",
        ),
        "filtered": (candidate("SAFETY"), "refused"),
        "cut in mid-JSON": (candidate("MAX_TOKENS", [{"text": '{"title":"T","ste'}]), "cut"),
        "strange end": (candidate("MALFORMED_RESPONSE", [{"text": "{}"}]), "empty"),
    },
)
