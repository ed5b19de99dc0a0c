"""A dashboard with every widget type, seen and used in a real browser, served by a real viewer."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

HERE = Path(__file__).parent
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
MARKS = {
    "trend": ("path.line", 3),
    "daytime": ("path.slice", 4),
    "species": ("rect.bar", 10),
    "sizes": ("path.area", 3),
    "calendar": ("rect.heatmapcell", 84),
    "speeds": ("rect.bar", 18),
    "speed_cost": ("path.dot", 100),
    "speed_phase": ("path", 7),
    "states": ("g.world_map path", 50),
    "world": ("g.world_map path", 170),
}
"""Widget → the mark in its figure, and how many there are at least."""
FILTERED = [name for name in MARKS if name != "world"] + ["worst"]

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt install chromium")


@dataclass
class Served:
    """The viewer's process, its address, and what is on its shelf."""

    process: subprocess.Popen[str]
    address: str
    shelf: Path

    @property
    def dashboard(self) -> str:
        return f"{self.address}d/every-widget"

    def kernels(self) -> list[int]:
        listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True)
        return [int(pid) for pid in listed.stdout.split()]


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The published version as an entry of the shelf."""
    spec = spec_from_file_location("every_widget", HERE / "every_widget.py")
    assert spec is not None
    assert spec.loader is not None
    every_widget = module_from_spec(spec)
    spec.loader.exec_module(every_widget)
    folder, made = every_widget.publish(tmp_path_factory.mktemp("data"))
    return {
        "slug": made.slug,
        "dashboard_id": made.dashboard_id,
        "number": made.number,
        "title": made.title,
        "description": made.description,
        "folder": str(folder),
        "data_as_of": made.data_as_of.isoformat(),
        "is_public": True,
    }


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, version: dict[str, Any]) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("viewer")
    shelf = folder / "shelf.json"
    shelf.write_text(json.dumps([version]))
    command = [sys.executable, str(HERE.parent / "viewer/serving.py"), str(folder)]
    with (
        (folder / "viewer.log").open("w") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        assert process.stdout is not None
        yield Served(process, process.stdout.readline().strip(), shelf)
        process.send_signal(signal.SIGTERM)
        process.wait(20)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield started
        started.close()


@dataclass
class Seen:
    """A page, and all that its console and its network told."""

    page: Page
    errors: list[str]
    foreign: list[str]


def look(context: BrowserContext, served: Served, path: str = "d/every-widget") -> Seen:
    """Open a page and wait until it is drawn."""
    page = context.new_page()
    seen = Seen(page, [], [])
    host = urlsplit(served.address).netloc
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.on("console", lambda message: seen.errors.append(message.text) if message.type == "error" else None)
    page.on(
        "request",
        lambda request: (
            seen.foreign.append(request.url)
            if urlsplit(request.url).scheme in ("http", "https", "ws") and urlsplit(request.url).netloc != host
            else None
        ),
    )
    page.goto(served.address + path, wait_until="commit")
    page.wait_for_function("!document.documentElement.classList.contains('loading')", timeout=60_000)
    return seen


@pytest.fixture(scope="module")
def seen(browser: Browser, served: Served) -> Iterator[Seen]:
    """One drawn page that many tests look at; each leaves the filters as they were."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    yield look(context, served)
    context.close()


@pytest.fixture
def page(seen: Seen) -> Page:
    return seen.page


def card(page: Page, widget: str) -> Any:
    return page.locator(f".widget-{widget}").first


def picture(page: Page, widget: str) -> str:
    """The geometry and the texts of a widget, to compare before and after."""
    return str(
        card(page, widget).evaluate(
            """card => [...card.querySelectorAll('svg path, svg rect, svg text, td, .key')].map(mark =>
                ['d', 'x', 'y', 'width', 'height', 'transform', 'style'].map(name => mark.getAttribute(name)).join()
                + mark.textContent).join(';')"""
        )
    )


def pictures(page: Page, widgets: list[str]) -> dict[str, str]:
    return {widget: picture(page, widget) for widget in widgets}


def expect_change(page: Page, before: dict[str, str]) -> None:
    """All of these widgets look different, and the page has come to rest."""
    for widget, old in before.items():
        for _ in range(60):
            if picture(page, widget) != old:
                break
            page.wait_for_timeout(100)
        else:
            pytest.fail(f"'{widget}' did not change")


def reports(page: Page) -> str:
    return str(card(page, "reports").locator(".value").inner_text())


