"""A viewer as a process of its own, dashboards on its shelf, and browsers without JavaScript that look at them."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import nbformat
import pytest
from websockets.sync.client import ClientConnection, connect

PROTOCOL = "v1.kernel.websocket.jupyter.org"
CELLS = (
    "import os\nimport ipywidgets as widgets\nfrom IPython.display import display",
    "print('data:', open('data/hello.txt').read())",
    "print('variables:', ' '.join(sorted(os.environ)))",
    "number = widgets.IntSlider(description='Number', value=3)\ndisplay(number)",
)


class Shelf:
    """What the viewer of a test has to show."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.entries: dict[str, dict[str, Any]] = {}
        self._write()

    def publish(self, slug: str, *cells: str, number: int = 1, hello: str = "hello", **values: Any) -> Path:
        version = self.folder / "versions" / slug / str(number)
        (version / "data").mkdir(parents=True)
        (version / "data/hello.txt").write_text(hello)
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells or CELLS])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        for name in ("executed.ipynb", "notebook.ipynb"):
            nbformat.write(notebook, version / name)
        self.entries[slug] = {
            "slug": slug,
            "dashboard_id": slug,
            "number": number,
            "title": f"About {slug}",
            "folder": str(version),
            "data_as_of": "2026-11-23T08:15:00+00:00",
            "is_public": True,
        } | values
        self._write()
        return version

    def withdraw(self, slug: str) -> None:
        del self.entries[slug]
        self._write()

    def _write(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        temporary = self.folder / "shelf.new"
        temporary.write_text(json.dumps(list(self.entries.values())))
        temporary.rename(self.folder / "shelf.json")


@dataclass
class Page:
    """An opened dashboard."""

    browser: Browser
    answer: httpx.Response
    kernel: str

    @property
    def text(self) -> str:
        return self.answer.text

    def channels(self, protocol: str | None = PROTOCOL, **headers: str) -> ClientConnection:
        cookies = "; ".join(f"{name}={value}" for name, value in self.browser.http.cookies.items())
        url = f"{self.browser.viewer.address.replace('http', 'ws', 1)}api/kernels/{self.kernel}/channels?session_id=one"
        return connect(
            url,
            subprotocols=[protocol] if protocol else None,  # type: ignore[list-item]
            additional_headers={"Cookie": cookies, **headers},
            open_timeout=60,
            max_size=None,
        )

    def close(self) -> httpx.Response:
        """What the page does when it is closed."""
        xsrf = self.browser.http.cookies.get("_xsrf", "")
        return self.browser.http.post(f"voila/api/shutdown/{self.kernel}", data={"_xsrf": xsrf})

    def is_alive(self) -> bool:
        return self.browser.http.get(f"api/kernels/{self.kernel}").status_code == 200


@dataclass
class Browser:
    viewer: Viewer
    http: httpx.Client
    pages: list[Page] = field(default_factory=list)

    def get(self, path: str, **kwargs: Any) -> httpx.Response:
        return self.http.get(path, **kwargs)

    def open(self, slug: str, query: str = "") -> Page:
        answer = self.http.get(f"d/{slug}{query}")
        assert answer.status_code == 200, answer.text
        found = re.search(r'"kernelId": "([\w-]+)"', answer.text)
        assert found is not None
        page = Page(self, answer, found.group(1))
        self.pages.append(page)
        return page


@dataclass
class Viewer:
    process: subprocess.Popen[str]
    address: str
    shelf: Shelf
    log: Path
    browsers: list[Browser] = field(default_factory=list)

    def browser(self) -> Browser:
        opened = Browser(self, httpx.Client(base_url=self.address, timeout=120))
        self.browsers.append(opened)
        return opened

    def children(self) -> list[int]:
        """Kernels' processes."""
        listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True)
        return [int(pid) for pid in listed.stdout.split()]


@contextmanager
def running(folder: Path, host: str = "127.0.0.1", database: str = "", **variables: str) -> Iterator[Viewer]:
    shelf = Shelf(folder)
    log = folder / "viewer.log"
    environ = os.environ | {"DATABASE_URL": "postgresql://me:secret@host/db", "GEMINI_API_KEY": "secret"} | variables
    command = [sys.executable, str(Path(__file__).with_name("serving.py")), str(folder), host]
    command += [database] if database else []
    with (
        log.open("w") as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, env=environ) as process,
    ):
        assert process.stdout is not None
        address = process.stdout.readline().strip().replace("0.0.0.0", "127.0.0.1")
        assert address.startswith("http"), log.read_text()
        viewer = Viewer(process, address, shelf, log)
        try:
            yield viewer
        finally:
            for browser in viewer.browsers:
                browser.http.close()
            process.send_signal(signal.SIGTERM)
            process.wait()


@pytest.fixture(scope="session")
def viewer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Viewer]:
    """One viewer for all tests that need no settings of their own. At most four kernels."""
    with running(tmp_path_factory.mktemp("viewer"), DASHWRIGHT_MAX_KERNELS="4") as started:
        started.shelf.publish("small")
        yield started


@pytest.fixture
def start(tmp_path: Path) -> Callable[..., Any]:
    """Start another viewer: ``with start(host=…, DASHWRIGHT_…=…) as viewer``."""
    return lambda **kwargs: running(tmp_path / "data", **kwargs)


@pytest.fixture
def browser(viewer: Viewer) -> Iterator[Browser]:
    opened = viewer.browser()
    yield opened
    for page in opened.pages:
        page.close()


@pytest.fixture
def stranger(viewer: Viewer) -> Browser:
    """Another browser, known to the viewer by its own cookie."""
    opened = viewer.browser()
    opened.get("")
    return opened


@pytest.fixture
def eventually() -> Callable[..., None]:
    """Wait until something is true; fail after some seconds."""

    def wait(condition: Callable[[], bool], seconds: float = 120) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "it did not come true in time"
            time.sleep(0.05)

    return wait
