"""Commands that need a worker and find nothing running, and those who watch one work."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.cli.test_dashboards import SALES
from tests.conftest import Place


def test_new_starts_what_it_needs_and_its_address_stays_open(place: Place, tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text(SALES)
    done = place.call("new", "revenue by region", "--data", "sales.csv", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    assert "dashwright down" in done.stderr
    assert httpx.get(made["url"], follow_redirects=True, timeout=60).status_code == 200
    assert place.json("show", made["slug"])["url"] == made["url"]

    assert place.call("down").returncode == 0
    place.assert_nothing_left()
    assert place.json("list")[0]["slug"] == made["slug"], "the database is started for the length of a command"
    assert place.json("list")[0]["url"] is None
    place.assert_nothing_left()

    opened = place.call("open", made["slug"], DISPLAY="", WAYLAND_DISPLAY="")
    assert httpx.get(opened.stdout.strip(), follow_redirects=True, timeout=60).status_code == 200


def test_two_at_once_share_what_one_of_them_starts(place: Place, tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text(SALES)
    command = [sys.executable, "-P", "-m", "dashwright.server.cli", "new", "units by region", "--data", "sales.csv"]
    both = [
        subprocess.Popen(
            [*command, "--no-wait"], cwd=tmp_path, env=place.environment(), stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    # Both have ended before anything is said about one: what the other starts would be missed by the cleaning up.
    told = [process.communicate(timeout=120)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], told
    assert len(place.json("jobs")) == 2


@pytest.fixture
def interruptible() -> Iterator[None]:
    """What this process starts can be interrupted, also where a shell started the tests in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_stops_the_watching_not_the_making(running: Place, tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text(SALES)
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "dashwright.server.cli", "new", "interrupted question", "--data", "sales.csv"],
        cwd=tmp_path,
        env=running.environment(),
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        begun = process.stderr.readline()  # a step has ended; asking another command would take as long as the job
        process.send_signal(signal.SIGINT)
        errors = begun + process.stderr.read()
    slug = "interrupted-question"
    assert process.returncode == 130, errors
    assert f"dashwright follow {slug}" in errors
    assert running.json("follow", slug)["status"] == "completed"


def test_on_a_terminal_the_steps_stay_and_the_bar_goes(running: Place, tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text(SALES)
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "dashwright.server.cli", "new", "on a terminal", "--data", "sales.csv"],
        cwd=tmp_path,
        env=running.environment(TERM="xterm-256color", COLUMNS="100"),
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            shown += os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
    os.close(ours)
    assert process.wait(60) == 0
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode())
    assert "✓ Running and publishing" in text
    assert "━" in text
    assert "http://127.0.0.1:" in text
