"""The "Dashboards" panel in a real JupyterLab, in a real browser."""

from __future__ import annotations

import re

import httpx
import nbformat
from playwright.sync_api import Locator, Page, expect

from tests.browser.lab import TOKEN, Lab

DATA = """import pandas as pd
sales = pd.DataFrame({"region": ["North", "South", "East"] * 40, "amount": range(120),
                      "date": pd.date_range("2023-01-01", periods=120)})
%load_ext dashwright"""
QUESTION = "%%dashwright sales\nHow does the amount change by region?"


def panel(page: Page) -> Locator:
    page.locator('.jp-SideBar [data-id="dashwright-dashboards"]').click()
    return page.locator("#dashwright-dashboards")


def test_launcher_asks_for_a_dashboard_and_the_palette_opens_the_panel(page: Page) -> None:
    shown = page.locator("#dashwright-dashboards")
    page.locator(".jp-LauncherCard", has_text="New Dashboard").click()
    expect(page.locator(".dw-New")).to_be_visible()
    expect(shown).to_be_hidden()
    page.keyboard.press("Control+Shift+C")
    page.locator(".lm-CommandPalette-input").fill("dashboards")
    page.locator(".lm-CommandPalette-itemLabel", has_text=re.compile("^Dashboards$")).click()
    expect(shown).to_be_visible()


def test_panel_lists_what_was_made_and_opens_it_in_a_tab(page: Page, lab: Lab) -> None:
    made = lab.made("How do amounts differ by month?")
    row = panel(page).locator(f'[data-slug="{made["slug"]}"]')
    expect(row).to_contain_text(made["title"])
    expect(row).to_contain_text("Data now")
    row.dblclick()
    frame = page.frame_locator(".dw-Preview iframe")
    expect(frame.get_by_role("heading", name=made["title"]).first).to_be_visible(timeout=60_000)


def test_question_in_a_notebook_is_answered_in_its_output_and_opens_as_a_notebook(page: Page, lab: Lab) -> None:
    """Filters act through the kernel; the look is the page's, in its box alone, and follows the box's width."""
    cells = [nbformat.v4.new_code_cell(DATA), nbformat.v4.new_code_cell(QUESTION)]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "x"}})
    for name in ("new folder", "new folder/asked.ipynb"):
        content = {"type": "notebook", "content": notebook} if name.endswith("ipynb") else {"type": "directory"}
        headers = {"Authorization": f"token {TOKEN}"}
        httpx.put(
            f"{lab.address}api/contents/{name}", json=content, headers=headers, trust_env=False
        ).raise_for_status()
    page.goto(f"{lab.address}lab/tree/new%20folder/asked.ipynb?reset")
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
