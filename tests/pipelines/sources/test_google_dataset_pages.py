"""Google dataset: pages of the web that an AI provider finds for a question."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from pydantic import SecretStr

from dashwright.pipelines import searching
from dashwright.pipelines.errors import DataError
from dashwright.pipelines.model import Preferences, Request
from dashwright.pipelines.providers import provider
from dashwright.pipelines.providers.bridge import Bridge
from dashwright.pipelines.providers.gateway import Gateway
from dashwright.pipelines.providers.policy import Policy
from dashwright.pipelines.providers.transcript import Transcript
from dashwright.pipelines.services import Service
from dashwright.pipelines.sources import Query, source
from dashwright.pipelines.sources.google_dataset import looked_at
from dashwright.pipelines.step import JobFolder, Limits, silent

from ..providers.wire import Wire as Answering
from ..providers.wire import said
from .conftest import Wire
from .playing.google_dataset import DataCommons, GoogleDataset

KEY = "abcdefghijklmnopqrstuvwxyz012345"
NAME = "google-dataset"


@pytest.fixture
def google(wire: Wire) -> GoogleDataset:
    played = GoogleDataset(DataCommons(KEY), wire.url("/page"))
    wire.mount(f"/{NAME}", played)
    return played


@pytest.fixture
def limits(wire: Wire) -> Limits:
    services = {NAME: Service(base_url=wire.url(f"/{NAME}"), key=SecretStr(KEY))}
    return Limits(download_timeout=5, allow_private_addresses=True, services=services)


def serve_page(wire: Wire, path: str = "/page", name: str = "Hives") -> str:
    told = {"@type": "Dataset", "name": name, "distribution": {"contentUrl": "/a.csv"}}
    return wire.serve(path, f'<script type="application/ld+json">{json.dumps(told)}</script>'.encode())


def test_pages_of_the_web_that_describe_tables_come_first_in_their_order(
    wire: Wire, other_wire: Wire, google: GoogleDataset, limits: Limits
) -> None:
    first = serve_page(other_wire, name="Bees")
    wire.serve("/robots.txt", b"User-agent: *\nDisallow: /\nAllow: /google-dataset\n")
    pages = ("ftp://x.example/a.csv", "javascript:alert(1)", serve_page(wire), first, "")
    found = source(NAME).search(Query("How many hives", ("hives",), 3, pages), limits)
    assert [item.reference for item in found] == [first, "Count_Bee", "10.1234/hives"]
    assert found[0].title == "Bees"


def test_pages_that_are_slow_or_private_or_no_dataset_are_passed_over(wire: Wire, limits: Limits) -> None:
    over = threading.Event()
    wire.answers["/slow"] = lambda _request: over.wait(30) and None
    assert not list(looked_at((wire.url("/slow"),), limits, patience=0.1))
    over.set()
    good = serve_page(wire)
    assert [item.reference for item in looked_at((wire.url("/none"), good), limits, pause=0)] == [good]
    assert not list(looked_at((good,), limits.model_copy(update={"allow_private_addresses": False})))


def test_pages_of_one_server_are_asked_one_after_the_other(wire: Wire, limits: Limits) -> None:
    paths = [f"/page{number}" for number in range(4)]
    pages = [serve_page(wire, path=path) for path in paths]
    assert [item.reference for item in looked_at(pages, limits, pause=0)] == pages
    assert [path for path, _ in wire.requests if path != "/robots.txt"] == paths


@pytest.fixture
def perplexity() -> Iterator[tuple[Answering, Bridge]]:
    """A real client of a provider that searches the web, and the server that it asks."""
    server = Answering(lambda _asked: said({"results": []}))
    bridge = Bridge(Gateway([provider("perplexity", Service(base_url=server.url, key=SecretStr(KEY)))], Policy()))
    yield server, bridge
    bridge.close()
    server.close()


def job(folder: Path, *places: str, planner: str = "auto") -> JobFolder:
    made = JobFolder(folder / "job")
    preferences = Preferences(sources=places, planner=planner)
    made.write(Request(dashboard_id="d", slug="s", question="How many hives?", preferences=preferences), made.request)
    return made


def searched(server: Answering) -> list[str]:
    """What the provider was to look for in the web."""
    return [asked.body["query"] for asked in server.asked if asked.method == "POST" and "query" in asked.body]


def test_a_question_finds_pages_by_a_provider_that_searches_the_web(
    wire: Wire, google: GoogleDataset, limits: Limits, tmp_path: Path, perplexity: tuple[Answering, Bridge]
) -> None:
    server, bridge = perplexity
    address = serve_page(wire, name="How many hives there are")
    server.answer = lambda _asked: said({"results": [{"title": "Hives", "url": address}]})
    found = searching.search(job(tmp_path, NAME), limits, silent, bridge.for_job())
    assert found.candidates[0].reference == address
    assert searched(server) == ["dataset download: How many hives?"]


@pytest.mark.parametrize(("places", "planner"), [(("samples", NAME), "offline"), (("samples",), "auto")])
def test_the_web_is_not_searched_where_nobody_wants_it(
    google: GoogleDataset,
    limits: Limits,
    tmp_path: Path,
    perplexity: tuple[Answering, Bridge],
    places: tuple[str, ...],
    planner: str,
) -> None:
    server, bridge = perplexity
    with suppress(DataError):  # Whether there is anything about hives is not the question.
        searching.search(job(tmp_path, *places, planner=planner), limits, silent, bridge.for_job())
    assert not searched(server)
    assert planner == "auto" or not server.asked


def test_a_provider_that_fails_is_told_and_the_rest_goes_on(
    google: GoogleDataset, limits: Limits, tmp_path: Path, perplexity: tuple[Answering, Bridge]
) -> None:
    server, bridge = perplexity
    server.answer = lambda _asked: said({"error": {"message": "no"}}, 401)
    folder = job(tmp_path, NAME)
    found = searching.search(folder, limits, silent, bridge.for_job())
    assert found.candidates
    told = folder.read(Transcript, folder.prompts).outcomes
    assert any(text.startswith("The web was not searched:") for text in told)
