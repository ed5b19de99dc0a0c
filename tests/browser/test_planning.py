"""The plan of a dashboard in a tab of JupyterLab: edited, laid out, previewed, saved, and changed by others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Dialog, Locator, Page, Route, expect

from tests.browser.lab import Lab, Window, opened, violations

PATIENCE = 60_000
"""Milliseconds for what a worker does."""


@pytest.fixture(scope="module")
def sales(lab: Lab) -> dict[str, Any]:
    return lab.made("How do amounts differ by region?")


@pytest.fixture(scope="module")
def window(browser: Browser, lab: Lab, sales: dict[str, Any]) -> Iterator[Window]:
    """One for all tests here, which go on from each other: what somebody does with a plan."""
    window = opened(browser, lab)
    show(window.page, sales["slug"])
    yield window
    window.page.context.close()
    assert window.errors == []


@pytest.fixture
def tab(page: Page) -> Locator:
    return page.locator(".dw-Plan")


@pytest.fixture
def side(tab: Locator) -> Locator:
    return tab.locator(".dw-Plan-side")


def show(page: Page, slug: str) -> None:
    page.evaluate("slug => jupyterapp.commands.execute('dashwright:show-plan', {slug})", slug)
    expect(page.locator(".dw-Plan-card").first).to_be_visible()


def choose(tab: Locator, widget: str) -> None:
    tab.locator(f'[data-part="widget:{widget}"]').click()


def plan(lab: Lab, sales: dict[str, Any]) -> Any:
    return lab.call("GET", f"dashboards/{sales['slug']}/plan")


def is_marked(page: Page) -> bool:
    return page.locator(".lm-TabBar-tab.jp-mod-dirty", has_text="Plan:").count() == 1


def test_each_part_is_there_with_its_reason(tab: Locator, lab: Lab, sales: dict[str, Any]) -> None:
    for item in (*plan(lab, sales)["widgets"], *plan(lab, sales)["filters"]):
        expect(tab.get_by_role("tree")).to_contain_text(item["why"])
    assert violations(tab.page, ".dw-Plan") == []
    assert not is_marked(tab.page)


def test_forms_offer_what_fits_the_columns(tab: Locator, side: Locator, lab: Lab, sales: dict[str, Any]) -> None:
    bar = next(one for one in plan(lab, sales)["widgets"] if one["type"] == "bar")
    choose(tab, bar["id"])
    kinds = side.get_by_label("Type", exact=True)
    assert "Map" not in kinds.locator("option").all_inner_texts()
    kinds.select_option("line")
    along = side.get_by_role("group", name="Along (x)").get_by_label("Along (x)", exact=True)
    assert along.locator("option").all_inner_texts() == ["Day (day)", "Amount (amount)"]
    value = side.get_by_role("group", name="Value (y)")
    value.get_by_label("Value (y)", exact=True).select_option("region")
    assert value.get_by_label("Aggregate").locator("option").all_inner_texts() == ["Count", "Distinct values"]
    assert violations(tab.page, ".dw-Plan") == []
    assert is_marked(tab.page)
    tab.page.keyboard.press("Control+z")
    tab.page.keyboard.press("Control+z")
    expect(side.get_by_label("Type", exact=True)).to_have_value("bar")
    tab.page.keyboard.press("Control+Shift+Z")
    expect(side.get_by_label("Type", exact=True)).to_have_value("line")
    tab.page.keyboard.press("Control+z")
    expect(tab.page.locator(".lm-TabBar-tab.jp-mod-dirty", has_text="Plan:")).to_have_count(0)


def test_widgets_are_moved_and_resized_by_keys_and_pointer(page: Page, tab: Locator) -> None:
    ids = [str(one.get_attribute("data-widget")) for one in tab.locator(".dw-Plan-card").all()]
    first, last = (tab.locator(f'[data-widget="{ids[at]}"]') for at in (0, -1))
    before = str(first.get_attribute("aria-label"))
    first.focus()
    page.keyboard.press("Shift+ArrowLeft")
    expect(first).not_to_have_attribute("aria-label", before)
    expect(first).to_be_focused()
    page.keyboard.press("Control+z")
    expect(first).to_have_attribute("aria-label", before)
    box, grid = last.bounding_box(), tab.locator(".dw-Plan-grid").bounding_box()
    assert box is not None
    assert grid is not None
    page.mouse.move(box["x"] + 40, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 40, grid["y"] + 4, steps=5)
    page.mouse.up()
    expect(last).to_have_attribute("aria-label", re.compile("row 1,"))
    assert is_marked(page)
    page.keyboard.press("Control+z")
    expect(first).to_have_attribute("aria-label", before)


def test_outline_is_walked_reordered_and_emptied_by_keys(page: Page, tab: Locator) -> None:
    rows = tab.locator('[data-part^="widget:"]')
    names = rows.locator(".dw-Plan-rowTitle").all_inner_texts()
    rows.first.click()
    page.keyboard.press("Alt+ArrowDown")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("Delete")
    expect(rows).to_have_count(len(names) - 1)
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    assert rows.locator(".dw-Plan-rowTitle").all_inner_texts() == names


def test_nonsense_is_told_at_its_field_and_not_saved(page: Page, tab: Locator, side: Locator) -> None:
    tab.locator('[data-part^="widget:"]').first.click()
    title = side.get_by_label("Title", exact=True).first
    title.fill("")
    expect(side.locator(".dw-Field", has=page.get_by_label("Title", exact=True)).first).to_contain_text(
        "at least 1 character"
    )
    expect(tab.get_by_role("treeitem", name="1 problem")).to_have_count(1)
    page.keyboard.press("Control+s")
    expect(tab.get_by_role("alert").first).to_contain_text("not valid")
    tab.get_by_role("button", name="Dismiss").click()
    title.fill("Amounts of all regions")
    expect(tab.get_by_role("treeitem", name="1 problem")).to_have_count(0)


def test_preview_shows_the_edit_and_says_which(page: Page, tab: Locator) -> None:
    tab.get_by_role("tab", name="Preview").click()
    said = tab.locator(".dw-Plan-said")
    expect(said).to_contain_text("Preview of edit", timeout=PATIENCE)
    expect(said).to_contain_text("not saved")
    frame = tab.frame_locator("iframe")
    expect(frame.get_by_text("Amounts of all regions").first).to_be_visible(timeout=PATIENCE)
    assert violations(page, ".dw-Plan-outline") == []


def test_edits_are_there_after_a_reload(page: Page, tab: Locator, lab: Lab, sales: dict[str, Any]) -> None:
    page.once("dialog", Dialog.accept)
    page.goto(f"{lab.address}lab?reset")
    page.wait_for_selector(".jp-Launcher", timeout=PATIENCE)
    page.evaluate("jupyterapp.restored.then(() => null)")
    show(page, sales["slug"])
    expect(tab.get_by_role("treeitem", name="Amounts of all regions")).to_be_visible()
    assert is_marked(page)
    page.locator(".lm-TabBar-tab", has_text="Plan:").locator(".lm-TabBar-tabCloseIcon").click()
    page.locator(".jp-Dialog").get_by_role("button", name="Cancel").click()
    expect(tab).to_be_visible()


def test_server_that_is_gone_takes_nothing_away(page: Page, tab: Locator, side: Locator) -> None:
    def refuse(route: Route) -> None:
        route.abort("connectionrefused")

    page.route("**/dashwright/**", refuse)
    tab.get_by_role("treeitem", name="Amounts of all regions").click()
    side.get_by_label("Reason").fill("It is asked for.")
    page.keyboard.press("Control+s")
    expect(tab.get_by_role("alert").first).to_contain_text("does not answer")
    assert is_marked(page)
    page.unroute("**/dashwright/**", refuse)
    tab.get_by_role("button", name="Dismiss").click()


def test_change_of_somebody_else_is_shown_and_edits_go_on_top(
    page: Page, tab: Locator, lab: Lab, sales: dict[str, Any]
) -> None:
    slug = sales["slug"]
    theirs = plan(lab, sales) | {"title": "Regions"}
    first = min(theirs["widgets"], key=lambda one: (one["position"]["y"], one["position"]["x"]))
    first["why"] = "Theirs."
    job = lab.call("PUT", f"dashboards/{slug}/plan", json=theirs, headers={"If-Match": '"v1"'})
    expect(tab.get_by_role("alert").first).to_contain_text("Somebody else has changed", timeout=PATIENCE)
    assert lab.call("GET", f"jobs/{job['id']}")["status"] == "completed"
    expect(tab.locator(".dw-Plan-theirs li").first).to_have_text("Title")
    expect(tab.locator(".dw-Plan-theirs")).to_contain_text("You have changed the same")
    tab.get_by_role("button", name="Put my edits on top").click()
    expect(tab.locator(".dw-Plan-theirs")).to_have_count(0)
    expect(tab.get_by_role("treeitem", name="Regions").first).to_be_visible()
    page.keyboard.press("Control+s")
    expect(tab.locator(".dw-Plan-banners")).to_contain_text("Saving")
    expect(page.locator(".lm-TabBar-tab.jp-mod-dirty", has_text="Plan:")).to_have_count(0, timeout=PATIENCE)
    saved = plan(lab, sales)
    assert saved["title"] == "Regions"
    assert ("Amounts of all regions", "It is asked for.") in {(one["title"], one["why"]) for one in saved["widgets"]}


def test_who_may_only_look_changes_nothing(page: Page, tab: Locator, lab: Lab, sales: dict[str, Any]) -> None:
    def viewer(route: Route) -> None:
        route.fulfill(json={"kind": "account", "user_id": "x", "email": "a@b.org", "name": "", "role": "viewer"})

    page.locator(".lm-TabBar-tab", has_text="Plan:").locator(".lm-TabBar-tabCloseIcon").click()
    page.route("**/dashwright/api/me*", viewer)
    show(page, sales["slug"])
    expect(tab.locator(".dw-Plan-banners")).to_contain_text("You can look, but not change anything")
    expect(tab.get_by_role("button", name="Add…")).to_be_disabled()
    expect(tab.locator(".dw-Plan-side").get_by_label("Title", exact=True)).to_be_disabled()
    page.unroute("**/dashwright/api/me*", viewer)
    lab.call("DELETE", f"dashboards/{sales['slug']}")
    expect(tab.locator(".dw-Plan-banners")).to_contain_text("was deleted")
