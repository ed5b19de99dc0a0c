"""The "Dashboards" panel in a real JupyterLab, in a real browser."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.browser.lab import Lab


def panel(page: Page) -> Locator:
    page.locator('.jp-SideBar [data-id="dashwright-dashboards"]').click()
    return page.locator("#dashwright-dashboards")


def test_launcher_and_palette_open_the_panel(page: Page) -> None:
    shown = page.locator("#dashwright-dashboards")
    page.locator(".jp-LauncherCard", has_text="Dashboards").click()
    expect(shown).to_be_visible()
    page.locator('.jp-SideBar [data-id="filebrowser"]').click()
    expect(shown).to_be_hidden()
    page.keyboard.press("Control+Shift+C")
    page.locator(".lm-CommandPalette-input").fill("dashboards")
    page.locator(".lm-CommandPalette-item", has_text="Dashboards").first.click()
    expect(shown).to_be_visible()


def test_panel_lists_what_was_made_and_opens_it_in_a_tab(page: Page, lab: Lab) -> None:
    made = lab.made("How do amounts differ by month?")
    row = panel(page).locator(f'[data-slug="{made["slug"]}"]')
    expect(row).to_contain_text(made["title"])
    expect(row).to_contain_text("Data now")
    row.dblclick()
    frame = page.frame_locator(".dw-Preview iframe")
    expect(frame.get_by_role("heading", name=made["title"]).first).to_be_visible(timeout=60_000)
