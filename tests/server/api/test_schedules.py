"""Schedules over HTTP."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.server.api.test_dashboards import asked

CRON = {"timing": {"kind": "cron", "text": "0  6 * * 1-5"}, "zone": "Europe/Berlin", "on_failure": "pause"}


def test_schedule_is_set_paused_and_taken_away(client: httpx.Client) -> None:
    dashboard = f"dashboards/{asked(client, 'When is it due?', refresh_interval=60)['dashboard']['slug']}"
    path = f"{dashboard}/schedule"
    before = client.get(path)
    assert before.json()["schedule"]["timing"] == {"kind": "every", "minutes": 60}
    assert client.put(path, json=CRON).status_code == 428
    tag = {"If-Match": before.headers["ETag"]}
    answer = client.put(path, json=CRON | {"is_paused": True}, headers=tag)
    assert answer.status_code == 200, answer.text
    assert answer.json()["schedule"]["timing"]["text"] == "0 6 * * 1-5"
    assert answer.json()["pause_reason"] == "Somebody paused it."
    shown = client.get(dashboard).json()
    assert (shown["refresh_interval"], shown["schedule"]["zone"]) == (0, "Europe/Berlin")
    assert client.put(path, json=CRON, headers=tag).status_code == 412
    assert client.delete(path, headers={"If-Match": answer.headers["ETag"]}).status_code == 204
    assert client.get(path).json()["schedule"] is None


def test_schedule_is_tried_out(client: httpx.Client) -> None:
    timing = {"kind": "monthly", "day": 31, "at": "06:00"}
    answer = client.post("schedules/preview", json={"timing": timing, "zone": "Asia/Kolkata"}).json()
    assert answer["words"] == "every month on day 31, or the last, at 06:00 (Asia/Kolkata)"
    assert len(answer["upcoming"]) == 5
    assert all(moment.endswith("T00:30:00Z") for moment in answer["upcoming"])


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"timing": {"kind": "cron", "text": "0 6 * * 8"}}, "The day of the week '8' is not possible"),
        ({"timing": {"kind": "cron", "text": "0 0 30 2 *"}}, "never comes"),
        ({"timing": {"kind": "daily", "at": "24:00"}}, "timing.daily.at"),
        ({"timing": {"kind": "daily", "at": "٠٦:٠٠"}}, "timing.daily.at"),
        ({"timing": {"kind": "every", "minutes": 0}}, "timing.every.minutes"),
        ({"timing": {"kind": "hourly"}}, "timing"),
        ({"timing": {"kind": "every", "minutes": 5}, "zone": "../../etc/passwd"}, "no time zone"),
    ],
)
def test_impossible_schedule_is_told_by_its_field(client: httpx.Client, body: dict[str, Any], problem: str) -> None:
    answer = client.post("schedules/preview", json=body)
    assert answer.status_code == 422
    assert problem in answer.json()["detail"]
    assert answer.json()["errors"][0]["name"].split(".")[0] in body