def select_size(page: Page, size: str) -> None:
    page.get_by_label("Size of animal").select_option(size)


# ---------- drawn ----------


@pytest.mark.parametrize("widget", MARKS)
def test_every_chart_has_its_marks(page: Page, widget: str) -> None:
    mark, at_least = MARKS[widget]
    marks = card(page, widget).locator(f"svg.svg-figure {mark}")
    assert marks.count() >= at_least
    box = card(page, widget).locator(".bqplot.figure").bounding_box()
    assert box is not None
    assert box["width"] > 300
    assert box["height"] > 150


def test_metrics_table_text_and_insights_are_there(page: Page) -> None:
    assert re.fullmatch(r"[\d,]+", reports(page))
    assert card(page, "cost").locator(".value").inner_text().startswith("$")
    assert card(page, "worst").locator("tbody tr").count() == 10
    expect(card(page, "remark")).to_contain_text("<b>the true number</b>")
    assert page.locator(".insight b").count() >= 2
    expect(page.locator("#dashboard")).to_contain_text("Sources")


def test_title_language_age_and_version_are_told(page: Page) -> None:
    assert page.title() == "Wildlife strikes at US airports"
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("h1").count() == 1
    expect(page.locator("header")).to_contain_text(re.compile(r"Data as of \d+ \w{3} \d{4}, \d\d:\d\d UTC"))
    expect(page.locator("footer")).to_contain_text("Version 1")


def test_nothing_comes_from_another_server_and_nothing_is_wrong(seen: Seen) -> None:
    assert seen.foreign == []
    assert seen.errors == []


def test_marks_stay_inside_their_cards(page: Page) -> None:
    outside = page.evaluate(
        """() => [...document.querySelectorAll('.card')].filter(card => {
            const frame = card.getBoundingClientRect();
            const numbers = card.querySelector('.numbers')?.getBoundingClientRect();
            return [...card.querySelectorAll('svg .tick text, svg rect.bar, svg path.line')].some(mark => {
                const box = mark.getBoundingClientRect();
                return box.width && (box.right > frame.right + 1 || box.left < frame.left - 1
                    || box.bottom > (numbers ? numbers.top : frame.bottom) + 1);
            });
        }).map(card => card.className)"""
    )
    assert outside == []


# ---------- filters ----------


def test_a_choice_changes_every_widget_it_applies_to_and_no_other(page: Page) -> None:
    before, world, value = pictures(page, FILTERED), picture(page, "world"), reports(page)
    select_size(page, "Large")
    expect_change(page, before)
    assert reports(page) != value
    assert picture(page, "world") == world
    select_size(page, "All")
    expect(card(page, "reports").locator(".value")).to_have_text(value)


def test_several_choices(page: Page) -> None:
    before, value = pictures(page, ["calendar", "speed_phase", "worst"]), reports(page)
    page.get_by_label("Phase of flight", exact=True).select_option(["Approach", "Climb"])
    expect_change(page, before)
    page.get_by_label("Phase of flight", exact=True).select_option([])
    expect(card(page, "reports").locator(".value")).to_have_text(value)


@pytest.mark.parametrize(("slider", "widget"), [("Dates, from", "trend"), ("Speed, knots, from", "speeds")])
def test_ranges_by_keyboard(page: Page, slider: str, widget: str) -> None:
    handle, before, value = page.get_by_role("slider", name=slider), pictures(page, [widget]), reports(page)
    old = handle.get_attribute("aria-valuetext")
    handle.focus()
    for _ in range(3):
        page.keyboard.press("PageUp" if widget == "speeds" else "ArrowRight")
    expect_change(page, before)
    expect(handle).not_to_have_attribute("aria-valuetext", old or "")
    page.keyboard.press("Home")
    expect(handle).to_have_attribute("aria-valuetext", old or "")
    expect(card(page, "reports").locator(".value")).to_have_text(value)


def test_the_insight_follows_and_is_read_out(page: Page) -> None:
    insight = page.locator(".insight").first
    before = insight.inner_text()
    select_size(page, "Large")
    expect(insight).not_to_have_text(before)
    assert page.locator("[aria-live=polite] .insight, .insight[aria-live=polite]").count() >= 1
    select_size(page, "All")
    expect(insight).to_have_text(before)


