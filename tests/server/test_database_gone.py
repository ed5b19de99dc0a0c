"""The database goes while a job runs, and comes back or does not. Each test has a server of its own to kill."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from dashwright.server import database
from dashwright.server.database import DatabaseGoneError
from dashwright.server.nouns import Job
from dashwright.server.postgres import EmbeddedPostgres
from dashwright.server.postgres.place import place_of
from dashwright.server.settings import Settings
from dashwright.server.store import StoreShelf

if TYPE_CHECKING:
    from .conftest import Site

PATIENCE = 120.0


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    """A server that only this test has."""
    settings = Settings(data_dir=tmp_path / "own")
    embedded = EmbeddedPostgres(settings)
    embedded.start()
    yield embedded
    embedded.stop()
    shutil.rmtree(place_of(settings).folder)


@pytest.fixture
def database_url(embedded: EmbeddedPostgres) -> str:
    """Instead of a database on the server of all tests."""
    url = embedded.start()
    database.migrate(url)
    return url


@pytest.fixture
def cluster(tmp_path: Path, database_url: str) -> Path:
    return place_of(Settings(data_dir=tmp_path / "own")).cluster


def kill_server(cluster: Path) -> None:
    """As a crash of the machine or an administrator would."""
    process = psutil.Process(int((cluster / "postmaster.pid").read_text().split()[0]))
    process.kill()
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)


def wait_for_step(site: Site, job: Job, percent: float) -> None:
    deadline = time.monotonic() + PATIENCE
    while site.store.job(job.id).progress < percent:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def ended(site: Site, job: Job) -> Job:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            if (found := site.store.job(job.id)).is_over:
                return found
        except DatabaseGoneError:
            pass
        time.sleep(0.1)
    raise AssertionError(site.log())


@pytest.mark.parametrize("percent", [1, 85])
def test_a_job_ends_as_it_should_when_the_database_comes_back(
    site: Site, embedded: EmbeddedPostgres, cluster: Path, percent: float
) -> None:
    site.worker()
    job = site.ask()
    wait_for_step(site, job, percent)
    kill_server(cluster)
    time.sleep(2)
    with pytest.raises(DatabaseGoneError, match="The database does not answer"):
        site.store.job(job.id)
    embedded.start()
    done = ended(site, job)
    assert done.status == "completed", (done, site.log())
    assert done.attempt == 1  # the child went on all the while
    assert StoreShelf(site.store).find(job.slug) is not None


def test_a_watcher_goes_on_when_the_database_comes_back(
    site: Site, embedded: EmbeddedPostgres, cluster: Path, silent_server: str
) -> None:
    job = site.ask(data=silent_server)
    states = site.store.watch(job.id)
    assert next(states).status == "pending"
    kill_server(cluster)
    embedded.start()
    site.store.cancel(job.id)
    assert [state.status for state in states] == ["cancelled"]


@pytest.mark.settings(database_patience=1)
def test_a_job_is_left_to_others_when_the_database_stays_away(
    site: Site, embedded: EmbeddedPostgres, cluster: Path, silent_server: str
) -> None:
    worker = site.worker()
    job = site.ask(data=silent_server)
    wait_for_step(site, job, 1)
    before = [process for process in psutil.Process(worker.pid).children(recursive=True) if process.is_running()]
    children = [
        process for process in before if "forkserver" in " ".join(process.cmdline()) and process.children() == []
    ]
    kill_server(cluster)
    deadline = time.monotonic() + PATIENCE
    while any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert worker.poll() is None
    embedded.start()
    deadline = time.monotonic() + PATIENCE
    while site.store.job(job.id).attempt < 2:  # the sweeper gave it another try
        assert time.monotonic() < deadline
        time.sleep(0.1)
    site.store.cancel(job.id)
    assert ended(site, job).status == "cancelled"


def test_the_worker_brings_back_the_embedded_server(
    tmp_path: Path, site: Site, embedded: EmbeddedPostgres, cluster: Path
) -> None:
    # The worker uses the embedded server itself, not an address. Our messages are not signed with its secret: the
    # sweeper sends them again.
    worker = site.worker(DATABASE_URL="", DASHWRIGHT_DATA_DIR=str(tmp_path / "own"))
    job = site.ask()
    wait_for_step(site, job, 75)
    kill_server(cluster)
    done = ended(site, job)
    assert done.status == "completed", (done, site.log())
    assert worker.poll() is None
