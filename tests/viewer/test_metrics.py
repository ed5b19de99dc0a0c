"""What Prometheus is told, and who else is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from dashwright.server.settings import Settings
from dashwright.server.viewer.answering import Nothing
from dashwright.server.viewer.app import TEMPLATES, Viewer, configuration
from dashwright.server.viewer.beacons import Beacon
from dashwright.server.viewer.metrics import Metrics

TOKEN = "sesame-of-the-metrics"


def tally(outcome: str = "answered", **spending: float) -> dict[str, Any]:
    return {
        "provider": "gemini",
        "operation": "plan_dashboard",
        "outcome": outcome,
        "count": 3,
        "seconds": 4.5,
        "last_at": "2026-11-25T12:00:00Z",
        "spending": {"calls": 3, **spending},
    }


@pytest.fixture
def tallies(viewer: Any) -> Path:
    path: Path = viewer.shelf.folder / "tallies.json"
    path.write_text(
        json.dumps([tally(input_tokens=120, output_tokens=70, thinking_tokens=50, cost_usd=0.25), tally("down")])
    )
    return path


def samples(text: str) -> dict[tuple[str, ...], float]:
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_calls_tokens_and_money_are_told_in_the_form_of_prometheus(browser: Any, tallies: Path) -> None:
    told = browser.get("metrics")
    assert told.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert "Set-Cookie" not in told.headers
    found = samples(told.text)
    assert found["dashwright_ai_calls_total", "plan_dashboard", "answered", "gemini"] == 3
    assert found["dashwright_ai_calls_total", "plan_dashboard", "down", "gemini"] == 3
    assert found["dashwright_ai_seconds_total", "plan_dashboard", "answered", "gemini"] == 4.5
    assert found["dashwright_ai_tokens_total", "thinking", "plan_dashboard", "gemini"] == 50
    assert found["dashwright_ai_cost_usd_total", "plan_dashboard", "gemini"] == 0.25
    last = "dashwright_ai_last_call_timestamp_seconds"
    assert found[last, "plan_dashboard", "down", "gemini"] == 1795608000
    # Who asks again at once gets the same, and the database is left alone.
    tallies.unlink()
    assert samples(browser.get("metrics").text).items() >= {(n, v) for n, v in found.items() if "_ai_" in n[0]}


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"])
def test_who_comes_through_a_proxy_finds_nothing(browser: Any, tallies: Path, header: str) -> None:
    assert browser.get("metrics", headers={header: "127.0.0.1"}).status_code == 404


def test_a_page_of_elsewhere_whose_name_leads_here_finds_nothing(browser: Any, tallies: Path) -> None:
    assert browser.get("metrics", headers={"Host": "evil.example"}).status_code == 404
    assert browser.get("metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200, "from here"


def test_elsewhere_the_token_opens(start: Any) -> None:
    with start(host="0.0.0.0", DASHWRIGHT_METRICS_TOKEN=TOKEN) as viewer:
        (viewer.shelf.folder / "tallies.json").write_text("[]")
        url = f"{viewer.address}metrics"
        strange = {"X-Forwarded-For": "203.0.113.7"}
        refused = httpx.get(url, headers=strange)
        assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert TOKEN not in refused.text
        for given in (f"Basic {TOKEN}", "Bearer", "Bearer sesame", f"Bearer {TOKEN}x", "Bearer \xe4"):
            assert httpx.get(url, headers=strange | {"Authorization": given.encode("latin-1")}).status_code == 401
        assert httpx.get(url, headers=strange | {"Authorization": f"Bearer {TOKEN}"}).status_code == 200
        assert TOKEN not in viewer.log.read_text()


def test_requests_are_counted_by_route_and_kernels_as_they_are_taken(browser: Any, eventually: Any) -> None:
    page = browser.open("small")
    browser.get("d/not-there")
    browser.get("s/a-secret-of-somebody-0123")
    answer = browser.get("no/such/address", headers={"X-Request-Id": "mine-9"})
    assert answer.headers["X-Request-Id"] == "mine-9"
    exposed = browser.get("metrics").text
    found = samples(exposed)
    name = "dashwright_http_requests_total"
    assert found[name, "GET", "/d/{slug}", "viewer", "2xx"] >= 1
    assert found[name, "GET", "/d/{slug}", "viewer", "4xx"] >= 1
    assert found[name, "GET", "other", "viewer", "4xx"] >= 1
    assert not [word for word in ("small", "not-there", "a-secret", "no/such") if word in exposed]
    assert (found["dashwright_kernels",] >= 1, found["dashwright_kernels_limit",]) == (True, 4)
    page.close()
    eventually(lambda: '"request_id": "mine-9"' in browser.viewer.log.read_text())
    lines = [json.loads(line) for line in browser.viewer.log.read_text().splitlines()]
    assert "a-secret" not in json.dumps(lines)
    (strange,) = (line for line in lines if line.get("request_id") == "mine-9")
    assert (strange["route"], strange["status"], strange["method"]) == ("other", 404, "GET")
    assert any(line.get("slug") == "small" and line["route"] == "/d/{slug}" for line in lines if "route" in line)


def test_each_address_has_a_name_to_be_counted_under(tmp_path: Path) -> None:
    viewer = Viewer(config=configuration(Settings(data_dir=tmp_path)))
    viewer.initialize()
    handlers = {rule[1] for rule in viewer._routes()} - {Nothing}
    assert handlers | {Metrics, Beacon} == set(TEMPLATES)
