"""The list of dashboards in JupyterLab's left bar: found, opened, refreshed, duplicated, deleted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.lab import Lab, Window, opened, violations

PATIENCE = 60_000
"""Milliseconds for what a worker does."""


@pytest.fixture(scope="module")
def sales(lab: Lab) -> dict[str, Any]:
    """A dashboard that has a page, and stays."""
    return lab.made("How do amounts differ by region?", tags=["shop"])


@pytest.fixture(scope="module")
def window(browser: Browser, lab: Lab, sales: dict[str, Any]) -> Iterator[Window]:
    """One for all tests here: each leaves the panel as it was."""
    window = opened(browser, lab)
    window.page.locator('.jp-SideBar [data-id="dashwright-dashboards"]').click()
    yield window
    window.page.context.close()
    assert window.errors == []


@pytest.fixture
def panel(page: Page) -> Locator:
    return page.locator("#dashwright-dashboards")


def row(panel: Locator, slug: str) -> Locator:
    return panel.locator(f'[data-slug="{slug}"]')


def choose(page: Page, row: Locator, label: str) -> None:
    row.click(button="right")
    page.locator(".lm-Menu-item", has_text=label).click()


def make_public(lab: Lab, slug: str, *, is_public: bool) -> None:
    etag = lab.api.get(f"dashboards/{slug}").headers["ETag"]
    changed = lab.call("PATCH", f"dashboards/{slug}", json={"is_public": is_public}, headers={"If-Match": etag})
    assert changed["is_public"] is is_public


def test_own_dashboards_are_listed_with_age_and_tags(panel: Locator, sales: dict[str, Any]) -> None:
    mine = row(panel, sales["slug"])
    expect(mine).to_contain_text(sales["title"])
    expect(mine).to_contain_text("shop")
    assert mine.locator("time").get_attribute("datetime")


def test_other_lists_have_what_others_share_and_what_is_public(panel: Locator, lab: Lab, sales: dict[str, Any]) -> None:
    for one in lab.call("GET", "dashboards?public=true&limit=100")["items"]:  # what other tests have left
        make_public(lab, one["slug"], is_public=False)
    panel.get_by_role("tab", name="Shared").click()
    expect(panel).to_contain_text("Nothing is shared with you")
    panel.page.keyboard.press("ArrowRight")
    expect(panel.get_by_role("tab", name="Public")).to_be_focused()
    expect(panel).to_contain_text("Nothing is public")
    make_public(lab, sales["slug"], is_public=True)
    panel.get_by_role("button", name="Read the list again").click()
    expect(row(panel, sales["slug"])).to_be_visible()
    panel.get_by_role("tab", name="Mine").click()


def test_search_is_answered_by_the_server(panel: Locator, sales: dict[str, Any]) -> None:
    search = panel.get_by_role("searchbox")
    search.fill("zebra")
    expect(panel).to_contain_text("No dashboard fits")
    search.fill("amounts reg")
    expect(row(panel, sales["slug"])).to_be_visible()
    search.fill("")


def test_tags_and_states_narrow_the_list_down(panel: Locator, sales: dict[str, Any]) -> None:
    panel.get_by_role("button", name="Filter by status and tags").click()
    panel.get_by_label("Tag", exact=True).select_option("shop")
    expect(row(panel, sales["slug"])).to_be_visible()
    panel.get_by_label("Status", exact=True).select_option("failed")
    expect(panel).to_contain_text("No dashboard fits")
    panel.get_by_role("button", name="Show all").click()
    expect(row(panel, sales["slug"])).to_be_visible()
    panel.get_by_role("button", name="Filter by status and tags").click()


def test_keys_choose_and_open_and_the_menu_key_asks(page: Page, panel: Locator, sales: dict[str, Any]) -> None:
    panel.get_by_role("grid").focus()
    page.keyboard.press("Home")
    chosen = panel.get_by_role("grid").get_attribute("aria-activedescendant")
    assert page.locator(f'[id="{chosen}"]').get_attribute("aria-selected") == "true"
    page.keyboard.press("ContextMenu")
    expect(page.locator(".lm-Menu-item", has_text="Duplicate")).to_be_visible()
    page.keyboard.press("Escape")
    panel.get_by_role("grid").focus()
    page.keyboard.press("Enter")
    frame = page.frame_locator(".dw-Preview iframe")
    expect(frame.get_by_role("heading", name=sales["title"]).first).to_be_visible(timeout=PATIENCE)
    page.wait_for_function("document.querySelector('.dw-Preview iframe').title")


def test_refresh_shows_how_far_it_is_and_tells_when_it_is_over(
    page: Page, panel: Locator, lab: Lab, sales: dict[str, Any]
) -> None:
    with (lab.folder / "sales.csv").open("a") as data:
        data.write("2025-01-01,North,500\n")
    mine = row(panel, sales["slug"])
    choose(page, mine, "Refresh Now")
    expect(mine.get_by_role("progressbar")).to_be_visible()
    told = page.locator(".Toastify__toast", has_text="has new data")
    expect(told).to_be_visible(timeout=PATIENCE)
    expect(mine.get_by_role("progressbar")).to_have_count(0)
    assert lab.call("GET", f"dashboards/{sales['slug']}")["version"]["number"] == 2


def test_duplicate_appears_is_made_and_is_deleted(page: Page, panel: Locator, lab: Lab, sales: dict[str, Any]) -> None:
    choose(page, row(panel, sales["slug"]), "Duplicate")
    copy = panel.locator(".dw-Row", has_text="(copy)")
    expect(copy).to_be_visible()
    expect(copy.locator("time")).to_be_visible(timeout=PATIENCE)
    slug = str(copy.get_attribute("data-slug"))
    choose(page, copy, "Delete…")
    page.locator(".jp-Dialog").get_by_role("button", name="Cancel").click()
    expect(copy).to_be_visible()
    choose(page, copy, "Delete…")
    page.locator(".jp-Dialog").get_by_role("button", name="Delete").click()
    expect(copy).to_have_count(0)
    assert lab.api.get(f"dashboards/{slug}").status_code == 404


def test_what_others_begin_is_seen_at_once(panel: Locator, lab: Lab) -> None:
    begun = lab.ask("What is asked elsewhere?")
    slug = begun["dashboard"]["slug"]
    expect(row(panel, slug)).to_be_visible()
    lab.call("POST", f"jobs/{begun['job']['id']}/cancel")
    lab.call("DELETE", f"dashboards/{slug}")
    expect(row(panel, slug)).to_have_count(0)


def test_a_server_that_is_gone_is_told_and_comes_back(page: Page, panel: Locator) -> None:
    def refuse(route: Route) -> None:
        route.abort("connectionrefused")

    page.route("**/dashwright/**", refuse)
    panel.get_by_role("button", name="Read the list again").click()
    expect(panel).to_contain_text("The server does not answer")
    expect(panel.locator(".dw-Row").first).to_be_visible()
    page.unroute("**/dashwright/**", refuse)
    panel.get_by_role("button", name="Try now").click()
    expect(panel.locator(".dw-Banner")).to_have_count(0)


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_axe_finds_nothing(page: Page, panel: Locator, theme: str) -> None:
    page.evaluate("theme => jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
    page.wait_for_selector(f'body[data-jp-theme-name="{theme}"]', state="attached")
    expect(panel.locator(".dw-Row").first).to_be_visible()
    assert violations(page, "#dashwright-dashboards") == []