def test_no_rows_is_one_sentence_and_everything_comes_back(page: Page) -> None:
    value = reports(page)
    page.get_by_label("Phase of flight", exact=True).select_option(["Parked"])
    select_size(page, "Large")
    handle = page.get_by_role("slider", name="Speed, knots, from")
    handle.focus()
    page.keyboard.press("End")
    expect(page.locator(".no-rows").first).to_be_visible()
    expect(page.locator(".no-rows .card.type-line")).to_be_hidden()
    assert page.locator(".no-rows .insight").inner_text().endswith(".")
    page.keyboard.press("Home")
    select_size(page, "All")
    page.get_by_label("Phase of flight", exact=True).select_option([])
    expect(card(page, "reports").locator(".value")).to_have_text(value)
    expect(card(page, "species").locator("svg rect.bar")).to_have_count(10)
    expect(card(page, "species")).to_be_visible()


# ---------- for everybody ----------


@pytest.mark.parametrize("widget", MARKS)
def test_every_chart_has_a_text_and_its_numbers(page: Page, widget: str) -> None:
    figure = card(page, widget).locator(".bqplot.figure")
    assert figure.get_attribute("role") == "img"
    title = card(page, widget).locator("h3").inner_text()
    assert (figure.get_attribute("aria-label") or "").startswith(title)
    numbers = card(page, widget).locator("details.numbers")
    summary = numbers.locator("summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(numbers.locator("table")).to_be_visible()
    assert numbers.locator("tbody tr").count() >= 1
    page.keyboard.press("Enter")
    expect(numbers.locator("table")).to_be_hidden()


def test_tab_goes_from_the_skip_link_through_all_controls(page: Page) -> None:
    page.evaluate("scrollTo(0, 0); document.body.tabIndex = -1; document.body.focus()")
    names = []
    for _ in range(14):
        page.keyboard.press("Tab")
        names.append(
            page.evaluate(
                """() => { const at = document.activeElement;
                return at.getAttribute('aria-label') || at.labels?.[0]?.innerText || at.innerText || at.tagName }"""
            )
        )
    assert names[:2] == ["Skip to the dashboard", "Dashboards"]
    sliders = ["Dates, from", "Dates, to", "Speed, knots, from", "Speed, knots, to"]
    order = [names.index(name) for name in ["System", "Size of animal", "Phase of flight", *sliders]]
    assert order == sorted(order)
    assert "Show the numbers" in names
    page.evaluate("document.activeElement.blur(); document.body.removeAttribute('tabindex')")


def test_everything_that_takes_focus_has_a_name(page: Page) -> None:
    nameless = page.evaluate(
        """() => [...document.querySelectorAll(
                'a[href], button, input, select, summary, [tabindex="0"], [contenteditable=true]')]
            .filter(one => one.checkVisibility() && !one.getAttribute('aria-label') && !one.labels?.length
                && !one.innerText.trim()).map(one => one.outerHTML.slice(0, 120))"""
    )
    assert nameless == []


def test_the_skip_link_leads_past_the_bar(page: Page) -> None:
    page.evaluate("scrollTo(0, 0)")
    page.locator(".skip").focus()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "dashboard"


def test_colours_follow_the_switch_and_are_remembered(browser: Browser, served: Served) -> None:
    context = browser.new_context(color_scheme="dark")
    page = look(context, served, "").page
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(16, 20, 24)"
    page.get_by_role("radio", name="Light").check()
    assert page.evaluate(ground) == "rgb(246, 247, 248)"
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.get_by_role("radio", name="Light").check()
    page.goto(served.dashboard, wait_until="commit")
    page.wait_for_selector("#loading", state="attached")
    assert page.evaluate(ground) == "rgb(246, 247, 248)"  # while it loads, not only after
    assert page.get_by_role("radio", name="Light").is_checked()
    context.close()


def test_charts_are_drawn_in_the_colours_of_dark_too(page: Page) -> None:
    fill = "getComputedStyle(document.querySelector('.widget-species rect.bar')).fill"
    page.emulate_media(color_scheme="light")
    assert page.evaluate(fill) == "rgb(11, 107, 176)"
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(fill) == "rgb(98, 176, 238)"
    page.emulate_media(color_scheme="light")


def test_forced_colours_keep_borders_and_words(page: Page) -> None:
    page.emulate_media(forced_colors="active")
    style = "getComputedStyle(document.querySelector('.widget-species')).borderTopWidth"
    assert page.evaluate(style) == "1px"
    page.emulate_media(forced_colors="none")


def test_motion_can_be_reduced(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate("getComputedStyle(document.querySelector('.home')).transitionDuration") == "0s"
    page.emulate_media(reduced_motion="no-preference")


@pytest.mark.parametrize("path", ["d/every-widget", "", "d/nothing"])
def test_a_phone_shows_the_page_without_sideways_scrolling(browser: Browser, served: Served, path: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 800}, is_mobile=True, has_touch=True)
    page = look(context, served, path).page
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    if path == "d/every-widget":
        scroll = card(page, "worst").locator(".scroll")
        assert scroll.get_attribute("tabindex") == "0"
        assert "scrolls sideways" in (scroll.get_attribute("aria-label") or "")
        assert scroll.evaluate("box => box.scrollWidth > box.clientWidth")
        assert page.evaluate(
            "[...document.querySelectorAll('.card')].every(card => card.getBoundingClientRect().right <= 390)"
        )
    context.close()


def test_paper_gets_whole_charts_and_no_controls(page: Page) -> None:
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 700, "height": 1000})
    assert page.locator(".filters").is_hidden()
    assert page.locator(".theme").is_hidden()
    cut = page.evaluate(
        """() => [...document.querySelectorAll('.bqplot.figure > svg.svg-figure')].filter(svg =>
            svg.getBoundingClientRect().right > 701 || !svg.getAttribute('viewBox')).length"""
    )
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1400, "height": 1000})
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert cut == 0
    assert page.locator(".bqplot > svg[viewBox]").count() == 0


