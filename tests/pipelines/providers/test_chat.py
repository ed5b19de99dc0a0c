"""What is particular to OpenAI, Perplexity and compatible servers: their requests, Perplexity's search, and how a
server is asked that takes no schema."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import date
from typing import TypeVar

import pytest

from dashwright.pipelines.providers import Fault, Provider, Usage, provider
from dashwright.pipelines.services import Service

from .chat_dialect import answer, choice, error
from .conftest import Serve
from .dialect import KEY, PLAIN, prompt
from .wire import PATIENCE, Asked, Reply, Wire, said

Result = TypeVar("Result")
SCHEMA = {"type": "json_schema", "json_schema": {"name": "plan_dashboard", "strict": True, "schema": PLAIN}}


def sent(role: str) -> list[dict[str, str]]:
    first, second, third = (turn.text for turn in prompt().turns)
    return [
        {"role": role, "content": "You plan dashboards."},
        {"role": "user", "content": first},
        {"role": "assistant", "content": second},
        {"role": "user", "content": third},
    ]


def made(name: str, wire: Wire, *, key: str | None = KEY, model: str | None = "the-model") -> Provider:
    base = wire.url if name == "perplexity" else f"{wire.url}/v1"
    options = {"model": model} if model else {}
    return provider(name, Service.model_validate({"base_url": base, "key": key, "options": options}))


def run(provider: Provider, *calls: Callable[[Provider], Awaitable[Result]]) -> list[Result]:
    async def all_of_it() -> list[Result]:
        try:
            return [await call(provider) for call in calls]
        finally:
            await provider.close()

    return asyncio.run(all_of_it())


async def text(provider: Provider) -> str:
    return (await provider.complete(prompt(), PATIENCE)).text


def test_openai_is_asked_strictly_and_to_forget(serve: Serve) -> None:
    wire = serve(answer("{}"))
    run(made("openai", wire), text)
    asked = wire.asked[0]
    assert (asked.method, asked.target) == ("POST", "/v1/chat/completions")
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert asked.body == {
        "model": "the-model",
        "messages": sent("developer"),
        "response_format": SCHEMA,
        "max_completion_tokens": 16_500,
        "store": False,
    }


def test_perplexity_is_asked_not_to_search(serve: Serve) -> None:
    wire = serve(answer("{}"))
    run(made("perplexity", wire), text)
    asked = wire.asked[0]
    assert (asked.method, asked.target) == ("POST", "/chat/completions")
    assert asked.body == {
        "model": "the-model",
        "messages": sent("system"),
        "response_format": SCHEMA,
        "max_tokens": 500,
        "disable_search": True,
    }


def test_a_compatible_server_is_asked_in_the_oldest_words(serve: Serve) -> None:
    wire = serve(answer("{}"))
    run(made("compatible", wire), text)
    asked = wire.asked[0]
    assert (asked.method, asked.target) == ("POST", "/v1/chat/completions")
    assert asked.body == {
        "model": "the-model",
        "messages": sent("system"),
        "response_format": SCHEMA,
        "max_tokens": 500,
    }


@pytest.mark.parametrize("name", ["perplexity", "compatible"])
def test_nobody_else_learns_of_an_account_with_openai(serve: Serve, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for variable, value in {
        "OPENAI_API_KEY": "sk-openai",
        "OPENAI_ORG_ID": "org-1",
        "OPENAI_PROJECT_ID": "proj-1",
        "OPENAI_BASE_URL": "http://127.0.0.1:9",
    }.items():
        monkeypatch.setenv(variable, value)
    wire = serve(answer("{}"))
    run(made(name, wire), text)
    assert not {"sk-openai", "org-1", "proj-1"} & {
        value.removeprefix("Bearer ") for value in wire.asked[0].headers.values()
    }


@pytest.mark.parametrize("name", ["perplexity", "compatible"])
def test_thoughts_before_the_answer_are_left_out(serve: Serve, name: str) -> None:
    wire = serve(answer('<think>\nLet me see: {"a": 2}\n</think>\n\n{"a": 1}'))
    assert run(made(name, wire), text) == ['{"a": 1}']


# --- compatible servers -------------------------------------------------------------------------------------------


def test_no_key_means_no_header(serve: Serve) -> None:
    wire = serve(answer("{}"))
    run(made("compatible", wire, key=None), text)
    assert "authorization" not in wire.asked[0].headers


def test_the_only_model_of_a_server_is_found(serve: Serve) -> None:
    listed = said({"data": [{"id": "qwen3:4b"}]})
    wire = serve(lambda asked: listed if asked.method == "GET" else answer("{}"))
    provider = made("compatible", wire, model=None)
    run(provider, text, text)
    assert provider.model == "qwen3:4b"
    assert [asked.method for asked in wire.asked] == ["GET", "POST", "POST"]
    assert wire.asked[1].body["model"] == "qwen3:4b"


@pytest.mark.parametrize("reply", [said({"data": []}), error(404, None, "?"), said({"object": "nothing"})])
def test_a_server_that_names_no_model_needs_a_setting(serve: Serve, reply: Reply) -> None:
    with pytest.raises(Fault, match="set DASHWRIGHT_COMPATIBLE_MODEL") as caught:
        run(made("compatible", serve(reply), model=None), text)
    assert caught.value.kind == "model"


OBJECT_WITH_SCHEMA = "json_object with schema"
ALL_FORMS = ["json_schema", OBJECT_WITH_SCHEMA, "json_object", None]


def form(asked: Asked) -> str | None:
    """What of the forms a server was asked in."""
    given = asked.body.get("response_format") or {}
    if "schema" in given:
        assert given["schema"] == PLAIN
        return f"{given['type']} with schema"
    kind: str | None = given.get("type")
    return kind


NOT_SUPPORTED = error(400, None, "response_format type is not supported")


def takes(*forms: str | None, refusal: Reply = NOT_SUPPORTED) -> Callable[[Asked], Reply]:
    return lambda asked: answer("{}") if form(asked) in forms else refusal


LITERAL = {
    "type": "literal_error",
    "loc": ["body", "response_format", "type"],
    "msg": "Input should be 'text' or 'json_object'",
    "input": "json_schema",
}
"""What pydantic says in llama-cpp-python's server of a `json_schema`."""
REFUSALS = {
    "500": said({"error": {"message": str([LITERAL]), "type": "internal_server_error", "code": None}}, 500),
    "422": said({"detail": [LITERAL]}, 422),
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_llama_cpp_python_gets_the_schema_in_its_own_words(serve: Serve, refusal: Reply) -> None:
    wire = serve(takes(OBJECT_WITH_SCHEMA, "json_object", None, refusal=refusal))
    assert run(made("compatible", wire), text, text) == ["{}", "{}"]
    assert [form(asked) for asked in wire.asked] == ["json_schema", OBJECT_WITH_SCHEMA, OBJECT_WITH_SCHEMA]
    # Another server is asked anew.
    other = serve(answer("{}"))
    run(made("compatible", other), text)
    assert form(other.asked[0]) == "json_schema"


@pytest.mark.parametrize("message", ["Oh.", "The grammar of json_schema broke."])
def test_a_server_out_of_order_is_not_asked_in_other_forms(serve: Serve, message: str) -> None:
    wire = serve(error(500, None, message))
    with pytest.raises(Fault, match="out of order"):
        run(made("compatible", wire), text)
    assert len(wire.asked) == 1


@pytest.mark.parametrize("best", range(len(ALL_FORMS)))
def test_a_server_is_asked_in_the_best_form_it_takes(serve: Serve, best: int) -> None:
    wire = serve(takes(*ALL_FORMS[best:]))
    assert run(made("compatible", wire), text, text) == ["{}", "{}"]
    assert [form(asked) for asked in wire.asked] == [*ALL_FORMS[: best + 1], ALL_FORMS[best]]
    last = wire.asked[-1].body["messages"]
    assert last[1:] == sent("system")[1:]
    if best:
        assert json.loads(last[0]["content"].rpartition("\n")[2]) == PLAIN


def test_a_server_that_takes_no_form_is_told_with_its_reason(serve: Serve) -> None:
    wire = serve(takes(refusal=error(400, None, "grammar too large")))
    with pytest.raises(Fault, match="grammar too large") as caught:
        run(made("compatible", wire), text)
    assert caught.value.kind == "request"
    assert [form(asked) for asked in wire.asked] == ALL_FORMS


def test_another_400_is_not_asked_again(serve: Serve) -> None:
    wire = serve(error(400, "context_length_exceeded", "This model's maximum context length is 4096 tokens."))
    with pytest.raises(Fault, match="maximum context length is 4096 tokens"):
        run(made("compatible", wire), text)
    assert len(wire.asked) == 1


def test_a_server_without_an_end_or_counts_has_answered(serve: Serve) -> None:
    reply = choice(None, {}, content="{}")
    assert run(made("compatible", serve(reply)), text) == ["{}"]


# --- Perplexity's search ------------------------------------------------------------------------------------------

RESULTS = {
    "id": "1",
    "results": [
        {
            "title": "Bees by region",
            "url": "https://stat.example/bees",
            "snippet": "A CSV file.",
            "date": "2024-05-01",
            "last_updated": "2025-02-03T10:00:00Z",
        },
        {"title": None, "url": "https://open.example/honey", "snippet": None, "date": "soon", "last_updated": None},
        {"title": "No page", "url": "javascript:alert(1)"},
        {"title": "Third", "url": "http://third.example"},
    ],
}


def test_perplexity_finds_pages(serve: Serve) -> None:
    wire = serve(said(RESULTS))
    made_one = made("perplexity", wire)
    assert made_one.can_search
    found = run(made_one, lambda provider: provider.search("bees in Denmark", 2, PATIENCE))[0]
    assert [(page.title, page.url, page.description, page.updated_on) for page in found.pages] == [
        ("Bees by region", "https://stat.example/bees", "A CSV file.", date(2025, 2, 3)),
        ("https://open.example/honey", "https://open.example/honey", "", None),
    ]
    assert found.usage == Usage(cost_usd=0.005)
    asked = wire.asked[0]
    assert (asked.method, asked.target) == ("POST", "/search")
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert asked.body == {"query": "dataset download: bees in Denmark", "max_results": 2}


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (error(401, "invalid_api_key", "No."), "key"),
        (error(429, 429, "Slow down."), "busy"),
        (Reply(b"<html></html>", 200, {"content-type": "text/html"}), "down"),
        (said({"results": "none"}), "down"),
        (Reply(manner="hang"), "down"),
    ],
    ids=["401", "429", "a page", "no list", "silence"],
)
def test_a_search_that_fails_is_a_fault(serve: Serve, reply: Reply, kind: str) -> None:
    timeout = 0.2 if reply.manner == "hang" else PATIENCE
    with pytest.raises(Fault) as caught:
        run(made("perplexity", serve(reply)), lambda provider: provider.search("bees", 5, timeout))
    assert caught.value.kind == kind


def test_who_does_not_search_finds_nothing(serve: Serve) -> None:
    provider = made("openai", serve(answer("{}")))
    assert not provider.can_search
    assert run(provider, lambda one: one.search("bees", 5, PATIENCE))[0].pages == ()
