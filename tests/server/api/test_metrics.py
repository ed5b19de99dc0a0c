"""What Prometheus is told by each server: that all of it is documented, bounded, and for nobody else."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from sqlalchemy import text

from dashwright.pipelines.build import STEPS
from dashwright.pipelines.errors import SetupError
from dashwright.pipelines.providers import Usage
from dashwright.pipelines.providers.gateway import Call
from dashwright.server.api.resources import ROUTES
from dashwright.server.nouns import Account, Measured
from dashwright.server.observing import catalogue, collecting, trail
from dashwright.server.observing.exposing import Exposition
from dashwright.server.observing.listening import listening
from dashwright.server.observing.reading import Reading
from dashwright.server.store import Entry, Ledger, Measures, SourceAnswers

DOCUMENT = Path(__file__).parents[3] / "docs"
TOKEN = "sesame-of-the-metrics"
TOKEN_SECRET = SecretStr(TOKEN)
MODEL_CALL = Call(
    operation="plan_dashboard",
    provider="gemini",
    model="one",
    outcome="answered",
    usage=Usage(input_tokens=7),
    seconds=2,
    started_at=datetime(2026, 11, 26, tzinfo=UTC),
)

Samples = dict[tuple[str, ...], float]


def samples(exposed: str) -> Samples:
    """By name and the values of its labels, in the order of the labels' names."""
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(exposed)
        for sample in family.samples
    }


@pytest.fixture(scope="module")
def exposition(quiet: Any) -> Iterator[Exposition]:
    measures = Measures(quiet.store)
    yield Exposition("api", measures.read, lambda: quiet.store.engine)
    measures.close()


@pytest.fixture(scope="module")
def address(quiet: Any, exposition: Exposition, api_of: Any) -> Iterator[str]:
    with api_of(quiet, exposition) as base:
        yield base.removesuffix("api/")


@pytest.fixture(scope="module")
def busy(quiet: Any) -> Measured:
    """A database in which something of everything has happened, as it is told."""
    store = quiet.store
    quiet.ask()
    quiet.ask()
    with store.transaction() as session:
        rows = session.execute(text("SELECT id FROM dashboard_jobs ORDER BY created_at")).scalars().all()
        session.execute(
            text(
                "UPDATE dashboard_jobs SET status='processing', current_step='what a child <says>', "
                "lease_until=now() - interval '1 minute' WHERE id=:id"
            ),
            {"id": rows[0]},
        )
        session.execute(
            text("UPDATE dashboard_jobs SET enqueued_at=now() - interval '90 s' WHERE id=:id"), {"id": rows[1]}
        )
    at = datetime(2026, 11, 26, tzinfo=UTC)
    for provider, tokens in (("gemini", 120), ("made-up", 7), ("made-up-too", 8)):
        entry = Entry(account=Account(), provider=provider, operation="plan_dashboard", outcome="answered", at=at)
        Ledger(store).write(
            [entry.model_copy(update={"usage": Usage(input_tokens=tokens, cost_usd=0.5), "seconds": 1.5})]
        )
    SourceAnswers(store).note({"who": None, "owid": "It is closed.", "made-up": None})
    with closing(Measures(store)) as measures:
        return measures.read()


def test_what_the_database_knows_is_told(busy: Measured, quiet: Any) -> None:
    found = samples(Exposition("api", lambda: busy, lambda: quiet.store.engine).text().decode())
    assert found["dashwright_up_database",] == 1
    assert (found["dashwright_jobs", "pending"], found["dashwright_jobs", "processing"]) == (1, 1)
    assert (found["dashwright_queue_depth",], found["dashwright_queue_messages",]) == (1, 2)
    assert 90 <= found["dashwright_queue_oldest_age_seconds",] < 600
    assert found["dashwright_jobs_lease_expired",] == 1
    assert found["dashwright_ai_tokens_total", "input", "plan_dashboard", "gemini"] == 120
    assert (found["dashwright_source_up", "who"], found["dashwright_source_up", "owid"]) == (1, 0)
    assert found["dashwright_database_pool_limit",] == 15
    assert found["dashwright_database_pool_connections", "in_use"] == 0


def test_names_that_nobody_knows_are_no_labels(busy: Measured) -> None:
    exposed = Exposition("api", lambda: busy).text().decode()
    assert "made-up" not in exposed
    assert "says" not in exposed
    found = samples(exposed)
    assert found["dashwright_jobs_processing", "other"] == 1
    assert found["dashwright_ai_tokens_total", "input", "plan_dashboard", "other"] == 15
    assert found["dashwright_ai_calls_total", "plan_dashboard", "answered", "other"] == 2


