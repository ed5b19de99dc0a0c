"""Whatever is sent, the API answers as its document says, and never with a failure of its own."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.server.api.contract import check, few, requests


@pytest.fixture(scope="module")
def known(client: httpx.Client) -> dict[str, str]:
    """A dashboard and a job that are there, at least in the beginning."""
    begun = client.post("dashboards", json={"question": "Is it there?"}).json()
    return {"slug": begun["dashboard"]["slug"], "job_id": begun["job"]["id"]}


@requests.parametrize()
@few
def test_answers_are_those_of_the_document(case: Any, client: httpx.Client, known: dict[str, str]) -> None:
    check(case, client, **known)
