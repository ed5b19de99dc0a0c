"""The interactive documentation, in a real browser."""

from __future__ import annotations

import shutil
from typing import Any

import httpx
import pytest
from playwright.sync_api import sync_playwright

from dashwright.server.api.resources import ROUTES
from dashwright.server.keeping import kept_secret

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt install chromium")
def test_page_needs_nothing_from_elsewhere_and_tries_routes_out(client: httpx.Client, quiet: Any) -> None:
    asked: list[str] = []
    said: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(f"{client.base_url}docs/")
        page.wait_for_selector(".opblock")
        assert page.locator(".opblock").count() == len(ROUTES)
        page.click("button.authorize")
        page.fill("input[type=text]", kept_secret(quiet.settings.secrets, "api-token"))
        page.click(".modal-btn.authorize")
        page.click(".btn-done")
        page.click("#operations-Server-show_me .opblock-summary-control")
        page.click("#operations-Server-show_me .try-out__btn")
        page.click("#operations-Server-show_me .execute")
        page.wait_for_selector("#operations-Server-show_me .live-responses-table .highlight-code")
        assert '"local"' in page.inner_text("#operations-Server-show_me .live-responses-table")
        browser.close()
    assert all(url.startswith((str(client.base_url), "data:")) for url in asked), asked
    assert said == []


def test_only_its_own_files_are_served(client: httpx.Client) -> None:
    page = client.get("docs/")
    assert "'unsafe" not in page.headers["Content-Security-Policy"]
    assert client.get("docs/", headers={"If-None-Match": page.headers["ETag"]}).status_code == 304
    for name in ("..", "app.py", ".", "swagger-ui-bundle.js.map"):
        assert client.get(f"docs/{name}").status_code == 404, name
