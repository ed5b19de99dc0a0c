"""Local servers that speak the protocols of the services, and the providers that are told of them."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator

import pytest

from dashwright.pipelines.providers import Provider, provider
from dashwright.pipelines.services import Service

from .chat_dialect import COMPATIBLE, OPENAI, PERPLEXITY
from .dialect import KEY, Dialect
from .google_dialect import GEMINI
from .wire import Asked, Reply, Wire

Serve = Callable[..., Wire]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start a server that gives each request the same reply, or the reply of a function."""
    wires: list[Wire] = []

    def start(reply: Reply | Callable[[Asked], Reply]) -> Wire:
        wires.append(Wire(reply if callable(reply) else lambda asked: reply))
        return wires[-1]

    yield start
    for wire in wires:
        wire.close()


@pytest.fixture
def without_genai(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation that has google-generativeai alone."""
    if importlib.util.find_spec("google.generativeai") is None:
        pytest.skip("google-generativeai is not for this version of Python")
    google = importlib.import_module("google")
    monkeypatch.delattr(google, "genai", raising=False)
    for name in [name for name in sys.modules if name.startswith("google.genai")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "google.genai", None)
    ours = importlib.import_module("dashwright.pipelines.providers")
    monkeypatch.delattr(ours, "gemini_genai", raising=False)
    monkeypatch.delitem(sys.modules, "dashwright.pipelines.providers.gemini_genai", raising=False)


DIALECTS = {
    "gemini": GEMINI,
    "gemini by google-generativeai": GEMINI,
    "openai": OPENAI,
    "perplexity": PERPLEXITY,
    "compatible": COMPATIBLE,
}


class Speaker:
    """A dialect, and how a provider that speaks it is made."""

    def __init__(self, dialect: Dialect, label: str) -> None:
        self.dialect = dialect
        self.label = label

    def provider(self, wire: Wire | str, **more: str) -> Provider:
        url = wire if isinstance(wire, str) else wire.url
        options = {"model": "gemini-3.8-flash" if self.dialect is GEMINI else "the-model"} | more
        return provider(self.dialect.name, Service(base_url=url + self.dialect.base, key=KEY, options=options))


@pytest.fixture(params=list(DIALECTS))
def speaker(request: pytest.FixtureRequest) -> Speaker:
    if request.param == "gemini by google-generativeai":
        request.getfixturevalue("without_genai")
    return Speaker(DIALECTS[request.param], request.param)
