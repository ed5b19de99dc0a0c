"""Traces, as a collector of OpenTelemetry gets them: from a request to the steps of the job that it asked for."""

from __future__ import annotations

import gzip
import json
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from prometheus_client.parser import text_string_to_metric_families

from dashwright.pipelines.errors import SetupError
from dashwright.pipelines.providers import Usage
from dashwright.pipelines.providers.gateway import Call
from dashwright.server.keeping import kept_secret
from dashwright.server.observing import TRACING
from dashwright.server.observing.context import carried
from dashwright.server.observing.exposing import Exposition
from dashwright.server.observing.outside import searched, told
from dashwright.server.observing.trail import STEPS, Trail
from dashwright.server.settings import Settings
from dashwright.server.up.environment import OBSERVED, only_plain, without_secrets

QUESTION = "How do the amounts of sesame differ by region?"
TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
OFF = """
import sys
from pathlib import Path
import dashwright.server.api.app, dashwright.server.viewer.app, dashwright.server.worker.running
from dashwright.server import observing, settings
observing.begin(settings.load(Path(sys.argv[1])), "test")
with observing.TRACING.span("nothing") as span:
    assert span is None and observing.TRACING.traceparent() is None
observing.end()
assert not [name for name in sys.modules if name.startswith("opentelemetry")]
"""


@dataclass
class Told:
    """A span as it came, with who sent it."""

    program: str
    name: str
    trace: str
    id: str
    parent: str
    attributes: dict[str, Any]
    is_error: bool
    seconds: float


@dataclass
class Collector:
    """An OTLP receiver."""

    address: str = ""
    keys: set[str] = field(default_factory=set)
    bodies: list[bytes] = field(default_factory=list)
    spans: list[Told] = field(default_factory=list)

    def take(self, body: bytes, key: str) -> None:
        self.keys.add(key)
        self.bodies.append(body)
        request = ExportTraceServiceRequest.FromString(body)
        for group in request.resource_spans:
            resource = {one.key: one.value.string_value for one in group.resource.attributes}
            for scope in group.scope_spans:
                for span in scope.spans:
                    attributes = {
                        one.key: getattr(one.value, one.value.WhichOneof("value") or "") for one in span.attributes
                    }
                    self.spans.append(
                        Told(
                            resource["service.name"],
                            span.name,
                            span.trace_id.hex(),
                            span.span_id.hex(),
                            span.parent_span_id.hex(),
                            attributes,
                            span.status.code == span.status.STATUS_CODE_ERROR,
                            (span.end_time_unix_nano - span.start_time_unix_nano) / 1e9,
                        )
                    )

    def named(self, name: str) -> Told:
        (found,) = (span for span in self.spans if span.name == name)
        return found


@pytest.fixture
def collector() -> Iterator[Collector]:
    found = Collector()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            is_right = (self.path, self.headers["Content-Type"]) == ("/v1/traces", "application/x-protobuf")
            if is_right:
                found.take(body, self.headers.get("api-key", ""))
            self.send_response(200 if is_right else 400)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        found.address = f"http://127.0.0.1:{server.server_address[1]}"
        yield found
        server.shutdown()
        thread.join()


@pytest.fixture
def tracing(collector: Collector, tmp_path: Any) -> Iterator[None]:
    """This process sends spans to the collector."""
    given: dict[str, Any] = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"{collector.address}/",
        "OTEL_EXPORTER_OTLP_HEADERS": "api-key=one-of-mine",
    }
    TRACING.start(Settings(data_dir=tmp_path, **given), "api")
    yield
    TRACING.stop()


