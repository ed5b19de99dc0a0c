"""The command line as a person has it: processes on a data directory of their own, of which none may be left."""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest
from hypothesis import HealthCheck, settings

from tests import preloaded

OURS = re.compile(
    r"^(DASHWRIGHT_.*|DATABASE_URL|SECRET_KEY|.*_API_KEY|KAGGLE_.*|GCS_BUCKET|GOOGLE_.*|STORAGE_EMULATOR_HOST|NO_COLOR|FORCE_COLOR|COLUMNS)$"
)
PATIENCE = 120.0

# Where images of containers set it, each of hundreds of interpreters would compile everything anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Hypothesis fails what takes longer than 200 ms, or generates slowly; on a busy machine that says nothing about us.
# Nobody waits for half as many examples as it gives by itself, which many runs make up for.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=50)
settings.register_profile("thorough", settings.get_profile("unhurried"), max_examples=1_000)
settings.load_profile("thorough" if "THOROUGH_TESTS" in os.environ else "unhurried")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "live" not in config.option.markexpr:
        for item in items:
            if item.get_closest_marker("live"):
                item.add_marker(pytest.mark.skip(reason="talks to the real service; ask for it with -m live"))


@dataclass
class Place:
    """A data directory with the commands on it."""

    data_dir: Path
    variables: dict[str, str] = field(default_factory=dict)
    begun: list[Up] = field(default_factory=list)
    surroundings: tuple[str, ...] = ()
    """A command that runs `up` in other surroundings than those of the tests."""

    def environment(self, **more: str) -> dict[str, str]:
        """That of a person with nothing configured, and the variables of this place."""
        kept = {name: value for name, value in os.environ.items() if not OURS.match(name)}
        own = {"DATA_DIR": str(self.data_dir), "API_PORT": "0", "PICTURES": "off"}  # a browser for each version
        return kept | {f"DASHWRIGHT_{name}": value for name, value in own.items()} | self.variables | more

    def call(
        self, *arguments: str, cwd: Path | None = None, stdin: str | None = None, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return preloaded.run(arguments, self.environment(**variables), cwd, stdin, PATIENCE)

    def json(self, *arguments: str, **variables: str) -> Any:
        """The result of a command that must succeed, as a program reads it."""
        done = self.call(*arguments, "--json", **variables)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def begin(self, *arguments: str, **variables: str) -> Up:
        """Begin `dashwright up` in the foreground."""
        options = arguments or ("--no-lab", "--viewer-port", "0")
        process = subprocess.Popen(
            [*self.surroundings, sys.executable, "-P", "-m", "dashwright.server.cli", "up", *options],
            env=self.environment(**variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.begun.append(Up(process, self))
        return self.begun[-1]

    def up(self, *arguments: str, **variables: str) -> Up:
        """Begin `dashwright up` and wait until everything is ready."""
        up = self.begin(*arguments, **variables)
        up.wait_for("Ctrl-C")
        return up

    def record(self) -> dict[str, Any]:
        """What programs know of what runs."""
        return json.loads((self.data_dir / "run/up.json").read_text())  # type: ignore[no-any-return]

    def processes(self) -> list[psutil.Process]:
        """All that works on this data directory, the embedded PostgreSQL included."""
        folders = [str(folder) for folder in self.folders()]
        return [
            process
            for process in psutil.process_iter()
            if process.pid != os.getpid() and any(folder in text for text in _texts(process) for folder in folders)
        ]

    def assert_nothing_left(self) -> None:
        """Wait a moment: what was killed needs one to go."""
        deadline = time.monotonic() + 60
        while (left := self.processes()) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert not left, [_texts(process) for process in left]

    def end(self) -> None:
        """End all that runs, see that it did, and remove what is outside of the data directory."""
        for up in self.begun:
            up.end()
        if self.data_dir.exists():
            self.call("down")
        self.assert_nothing_left()
        for folder in self.folders()[1:]:
            shutil.rmtree(folder, ignore_errors=True)

    def folders(self) -> list[Path]:
        """The data directory, and that of the embedded PostgreSQL where its user cannot go into the former."""
        record = self.data_dir / "postgres.json"
        cluster = [self.data_dir / json.loads(record.read_text())["folder"]] if record.exists() else []
        return [self.data_dir, *(folder for folder in cluster if not folder.is_relative_to(self.data_dir))]


@dataclass
class Up:
    """A running `dashwright up` with what it has said."""

    process: subprocess.Popen[str]
    place: Place
    said: list[str] = field(default_factory=list)

    def wait_for(self, words: str) -> str:
        """The first line with these words."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line.rstrip("\n"))
            if words in line:
                return line
        raise AssertionError("\n".join(self.said))

    def rest(self) -> str:
        """All it says until it ends."""
        assert self.process.stdout is not None
        self.said += self.process.stdout.read().splitlines()
        self.process.wait(PATIENCE)
        return "\n".join(self.said)

    def tell(self, number: signal.Signals) -> int:
        """Send a signal and wait for the end; the answer is the exit code."""
        self.process.send_signal(number)
        self.rest()
        return self.process.returncode

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        with self.process:
            self.rest()


def _texts(process: psutil.Process) -> list[str]:
    """What tells where a process works: its command, its folder and its variables."""
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return []
        return [*process.cmdline(), process.cwd(), *process.environ().values()]
    except psutil.Error:
        return []


@dataclass
class Cloud:
    """A server that speaks the protocol of Google Cloud Storage, with one bucket."""

    address: str
    bucket: str = "dashwright-tests"
    _count: Iterator[int] = field(default_factory=itertools.count)

    def prefix(self) -> str:
        """A place in the bucket that no other test has."""
        return f"test/{next(self._count)}"


@pytest.fixture(scope="session")
def cloud() -> Iterator[Cloud]:
    from gcp_storage_emulator.server import create_server

    server = create_server("127.0.0.1", 0, in_memory=True, default_bucket=Cloud.bucket)
    server.start()
    yield Cloud(f"http://127.0.0.1:{server._api._httpd.server_port}")
    server.stop()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A new data directory; whatever a test leaves running on it is ended."""
    place = Place(tmp_path / "data")
    yield place
    place.end()


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One data directory on which everything but JupyterLab runs, for all tests that need no more."""
    place = Place(tmp_path_factory.mktemp("running") / "data")
    place.up()
    yield place
    place.end()
