"""Pictures of a real page by a real browser, with a script on it that wants more than it may."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from dashwright.pipelines.errors import LimitError, SetupError
from dashwright.pipelines.step import JobFolder
from dashwright.server.pictures.taking import PROGRAMS, browser, environment, take
from dashwright.server.settings import Settings
from dashwright.server.storage import Versions
from dashwright.server.store import Claims, Gallery, References
from dashwright.server.worker.picturing import Picturing
from tests.server.api.conftest import client_of
from tests.server.conftest import Site, wait_until
from tests.server.test_store import ask, claimed, made

pytestmark = pytest.mark.skipif(not any(map(shutil.which, PROGRAMS)), reason="there is no browser here")
CELL = """
import os
import ipywidgets
from IPython.display import HTML, display
display(HTML('''<script>
Element.prototype.remove = function () {};
fetch("ADDRESS/script").catch(() => 0);
new Image().src = "ADDRESS/image";
try { new WebSocket("ADDRESS/socket".replace("http", "ws")); } catch {}
const link = document.createElement("a");
link.href = "ADDRESS/link"; link.target = "_blank"; link.rel = "opener"; document.body.append(link); link.click();
window.open("ADDRESS/window");
const frame = document.createElement("iframe"); frame.src = "ADDRESS/frame"; document.body.append(frame);
document.body.append("The script has run.");
</script><meta name="x" content="y">'''))
secret = os.environ.get("DASHWRIGHT_TEST_SECRET", "no secret")
display(ipywidgets.VBox([ipywidgets.HTML(f"<h1>Sold apples</h1><p>{secret}</p>")]))
"""


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, list[str]]]:
    """A server that notes what it is asked for."""
    asked: list[str] = []

    class Note(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Note)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.settings(pictures="on")
def test_pictures_of_a_page_are_taken_and_handed_out(
    site: Site, elsewhere: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DASHWRIGHT_TEST_SECRET", "a secret")
    address, asked = elsewhere
    claims = Claims(site.store)
    job = ask(site.store, is_public=True)
    claim = claimed(claims, job)
    version = made(site.store, claim)
    folder = JobFolder(site.settings.versions / job.dashboard_id / "1")
    folder.write(version, folder.version)
    nbformat.write(new_notebook(cells=[new_code_cell(CELL.replace("ADDRESS", address))]), folder.executed)
    assert claims.publish(claim, version, {})
    versions = Versions(site.settings, References(site.store).owner())
    picturing = Picturing(Gallery(site.store), versions, site.settings)
    drawn = site.store.dashboard(job.slug).thumbnail
    picturing.start()
    try:
        picturing.want(claim)
        wait_until(lambda: site.store.dashboard(job.slug).thumbnail != drawn)
    finally:
        picturing.stop()
    assert asked == []
    digest = str(site.store.dashboard(job.slug).thumbnail).rpartition("=")[2]
    [known] = [name for name in claims.known_folders(days=0) if name.startswith("pictures/")]
    assert known.startswith(f"pictures/{digest}")
    shutil.rmtree(site.settings.data_dir / known)  # as on another machine
    with client_of(site) as client:
        small = client.get(str(site.store.dashboard(job.slug).thumbnail))
        assert small.headers["Content-Type"] == "image/png"
        assert small.content[16:24] == (480).to_bytes(4) + (270).to_bytes(4)
        page = client.get(f"dashboards/{job.slug}/exports/html").text
        assert "Sold apples" in page
        assert "no secret" in page
        assert "The script has run." in page
        assert "<script" not in page
        assert page.index("Content-Security-Policy") < page.index("<style>")
        assert client.get(f"dashboards/{job.slug}/exports/pdf").content.startswith(b"%PDF")
        assert client.get(f"dashboards/{job.slug}/versions/1/exports/png").content.startswith(b"\x89PNG")


def test_camera_is_ended_when_the_worker_stops(tmp_path: Any) -> None:
    settings = Settings(data_dir=tmp_path / "data", pictures="on")
    with pytest.raises(LimitError, match="told to stop"):
        take(tmp_path, "Title", "slug", tmp_path / "into", settings, lambda: True)
    assert not (tmp_path / "into").exists()


def test_without_a_browser_or_its_sandbox_none_is_asked_for(tmp_path: Any) -> None:
    with pytest.raises(SetupError, match="DASHWRIGHT_PICTURES"):
        browser(Settings(data_dir=tmp_path, pictures="off"))
    with pytest.raises(SetupError, match="There is no browser"):
        browser(Settings(data_dir=tmp_path, pictures="on", browser=tmp_path / "none"))
    assert environment({"PATH": "/bin", "DATABASE_URL": "x", "GEMINI_API_KEY": "y"}, "/tmp/x") == {
        "PATH": "/bin",
        "HOME": "/tmp/x",
        "TMPDIR": "/tmp/x",
    }
