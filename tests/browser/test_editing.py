"""A dashboard's notebook in JupyterLab: edited, saved as a draft, run as a dashboard, merged with what others did."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.lab import Lab, Window, opened, violations

PATIENCE = 60_000
"""Milliseconds for what a worker or a kernel does."""
EDIT = """([id, old, text]) => {
  const cell = jupyterapp.shell.currentWidget.content.widgets.find(one => one.model.id === id);
  const source = cell.model.sharedModel.getSource();
  cell.model.sharedModel.setSource(old ? source.replace(old, text) : source + text);
}"""
SHOW = """id => {
  const { content } = jupyterapp.shell.currentWidget;
  content.activeCellIndex = content.widgets.findIndex(one => one.model.id === id);
  return content.scrollToItem(content.activeCellIndex, 'start').then(() => null);
}"""


@pytest.fixture(scope="module")
def sales(lab: Lab) -> dict[str, Any]:
    return lab.made("How do amounts differ by region?")


@pytest.fixture
def window(browser: Browser, lab: Lab, sales: dict[str, Any]) -> Any:
    window = opened(browser, lab)
    edit(window.page, sales["slug"])
    yield window
    window.page.context.close()
    assert window.errors == []


def edit(page: Page, slug: str) -> None:
    page.evaluate("slug => jupyterapp.commands.execute('dashwright:edit-notebook', {slug})", slug)
    expect(status(page)).to_contain_text("published v")


def status(page: Page) -> Locator:
    return page.locator(".dw-DraftStatus")


def save(page: Page) -> None:
    page.evaluate("jupyterapp.commands.execute('docmanager:save')")


def draft(lab: Lab, slug: str) -> tuple[dict[str, str], dict[str, Any], dict[str, str]]:
    """The source of each cell of the server's draft, its notebook, and the header to save it with."""
    answer = lab.api.get(f"dashboards/{slug}/draft/notebook")
    notebook = answer.json()
    sources = {cell["id"]: "".join(cell["source"]) for cell in notebook["cells"]}
    return sources, notebook, {"If-Match": answer.headers["ETag"]}


def save_elsewhere(lab: Lab, slug: str, changes: dict[str, str]) -> None:
    """As another tab, or somebody else, does."""
    _, notebook, tag = draft(lab, slug)
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"]) + changes.get(cell["id"], "")
    lab.call("PUT", f"dashboards/{slug}/draft/notebook", json=notebook, headers=tag)


def picture(page: Page, folder: Path, name: str) -> None:
    page.screenshot(path=folder / f"{name}.png")


def test_notebook_is_edited_run_in_both_ways_and_fails_where_it_says(
    page: Page, lab: Lab, sales: dict[str, Any], tmp_path: Path
) -> None:
    slug = sales["slug"]
    file = lab.folder / "dashboards" / f"{slug}.ipynb"
    assert file.exists()
    expect(status(page)).to_contain_text("Draft · published v1 · no changes · data")
    frame = page.locator(".dw-Beside iframe")

    expect(page.get_by_text("| Idle")).to_be_visible(timeout=PATIENCE)  # without a kernel nothing would be run
    page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
    expect(page.locator(".jp-OutputArea .bqplot").first).to_be_attached(timeout=PATIENCE)
    expect(page.locator(".jp-mod-error, [data-mime-type*='stderr']")).to_have_count(0)

    page.evaluate(SHOW, "widget-sales_rows")
    cell = page.locator(".jp-Cell", has_text="sales_rows_card = card").last
    expect(cell).to_have_attribute("data-dw-owner", "generated")
    page.evaluate(EDIT, ["widget-sales_rows", None, "\n1 / 0"])
    expect(cell).to_have_attribute("data-dw-owner", "edited")
    expect(cell.locator(".dw-CellLink")).to_contain_text("yours")
    expect(cell.get_by_role("button", name="Widget: ")).to_be_visible()
    expect(status(page)).to_contain_text("edited, not saved")

    page.get_by_role("button", name="Run as Dashboard").click()
    course = page.locator(".dw-Course")
    expect(course).to_contain_text("ZeroDivisionError", timeout=PATIENCE)
    expect(status(page)).to_contain_text("1 change")
    picture(page, tmp_path, "failed")
    page.evaluate(SHOW, "title")
    course.get_by_role("button", name="Show line").click()
    expect(cell).to_have_attribute("data-dw-failed", "")
    expect(page.locator(".jp-NotebookPanel .cm-selectionBackground").first).to_be_attached()

    page.evaluate("jupyterapp.commands.execute('dashwright:restore-cell')")
    expect(cell).to_have_attribute("data-dw-owner", "generated")
    page.evaluate(EDIT, ["title", None, "\n\nSeen by everybody."])
    save(page)
    expect(frame).to_have_attribute("src", f"{lab_viewer(frame, slug)}/versions/2", timeout=PATIENCE)
    shown = page.frame_locator(".dw-Beside iframe")
    expect(shown.get_by_text("Seen by everybody.").first).to_be_visible(timeout=PATIENCE)
    sources, notebook, _ = draft(lab, slug)
    assert sources["title"].endswith("Seen by everybody.")
    assert 'data_folder = "data"' in sources["parameters"]
    assert "dashwright" not in notebook["metadata"]
    picture(page, tmp_path, "beside")
    assert violations(page, ".dw-Course") + violations(page, "#jp-main-statusbar .dw-DraftStatus") == []


