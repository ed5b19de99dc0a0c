"""Fixtures of all browser tests, and a picture of how each test of JupyterLab has left its window."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.lab import Window, browser, lab, page, window

__all__ = ["browser", "lab", "page", "window"]

PICTURES = Path(__file__).parents[2] / "test-artefacts"


@pytest.fixture(autouse=True)
def picture(request: pytest.FixtureRequest) -> Iterator[None]:
    """Keep what a person would see at the end of the test, also of one that fails."""
    shown: Window | None = request.getfixturevalue("window") if "window" in request.fixturenames else None
    yield
    if shown is not None and not shown.page.is_closed():
        take(shown.page, f"{request.module.__name__.rpartition('.')[2]}-{request.node.name}")


def take(page: Page, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"{re.sub('[^a-z0-9_-]+', '-', name.lower())[:150]}.png")
