"""Versions that are not published: a page for who may change the dashboard, which JupyterLab may show in a frame."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx

LAB, EMBEDDING = "https://lab.example.org", "https://intranet.example.org"


def test_version_is_shown_as_a_draft_to_its_owner_alone(start: Callable[..., Any]) -> None:
    with start(DASHWRIGHT_LAB_ORIGINS=f'["{LAB}"]') as viewer:
        viewer.shelf.publish("small", "print('tried')", number=7)
        viewer.shelf.publish("small", "print('published')", embed_origins=[EMBEDDING])
        browser = viewer.browser()
        page = browser.open("small/versions/7")
        assert "tried" in page.text
        assert "Draft, not published" in page.text
        policy = page.answer.headers["Content-Security-Policy"]
        ancestors = policy.partition("frame-ancestors ")[2].split()
        assert LAB in ancestors
        assert EMBEDDING not in ancestors
        assert not {"*", "https:", "http:"} & set(ancestors)
        assert "X-Frame-Options" not in page.answer.headers
        assert 'href="/d/small/versions/7/notebook"' in page.text
        assert page.is_alive()
        page.close()

        shown = browser.open("small")
        assert "Draft, not published" not in shown.text
        ancestors = shown.answer.headers["Content-Security-Policy"].partition("frame-ancestors ")[2].split()
        assert {LAB, EMBEDDING} <= set(ancestors)
        shown.close()
        missing = browser.get("d/small/versions/8")
        assert missing.status_code == 404
        assert "no version 8" in missing.text

        # Through a proxy nobody is the user of this machine, and the published page is public all the same.
        stranger = httpx.Client(base_url=viewer.address, headers={"X-Forwarded-For": "192.0.2.1"})
        assert stranger.get("d/small/notebook").status_code == 200
        for path in ("d/small/versions/7", "d/small/versions/7/notebook", "d/small/versions/1"):
            refused = stranger.get(path)
            assert refused.status_code == 404
            assert EMBEDDING not in refused.headers["Content-Security-Policy"]
        stranger.close()
