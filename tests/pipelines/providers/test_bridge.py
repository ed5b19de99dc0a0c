"""A gateway for callers that wait: from any thread, taken back, and closed. With a real client and a real server."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor

import pytest

from dashwright.pipelines.errors import ProviderError
from dashwright.pipelines.providers import Providers, provider
from dashwright.pipelines.providers.bridge import Bridge
from dashwright.pipelines.providers.gateway import Call, Gateway
from dashwright.pipelines.providers.policy import Policy
from dashwright.pipelines.services import Service

from .chat_dialect import MODELS, answer, error
from .conftest import Serve
from .dialect import KEY, prompt
from .scripted import Scripted, Step
from .wire import PATIENCE, Asked, Reply, Wire

HANGS = Reply(manner="hang")


@pytest.fixture
def books() -> list[Call]:
    return []


@pytest.fixture
def bridges() -> Iterator[list[Bridge]]:
    made: list[Bridge] = []
    yield made
    for bridge in made:
        bridge.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "AI providers"]


def bridge(bridges: list[Bridge], books: list[Call], *wires: Wire) -> Bridge:
    providers = [provider("openai", Service(base_url=f"{wire.url}/v1", key=KEY)) for wire in wires]
    bridges.append(Bridge(Gateway(providers, Policy(pause=0.01), record=books.append)))
    return bridges[-1]


def lively(reply: Reply) -> Callable[[Asked], Reply]:
    """A service that is there, and gives this answer."""

    def replies(asked: Asked) -> Reply:
        return MODELS if asked.method == "GET" else reply

    return replies


def test_many_threads_wait_for_their_own_answers(serve: Serve, bridges: list[Bridge], books: list[Call]) -> None:
    def echo(asked: Asked) -> Reply:
        return MODELS if asked.method == "GET" else answer(asked.body["messages"][0]["content"])

    door = bridge(bridges, books, serve(echo))
    with ThreadPoolExecutor(8) as pool:
        texts = list(pool.map(lambda number: door.complete(prompt(system=f"{number}")).text, range(20)))
    assert texts == [f"{number}" for number in range(20)]
    assert [call.outcome for call in books] == ["answered"] * 20


def test_it_is_what_a_step_gets(serve: Serve, bridges: list[Bridge], books: list[Call]) -> None:
    door = bridge(bridges, books, serve(lively(answer("{}"))))
    for providers in (door, door.for_job()):
        step: Providers = providers
        assert step.names == ("openai",)
        assert step.complete(prompt()).text == "{}"
        with pytest.raises(ProviderError, match="searches the web"):
            step.search("bees", 5)
    assert door.breakers == {"openai": "closed"}
    assert [check.models for check in door.check(PATIENCE)] == [("one", "two")]


def test_a_failure_is_a_sentence(serve: Serve, bridges: list[Bridge], books: list[Call]) -> None:
    door = bridge(bridges, books, serve(lively(error(401, "invalid_api_key", KEY))))
    with pytest.raises(ProviderError) as caught:
        door.complete(prompt())
    assert str(caught.value) == (
        "No AI provider gave an answer. OpenAI does not take the key in OPENAI_API_KEY (401 invalid_api_key)."
    )


def test_a_future_that_is_cancelled_closes_the_connection(
    serve: Serve, bridges: list[Bridge], books: list[Call]
) -> None:
    wire = serve(lively(HANGS))
    door = bridge(bridges, books, wire)
    future = door.submit(prompt(), door.allowance())
    assert wire.was_asked.wait(PATIENCE)
    assert future.cancel()
    assert wire.was_left.wait(PATIENCE)
    with pytest.raises(CancelledError):
        future.result()


def test_closing_ends_what_is_under_way(serve: Serve, bridges: list[Bridge], books: list[Call]) -> None:
    wire = serve(lively(HANGS))
    door = bridge(bridges, books, wire)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(door.complete, prompt())
        assert wire.was_asked.wait(PATIENCE)
        door.close()
        with pytest.raises(ProviderError, match="taken back"):
            waiting.result(PATIENCE)
    assert wire.was_left.wait(PATIENCE)
    assert [call.outcome for call in books] == ["cancelled"]
    door.close()
    with pytest.raises(ProviderError, match="this process is ending"):
        door.complete(prompt())


def test_one_job_has_one_allowance(bridges: list[Bridge]) -> None:
    one = Scripted("one", [Step(0.02, "down")])
    bridges.append(Bridge(Gateway([one], Policy(patience=0.05, pause=10, faults=1_000))))
    job = bridges[0].for_job()
    for _ in range(6):
        with pytest.raises(ProviderError):
            job.complete(prompt())
    assert 1 <= one.asked <= 3
    with pytest.raises(ProviderError, match="is used up"):
        job.complete(prompt())
    with pytest.raises(ProviderError, match="one is down"):
        bridges[0].complete(prompt())
