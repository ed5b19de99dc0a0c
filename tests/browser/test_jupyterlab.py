"""The "Dashboards" panel in a real JupyterLab, in a real browser."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import nbformat
import pytest
from playwright.sync_api import Page, expect, sync_playwright

import dashwright
from dashwright.server.up import running

TOKEN = "a-token-of-the-tests"  # not secret: the server is on loopback and ends with the test
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
)
DATA = """import pandas as pd
sales = pd.DataFrame({"region": ["North", "South", "East"] * 40, "amount": range(120),
                      "date": pd.date_range("2023-01-01", periods=120)})
%load_ext dashwright"""
QUESTION = "%%dashwright sales\nHow does the amount change by region?"
VIEWER = "http://127.0.0.1:8866/"


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, data_dir: Path) -> Iterator[str]:
    """Address of a JupyterLab with nothing of this user's in it, below a base URL as under a hub."""
    folder = tmp_path_factory.mktemp("lab")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        **{f"JUPYTER_{kind}_DIR": str(folder / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")},
        **{f"JUPYTERLAB_{kind}_DIR": str(folder / kind.lower()) for kind in ("SETTINGS", "WORKSPACES")},
        "DASHWRIGHT_DATA_DIR": str(data_dir),
    }
    options = ["--allow-root", "--no-browser", f"--port={port}", "--ServerApp.port_retries=0"]
    options += [
        "--ServerApp.base_url=/user/ann/",
        f"--IdentityProvider.token={TOKEN}",
        f"--ServerApp.root_dir={folder}",
    ]
    log = folder / "lab.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options], env=environment, stdout=output, stderr=output, cwd=folder
        )
    address = f"http://127.0.0.1:{port}/user/ann/"
    deadline = time.monotonic() + 60
    try:
        while not is_answering(f"{address}api"):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(20)


def is_answering(address: str) -> bool:
    try:
        return httpx.get(address, trust_env=False).is_success
    except httpx.TransportError:
        return False


@pytest.fixture
def page(lab: str) -> Iterator[Page]:
    """JupyterLab as somebody sees it who has just come in."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_page(viewport={"width": 1200, "height": 800})
        page.goto(f"{lab}lab?reset&token={TOKEN}")
        page.wait_for_selector(".jp-Launcher", timeout=60_000)
        yield page
        browser.close()


def test_panel_says_how_to_make_a_dashboard_and_links_to_the_viewer(page: Page, data_dir: Path) -> None:
    panel = page.locator("#dashwright-dashboards")
    with running.claimed(data_dir):
        running.record(data_dir, running.Running(pid=os.getpid(), state="ready", viewer=VIEWER))
        page.locator('.jp-SideBar [data-id="dashwright-dashboards"]').click()
        expect(panel).to_contain_text('dashwright new "')
        expect(panel.get_by_role("link", name="Open the dashboards")).to_have_attribute("href", VIEWER)
        expect(panel).to_contain_text(f"Dashwright {dashwright.__version__}")


def test_launcher_and_palette_open_the_panel(page: Page) -> None:
    panel = page.locator("#dashwright-dashboards")
    page.locator(".jp-LauncherCard", has_text="Dashboards").click()
    expect(panel).to_be_visible()
    expect(panel).to_contain_text("dashwright up")
    expect(panel.get_by_role("link")).to_have_count(0)
    page.locator('.jp-SideBar [data-id="filebrowser"]').click()
    expect(panel).to_be_hidden()
    page.keyboard.press("Control+Shift+C")
    page.locator(".lm-CommandPalette-input").fill("dashboards")
    page.locator(".lm-CommandPalette-item", has_text="Dashboards").click()
    expect(panel).to_be_visible()


def test_question_in_a_notebook_is_answered_in_its_output_and_opens_as_a_notebook(page: Page, lab: str) -> None:
    """Filters act through the kernel; the look is the page's, in its box alone, and follows the box's width."""
    cells = [nbformat.v4.new_code_cell(DATA), nbformat.v4.new_code_cell(QUESTION)]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "x"}})
    for name in ("new folder", "new folder/asked.ipynb"):
        content = {"type": "notebook", "content": notebook} if name.endswith("ipynb") else {"type": "directory"}
        headers = {"Authorization": f"token {TOKEN}"}
        httpx.put(f"{lab}api/contents/{name}", json=content, headers=headers, trust_env=False).raise_for_status()
    page.goto(f"{lab}lab/tree/new%20folder/asked.ipynb?reset")
    expect(page.get_by_text("| Idle")).to_be_visible(timeout=60_000)
    page.locator(".jp-Notebook .cm-content").first.click()
    for _ in cells:
        page.keyboard.press("Shift+Enter")
    box = page.locator(".dashwright-inline")
    expect(box.get_by_role("heading", name="Amount over time by region").first).to_be_visible(timeout=60_000)
    expect(box.locator(".card > .bqplot").first).to_be_visible()
    assert box.evaluate("box => getComputedStyle(box).colorScheme") == "light"
    before = box.locator(".tile .value").first.inner_text()
    box.locator(".filters select").first.select_option("North")
    expect(box.locator(".tile .value").first).not_to_have_text(before)
    chart = box.locator(".card.type-line")
    for width, span in ((1800, "span 7"), (800, "span 12")):
        page.set_viewport_size({"width": width, "height": 800})
        expect(chart).to_have_css("grid-column-start", span)
    box.get_by_role("button", name="Open as notebook").click()
    box.get_by_role("link", name="amount-over-time-by-region.ipynb").click()
    page.wait_for_url("**/lab/tree/new%20folder/amount-over-time-by-region.ipynb")
    expect(page.locator(".jp-MarkdownOutput h1", has_text="Amount over time by region")).to_be_visible()
