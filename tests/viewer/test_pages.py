"""What a viewer sees: dashboards, the list, downloads, and one clear sentence when something is wrong."""

from __future__ import annotations

import gzip
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from websockets.exceptions import ConnectionClosed

FAILING = (
    "import ipywidgets as widgets",
    "print('before')",
    "raise ValueError('the secret of the house')",
    "print('after')",
)


def test_cells_run_in_the_versions_folder_with_our_kernel(browser: Any) -> None:
    page = browser.open("small")
    assert "data: hello" in page.text
    assert "dwk-" in Path(f"/proc/{browser.viewer.children()[-1]}/environ").read_text()


def test_title_language_and_age_of_the_data_are_told(browser: Any) -> None:
    text = browser.open("small").text
    assert '<html lang="en">' in text
    assert "<title>About small</title>" in text
    assert 'Data as of <time datetime="2026-11-23T08:15:00+00:00">23 Nov 2026, 08:15 UTC</time>' in text
    assert "<span>Version 1</span>" in text
    assert '<a href="/d/small/notebook" download>Notebook</a>' in text


def test_a_failed_refresh_is_told_with_both_times(viewer: Any, browser: Any) -> None:
    viewer.shelf.publish(
        "stale",
        refresh_failed_at="2026-11-24T09:00:00+01:00",
        refresh_failure="The server 'data.example' did not answer within 60 seconds",
    )
    text = browser.open("stale").text
    assert "The refresh of <time" in text
    assert (
        "24 Nov 2026, 08:00 UTC</time> failed: The server &#39;data.example&#39; did not answer within 60 seconds. "
        in text
    )
    assert "Showing data of <time" in text
    assert "The last refresh failed" in browser.get("").text


def test_texts_of_the_store_cannot_become_markup(viewer: Any, browser: Any) -> None:
    evil = "</title><script>alert(1)</script>"
    viewer.shelf.publish(
        "evil", title=evil, description=evil, refresh_failed_at="2026-11-24T09:00:00", refresh_failure=evil
    )
    for text in (browser.open("evil").text, browser.get("").text):
        assert evil not in text
        assert "<script>alert(1)" not in text


def test_the_list_names_what_there_is(viewer: Any, browser: Any) -> None:
    viewer.shelf.publish("described", title="Bread & butter", description="What people eat.")
    text = browser.get("").text
    assert '<a href="/d/described">Bread &amp; butter</a>' in text
    assert "What people eat." in text


def test_an_empty_list_tells_how_to_make_the_first(start: Any) -> None:
    with start() as viewer:
        assert "dashwright new" in viewer.browser().get("").text


def test_the_notebook_can_be_taken_home(browser: Any) -> None:
    answer = browser.get("d/small/notebook")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="small.ipynb"'
    assert nbformat.reads(answer.text, as_version=4).cells


def test_health_tells_the_number_of_kernels(browser: Any) -> None:
    before = browser.get("health").json()
    browser.open("small")
    after = browser.get("health").json()
    assert (after["status"], after["kernels"] - before["kernels"], after["max_kernels"]) == ("ok", 1, 4)


def test_store_out_of_reach_is_a_page_and_not_a_traceback(start: Any) -> None:
    with start() as viewer:
        (viewer.shelf.folder / "shelf.json").unlink()
        browser = viewer.browser()
        assert browser.get("health").status_code == 503
        answer = browser.get("")
        assert (answer.status_code, "Something went wrong here" in answer.text) == (500, True)
        assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("d/nothing", 404, "There is no dashboard &#39;nothing&#39; here"),
        ("nothing/at/all", 404, "typing mistake"),
        ("d/broken", 500, "files cannot be read"),
        ("d/broken/notebook", 500, "notebook cannot be read"),
        ("d/lost", 500, "cannot be fetched from where they are kept"),
        ("d/lost/notebook", 500, "cannot be fetched from where they are kept"),
    ],
)
def test_errors_are_pages_with_a_sentence(viewer: Any, browser: Any, path: str, status: int, sentence: str) -> None:
    if "broken" not in viewer.shelf.entries:
        folder = viewer.shelf.publish("broken")
        for name in ("executed.ipynb", "notebook.ipynb"):
            (folder / name).unlink()
    if "lost" not in viewer.shelf.entries:
        shutil.rmtree(viewer.shelf.publish("lost"))
    answer = browser.get(path)
    assert answer.status_code == status
    assert sentence in answer.text
    assert 'class="bar"' in answer.text


def test_a_failing_cell_leaves_what_came_before_and_one_sentence(viewer: Any, browser: Any) -> None:
    viewer.shelf.publish("failing", *FAILING)
    text = browser.open("failing").text
    assert "before" in text
    assert "its computation stopped at step 3 of 4" in text
    assert "after" not in text.split("its computation stopped")[1].split("</main>")[0]
    assert "the secret of the house" not in text
    assert "Traceback" not in text


def test_a_kernel_that_dies_while_cells_run_is_told_too(viewer: Any, browser: Any) -> None:
    viewer.shelf.publish("dying", "import ipywidgets", "import os; os._exit(1)", "print('after')")
    assert "its computation stopped at step 2 of 3" in browser.open("dying").text


