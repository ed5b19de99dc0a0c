"""`up`: what it starts it ends, however it is ended itself."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from tests.conftest import PATIENCE, Place, Up


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Everything, JupyterLab included, started by somebody who has keys."""
    keys = {"OPENAI_API_KEY": "sk-1", "KAGGLE_KEY": "k-1", "MY_OWN": "mine", "DASHWRIGHT_PLANNER": "offline"}
    keys |= {"DASHWRIGHT_COMPATIBLE_API_KEY": "c-1", "DASHWRIGHT_METRICS_TOKEN": "m-1"}
    place = Place(tmp_path_factory.mktemp("full") / "data", keys)
    place.up("--viewer-port", "0", "--port", "0")
    yield place
    place.end()


def children(place: Place) -> list[psutil.Process]:
    return psutil.Process(place.record()["pid"]).children(recursive=True)


def process_of(place: Place, name: str) -> psutil.Process:
    """The program of a part, which is below its tether."""
    tether = next(part["pid"] for part in place.record()["parts"] if part["name"] == name)
    return psutil.Process(tether).children()[0]


def works_in(process: psutil.Process, folder: Path) -> bool:
    try:
        return Path(process.cwd()).is_relative_to(folder)
    except psutil.Error:
        return False


def wait_until_gone(processes: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(processes, timeout=PATIENCE)
    assert not alive, [process.cmdline() for process in alive]


def assert_ended(up: Up, below: list[psutil.Process]) -> None:
    """It was told to end, did, and left nothing."""
    assert len(below) >= 6
    assert up.process.returncode == 0
    wait_until_gone(below)
    up.place.assert_nothing_left()
    assert not (up.place.data_dir / "run/up.json").exists()


def test_where_others_come_in_the_first_admin_is_told_how_and_ctrl_c_ends_it(place: Place) -> None:
    options = ("--no-lab", "--viewer-port", "0", "--host", "0.0.0.0")
    up = place.up(*options)
    viewer = place.record()["viewer"]
    [address] = [line for line in up.said if "/set-up/" in line]
    assert address.startswith(viewer)
    assert "admin@localhost" in httpx.get(address, timeout=PATIENCE).text
    again = place.call("user", "first").stdout.strip()
    assert again.startswith(f"{viewer}set-up/")
    assert "admin@localhost" not in httpx.get(address, timeout=PATIENCE).text
    place.call("user", "password", "admin@localhost", stdin="correct horse battery\n")
    assert place.call("user", "first").stdout == ""
    below = children(place)
    up.tell(signal.SIGINT)
    assert_ended(up, below)


def test_kill_9_leaves_nothing_and_the_next_start_works_at_once_until_down(place: Place) -> None:
    up = place.up()
    port = place.record()["viewer"].rstrip("/").rpartition(":")[2]
    below = children(place)
    up.tell(signal.SIGKILL)
    # The very same port: what the dead one started still holds it for a moment.
    again = place.up("--no-lab", "--viewer-port", port)
    wait_until_gone(below)
    below = children(place)
    assert place.call("down").returncode == 0
    again.process.wait(PATIENCE)
    assert_ended(again, below)


def test_kill_9_of_the_supervisor_and_its_tethers_leaves_nothing(place: Place) -> None:
    place.up()
    below = children(place)
    tethers = [part["pid"] for part in place.record()["parts"]]
    # Stopped first, so that none of them notices the end of another and does its part.
    for number in (signal.SIGSTOP, signal.SIGKILL):
        for pid in (place.record()["pid"], *tethers):
            os.kill(pid, number)
    wait_until_gone(below)
    place.assert_nothing_left()


def test_a_second_one_names_the_address_of_the_first(full: Place) -> None:
    second = full.call("up", "--no-lab")
    assert second.returncode == 1
    assert full.record()["viewer"] in second.stderr
    assert "already running" in second.stderr
    assert len(second.stderr.splitlines()) == 1
    assert httpx.get(full.record()["viewer"] + "health", timeout=PATIENCE).status_code == 200


@pytest.mark.parametrize("option", ["--viewer-port", "--port"])
def test_a_taken_port_is_named_before_anything_is_started(place: Place, option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        other = "--port" if option == "--viewer-port" else "--viewer-port"
        done = place.call("up", option, port, other, "0")
    assert done.returncode == 1
    assert f"Port {port} is already taken" in done.stderr
    assert option in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (place.data_dir / "postgres.json").exists()
    place.assert_nothing_left()


def test_a_taken_port_from_a_variable_is_named_too(place: Place) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        done = place.call("up", "--no-lab", DASHWRIGHT_VIEWER_PORT=port)
    assert done.returncode == 1
    assert f"Port {port} is already taken" in done.stderr


def test_what_dies_is_started_again_and_said_until_it_is_told_to_end(place: Place) -> None:
    up = place.up()
    for name in ("worker", "viewer", "database"):
        before = process_of(place, name)
        before.kill()
        assert "ended with code" in up.wait_for(f"The {name} ended")
        up.wait_for(f"The {name} runs again")
        assert process_of(place, name).pid != before.pid
    assert httpx.get(place.record()["viewer"] + "health", timeout=PATIENCE).status_code == 200
    assert_killed_database_comes_back(place)
    below = children(place)
    up.tell(signal.SIGTERM)
    assert_ended(up, below)


def assert_killed_database_comes_back(place: Place) -> None:
    """Also when its server dies and the part that watches over it does not."""
    postmaster = next(process for process in place.processes() if process.name() == "postgres")
    while postmaster.parent() and postmaster.parent().name() == "postgres":
        postmaster = postmaster.parent()
    postmaster.kill()
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if httpx.get(place.record()["viewer"] + "health", timeout=PATIENCE).status_code == 200:
            break
        time.sleep(0.2)
    else:
        pytest.fail("the viewer does not reach the database again")
    assert place.json("list") == []


def test_addresses_are_told_to_nobody_else(full: Place) -> None:
    record = full.data_dir / "run/up.json"
    assert stat.S_IMODE(record.stat().st_mode) == 0o600
    assert stat.S_IMODE((full.data_dir / "secrets").stat().st_mode) == 0o700
    token = full.record()["studio"].partition("token=")[2]
    assert len(token) > 30
    assert not [process for process in full.processes() if any(token in text for text in process.cmdline())]


def test_jupyterlab_opens_by_its_token_with_its_own_data_and_the_extension(full: Place) -> None:
    address = full.record()["studio"]
    assert address in "\n".join(full.begun[0].said)
    assert httpx.get(address, timeout=PATIENCE).status_code == 200
    base, _, token = address.partition("lab?token=")
    assert httpx.get(f"{base}api/contents", timeout=PATIENCE).status_code == 403
    about = httpx.get(f"{base}dashwright/about", headers={"Authorization": f"token {token}"}, timeout=PATIENCE)
    assert about.json()["viewer"] == full.record()["viewer"]
    assert (full.data_dir / "jupyter/runtime").is_dir()


def test_rest_api_is_served_apart_and_in_jupyterlab(full: Place) -> None:
    own = {"Authorization": f"Bearer {(full.data_dir / 'secrets/api-token').read_text()}"}
    api = full.record()["api"]
    assert api in "\n".join(full.begun[0].said)
    asked = httpx.post(f"{api}dashboards", json={"question": "Anything?"}, headers=own, timeout=PATIENCE)
    assert asked.status_code == 202
    base, _, token = full.record()["studio"].partition("lab?token=")
    lab = {"Authorization": f"token {token}"}
    listed = httpx.get(f"{base}dashwright/api/dashboards", headers=lab, timeout=PATIENCE)
    assert asked.json()["dashboard"]["id"] in [one["id"] for one in listed.json()["items"]]
    assert httpx.get(f"{base}dashwright/api/dashboards", timeout=PATIENCE).status_code in (401, 403)
    assert httpx.get(f"{api}me", timeout=PATIENCE).json()["kind"] == "anonymous"


def test_each_part_knows_only_the_secrets_it_needs(full: Place) -> None:
    viewer, studio = process_of(full, "viewer").environ(), process_of(full, "studio").environ()
    keys = {"OPENAI_API_KEY", "KAGGLE_KEY", "DASHWRIGHT_COMPATIBLE_API_KEY"}
    assert not (keys | {"MY_OWN"}) & set(viewer)
    api = process_of(full, "api").environ()
    assert viewer["DASHWRIGHT_METRICS_TOKEN"] == api["DASHWRIGHT_METRICS_TOKEN"] == "m-1"
    assert not (keys | {"DATABASE_URL", "DASHWRIGHT_METRICS_TOKEN"}) & set(studio)
    assert not (keys | {"MY_OWN"}) & set(api)
    assert studio["MY_OWN"] == "mine"


def test_a_part_that_cannot_start_says_why_and_nothing_stays(place: Place) -> None:
    done = place.call("up", "--no-lab", "--viewer-port", "0", DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing")
    assert done.returncode == 1
    assert "The database does not answer" in done.stderr
    assert "Traceback" not in done.stderr
    place.assert_nothing_left()


def test_a_data_directory_that_is_removed_ends_everything(place: Place, tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    up = place.up(TMPDIR=str(temporary))
    below = children(place)
    folders = place.folders()
    shutil.rmtree(place.data_dir)
    assert "was removed" in up.rest()
    assert up.process.returncode == 1
    wait_until_gone(below)
    assert not list(temporary.glob("dashwright-*.log")), "nothing of it is taken for a bug of ours"
    for folder in folders[1:]:
        wait_until_gone([process for process in psutil.process_iter() if works_in(process, folder)])
        shutil.rmtree(folder)
