"""Jobs that look for data: the same is looked for once, by whichever job, and whatever becomes of that job."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING

import psutil
import pytest
from sqlalchemy import text

from dashwright.pipelines.model import Candidates, Preferences
from dashwright.pipelines.sources.finding import Wanted
from dashwright.pipelines.step import JobFolder
from dashwright.server.nouns import Job
from dashwright.server.store import SourceAnswers
from dashwright.server.store.memory import lock_of
from tests.pipelines.sources.conftest import Wire
from tests.pipelines.sources.playing.fred import Fred
from tests.server.api.conftest import client_of

from .conftest import fresh_database, opened_site, wait_until

if TYPE_CHECKING:
    from .conftest import Site

KEY = "abcdefghijklmnopqrstuvwxyz012345"


class Service:
    """FRED, which answers a search when it is let."""

    def __init__(self, wire: Wire) -> None:
        self.fred = Fred(KEY)
        self.may_answer = threading.Event()
        self.url = wire.mount("/fred", self.answer)

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        if "series/search" in request.path:
            self.fred.asked.append(("begun", {}))
            self.may_answer.wait(60)
        self.fred(request)

    @property
    def searches(self) -> int:
        return [path for path, _ in self.fred.asked].count("begun")


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    wire = Wire()
    yield Service(wire)
    wire.close()


@pytest.fixture(scope="module")
def searching(cluster: str, tmp_path_factory: pytest.TempPathFactory, service: Service) -> Iterator[Site]:
    """A worker for two jobs at once that may ask FRED."""
    data_dir = tmp_path_factory.mktemp("searching") / "data"
    given = {"fred_base_url": service.url, "fred_timeout": 60, "sources": "samples, fred"}
    with fresh_database(cluster) as url, opened_site(data_dir, url, **given) as site:
        site.worker(threads=2, FRED_API_KEY=KEY)
        yield site


@pytest.fixture(autouse=True)
def afresh(service: Service) -> None:
    service.fred.asked.clear()
    service.may_answer.clear()


def ask(site: Site, question: str, *sources: str) -> Job:
    preferences = Preferences(sources=sources)
    return site.store.create_dashboard_with_job(question, preferences=preferences)


def found(site: Site, job: Job) -> Candidates:
    """What a job found; it need not go on."""
    folder = JobFolder(site.folder(job))
    wait_until(folder.candidates.exists)
    candidates = folder.read(Candidates, folder.candidates)
    site.store.cancel(job.id)
    return candidates


def is_held(site: Site) -> bool:
    """Whether somebody is about to search, as the database knows it."""
    key = Wanted("Did the price of eggs rise?", ("fred",)).key
    with site.store.transaction() as session:
        return not session.scalar(text("SELECT pg_try_advisory_xact_lock(:number)"), {"number": lock_of(key)})


def test_two_jobs_that_look_for_the_same_ask_the_sources_once(searching: Site, service: Service) -> None:
    first = ask(searching, "What is the price of eggs?", "fred")
    wait_until(lambda: service.searches)
    second = ask(searching, "What is the price of  EGGS?", "fred")
    wait_until(lambda: searching.store.job(second.id).current_step == "search_datasets")
    service.may_answer.set()
    one, other = (found(searching, job) for job in (first, second))
    assert service.searches == 1
    assert one.candidates == other.candidates
    assert one.candidates[0].reference == "EGGS"
    assert SourceAnswers(searching.store).last()["fred"].answered_at is not None


def test_a_job_that_is_killed_while_it_searches_keeps_nobody_waiting(searching: Site, service: Service) -> None:
    first = ask(searching, "Did the price of eggs rise?", "fred")
    wait_until(lambda: service.searches)
    assert is_held(searching)
    psutil.Process(json.loads((searching.folder(first) / "lock").read_bytes())["pid"]).kill()
    assert searching.ended(first).status == "failed"
    wait_until(lambda: not is_held(searching))
    service.may_answer.set()
    assert found(searching, ask(searching, "Did the price of eggs rise?", "fred")).chosen
    assert service.searches == 2


def test_where_nobody_says_it_the_settings_say_where_to_look(searching: Site, service: Service) -> None:
    service.may_answer.set()
    assert found(searching, ask(searching, "Is the price of eggs rising?")).chosen
    assert service.searches == 1
    answers = SourceAnswers(searching.store).last()
    assert {"samples", "fred"} <= answers.keys()


def test_worker_searches_for_the_api_which_has_no_keys(searching: Site, service: Service) -> None:
    service.may_answer.set()
    assert searching.settings.fred_api_key is None
    with client_of(searching) as client:
        found = client.get("search", params={"question": "What was the price of eggs?", "source": "fred"})
        assert [one["dataset"]["reference"] for one in found.json()["items"]][:1] == ["EGGS"], found.text
        usual = client.get("search", params={"question": "bird strikes"}).json()
        assert {one["dataset"]["source"] for one in usual["items"]} >= {"samples"}
        refused = client.get("search", params={"question": "eggs", "source": "kaggle"})
        assert (refused.status_code, refused.json()["code"]) == (503, "setup")
        assert "KAGGLE" in refused.json()["detail"]
        assert client.get("search", params={"question": "eggs", "source": "sql"}).status_code == 422
    with searching.store.transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM inquiries")) == 0
