"""A new dashboard in a real JupyterLab: asked, searched for, followed, failed, mended, and lost by nobody."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.lab import CSV, Lab, violations

LONG = 60_000
"""Milliseconds that a dashboard may take on a busy machine."""


def begun(page: Page) -> Locator:
    """The form of a new dashboard, opened by its key."""
    page.locator("body").press("Alt+Shift+N")
    form = page.locator(".dw-New:visible")
    expect(form.get_by_label("What do you want to know?")).to_be_focused()
    return form


def plan_offline(form: Locator) -> None:
    form.get_by_text("Options").click()
    form.get_by_label("Who plans").select_option("offline")


def asked(lab: Lab, question: str) -> list[dict[str, Any]]:
    return [one for one in lab.call("GET", "dashboards?limit=100")["items"] if one["question"] == question]


def test_file_of_the_file_browser_becomes_a_dashboard_that_opens_itself(page: Page, lab: Lab) -> None:
    question = "How do amounts of this file differ by region?"
    (lab.folder / "chosen.csv").write_text(CSV)
    (lab.folder / "words.md").write_text("Nothing to draw.")
    page.locator("#filebrowser").get_by_role("button", name="Refresh").click()
    entry = "New Dashboard from Data"
    offered = page.locator(".lm-Menu-itemLabel", has_text=entry)
    for name, is_offered in (("words.md", False), ("chosen.csv", True)):
        page.locator("#filebrowser .jp-DirListing-item", has_text=name).click(button="right")
        expect(page.locator(".lm-Menu")).to_be_visible()
        expect(offered).to_be_visible(visible=is_offered)
        if not is_offered:
            page.keyboard.press("Escape")
    offered.click()
    form = page.locator(".dw-New:visible")
    expect(form.locator(".dw-New-pieces")).to_contain_text("chosen.csv")
    assert violations(page, ".dw-New") == []
    form.get_by_label("What do you want to know?").fill(question)
    plan_offline(form)
    form.get_by_role("button", name="Create").dblclick()
    expect(form.get_by_role("status")).to_be_visible()
    assert violations(page, ".dw-New") == []
    expect(page.frame_locator(".dw-Preview iframe").get_by_role("heading").first).to_be_visible(timeout=LONG)
    expect(page.locator(".dw-New")).to_have_count(0)
    assert len(asked(lab, question)) == 1


def test_what_is_typed_survives_closing_reloading_and_the_loss_of_the_server(page: Page, lab: Lab) -> None:
    question = "How do amounts differ while the server is gone?"
    form = begun(page)
    form.get_by_label("What do you want to know?").fill(question)
    form.locator('input[type="file"]').set_input_files(
        {"name": "brought.csv", "mimeType": "text/csv", "buffer": CSV.encode()}
    )
    expect(form.locator(".dw-New-pieces")).to_contain_text("Uploaded")
    form.get_by_role("button", name="Add Address…").click()
    form.get_by_label("Address of a file on the web").fill("ftp://example.org/a.csv")
    page.keyboard.press("Enter")
    expect(form.get_by_role("alert")).to_contain_text("http://")
    page.keyboard.press("Escape")
    plan_offline(form)

    page.locator(".lm-TabBar-tab", has_text="New Dashboard").locator(".lm-TabBar-tabCloseIcon").click()
    expect(page.locator(".dw-New")).to_have_count(0)
    expect(begun(page).get_by_label("What do you want to know?")).to_have_value(question)
    page.goto(f"{lab.address}lab?reset")
    page.wait_for_selector(".jp-Launcher", timeout=LONG)
    page.evaluate("jupyterapp.restored.then(() => null)")
    form = begun(page)
    expect(form.get_by_label("What do you want to know?")).to_have_value(question)
    expect(form.locator(".dw-New-pieces")).to_contain_text("brought.csv")

    page.context.set_offline(True)
    form.get_by_role("button", name="Create").click()
    expect(form.get_by_role("status")).to_contain_text("It is tried again")
    page.context.set_offline(False)
    expect(page.locator(".dw-Preview")).to_be_visible(timeout=LONG)
    assert len(asked(lab, question)) == 1


def test_datasets_of_a_search_are_chosen_and_wrong_values_are_said_at_their_field(page: Page) -> None:
    form = begun(page)
    form.get_by_role("button", name="Create").click()
    expect(form.get_by_role("alert")).to_contain_text("Write what you want to know")
    form.get_by_label("What do you want to know?").fill("qqxz zzyq vvkx")
    plan_offline(form)
    search = form.get_by_role("button", name="Search for Data…")
    search.click()
    expect(form.get_by_role("heading", name="No dataset fits").or_(form.locator("table"))).to_be_visible(timeout=LONG)
    form.get_by_role("button", name="Back").click()
    form.get_by_label("What do you want to know?").fill("Which airports have the most bird strikes?")
    search.click()
    row = form.get_by_role("row").filter(has_text="Bird strikes")
    expect(row).to_contain_text("10,000 rows", timeout=LONG)
    expect(row).to_contain_text("U.S. Government work")
    assert violations(page, ".dw-New") == []
    row.get_by_role("checkbox").check()
    form.get_by_role("button", name="Use 1 Dataset").click()
    expect(form.locator(".dw-New-pieces")).to_contain_text("Bird strikes")
    form.get_by_label("Most charts").fill("99")
    form.get_by_role("button", name="Create").click()
    expect(form.locator(".dw-Field-error")).to_contain_text("24")
    expect(form.get_by_label("Most charts")).to_have_value("99")


def test_failure_says_what_to_do_and_is_tried_again_and_deleted_elsewhere(page: Page, lab: Lab) -> None:
    question = "How do amounts of a broken file differ?"
    file = lab.folder / "broken.csv"
    file.write_bytes(b"%PDF-1.7 no table at all")
    page.evaluate(
        "args => jupyterapp.commands.execute('dashwright:new', args).then(() => null)",
        {"question": question, "paths": ["broken.csv"]},
    )
    form = page.locator(".dw-New:visible")
    plan_offline(form)
    form.get_by_role("button", name="Create").click()
    expect(form.get_by_role("alert")).to_contain_text("Bring the data in another form", timeout=LONG)
    assert violations(page, ".dw-New") == []
    form.get_by_role("button", name="Change the Question").click()
    expect(form.get_by_label("What do you want to know?")).to_have_value(question)
    expect(form.locator(".dw-New-pieces")).to_contain_text("broken.csv")
    file.unlink()
    form.get_by_role("button", name="Create").click()
    expect(form.locator(".dw-New-pieces")).to_contain_text("no file")
    file.write_bytes(b"%PDF-1.7 no table at all")
    form.get_by_role("button", name="Create").click()
    again = form.get_by_role("button", name="Try Again")
    expect(again).to_be_visible(timeout=LONG)
    file.write_text(CSV)
    again.click()
    expect(page.locator(".dw-Preview")).to_be_visible(timeout=LONG)

    question = "qqxz zzyq vvkx of which nothing is known?"
    form = begun(page)
    form.get_by_label("What do you want to know?").fill(question)
    plan_offline(form)
    form.get_by_role("button", name="Create").click()
    expect(form.get_by_role("button", name="Try Again")).to_be_visible(timeout=LONG)
    lab.call("DELETE", f"dashboards/{asked(lab, question)[0]['slug']}")
    expect(form.get_by_role("status")).to_contain_text("was deleted", timeout=LONG)
    form.get_by_role("button", name="Change the Question").click()
    expect(form.get_by_label("What do you want to know?")).to_have_value(question)