def test_a_request_its_job_and_each_step_are_one_trace(
    collector: Collector, tracing: None, site: Any, api_of: Any
) -> None:
    csv = site.settings.data_dir / "sales.csv"
    csv.write_text("region,amount\n" + "".join(f"{'NSW'[row % 3]},{row}\n" for row in range(60)))
    token = kept_secret(site.settings.secrets, "api-token")
    body = {"question": QUESTION, "data": [{"kind": "local", "reference": str(csv)}]}
    headers = {
        "Authorization": f"Bearer {token}",
        "X-Request-Id": "mine-7",
        "traceparent": f"00-{TRACE}-{PARENT}-01",
    }
    worker = site.worker(
        OTEL_EXPORTER_OTLP_ENDPOINT=collector.address,
        OTEL_BSP_SCHEDULE_DELAY="100",
        DASHWRIGHT_METRICS_PORT="0",
    )
    with api_of(site, Exposition("api")) as base:
        made = httpx.post(f"{base}dashboards", json=body, headers=headers, trust_env=False, timeout=60)
        assert made.is_success, made.text
        httpx.get(f"{base}dashboards/nix", trust_env=False)
    (job,) = site.store.jobs(None, 10)
    assert site.ended(job).status == "completed", site.log()
    address = re.findall(r"http://127\.0\.0\.1:\d+/metrics", site.log())[0]
    metrics = httpx.get(address, trust_env=False, timeout=60).text
    worker.send_signal(signal.SIGTERM)
    worker.wait(60)
    TRACING.stop()

    request = collector.named("POST /api/dashboards")
    assert (request.program, request.trace, request.parent) == ("dashwright-api", TRACE, PARENT)
    assert request.attributes["http.response.status_code"] == made.status_code
    assert "one-of-mine" in collector.keys
    other = collector.named("GET /api/dashboards/{slug}")
    assert other.trace != TRACE, "who says nothing of a trace begins one"
    work = collector.named("job new")
    assert (work.program, work.trace, work.parent) == ("dashwright-worker", TRACE, request.id)
    assert work.attributes["dashwright.job.fate"] == "finished"
    steps = [collector.named(f"step {step}") for step in STEPS]
    assert all((step.trace, step.parent, step.is_error) == (TRACE, work.id, False) for step in steps)
    assert sum(step.seconds for step in steps) <= work.seconds
    assert not any(secret in body for body in collector.bodies for secret in (b"sesame", b"sales", token.encode()))

    lines = [json.loads(line) for line in site.log().splitlines()]
    of_job = [line for line in lines if line.get("job_id") == job.id]
    assert {(line["request_id"], line["trace_id"], line["slug"]) for line in of_job} == {("mine-7", TRACE, job.slug)}
    families = {family.name: family.samples for family in text_string_to_metric_families(metrics)}
    ends = [sample.labels for sample in families["dashwright_job_ends"] if sample.value == 1]
    assert ends == [{"kind": "new", "fate": "finished"}]
    counted = families["dashwright_job_step_duration_seconds"]
    assert {sample.labels["step"] for sample in counted if sample.name.endswith("_count")} == set(STEPS)
    own = (site.folder(job) / "log.txt").read_text()
    assert "Traceback" not in own


def test_what_is_asked_outside_is_below_the_step_it_is_asked_for(collector: Collector, tracing: None) -> None:
    call = Call(
        operation="plan_dashboard",
        provider="gemini",
        model="one",
        outcome="busy",
        usage=Usage(input_tokens=7),
        seconds=2,
        started_at=datetime.now(UTC),
    )

    def work() -> None:
        trail = Trail()
        trail.reached("search")
        searched({"who": None, "owid": "It says <secret>."}, {"who": 0.5, "owid": 2.0})
        trail.reached("looking at 3 datasets")
        trail.reached("plan")
        thread = threading.Thread(target=carried(told), args=(call,))
        thread.start()
        thread.join()
        trail.end("limit")
        raise KeyError("secret")

    with pytest.raises(KeyError), TRACING.span("job new"):
        work()
    TRACING.stop()
    job, plan, search = (collector.named(name) for name in ("job new", "step plan", "step search"))
    asked = collector.named("plan_dashboard gemini")
    assert (asked.parent, asked.is_error, round(asked.seconds, 3)) == (plan.id, True, 2.0)
    assert asked.attributes["gen_ai.usage.input_tokens"] == 7
    who, owid = collector.named("search who"), collector.named("search owid")
    assert (who.parent, who.is_error, round(who.seconds, 3)) == (search.id, False, 0.5)
    assert owid.is_error
    assert (plan.parent, plan.is_error, search.is_error) == (job.id, True, False)
    assert (job.is_error, job.attributes["error.type"]) == (True, "KeyError")
    assert not any(b"secret" in body for body in collector.bodies)


def test_servers_know_the_collector_and_its_key_and_jupyterlab_not_the_key() -> None:
    given = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://c",
        "OTEL_EXPORTER_OTLP_HEADERS": "k=v",
        "OTEL_TRACES_SAMPLER": "on",
    }
    assert only_plain(given, *OBSERVED) == given
    assert "OTEL_EXPORTER_OTLP_HEADERS" not in without_secrets(given)


def test_off_nothing_of_opentelemetry_is_imported(tmp_path: Any) -> None:
    command = [sys.executable, "-P", "-c", OFF, str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, env={})
    assert ended.returncode == 0, ended.stderr


def test_without_the_package_a_sentence_says_what_to_install(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    given: dict[str, Any] = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}
    with pytest.raises(SetupError, match=r"pip install 'dashwright\[otel\]'"):
        TRACING.start(Settings(data_dir=tmp_path, **given), "api")
    assert not TRACING.is_on
