"""The server extension, in a real Jupyter server."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

import dashwright
from dashwright.server.up import running

TOKEN = "a-token-of-the-tests"  # not secret: the server is on loopback and ends with the test


@contextmanager
def jupyter(folder: Path, data_dir: Path) -> Iterator[httpx.Client]:
    """A Jupyter server with our extension, below a base URL as under a hub, and a client that may use it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        **{f"JUPYTER_{kind}_DIR": str(folder / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")},
        "DASHWRIGHT_DATA_DIR": str(data_dir),
    }
    command = [sys.executable, "-m", "jupyter_server", "--allow-root", "--no-browser", f"--port={port}"]
    options = [
        "--ServerApp.port_retries=0",
        "--ServerApp.base_url=/user/ann/",
        f"--IdentityProvider.token={TOKEN}",
        "--ServerApp.allow_unauthenticated_access=False",
        f"--ServerApp.root_dir={folder}",
        "--ServerApp.jpserver_extensions={'dashwright': True}",
    ]
    log = folder / "jupyter.log"
    with log.open("wb") as output:
        process = subprocess.Popen([*command, *options], env=environment, stdout=output, stderr=output, cwd=folder)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}/user/ann/", trust_env=False, timeout=20) as client:
            deadline = time.monotonic() + 60
            while True:
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                try:
                    client.get("api", headers={"Authorization": f"token {TOKEN}"})
                    break
                except httpx.TransportError:
                    time.sleep(0.1)
            client.headers["X-Log"] = str(log)
            yield client
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, data_dir: Path) -> Iterator[httpx.Client]:
    with jupyter(tmp_path_factory.mktemp("jupyter"), data_dir) as client:
        yield client


def about(client: httpx.Client, token: str = TOKEN) -> httpx.Response:
    client.cookies.clear()  # an answer to a token sets one
    return client.get("dashwright/about", headers={"Authorization": f"token {token}"} if token else {})


def test_about_says_the_version_and_no_viewer_while_none_runs(client: httpx.Client) -> None:
    answer = about(client)
    assert answer.status_code == 200
    assert (answer.json()["version"], answer.json()["viewer"]) == (dashwright.__version__, None)


def test_about_says_where_files_are_so_that_one_can_be_named(client: httpx.Client) -> None:
    headers = {"Authorization": f"token {TOKEN}"}
    content = {"type": "file", "format": "text", "content": "a,b\n1,2\n"}
    client.put("api/contents/named.csv", json=content, headers=headers).raise_for_status()
    assert (Path(about(client).json()["root"]) / "named.csv").read_text() == "a,b\n1,2\n"


def test_about_says_where_the_viewer_is_and_nothing_else(client: httpx.Client, data_dir: Path) -> None:
    now = running.Running(
        pid=os.getpid(), state="ready", viewer="http://127.0.0.1:8866/", studio="http://127.0.0.1:1/lab?token=secret"
    )
    with running.claimed(data_dir):
        running.record(data_dir, now)
        found = about(client).json()
        assert found.pop("root")
        assert found == {"version": dashwright.__version__, "viewer": "http://127.0.0.1:8866/"}


def test_about_answers_nobody_without_a_token(client: httpx.Client) -> None:
    assert about(client, token="").status_code == 403
    assert about(client, token="another").status_code == 403


def test_jupyter_starts_and_about_answers_when_a_setting_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DASHWRIGHT_NO_SUCH_SETTING", "1")
    with jupyter(tmp_path, tmp_path / "data") as client:
        assert about(client).json()["viewer"] is None
        assert "DASHWRIGHT_NO_SUCH_SETTING" in Path(client.headers["X-Log"]).read_text()


def test_every_route_of_ours_says_who_may_use_it(client: httpx.Client) -> None:
    log = Path(client.headers["X-Log"]).read_text()
    assert "Extension package dashwright" not in log
    assert not [line for line in log.splitlines() if "JupyterServerAuthWarning" in line and "dashwright" in line]
    assert json.loads(about(client).text)
