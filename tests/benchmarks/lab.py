"""``make bench-lab``: JupyterLab with the extension and without, a list of 1,000 dashboards, a question answered.

Prints each figure beside what is wanted, with the load of the machine, which nobody else should use meanwhile; asserts
nothing. ``ROUNDS=1`` is a short one.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from dashwright.server.postgres import database
from dashwright.server.settings import Settings
from dashwright.server.store import opened as opened_store
from tests.benchmarks.api import fill
from tests.browser.lab import CHROMIUM, FLAGS, Lab, jupyterlab, opened
from tests.conftest import Place

ROUNDS = int(os.environ.get("ROUNDS", "5"))
MANY = 1_000
STATIC = Path(__file__).parents[2] / "extension" / "labextension" / "static"
START, FIRST_LIST, LONG_TASK, FIRST_LINE, NOTEBOOK, BUNDLE = 1.05, 300, 50, 300, 6_000, 400_000
"""A ratio, milliseconds, and bytes that are wanted."""
WITHOUT = {"labconfig/page_config.json": {"disabledExtensions": {"dashwright": True}}}

LIST = """async () => {
  const begun = performance.now();
  await jupyterapp.commands.execute('dashwright:show-dashboards');
  while (!document.querySelector('.dw-Row')) await new Promise(requestAnimationFrame);
  return performance.now() - begun;
}"""
SCROLL = """async () => {
  const tasks = [];
  const note = list => tasks.push(...list.getEntries().map(one => one.duration));
  new PerformanceObserver(note).observe({type: 'longtask'});
  const rows = document.querySelector('.dw-Rows');
  const ends = performance.now() + 6000;
  while (performance.now() < ends) {
    rows.scrollTop += 40;
    await new Promise(requestAnimationFrame);
  }
  return [rows.scrollTop, ...tasks];
}"""
ASK = """async () => {
  const button = [...document.querySelectorAll('.dw-New button')].find(one => one.textContent === 'Create');
  const begun = performance.now();
  const shown = async selector => {
    while (!document.querySelector(selector)) await new Promise(requestAnimationFrame);
    return performance.now() - begun;
  };
  button.click();
  return [await shown('.dw-New [role="status"]'), await shown('.jp-NotebookPanel .jp-Cell')];
}"""


def report(name: str, value: float, wanted: float, unit: str = "ms") -> None:
    verdict = "reached" if value <= wanted else "MISSED"
    print(f"{name}: {value:,.2f} {unit} (wanted: {wanted:g}, {verdict}); load {os.getloadavg()[0]:.1f}", flush=True)


def starts(browser: Browser, lab: Lab) -> float:
    """Seconds until JupyterLab is there, in a window that has seen nothing of it."""
    begun = time.perf_counter()
    window = opened(browser, lab)
    passed = time.perf_counter() - begun
    window.page.close()
    return passed


def compare_starts(browser: Browser, with_it: Lab, without: Lab) -> None:
    for lab in (with_it, without):
        starts(browser, lab)  # files come from the disk, not from its cache, only once
    pairs = [(starts(browser, with_it), starts(browser, without)) for _ in range(ROUNDS)]
    ratio = statistics.median(one for one, _ in pairs) / statistics.median(other for _, other in pairs)
    report("Start of JupyterLab with the extension, against without", ratio, START, "times")


def begin(browser: Browser, lab: Lab) -> Page:
    return opened(browser, lab).page


def measure_list(browser: Browser, lab: Lab) -> None:
    page = begin(browser, lab)
    report(f"First of {MANY:,} dashboards", page.evaluate(LIST), FIRST_LIST)
    reached, *tasks = page.evaluate(SCROLL)
    report(f"Longest task while {reached:,.0f} pixels were scrolled", max(tasks, default=0), LONG_TASK)
    page.close()


def measure_question(browser: Browser, lab: Lab) -> None:
    page = begin(browser, lab)
    page.locator("body").press("Alt+Shift+N")
    form = page.locator(".dw-New:visible")
    form.get_by_label("What do you want to know?").fill("Which airports have the most bird strikes?")
    form.get_by_text("Options").click()
    form.get_by_label("Who plans").select_option("offline")
    line, notebook = page.evaluate(ASK)
    report("First line of progress", line, FIRST_LINE)
    report("From Create to the open notebook", notebook, NOTEBOOK)
    page.close()


def main() -> None:
    packed = sum(
        len(subprocess.run(["gzip", "-9c", str(file)], capture_output=True, check=True).stdout)
        for file in STATIC.glob("*.js")
    )
    report("All scripts, compressed", packed, BUNDLE, "bytes")
    folder = Path(tempfile.mkdtemp(prefix="dashwright-bench-"))
    place = Place(folder / "data")
    try:
        place.up()
        for name, content in WITHOUT.items():
            path = folder / "without" / "config" / name
            path.parent.mkdir(parents=True)
            path.write_text(json.dumps(content))
        (folder / "with").mkdir()
        with (
            jupyterlab(place, folder / "with") as lab,
            jupyterlab(place, folder / "without") as without,
            sync_playwright() as playwright,
        ):
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
            compare_starts(browser, lab, without)
            measure_question(browser, lab)
            settings = Settings(data_dir=place.data_dir)
            with database(settings) as url, opened_store(settings, url) as store:
                fill(store, None, MANY)
            measure_list(browser, lab)
            browser.close()
    finally:
        place.end()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
