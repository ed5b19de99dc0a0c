"""Fixtures of all browser tests."""

from tests.browser.lab import browser, lab, page, window

__all__ = ["browser", "lab", "page", "window"]
