"""The table of providers, what must be configured, and those of other packages."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from dashwright.pipelines import providers
from dashwright.pipelines.errors import InputError, SetupError
from dashwright.pipelines.providers import is_provider, names, provider
from dashwright.pipelines.services import Service

from .dialect import KEY, prompt

OURS = ("gemini", "openai", "perplexity", "compatible")


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(Path(__file__).parent / "installed")


def test_ours_are_there() -> None:
    assert names()[:4] == OURS


def test_an_unknown_provider_is_told_with_those_there_are() -> None:
    with pytest.raises(InputError, match=r"There is no AI provider 'hal'\. There is: compatible, gemini, openai, perp"):
        provider("hal", Service())


@pytest.mark.parametrize(
    ("name", "service", "sentence"),
    [
        ("gemini", {}, "The AI provider 'gemini' needs a key: set GEMINI_API_KEY."),
        ("openai", {"key": " "}, "The AI provider 'openai' needs a key: set OPENAI_API_KEY."),
        ("perplexity", {}, "The AI provider 'perplexity' needs a key: set PERPLEXITY_API_KEY."),
        (
            "compatible",
            {},
            "The AI provider 'compatible' has no address of its own: set DASHWRIGHT_COMPATIBLE_BASE_URL.",
        ),
        ("openai", {"key": "sesame\nopen"}, "The key in OPENAI_API_KEY is none"),
        ("openai", {"key": "sésame"}, "The key in OPENAI_API_KEY is none"),
        ("gemini", {"key": "k", "base_url": "localhost:8000"}, "DASHWRIGHT_GEMINI_BASE_URL is no address"),
        ("compatible", {"base_url": "file:///etc/passwd"}, "DASHWRIGHT_COMPATIBLE_BASE_URL is no address"),
        ("compatible", {"base_url": "http://me:secret@:x"}, "DASHWRIGHT_COMPATIBLE_BASE_URL is no address"),
        ("gemini", {"key": "k", "options": {"model": "../files"}}, "in DASHWRIGHT_GEMINI_MODEL is no name of a model"),
        ("gemini", {"key": "k", "options": {"api_version": "v9"}}, "Gemini's API has no version 'v9'"),
        ("openai", {"key": "k", "options": {"price": "cheap"}}, "The price 'cheap' of openai is not understood"),
        ("openai", {"key": "k", "options": {"price": "1/-1/1"}}, "The price '1/-1/1' of openai is not understood"),
        ("openai", {"key": "k", "options": {"price": "1/nan/1"}}, "The price '1/nan/1' of openai is not understood"),
    ],
)
def test_what_cannot_be_is_a_sentence_at_once(name: str, service: dict[str, object], sentence: str) -> None:
    with pytest.raises(SetupError) as caught:
        provider(name, Service.model_validate(service))
    assert str(caught.value).startswith(sentence.split(" in DASH")[0]) or sentence in str(caught.value)
    for secret in ("sesame", "sésame", "secret", KEY):
        assert secret not in str(caught.value)


@pytest.mark.parametrize("name", OURS)
def test_a_missing_client_names_the_cure(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    entry = providers.TABLE[name]
    monkeypatch.setitem(providers.TABLE, name, providers.Entry("dashwright.not_there:X", entry.missing))
    with pytest.raises(SetupError, match=r"needs the package .* pip install 'dashwright\[ai\]'"):
        provider(name, Service(key=KEY))


@pytest.mark.usefixtures("installed")
def test_an_installed_package_can_add_a_provider() -> None:
    made = provider("oracle", Service())
    answer = asyncio.run(made.complete(prompt(), 1))
    assert (answer.provider, answer.model) == ("oracle", "delphi")


@pytest.mark.usefixtures("installed")
def test_planners_and_what_is_broken_are_no_providers() -> None:
    assert set(names()) == {*OURS, "oracle", "sullen"}
    assert is_provider("oracle")
    assert not is_provider("rules")
    assert not is_provider("no_module")
    assert not is_provider("nothing_of_this_name")


@pytest.mark.usefixtures("installed")
def test_nobody_can_take_the_place_of_a_provider_of_ours() -> None:
    assert type(provider("gemini", Service(key=KEY))).__name__ == "GeminiProvider"


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("name", ["no_module", "no_class", "rules", "sullen"])
def test_a_provider_that_cannot_be_made_is_a_sentence(name: str) -> None:
    with pytest.raises(SetupError, match=f"'{name}'") as caught:
        provider(name, Service())
    assert "nobody's business" not in str(caught.value)