def test_a_kernel_that_dies_later_ends_the_connection(viewer: Any, browser: Any, eventually: Any) -> None:
    page = browser.open("small")
    with page.channels() as channels:
        os.kill(viewer.children()[-1], signal.SIGKILL)
        with pytest.raises(ConnectionClosed):
            _read_until_closed(channels)
    eventually(lambda: not page.is_alive())


def test_a_new_version_is_for_new_pages_only(viewer: Any, browser: Any) -> None:
    viewer.shelf.publish("growing", hello="first")
    old = browser.open("growing")
    viewer.shelf.publish("growing", number=2, hello="second")
    new = browser.open("growing")
    assert "data: first" in old.text
    assert "data: second" in new.text
    assert "Version 2" in new.text
    assert old.is_alive()
    folders = [os.readlink(f"/proc/{pid}/cwd") for pid in viewer.children()]
    assert {"1", "2"} <= {Path(folder).name for folder in folders if "growing" in folder}


def test_a_closed_browser_ends_its_kernel_before_the_page_is_drawn(viewer: Any, browser: Any, eventually: Any) -> None:
    viewer.shelf.publish("slow", "import time", "time.sleep(60)")
    before = set(viewer.children())
    with browser.http.stream("GET", "d/slow") as answer:
        pieces = answer.iter_bytes()
        assert b"<title>About slow</title>" in next(pieces)
        eventually(lambda: bool(set(viewer.children()) - before))
        (kernel,) = set(viewer.children()) - before
    eventually(lambda: kernel not in viewer.children())


def test_an_idle_kernel_ends_also_with_its_page_open(start: Any) -> None:
    with start(DASHWRIGHT_KERNEL_IDLE_TIMEOUT="2") as viewer:
        viewer.shelf.publish("small")
        with viewer.browser().open("small").channels() as channels, pytest.raises(ConnectionClosed):
            _read_until_closed(channels)
        assert viewer.children() == []


def test_beyond_this_machine_only_public_dashboards_are_there(start: Any) -> None:
    with start(host="0.0.0.0") as viewer:
        viewer.shelf.publish("open")
        viewer.shelf.publish("private", title="Ours alone", is_public=False)
        browser = viewer.browser()
        assert browser.get("d/open").status_code == 200
        assert browser.get("d/private").status_code == 404
        assert browser.get("d/private/notebook").status_code == 404
        assert "Ours alone" not in browser.get("").text
        assert browser.get("", headers={"Host": "dashboards.example"}).status_code == 200


def test_cookies_outlive_a_restart(start: Any) -> None:
    with start() as viewer:
        before = viewer.browser()
        before.get("")
        cookie = before.http.cookies["dashwright-browser"]
    with start() as viewer:
        after = viewer.browser()
        after.http.cookies.set("dashwright-browser", cookie)
        assert "dashwright-browser" not in after.get("").headers.get("set-cookie", "")
        assert (viewer.shelf.folder / "secrets/viewer-cookie").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_no_kernel_outlives_the_viewer(start: Any, eventually: Any, number: signal.Signals, tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    with start(TMPDIR=str(temporary)) as viewer:
        viewer.shelf.publish("small")
        viewer.browser().open("small")
        kernels = viewer.children()
        assert len(kernels) == 1
        os.kill(kernels[0], signal.SIGSTOP)  # so that it cannot see for itself that the viewer is gone
        viewer.process.send_signal(number)
        viewer.process.wait()
        eventually(lambda: not any(_alive(pid) for pid in kernels))
        if number != signal.SIGKILL:
            assert viewer.process.returncode == 0
            assert not list(temporary.iterdir())


def test_a_port_that_is_taken_is_one_sentence(viewer: Any, tmp_path: Path) -> None:
    port = viewer.address.rsplit(":", 1)[1].strip("/")
    code = (
        "import sys; from pathlib import Path; from dashwright.server.settings import load;"
        "from dashwright.server.viewer.app import serve; serve(load(Path(sys.argv[1])), None, int(sys.argv[2]))"
    )
    failed = subprocess.run([sys.executable, "-c", code, str(tmp_path), port], capture_output=True, text=True)
    assert failed.returncode != 0
    assert f"SetupError: Port {port} on 127.0.0.1 is already taken by another program." in failed.stderr


def test_assets_come_compressed_and_stay_with_the_browser(browser: Any) -> None:
    page = browser.open("small")
    base = page.text.split('"fullStaticUrl": "/')[1].split('"')[0]
    with browser.http.stream("GET", f"{base}/voila.js") as answer:
        raw = b"".join(answer.iter_raw())
    assert "immutable" in answer.headers["Cache-Control"]
    assert len(gzip.decompress(raw)) > 3 * len(raw)
    plain = browser.get(f"{base}/voila.js", headers={"Accept-Encoding": "identity"})
    assert plain.content == gzip.decompress(raw)


def _read_until_closed(channels: Any) -> None:
    while True:
        channels.recv()


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
