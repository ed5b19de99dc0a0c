"""What is particular to Gemini: its request, its search, its versions, and the client library that has ended."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from importlib.util import find_spec
from typing import Any

import pytest

from dashwright.pipelines.providers import Fault, Pages, Provider, provider
from dashwright.pipelines.services import Service

from .conftest import Serve
from .dialect import KEY, PLAIN, prompt
from .google_dialect import GEMINI, answer, candidate
from .wire import PATIENCE, Wire

TURNS = [
    {"parts": [{"text": turn.text}], "role": turn.role}  #
    for turn in prompt().turns
]


def gemini(wire: Wire, path: str = "", **options: str) -> Provider:
    return provider(
        "gemini", Service(base_url=wire.url + path, key=KEY, options={"model": "gemini-3.8-flash", **options})
    )


def completed(made: Provider) -> None:
    async def all_of_it() -> None:
        await made.complete(prompt(), PATIENCE)
        await made.close()

    asyncio.run(all_of_it())


def searched(made: Provider, limit: int) -> Pages:
    async def all_of_it() -> Pages:
        try:
            return await made.search("bees in Denmark", limit, PATIENCE)
        finally:
            await made.close()

    return asyncio.run(all_of_it())


def test_the_request_is_the_documented_one(serve: Serve) -> None:
    wire = serve(answer("{}"))
    completed(gemini(wire))
    asked = wire.asked[0]
    assert asked.target == "/v1beta/models/gemini-3.8-flash:generateContent"
    assert asked.headers["x-goog-api-key"] == KEY
    assert asked.headers["x-server-timeout"] == "10"
    assert asked.body == {
        "contents": TURNS,
        "systemInstruction": {"parts": [{"text": "You plan dashboards."}], "role": "user"},
        "generationConfig": {
            "maxOutputTokens": 16_500,
            "responseMimeType": "application/json",
            "responseJsonSchema": PLAIN,
        },
    }


@pytest.mark.usefixtures("without_genai")
def test_google_generativeai_gets_the_schema_in_words(serve: Serve) -> None:
    wire = serve(answer("{}"))
    completed(gemini(wire))
    asked = wire.asked[0]
    assert asked.path == "/v1beta/models/gemini-3.8-flash:generateContent"
    assert asked.headers["x-goog-api-key"] == KEY
    body: dict[str, Any] = asked.body
    system = body.pop("systemInstruction")["parts"][0]["text"]
    assert system.startswith("You plan dashboards.\n\nAnswer with one JSON object")
    assert json.loads(system.rpartition("\n")[2]) == PLAIN
    assert body.pop("contents") == TURNS
    assert body.pop("generationConfig") == {"maxOutputTokens": 16_500, "responseMimeType": "application/json"}
    assert not {key for key, value in body.items() if value and key != "model"}


@pytest.mark.parametrize(
    ("path", "options", "version"),
    [
        ("", {"api_version": "v1"}, "v1"),
        ("/v1", {}, "v1"),
        ("/v1beta/", {}, "v1beta"),
        ("/proxy", {"api_version": "v1"}, "proxy/v1"),
        ("/v1", {"api_version": "v1beta"}, "v1beta"),
    ],
)
def test_the_version_is_chosen_by_option_or_address(
    serve: Serve, path: str, options: dict[str, str], version: str
) -> None:
    wire = serve(answer("{}"))
    completed(gemini(wire, path, **options))
    assert wire.asked[0].path == f"/{version}/models/gemini-3.8-flash:generateContent"


def test_variables_do_not_change_the_way(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "GOOGLE_API_KEY": "another",
        "GOOGLE_GENAI_USE_VERTEXAI": "true",
        "GOOGLE_GENAI_API_VERSION": "v1alpha",
        "GOOGLE_GEMINI_BASE_URL": "http://127.0.0.1:9",
    }.items():
        monkeypatch.setenv(name, value)
    wire = serve(answer("{}"))
    completed(gemini(wire))
    assert wire.asked[0].headers["x-goog-api-key"] == KEY
    assert wire.asked[0].path.startswith("/v1beta/models/")


def test_thoughts_are_no_part_of_the_answer(serve: Serve) -> None:
    wire = serve(candidate(parts=[{"text": "Let me see.", "thought": True}, {"text": '{"a"'}, {"text": ": 1}"}]))

    async def call() -> str:
        made = gemini(wire)
        try:
            return (await made.complete(prompt(), PATIENCE)).text
        finally:
            await made.close()

    assert asyncio.run(call()) == '{"a": 1}'


# --- search -------------------------------------------------------------------------------------------------------


def chunk(uri: str, title: str, domain: str | None = None) -> dict[str, Any]:
    return {"web": {"uri": uri, "title": title, "domain": domain}}


GROUNDING = {
    "webSearchQueries": ["bees denmark csv"],
    "groundingChunks": [
        chunk("https://stat.example/bees", "Bees by region", "stat.example"),
        chunk("javascript:alert(1)", "No page"),
        chunk("https://stat.example/bees", "The same"),
        chunk("https://open.example/honey", "Honey"),
        chunk("https://third.example/", "Third"),
    ],
    "groundingSupports": [{"segment": {"text": "A CSV file of bees."}, "groundingChunkIndices": [0]}],
}


def test_search_brings_the_pages_an_answer_rests_on(serve: Serve) -> None:
    wire = serve(candidate(parts=[{"text": "There is one."}], groundingMetadata=GROUNDING))
    made = gemini(wire)
    assert made.can_search
    found = searched(made, 2)
    assert [page.model_dump(exclude={"updated_on"}) for page in found.pages] == [
        {
            "title": "Bees by region",
            "url": "https://stat.example/bees",
            "description": "A CSV file of bees.",
            "publisher": "stat.example",
        },
        {"title": "Honey", "url": "https://open.example/honey", "description": "", "publisher": None},
    ]
    assert found.provider == "gemini"
    assert found.usage.output_tokens == 134
    body = wire.asked[0].body
    assert body["tools"] == [{"googleSearch": {}}]
    assert "responseMimeType" not in body["generationConfig"]


def test_a_search_that_was_not_made_finds_nothing(serve: Serve) -> None:
    assert searched(gemini(serve(answer("I know none."))), 5).pages == ()


@pytest.mark.parametrize("case", ["500", "refusal"])
def test_a_search_that_fails_is_a_fault(serve: Serve, case: str) -> None:
    reply, kind = GEMINI.faults[case]
    with pytest.raises(Fault) as caught:
        searched(gemini(serve(reply)), 5)
    assert caught.value.kind == kind


@pytest.mark.usefixtures("without_genai")
def test_google_generativeai_does_not_search(serve: Serve) -> None:
    assert not gemini(serve(answer(""))).can_search


# --- the library that has ended -----------------------------------------------------------------------------------

ALONE = """
import asyncio, importlib.abc, sys, warnings

class Hidden(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name == "google.genai" or name.startswith("google.genai."):
            raise ModuleNotFoundError(f"No module named '{name}'", name=name)

sys.meta_path.insert(0, Hidden())
from dashwright.pipelines.providers import provider
from dashwright.pipelines.services import Service
from dashwright.pipelines.providers import Prompt, Turn

async def main():
    made = provider("gemini", Service(base_url=sys.argv[1], key="k"))
    turns = (Turn(role="user", text="hello"),)
    prompt = Prompt(operation="plan_dashboard", system="s", turns=turns, answer={"type": "object", "properties": {}})
    print((await made.complete(prompt, 10)).text, "google.generativeai" in sys.modules, "google.genai" in sys.modules)
    await made.close()

asyncio.run(main())
"""


@pytest.mark.skipif(find_spec("google.generativeai") is None, reason="not for this version of Python")
def test_where_only_google_generativeai_is_installed_it_works_and_nobody_is_warned(serve: Serve) -> None:
    wire = serve(answer('{"title": "Größe"}'))
    done = subprocess.run(
        [sys.executable, "-W", "always::FutureWarning", "-c", ALONE, wire.url],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == '{"title": "Größe"} True False\n', done.stderr
    assert done.stderr == ""
