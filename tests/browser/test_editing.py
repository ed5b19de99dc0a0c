"""A dashboard's notebook in JupyterLab: edited, saved as a draft, run as a dashboard, and merged."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.lab import Lab, opened, violations

PATIENCE = 60_000
"""Milliseconds for what a worker does."""


@pytest.fixture(scope="module")
def sales(lab: Lab) -> dict[str, Any]:
    return lab.made("How do amounts differ by region?")


def edit(page: Page, slug: str) -> None:
    page.evaluate("slug => jupyterapp.commands.execute('dashwright:edit-notebook', {slug})", slug)
    page.wait_for_selector(f'.jp-NotebookPanel:has-text("{slug}")', state="attached")


def test_first(page: Page, lab: Lab, sales: dict[str, Any]) -> None:
    slug = sales["slug"]
    edit(page, slug)
    page.wait_for_timeout(6000)
    page.screenshot(path="/tmp/h/trip-1.png")
    print([m for m in page.locator(".dw-CellLink").all_inner_texts()])
    print(page.locator(".dw-DraftStatus").all_inner_texts())
    print([p.name for p in (lab.folder / "dashboards").iterdir()])
