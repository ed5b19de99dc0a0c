"""A real JupyterLab with a real worker and viewer beside it, for all tests of the front end: started once.

It has a token, the check of XSRF and a base URL, as under a hub.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import PATIENCE, Place

TOKEN = "a-token-of-the-tests"  # not secret: the server is on loopback and ends with the test
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
)
AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
SETTINGS = {
    "@jupyterlab/apputils-extension/notification": '{"fetchNews": "false", "checkForUpdates": false}',
    "dashwright/plugin": '{"tour": false}',
}
"""News and the tour would cover what tests look at."""
CSV = "day,region,amount\n" + "".join(
    f"2024-{month:02d}-01,{region},{month * 10 + shift}\n"
    for month in range(1, 13)
    for shift, region in enumerate(("North", "South", "West"))
)


@dataclass
class Lab:
    """A running JupyterLab, and what runs beside it on the same data directory."""

    address: str
    """With a slash at its end."""
    place: Place
    folder: Path
    """Where its notebooks are."""
    api: httpx.Client
    """Of the REST API in it."""

    def ask(self, question: str, **more: Any) -> dict[str, Any]:
        """Ask for a dashboard about a small file. Gives it, and the job that makes it."""
        data = self.folder / "sales.csv"
        data.write_text(CSV)
        body = {
            "question": question,
            "data": [{"kind": "local", "reference": str(data)}],
            "wishes": {"planner": "offline"},
        }
        return self.call("POST", "dashboards", json=body | more)

    def made(self, question: str = "How do amounts differ by region?", **more: Any) -> dict[str, Any]:
        """A dashboard that has a page."""
        begun = self.ask(question, **more)
        deadline = time.monotonic() + PATIENCE
        while (job := self.call("GET", f"jobs/{begun['job']['id']}"))["status"] in ("pending", "processing"):
            assert time.monotonic() < deadline, job
            time.sleep(0.1)
        assert job["status"] == "completed", job
        return self.call("GET", f"dashboards/{job['slug']}")  # type: ignore[no-any-return]

    def call(self, method: str, path: str, **more: Any) -> Any:
        answer = self.api.request(method, path, **more)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None


@contextmanager
def jupyterlab(place: Place, folder: Path) -> Iterator[Lab]:
    """A JupyterLab with nothing of this user's in it, on a data directory on which the rest runs."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    own = {f"JUPYTER_{kind}_DIR": str(folder / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")}
    own |= {f"JUPYTERLAB_{kind}_DIR": str(folder / kind.lower()) for kind in ("SETTINGS", "WORKSPACES")}
    for name, text in SETTINGS.items():
        path = folder / "settings" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True)
        path.write_text(text)
    notebooks = folder / "notebooks"
    notebooks.mkdir()
    command = [sys.executable, "-m", "jupyterlab", "--allow-root", "--no-browser", f"--port={port}"]
    options = [
        "--ServerApp.port_retries=0",
        "--LabApp.expose_app_in_browser=True",
        "--ServerApp.base_url=/user/ann/",
        f"--IdentityProvider.token={TOKEN}",
        f"--ServerApp.root_dir={notebooks}",
    ]
    log = folder / "lab.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command + options, env=place.environment(**own), stdout=output, stderr=output, cwd=folder
        )
    address = f"http://127.0.0.1:{port}/user/ann/"
    headers = {"Authorization": f"token {TOKEN}"}
    try:
        with httpx.Client(base_url=f"{address}dashwright/api/", headers=headers, trust_env=False, timeout=60) as api:
            deadline = time.monotonic() + PATIENCE
            while not is_answering(api):
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.1)
            yield Lab(address, place, notebooks, api)
    finally:
        process.terminate()
        process.wait(20)


def is_answering(api: httpx.Client) -> bool:
    try:
        return api.get("health").is_success
    except httpx.TransportError:
        return False


@pytest.fixture(scope="session")
def lab(running: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """For all tests: each works on dashboards of its own, and leaves no other behind than those it has made."""
    with jupyterlab(running, tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield started
        started.close()


@dataclass
class Window:
    """JupyterLab in a browser, and all errors that its console has told."""

    page: Page
    errors: list[str] = field(default_factory=list)


def opened(browser: Browser, lab: Lab, *, width: int = 1400, dark: bool = False) -> Window:
    """JupyterLab as somebody sees it who has just come in, as wide as that."""
    page = browser.new_page(viewport={"width": width, "height": 900})
    window = Window(page)
    page.on("pageerror", lambda error: window.errors.append(str(error)))
    page.goto(f"{lab.address}lab?reset&token={TOKEN}")
    page.wait_for_selector(".jp-Launcher", timeout=60_000)
    page.evaluate("jupyterapp.restored.then(() => null)")  # or the layout is put back over what a test does first
    theme, is_light = ("JupyterLab Dark", "false") if dark else ("JupyterLab Light", "true")  # others' choice stays
    if not page.query_selector(f'body[data-jp-theme-light="{is_light}"]'):
        page.evaluate("theme => jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
        page.wait_for_selector(f'body[data-jp-theme-light="{is_light}"]', state="attached")
    return window


@pytest.fixture
def window(browser: Browser, lab: Lab) -> Iterator[Window]:
    window = opened(browser, lab)
    yield window
    window.page.context.close()
    assert window.errors == []


@pytest.fixture
def page(window: Window) -> Page:
    return window.page


def violations(page: Page, selector: str) -> list[str]:
    """What axe finds below an element, in words."""
    page.evaluate(AXE.read_text() + "; undefined")
    found = page.evaluate("selector => axe.run(selector)", selector)["violations"]
    return [f"{one['id']}: {one['help']}: {node['html'][:200]}" for one in found for node in one["nodes"]]
