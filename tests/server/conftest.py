"""One cluster for all tests, a fresh database for each, and worker processes on it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import psutil
import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from dashwright.pipelines.model import Attachment
from dashwright.server import database
from dashwright.server.nouns import Job
from dashwright.server.postgres import EmbeddedPostgres
from dashwright.server.postgres.place import place_of
from dashwright.server.settings import Settings
from dashwright.server.store import Store

TEMPLATE = "dashwright_template"
PATIENCE = 120.0
CSV = "day,region,amount\n" + "".join(
    f"2024-{month:02d}-01,{region},{month * 10 + shift}\n"
    for month in range(1, 13)
    for shift, region in enumerate(("North", "South", "West"))
)
WORKER = """
import sys
from pathlib import Path
from dashwright.server import settings, worker
worker.run(settings.load(), int(sys.argv[1]), lambda: print("ready", flush=True))
"""


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "settings(**values): settings of the site that the test works on")


def wait_until(condition: Callable[[], object], patience: float = PATIENCE, pause: float = 0.02) -> None:
    """Look until the condition holds."""
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(pause)


def remove_cluster(settings: Settings) -> None:
    """Where the user of PostgreSQL cannot reach into the test's folder, the cluster is outside of it."""
    folder = place_of(settings).folder
    if not folder.is_relative_to(settings.data_dir):
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running PostgreSQL with a migrated template."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("cluster") / "data")
    embedded = EmbeddedPostgres(settings)
    url = embedded.start()
    try:
        execute(url, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
        database.migrate(named(url, TEMPLATE))
        yield url
    finally:
        embedded.stop()
        remove_cluster(settings)


@pytest.fixture
def database_url(cluster: str) -> Iterator[str]:
    """A fresh database with all tables, as an operator would name it in DATABASE_URL."""
    name = sql.Identifier(f"test_{uuid4().hex}")
    execute(cluster, sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(name, sql.Identifier(TEMPLATE)))
    yield named(cluster, name._obj[0])
    execute(cluster, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def execute(url: str, statement: sql.Composed) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


def named(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


@dataclass
class Site:
    """A data directory with a database, and the workers that a test starts on it."""

    settings: Settings
    store: Store
    variables: dict[str, str]
    workers: list[subprocess.Popen[str]] = field(default_factory=list)

    def worker(self, threads: int = 1, **variables: str) -> subprocess.Popen[str]:
        """A worker process that is ready."""
        log = (self.settings.logs / "worker.log").open("a")
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", WORKER, str(threads)],
            env=environment() | self.variables | variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
        )
        log.close()
        self.workers.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", self.log()
        return process

    def log(self) -> str:
        return (self.settings.logs / "worker.log").read_text()

    def ask(self, question: str = "How do amounts differ by region?", data: str | Path | None = None) -> Job:
        """A dashboard about a small file, or about other data."""
        if data is None:
            data = self.settings.data_dir / "sales.csv"
            data.write_text(CSV)
        return self.store.create_dashboard_with_job(question, attachments=(Attachment(reference=str(data)),))

    def folder(self, job: Job) -> Path:
        return self.settings.jobs / job.id

    def ended(self, job: Job, patience: float = PATIENCE) -> Job:
        """The job when it is over."""
        wait_until(lambda: self.store.job(job.id).is_over, patience)
        return self.store.job(job.id)

    def close(self) -> None:
        for process in self.workers:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.workers:
            try:
                process.wait(60)
            finally:
                process.kill()
                process.wait()
                assert process.stdout is not None
                process.stdout.close()
        self.store.close()


def environment() -> dict[str, str]:
    """That of this process without anything of Dashwright's."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("DASHWRIGHT_") and not name.endswith(("_KEY", "DATABASE_URL"))
    }


@pytest.fixture
def variables(request: pytest.FixtureRequest, tmp_path: Path, database_url: str) -> dict[str, str]:
    """The environment of the site: quick leases, and what a test's mark `settings` says."""
    quick = {"LEASE": "3", "HEARTBEAT": "0.3", "SHUTDOWN_GRACE": "0.3", "ALLOW_PRIVATE_ADDRESSES": "true"}
    mark = request.node.get_closest_marker("settings")
    wanted = quick | {name.upper(): str(value) for name, value in (mark.kwargs if mark else {}).items()}
    return {
        "DASHWRIGHT_DATA_DIR": str(tmp_path / "data"),
        "DATABASE_URL": database_url,
        **{f"DASHWRIGHT_{name}": value for name, value in wanted.items()},
    }


@pytest.fixture
def site(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A store on a fresh database and data directory."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    site = Site(settings, Store(database.connect(variables["DATABASE_URL"]), settings), variables)
    yield site
    site.close()
    assert not descendants_on(settings.data_dir)


def descendants_on(data_dir: Path) -> list[str]:
    """Processes that still work on a data directory, as workers, children and kernels do."""
    found: list[str] = []

    def look() -> list[str]:
        found.clear()
        for process in psutil.process_iter():
            try:
                texts = [*process.cmdline(), process.cwd(), process.environ().get("DASHWRIGHT_DATA_DIR", "")]
                if process.pid != os.getpid() and any(str(data_dir) in text for text in texts):
                    found.append(" ".join(process.cmdline()))
            except psutil.Error:
                continue
        return found

    deadline = time.monotonic() + 10
    while look() and time.monotonic() < deadline:
        time.sleep(0.1)
    return found


@pytest.fixture
def silent_server() -> Iterator[str]:
    """The address of a file on a server that takes every call and never answers."""
    listener = socket.create_server(("127.0.0.1", 0))
    held: list[socket.socket] = []

    def accept() -> None:
        while True:
            try:
                held.append(listener.accept()[0])
            except OSError:
                return

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/data.csv"
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(5)
    for connection in held:
        connection.close()