def lab_viewer(frame: Locator, slug: str) -> str:
    """Where the dashboard's page is."""
    return f"{frame.get_attribute('src')}".partition(f"/d/{slug}")[0] + f"/d/{slug}"


def test_both_sides_of_a_conflict_are_kept_until_somebody_decides(
    page: Page, lab: Lab, sales: dict[str, Any], tmp_path: Path
) -> None:
    slug = sales["slug"]
    save_elsewhere(lab, slug, {"title": "\n\nElsewhere.", "sources": "\n\nNew there."})
    page.evaluate(EDIT, ["title", None, "\n\nHere."])
    save(page)
    expect(status(page)).to_contain_text("also changed elsewhere")
    assert "Here." not in draft(lab, slug)[0]["title"]
    assert "Here." in (lab.folder / "dashboards" / f"{slug}.ipynb").read_text()

    status(page).get_by_role("button").click()
    popup = page.locator(".dw-DraftPopup")
    expect(popup).to_contain_text("Nothing is lost")
    assert violations(page, ".dw-DraftPopup") == []
    popup.get_by_role("button", name="Merge…").click()
    merging = page.locator(".dw-Merge")
    expect(merging.locator(".dw-Merge-cell")).to_be_focused()
    expect(merging.get_by_role("button", name="Apply")).to_be_disabled()
    expect(merging.locator(".dw-Merge-new")).to_have_count(2)
    picture(page, tmp_path, "merging")
    assert violations(page, ".dw-Merge") == []
    page.keyboard.press("2")
    expect(merging).to_contain_text("All are decided")
    page.keyboard.press("Control+Enter")
    expect(merging).to_have_count(0)
    expect(status(page)).to_contain_text("changes")
    sources = draft(lab, slug)[0]
    assert sources["title"].endswith("Elsewhere.")
    assert sources["sources"].endswith("New there.")
    assert "Here." in (lab.folder / "dashboards" / f"{slug}-mine.ipynb").read_text()


def test_edits_wait_in_the_file_while_the_server_is_gone_wherever_it_is_moved(
    page: Page, lab: Lab, sales: dict[str, Any]
) -> None:
    slug = sales["slug"]

    def refuse(route: Route) -> None:
        route.abort("connectionrefused")

    page.route("**/dashwright/**", refuse)
    page.evaluate(EDIT, ["title", None, "\n\nLate."])
    save(page)
    expect(status(page)).to_contain_text("not sent yet")
    page.unroute("**/dashwright/**", refuse)
    page.evaluate("jupyterapp.commands.execute('application:close-all')")
    (lab.folder / "dashboards" / f"{slug}.ipynb").rename(lab.folder / "moved.ipynb")
    edit(page, slug)
    expect(page.locator(".jp-NotebookPanel")).to_have_count(1)
    expect(status(page)).to_contain_text("changes")
    assert draft(lab, slug)[0]["title"].endswith("Late.")
    assert not (lab.folder / "dashboards" / f"{slug}.ipynb").exists()


def test_notebook_stays_when_its_dashboard_is_deleted(browser: Browser, lab: Lab) -> None:
    gone = lab.made("What is deleted by somebody else?")
    window: Window = opened(browser, lab)
    edit(window.page, gone["slug"])
    lab.call("DELETE", f"dashboards/{gone['slug']}")
    window.page.evaluate(EDIT, ["title", None, "\n\nStill here."])
    save(window.page)
    expect(status(window.page)).to_contain_text("its dashboard is gone")
    assert "Still here." in (lab.folder / "dashboards" / f"{gone['slug']}.ipynb").read_text()
    window.page.context.close()
    assert window.errors == []