def test_requests_are_counted_by_route_and_not_by_address(address: str, exposition: Exposition) -> None:
    with httpx.Client(base_url=address, trust_env=False) as client:
        for path in (
            "api/dashboards/one-of-mine",
            "api/dashboards/another",
            "api/nowhere/at/all",
            "elsewhere",
            "api/health",
        ):
            client.get(path)
        client.request("BREW", "api/health")
        exposed = client.get("metrics").text
    found = samples(exposed)
    name = "dashwright_http_requests_total"
    assert found[name, "GET", "/api/dashboards/{slug}", "api", "4xx"] == 2
    assert found[name, "GET", "/api/health", "api", "2xx"] == 1
    assert found[name, "GET", "other", "api", "4xx"] == 2
    assert found[name, "other", "/api/health", "api", "4xx"] == 1
    count = "dashwright_http_request_duration_seconds_count"
    assert found[count, "GET", "/api/dashboards/{slug}", "api"] == 2
    assert not re.search("one-of-mine|another|elsewhere|BREW", exposed)
    known = {f"/api{route.path}" for route in ROUTES} | {"/metrics", "/api/openapi.json", "/api/docs/{name}", "other"}
    assert {key[2] for key in found if key[0] == name} <= known


def test_every_metric_is_documented_as_it_is(busy: Measured) -> None:
    """Each program's own, after something of everything has happened in it."""
    document = (DOCUMENT / "observability.md").read_text()
    assert catalogue.markdown() in document, "put the output of `python -m dashwright.server.observing` there"
    told: dict[str, set[str]] = {}
    kinds: dict[str, tuple[str, tuple[str, ...], str]] = {}
    for program in ("api", "viewer", "worker"):
        exposition = exposed_by(program, busy)
        for family in text_string_to_metric_families(exposition.text().decode()):
            if family.name.startswith("process_"):
                continue
            name = f"{family.name}_total" if family.type == "counter" else family.name
            told.setdefault(name, set()).add(program)
            labels = {label for sample in family.samples for label in sample.labels} - {"le"}
            kinds[name] = (family.type, tuple(sorted(labels)), family.documentation)
    everywhere = {"api", "viewer", "worker"}
    for metric in catalogue.CATALOGUE:
        assert kinds.pop(metric.exposed) == (metric.kind, tuple(sorted(metric.labels)), metric.text)
        assert told[metric.exposed] == (everywhere if metric.told_by == ("all",) else set(metric.told_by)), metric.name
    assert not kinds


def exposed_by(program: str, measured: Measured) -> Exposition:
    class Engine:
        from sqlalchemy.pool import QueuePool

        pool = QueuePool(lambda: None, pool_size=3)  # type: ignore[arg-type,return-value]

    exposition = Exposition(program, lambda: measured, lambda: Engine())  # type: ignore[arg-type,return-value]
    counting = exposition.counting
    if program == "worker":
        counting.job("new", "handed back", 12.0, {"search": 1.0})
        counting.call(MODEL_CALL)
        exposition.tell(lambda: ((catalogue.RUNNING, (), 1), (catalogue.SLOTS, (), 2)))
    else:
        counting.request(program, "GET", "/", 200, 0.1)
    if program == "viewer":
        exposition.tell(lambda: ((catalogue.KERNELS, (), 1), (catalogue.KERNELS_LIMIT, (), 2)))
    return exposition


def test_names_follow_the_conventions_of_prometheus() -> None:
    for metric in catalogue.CATALOGUE:
        assert re.fullmatch(r"dashwright_[a-z][a-z_]*", metric.exposed)
        assert metric.exposed.endswith("_total") == (metric.kind == "counter")
        assert not re.search(r"_(ms|milliseconds|minutes|kb|mb|count|sum|bucket)$", metric.name)
        assert set(metric.labels) <= {
            *("server", "method", "route", "status", "level", "version", "state", "kind", "fate", "step", "source"),
            *("provider", "operation", "outcome"),
        }, "a label has few values, that are known before"
    assert {step.name for step in STEPS} == set(trail.STEPS)
    assert {step.progress for step in STEPS} == set(collecting.PHASES)


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "Via", "X-Real-IP", "X-Forwarded-Prefix"])
def test_through_a_proxy_there_is_nothing_without_a_token(address: str, header: str) -> None:
    answer = httpx.get(f"{address}metrics", headers={header: "127.0.0.1"}, trust_env=False)
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")


def test_by_another_name_there_is_nothing_without_a_token(address: str) -> None:
    assert httpx.get(f"{address}metrics", headers={"Host": "evil.example"}, trust_env=False).status_code == 404


def test_elsewhere_the_token_opens(quiet: Any, api_of: Any) -> None:
    quiet.settings = quiet.settings.model_copy(update={"metrics_token": TOKEN_SECRET})
    strange = {"X-Forwarded-For": "203.0.113.7", "Host": "api.example.org"}
    with api_of(quiet, Exposition("api")) as base:
        url = f"{base.removesuffix('api/')}metrics"
        refused = httpx.get(url, headers=strange, trust_env=False)
        assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
        for given in (f"Basic {TOKEN}", "Bearer", f"Bearer {TOKEN}x", "Bearer \xe4"):
            headers = strange | {"Authorization": given.encode("latin-1")}
            assert httpx.get(url, headers=headers, trust_env=False).status_code == 401
        headers = strange | {"Authorization": f"Bearer {TOKEN}"}
        assert httpx.get(url, headers=headers, trust_env=False).status_code == 200


