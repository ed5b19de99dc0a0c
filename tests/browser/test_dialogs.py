"""What is done with a dashboard that exists: published, rolled back, shared, scheduled, taken home, counted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.lab import Lab, Window, opened, violations

PATIENCE = 60_000
"""Milliseconds for what a worker does."""


@pytest.fixture(scope="module")
def sales(lab: Lab) -> dict[str, Any]:
    return lab.made("How do amounts differ by region?")


@pytest.fixture(scope="module")
def window(browser: Browser, lab: Lab, sales: dict[str, Any]) -> Iterator[Window]:
    """One for all tests here: each leaves no dialog behind."""
    window = opened(browser, lab)
    window.page.locator('.jp-SideBar [data-id="dashwright-dashboards"]').click()
    yield window
    window.page.context.close()
    assert window.errors == []


@pytest.fixture
def dialog(page: Page) -> Locator:
    return page.locator(".jp-Dialog")


def choose(page: Page, sales: dict[str, Any], label: str) -> None:
    page.locator(f'#dashwright-dashboards [data-slug="{sales["slug"]}"]').click(button="right")
    page.locator(".lm-Menu-item").get_by_text(label, exact=True).click()


def write_cell(lab: Lab, slug: str, source: str) -> None:
    """Save the draft with this as its last cell."""
    answer = lab.api.get(f"dashboards/{slug}/draft/notebook")
    notebook = answer.json()
    cells = [cell for cell in notebook["cells"] if cell["id"] != "last-words"]
    cell = {"cell_type": "code", "id": "last-words", "metadata": {}, "source": source, "outputs": []}
    notebook["cells"] = [*cells, cell | {"execution_count": None}]
    headers = {"If-Match": answer.headers["ETag"]}
    lab.call("PUT", f"dashboards/{slug}/draft/notebook", json=notebook, headers=headers)


def number_of(lab: Lab, slug: str) -> int:
    return int(lab.call("GET", f"dashboards/{slug}")["version"]["number"])


def test_draft_is_run_published_with_a_note_and_rolled_back(
    page: Page, dialog: Locator, lab: Lab, sales: dict[str, Any]
) -> None:
    slug = sales["slug"]
    choose(page, sales, "Publish…")
    expect(dialog).to_contain_text("Viewers see this already")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)

    write_cell(lab, slug, "total = 1")
    choose(page, sales, "Publish…")
    expect(dialog).to_contain_text("1 cell is not as viewers have it")
    assert violations(page, ".jp-Dialog") == []
    dialog.get_by_role("button", name="Run it first and look").click()
    expect(dialog.get_by_role("progressbar")).to_be_visible()
    expect(dialog).to_contain_text("What changes for viewers", timeout=PATIENCE)
    expect(dialog.locator(".dw-Picture img")).to_have_count(2)
    assert number_of(lab, slug) == 1
    dialog.get_by_label("Note for the history").fill("A total.")
    assert violations(page, ".jp-Dialog") == []
    dialog.get_by_role("button", name="Publish", exact=True).click()
    expect(page.locator(".Toastify__toast", has_text="see version 2 now")).to_be_visible()
    assert number_of(lab, slug) == 2

    choose(page, sales, "History")
    history = page.locator(".dw-History")
    first, second = (history.locator(f'[data-number="{number}"]') for number in (1, 2))
    expect(second).to_contain_text("Viewers see it")
    expect(second).to_contain_text("A total.")
    expect(second).to_contain_text("took")
    history.get_by_role("button", name="Compare version 1").click()
    expect(history.locator(".dw-Changes")).to_contain_text("total = 1")
    assert violations(page, ".dw-History") == []
    first.get_by_role("button", name="Open version 1").click()
    frame = page.frame_locator('iframe[title$="(version 1)"]')
    expect(frame.get_by_role("heading", name=sales["title"]).first).to_be_visible(timeout=PATIENCE)
    page.evaluate("slug => void jupyterapp.commands.execute('dashwright:show-history', {slug})", slug)
    first.get_by_role("button", name="Roll back to version 1").click()
    dialog.get_by_label("Note for the history").fill("The total was wrong.")
    dialog.get_by_role("button", name="Roll Back").click()
    expect(first).to_contain_text("Viewers see it")
    expect(first).to_contain_text("Rolled back to")
    expect(first).to_contain_text("The total was wrong.")
    assert number_of(lab, slug) == 1


def test_a_run_that_fails_says_cell_and_line_and_changes_nothing(
    page: Page, dialog: Locator, lab: Lab, sales: dict[str, Any]
) -> None:
    write_cell(lab, sales["slug"], "total = 1\ntotal / 0")
    choose(page, sales, "Publish…")
    dialog.get_by_label("Note for the history").fill("A quotient.")
    dialog.get_by_role("button", name="Run and Publish").click()
    expect(dialog).to_contain_text("The run failed", timeout=PATIENCE)
    expect(dialog).to_contain_text("'last-words' failed in line 2")
    expect(dialog.get_by_label("Note for the history")).to_have_value("A quotient.")
    assert number_of(lab, sales["slug"]) == 1
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_what_somebody_else_changes_meanwhile_is_told_and_the_note_stays(
    page: Page, dialog: Locator, lab: Lab, sales: dict[str, Any]
) -> None:
    slug = sales["slug"]
    page.evaluate("slug => void jupyterapp.commands.execute('dashwright:show-history', {slug})", slug)
    page.get_by_role("button", name="Publish version 2").click()
    note = dialog.get_by_label("Note for the history")
    note.fill("The total is right.")
    etag = lab.api.get(f"dashboards/{slug}").headers["ETag"]
    lab.call("PATCH", f"dashboards/{slug}", json={"description": "Of a shop."}, headers={"If-Match": etag})
    dialog.get_by_role("button", name="Publish", exact=True).click()
    expect(dialog).to_contain_text("Somebody else has changed it meanwhile")
    dialog.get_by_role("button", name="Read it again").click()
    expect(note).to_have_value("The total is right.")
    dialog.get_by_role("button", name="Publish", exact=True).click()
    expect(dialog).to_have_count(0)
    assert number_of(lab, slug) == 2


def test_sharing_says_what_is_wrong_and_does_each_step_at_once(
    page: Page, dialog: Locator, lab: Lab, sales: dict[str, Any]
) -> None:
    slug = sales["slug"]
    choose(page, sales, "Share…")
    expect(dialog).to_contain_text("The viewer listens to this computer alone")
    whom = dialog.get_by_label("E-mail address or domain")
    for text, sentence in (("nobody", "neither an e-mail"), ("ada@example.org", "Nobody has an account")):
        whom.fill(text)
        page.keyboard.press("Enter")
        expect(dialog.get_by_role("alert")).to_contain_text(sentence)
        expect(whom).to_have_value(text)
    whom.fill("example.org")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("list", name="Shared with")).to_contain_text("example.org")

    def refuse(route: Route) -> None:
        route.abort("connectionrefused")

    page.route("**/dashwright/**", refuse)
    origin = dialog.get_by_label("Site that may show it")
    origin.fill("https://intranet.example.org")
    page.keyboard.press("Enter")
    expect(dialog).to_contain_text("The Jupyter server does not answer")
    expect(origin).to_have_value("https://intranet.example.org")
    page.unroute("**/dashwright/**", refuse)
    origin.press("Enter")
    expect(dialog.get_by_label("Code for the page", exact=True)).to_have_value(
        re.compile(f'<iframe src="http[^"]*/d/{slug}"')
    )

    dialog.get_by_label("Good for").select_option("date")
    dialog.get_by_label("Last day").fill("2020-01-01")
    dialog.get_by_role("button", name="Make a link").click()
    expect(dialog.get_by_role("alert")).to_contain_text("over already")
    dialog.get_by_label("Good for").select_option("7")
    dialog.get_by_role("button", name="Make a link").click()
    link = dialog.get_by_label("Copy the new link now").input_value()
    assert httpx.get(link, follow_redirects=True, trust_env=False).is_success
    dialog.get_by_role("button", name="Copy the new link").click()
    expect(dialog.get_by_role("button", name="Copied")).to_be_visible()
    dialog.get_by_label("Public").check()
    expect(dialog.get_by_label("Public")).to_be_checked()
    assert violations(page, ".jp-Dialog") == []
    dialog.get_by_role("button", name="End the link").first.click()
    expect(dialog.locator(".dw-mod-over")).to_have_count(1)
    dialog.get_by_role("button", name="Close", exact=True).last.click()
    audience = lab.call("GET", f"dashboards/{slug}/sharing")
    assert (audience["is_public"], audience["domains"]) == (True, ["example.org"])
    assert audience["links"][0]["revoked_at"]


def test_schedule_shows_the_next_times_and_is_saved_paused_and_taken_away(
    page: Page, dialog: Locator, lab: Lab, sales: dict[str, Any]
) -> None:
    path = f"dashboards/{sales['slug']}/schedule"
    choose(page, sales, "Schedule…")
    kinds = dialog.get_by_label("Refresh", exact=True)
    kinds.select_option("cron")
    text = dialog.get_by_label("Cron text")
    text.fill("0 25 * * *")
    expect(dialog.get_by_role("alert")).to_contain_text("hour '25'")
    expect(dialog.get_by_role("button", name="Save")).to_be_disabled()
    text.fill("30 6 * * 1-5")
    dialog.get_by_label("Time zone").fill("Asia/Tokyo")
    expect(dialog.locator(".dw-Scheduling-outlook li")).to_have_count(3)
    expect(dialog.locator(".dw-Scheduling-outlook li").first).to_contain_text("6:30 AM in Asia/Tokyo")
    dialog.get_by_label("When a refresh fails").select_option("retry")
    assert violations(page, ".jp-Dialog") == []
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    schedule = lab.call("GET", path)["schedule"]
    assert schedule["timing"] == {"kind": "cron", "text": "30 6 * * 1-5"}
    assert (schedule["zone"], schedule["on_failure"]) == ("Asia/Tokyo", "retry")

    choose(page, sales, "Schedule…")
    dialog.get_by_role("button", name="Pause").click()
    expect(dialog).to_contain_text("Paused")
    assert lab.call("GET", path)["paused_at"]
    dialog.get_by_role("button", name="Resume").click()
    expect(dialog.get_by_role("button", name="Pause")).to_be_visible()
    kinds.select_option("off")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    assert lab.call("GET", path)["schedule"] is None


def test_files_are_saved_in_labs_folder_and_never_over_another(
    page: Page, dialog: Locator, lab: Lab, sales: dict[str, Any]
) -> None:
    before = set(lab.folder.iterdir())
    for folder in ("nowhere", "", ""):
        choose(page, sales, "Export…")
        dialog.get_by_label("Data as CSV").check()
        dialog.get_by_label("Where to").select_option("folder")
        dialog.get_by_label("Folder", exact=True).fill(folder)
        dialog.get_by_role("button", name="Export", exact=True).click()
        if folder:
            expect(dialog.get_by_role("alert")).to_contain_text('no folder "nowhere"')
            assert violations(page, ".jp-Dialog") == []
            page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
    made = sorted(path.name for path in set(lab.folder.iterdir()) - before)
    assert len(made) == 2
    assert all(name.endswith(".zip") for name in made)
    assert (lab.folder / made[0]).read_bytes()[:2] == b"PK"


def test_views_are_counted(page: Page, lab: Lab, sales: dict[str, Any]) -> None:
    choose(page, sales, "Views")
    expect(page.locator(".dw-Viewing")).to_contain_text("Last 30 days")
    assert violations(page, ".dw-Viewing") == []


def test_tour_goes_by_keys_and_is_not_there_when_it_was_skipped(page: Page) -> None:
    page.evaluate("void jupyterapp.commands.execute('dashwright:tour')")
    tour = page.get_by_role("dialog", name="Dashboards live here")
    expect(tour.get_by_role("button", name="Next")).to_be_focused()
    assert violations(page, ".dw-Tour") == []
    for title in ("Ask a question", "The notebook is yours", "Publish when it is right"):
        page.keyboard.press("ArrowRight")
        expect(page.get_by_role("dialog", name=title)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".dw-Tour")).to_have_count(0)


def test_tour_comes_by_itself_once(browser: Browser, lab: Lab) -> None:
    settings = lab.address + "lab/api/settings/dashwright:plugin"
    headers = dict(lab.api.headers)
    httpx.put(settings, json={"raw": '{"tour": true}'}, headers=headers, trust_env=False).raise_for_status()
    window = opened(browser, lab)
    tour = window.page.locator(".dw-Tour")
    expect(tour).to_contain_text("Dashboards live here")
    expect(tour.get_by_role("button", name="Next")).not_to_be_focused()
    tour.get_by_role("button", name="Skip").click()
    expect(tour).to_have_count(0)
    window.page.reload()
    window.page.wait_for_selector("#dashwright-dashboards", state="attached")
    window.page.evaluate("jupyterapp.restored.then(() => null)")
    expect(tour).to_have_count(0)
    window.page.context.close()