def test_the_wheel_over_a_map_scrolls_the_page(page: Page) -> None:
    world = card(page, "world")
    world.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    before = picture(page, "world")
    box = world.locator(".bqplot").bounding_box()
    assert box is not None
    top = page.evaluate("scrollY")
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.wheel(0, -300)
    page.wait_for_timeout(300)
    assert page.evaluate("scrollY") < top
    assert picture(page, "world") == before


# ---------- loading, losing, leaving ----------


def test_while_it_loads_the_title_and_what_is_done_are_shown(browser: Browser, served: Served) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(served.dashboard, wait_until="commit")
    expect(page.locator("#loading")).to_contain_text("Wildlife strikes at US airports")
    expect(page.locator("#loading_text")).to_have_text(re.compile(r"Starting|Computing, step \d+ of \d+|Drawing"))
    page.wait_for_function("!document.documentElement.classList.contains('loading')", timeout=60_000)
    assert page.locator("#loading").count() == 0
    context.close()


def test_a_kernel_that_died_is_told_with_a_way_out(browser: Browser, served: Served) -> None:
    context = browser.new_context()
    before = set(served.kernels())
    page = look(context, served).page
    (kernel,) = set(served.kernels()) - before
    os.kill(kernel, signal.SIGKILL)
    expect(page.locator("#connection")).to_contain_text("The filters no longer work", timeout=15_000)
    page.get_by_role("button", name="Reload").click()
    page.wait_for_function("!document.documentElement.classList.contains('loading')", timeout=60_000)
    expect(page.locator("#connection")).to_be_hidden()
    context.close()


def test_a_closed_tab_ends_its_kernel(browser: Browser, served: Served) -> None:
    context = browser.new_context()
    before = set(served.kernels())
    page = look(context, served).page
    (kernel,) = set(served.kernels()) - before
    page.close(run_before_unload=True)
    deadline = time.monotonic() + 10
    while kernel in served.kernels() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert kernel not in served.kernels()
    context.close()


def test_the_notebook_is_downloaded_and_the_page_goes_on(page: Page) -> None:
    with page.expect_download() as download:
        page.get_by_role("link", name="Notebook").click()
    assert download.value.suggested_filename == "every-widget.ipynb"
    before = pictures(page, ["species"])
    select_size(page, "Large")
    expect_change(page, before)
    select_size(page, "All")


def test_a_viewer_that_is_gone_is_told(browser: Browser, served: Served) -> None:
    context = browser.new_context()
    page = look(context, served).page
    context.set_offline(True)
    lost = "new CustomEvent('dashwright-connection', {detail: {kernel: 'x', open: false}})"
    page.evaluate(f"document.dispatchEvent({lost})")  # an open websocket outlives Chromium's being offline
    expect(page.locator("#connection")).to_contain_text("The server cannot be reached", timeout=15_000)
    context.set_offline(False)
    context.close()
    assert httpx.get(f"{served.address}health").json()["status"] == "ok"