def test_a_worker_tells_on_loopback_alone(caplog: pytest.LogCaptureFixture) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(SetupError, match="METRICS_PORT"),
        listening(Exposition("worker"), taken.getsockname()[1], None),
    ):
        pass
    with caplog.at_level("INFO"), listening(exposed_by("worker", Measured()), 0, None):
        url = re.findall(r"http://127\.0\.0\.1:\d+/metrics", caplog.text)[0]
        found = samples(httpx.get(url, trust_env=False).text)
        assert found["dashwright_job_ends_total", "handed_back", "new"] == 1
        assert httpx.get(url, headers={"Via": "1.1 proxy"}, trust_env=False).status_code == 404
        assert httpx.get(url, headers={"Host": "evil.example"}, trust_env=False).status_code == 404
        assert httpx.get(url.replace("/metrics", "/"), trust_env=False).status_code == 404
        assert httpx.post(url, trust_env=False).status_code == 405
    with pytest.raises(httpx.ConnectError):
        httpx.get(url, trust_env=False)


def test_a_database_that_is_gone_is_told_and_left_alone() -> None:
    asked: list[float] = []
    now = [0.0]

    def read() -> Measured:
        asked.append(now[0])
        if now[0] < 20:
            raise ConnectionError("gone")
        return Measured(jobs={"failed": 3})

    reading = Reading(read, fresh=5, clock=lambda: now[0])
    state = collecting.DatabaseState(reading)
    for now[0] in (0.0, 1.0, 4.9, 5.0, 9.0, 20.0, 24.0):
        families = {family.name: family.samples for family in state.collect()}
        assert families["dashwright_up_database"][0].value == (1 if now[0] >= 20 else 0)
        assert ("dashwright_jobs" in families) == (now[0] >= 20)
    assert asked == [0.0, 5.0, 20.0]


def test_a_database_that_does_not_answer_is_waited_for_by_one_alone() -> None:
    release, asked = threading.Event(), []

    def read() -> Measured:
        asked.append(time.monotonic())
        release.wait(60)
        return Measured(messages=4)

    reading = Reading(read, fresh=0, patience=0.01)
    assert [reading.latest().measured for _ in range(3)] == [None, None, None]
    assert len(asked) == 1, "what is under way is not asked for once more"
    release.set()
    patient = Reading(read, patience=60)
    assert patient.latest().measured == Measured(messages=4)


def test_the_dashboard_names_what_is_exposed_and_nothing_else() -> None:
    dashboard = json.loads((DOCUMENT / "grafana.json").read_text())
    assert dashboard["schemaVersion"] >= 39
    panels = [one for panel in dashboard["panels"] for one in (panel, *panel.get("panels", ()))]
    assert len({panel["id"] for panel in panels}) == len(panels)
    expressions = [target["expr"] for panel in panels for target in panel.get("targets", ())]
    expressions += [
        variable["query"]["query"] for variable in dashboard["templating"]["list"] if variable["type"] == "query"
    ]
    assert all(panel.get("targets") for panel in panels if panel["type"] not in ("row", "text"))
    known = {metric.exposed: metric for metric in catalogue.CATALOGUE}
    named = set()
    for expression in expressions:
        for name in re.findall(r"\b(?:dashwright|process)_[a-z_]+", expression):
            histogram = re.sub("_(bucket|count|sum)$", "", name)
            metric = known.get(name) or known.get(histogram)
            assert metric is not None or name in PROCESS, f"{name} in {expression}"
            named.add(metric.exposed if metric else name)
    assert named >= set(known), sorted(set(known) - named)


PROCESS = ("process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds")


def test_a_request_keeps_the_id_it_came_with_if_that_is_harmless(address: str) -> None:
    with httpx.Client(base_url=address, trust_env=False) as client:
        kept = client.get("api/dashboards/nix", headers={"X-Request-Id": "from-my-proxy.7"})
        assert kept.headers["X-Request-Id"] == kept.json()["request_id"] == "from-my-proxy.7"
        made = client.get("api/dashboards/nix", headers={"X-Request-Id": "no id <at all>"})
        assert re.fullmatch("[0-9a-f]{16}", made.headers["X-Request-Id"])
        assert client.get("api/dashboards/nix").headers["X-Request-Id"] != made.headers["X-Request-Id"]


def test_a_job_remembers_the_request_that_asked_for_it(quiet: Any, address: str) -> None:
    from dashwright.server.keeping import kept_secret

    token = kept_secret(quiet.settings.secrets, "api-token")
    headers = {"Authorization": f"Bearer {token}", "X-Request-Id": "asked-for-it"}
    made = httpx.post(f"{address}api/dashboards", json={"question": "Which?"}, headers=headers, trust_env=False)
    assert made.status_code in (201, 202), made.text
    with quiet.store.transaction() as session:
        query = "SELECT request_id FROM dashboard_jobs ORDER BY created_at DESC LIMIT 1"
        assert session.scalar(text(query)) == "asked-for-it"
