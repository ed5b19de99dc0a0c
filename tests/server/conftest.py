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
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
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


ROGUE = """
import errno, os, signal
from dashwright.pipelines.errors import InputError
from dashwright.pipelines.sources import Source

def loop():
    loop()

ACTS = {
    "memory": lambda: bytearray(1 << 30),
    "bug": lambda: {}["nothing"],
    "endless": loop,
    "exit": lambda: os._exit(3),
    "crash": lambda: os.kill(os.getpid(), signal.SIGSEGV),
    "disk": lambda: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space left on device")),
    "shout": lambda: (_ for _ in ()).throw(InputError("x" * 3_000_000)),
}

class RogueSource(Source):
    name = "rogue"

    def search(self, query, limits):
        return ()

    def describe(self, attachment, limits):
        print("noise " * 100_000)
        ACTS[attachment.reference]()

    def fetch(self, *_, **__):
        raise NotImplementedError
"""
"""A source that misbehaves as its reference says, installed beside ours as anybody's package would be."""


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


@contextmanager
def fresh_database(cluster: str) -> Iterator[str]:
    name = f"test_{uuid4().hex}"
    identifier = sql.Identifier(name)
    execute(cluster, sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(identifier, sql.Identifier(TEMPLATE)))
    yield named(cluster, name)
    wait_until(lambda: dropped(cluster, identifier))


def dropped(cluster: str, name: sql.Identifier) -> bool:
    """Whether it could be removed: not while autovacuum, which only a superuser may end, is at work in it."""
    try:
        execute(cluster, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
    except psycopg.errors.InsufficientPrivilege:
        return False
    return True


@pytest.fixture
def database_url(cluster: str) -> Iterator[str]:
    """A fresh database with all tables, as an operator would name it in DATABASE_URL."""
    with fresh_database(cluster) as url:
        yield url


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

    def ask_rogue(self, act: str) -> Job:
        """A dashboard about data whose source misbehaves."""
        attachment = Attachment(source="rogue", reference=act)
        return self.store.create_dashboard_with_job("What?", attachments=(attachment,))

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
                process.wait(PATIENCE)
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
        if not name.startswith(("DASHWRIGHT_", "GOOGLE_")) and not name.endswith(("_KEY", "DATABASE_URL", "GCS_BUCKET"))
    }


@contextmanager
def opened_site(
    data_dir: Path, url: str, own_names: Mapping[str, str] | None = None, **wanted: object
) -> Iterator[Site]:
    """A store, and what its workers need: quick leases unless other settings are wanted.

    `own_names`: variables that do not begin with our prefix.
    """
    own = {"DATABASE_URL": url} | dict(own_names or {})
    quick = {"lease": 3, "heartbeat": 0.3, "shutdown_grace": 0.3, "allow_private_addresses": True, "pictures": "off"}
    given = {name: str(value) for name, value in ({"data_dir": data_dir} | quick | wanted).items()}
    settings = Settings.model_validate({**given, **own})
    variables = own | {f"DASHWRIGHT_{name.upper()}": value for name, value in given.items()}
    site = Site(settings, Store(database.connect(url), settings), variables)
    yield site
    site.close()
    assert not descendants_on(settings.data_dir)


@pytest.fixture
def site(request: pytest.FixtureRequest, tmp_path: Path, database_url: str) -> Iterator[Site]:
    """A store on a fresh database and data directory, with the settings of the test's mark."""
    mark = request.node.get_closest_marker("settings")
    with opened_site(tmp_path / "data", database_url, **(mark.kwargs if mark else {})) as site:
        yield site


@pytest.fixture(scope="module")
def quiet(cluster: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site without a worker, for all tests of a module."""
    with (
        fresh_database(cluster) as url,
        opened_site(tmp_path_factory.mktemp("quiet") / "data", url, max_upload_size="1MiB") as site,
    ):
        yield site


@pytest.fixture(scope="module")
def shared(cluster: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site with a running worker, for all tests of a module that leave both as they were."""
    package = tmp_path_factory.mktemp("package")
    (package / "rogue.py").write_text(ROGUE)
    (package / "rogue-1.0.dist-info").mkdir()
    (package / "rogue-1.0.dist-info/METADATA").write_text("Metadata-Version: 2.1\nName: rogue\nVersion: 1.0\n")
    (package / "rogue-1.0.dist-info/entry_points.txt").write_text("[dashwright.sources]\nrogue = rogue:RogueSource\n")
    data_dir = tmp_path_factory.mktemp("shared") / "data"
    with fresh_database(cluster) as url, opened_site(data_dir, url, memory="512MiB") as site:
        site.worker(threads=2, PYTHONPATH=str(package))
        yield site


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

    deadline = time.monotonic() + PATIENCE
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
