"""Errand: what the camera is sent for."""

from __future__ import annotations

from ...pipelines.model import Noun


class Errand(Noun):
    folder: str
    """Of the version."""
    slug: str
    title: str
    scratch: str
    """An empty folder for whatever has to be written."""
    into: str
    """An empty folder for the pictures."""
    browser: str
    """The program."""
    sandbox: bool
    """Of the browser's own."""
    memory: int
    """Bytes that the page's kernel may use."""
