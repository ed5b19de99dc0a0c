"""BigQuery: tables and queries through Google's own client."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from pydantic import SecretStr

from dashwright.pipelines.errors import DashwrightError, DataError, LimitError, SetupError, SourceError
from dashwright.pipelines.model import Attachment, Candidate, DataFile, Dataset
from dashwright.pipelines.services import Service
from dashwright.pipelines.sources import Fetched, source, unheard
from dashwright.pipelines.sources.bigquery import credentials
from dashwright.pipelines.step import Limits

from .conftest import Wire, send
from .playing.bigquery import BigQuery, write_key

TABLE = "zoo-project.zoo.fish"
TOTALS = "SELECT kind, SUM(number) AS total, MAX(weight) AS heaviest FROM fish GROUP BY kind ORDER BY kind"


@pytest.fixture
def warehouse(wire: Wire) -> BigQuery:
    played = BigQuery()
    wire.mount("/bigquery", played)
    return played


@pytest.fixture
def key(wire: Wire, tmp_path: Path) -> Path:
    path = tmp_path / "key.json"
    write_key(path, wire.url("/bigquery/token"))
    return path


@pytest.fixture
def limits(wire: Wire, key: Path) -> Limits:
    service = Service(base_url=wire.url("/bigquery"), user="zoo-project", key=SecretStr(str(key)))
    return Limits(download_timeout=5, services={"bigquery": service})


def describe(limits: Limits, reference: str = TABLE, **options: str) -> Candidate:
    return source("bigquery").describe(Attachment(source="bigquery", reference=reference, options=options), limits)


def fetch(
    limits: Limits, into: Path, reference: str = TABLE, previous: Dataset | None = None, **options: str
) -> Fetched:
    into.mkdir(exist_ok=True)
    candidate = Candidate(source="bigquery", reference=reference, name="x", title="x", options=options)
    return source("bigquery").fetch(candidate, into, limits, unheard, previous)


def rows(fetched: Fetched) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(fetched.files[0].path).to_pylist()
    return found


def begun(warehouse: BigQuery) -> list[dict[str, Any]]:
    return [job["configuration"] for job in warehouse.jobs.values() if not job["configuration"].get("dryRun")]


def test_all_pages_of_a_table_come_with_their_types_and_without_a_query(
    warehouse: BigQuery, limits: Limits, tmp_path: Path
) -> None:
    table = rows(fetch(limits, tmp_path / "into"))
    assert [(row["kind"], row["number"], row["weight"]) for row in table] == [
        ("carp", 4, 2.5), ("carp", 6, 3.5), ("pike", 1, 9.0),
    ]  # fmt: skip
    assert table[0]["caught"] == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert json.loads(table[0]["tags"]) == ["pond", "old"]
    assert [query.get("pageToken") for _, path, query in warehouse.asked if path.endswith("/data")] == [None, "2"]
    assert not warehouse.jobs


def test_a_query_is_worked_out_there_and_only_its_result_comes(
    warehouse: BigQuery, limits: Limits, tmp_path: Path
) -> None:
    warehouse.most = 1
    assert rows(fetch(limits, tmp_path / "into", "zoo-project.zoo", query=TOTALS)) == [
        {"kind": "carp", "total": 10, "heaviest": 3.5},
        {"kind": "pike", "total": 1, "heaviest": 9.0},
    ]
    sent = begun(warehouse)[0]
    assert sent["query"]["maximumBytesBilled"] == str(10 * 1024**3)
    assert sent["query"]["query"] == TOTALS
    assert int(sent["jobTimeoutMs"]) <= 50_000
    assert not any(path.endswith("/data") for _, path, _ in warehouse.asked)


def test_a_table_is_described_in_its_own_words(warehouse: BigQuery, limits: Limits) -> None:
    found = describe(limits)
    assert (found.title, found.description, found.rows, found.size) == ("All fish", "Fish of the zoo.", 3, 300)
    assert found.columns == ("kind", "number", "weight", "caught", "tags")
    assert found.notes == {"kind": "What it is."}
    assert found.updated_at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)


def test_a_query_is_described_by_a_plan_that_costs_nothing(warehouse: BigQuery, limits: Limits) -> None:
    assert describe(limits, "zoo-project.zoo", query=TOTALS).columns == ("kind", "total", "heaviest")
    assert not begun(warehouse)


def test_a_view_is_queried(warehouse: BigQuery, limits: Limits, tmp_path: Path) -> None:
    warehouse.kind = "VIEW"
    assert len(rows(fetch(limits, tmp_path / "into"))) == 3
    assert begun(warehouse)[0]["query"]["query"] == "SELECT * FROM `zoo-project.zoo.fish`"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("DROP TABLE fish", "Only a SELECT"),
        ("SELECT 1; SELECT 2", "2 statements"),
        ("SELECT 1; DELETE FROM fish WHERE true", "2 statements"),
        ("CREATE TABLE x AS SELECT 1", "Only a SELECT"),
        ("EXPORT DATA OPTIONS (uri='gs://x/*', format='CSV') AS SELECT 1", "SELECT|understood"),
        ("CALL zoo.evil()", "SELECT|understood"),
        ("SELEC 1", "SELECT|understood"),
        ("", "0 statements"),
    ],
)
def test_only_one_select_is_asked(warehouse: BigQuery, limits: Limits, tmp_path: Path, query: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        fetch(limits, tmp_path / "into", "zoo-project.zoo", query=query)
    assert not warehouse.asked


def test_what_bigquery_does_not_take_for_a_select_is_not_run(
    warehouse: BigQuery, limits: Limits, tmp_path: Path
) -> None:
    warehouse.statement = "SCRIPT"
    with pytest.raises(DataError, match="BigQuery reads the query as 'SCRIPT'"):
        fetch(limits, tmp_path / "into", "zoo-project.zoo", query=TOTALS)
    assert not begun(warehouse)


def test_a_query_that_would_cost_too_much_is_not_run(warehouse: BigQuery, limits: Limits, tmp_path: Path) -> None:
    warehouse.size = 3 * 1024**2
    limits = limits.model_copy(update={"max_bytes_billed": 2 * 1024**2})
    for asked in (lambda: fetch(limits, tmp_path / "into", "zoo-project.zoo", query=TOTALS),
                  lambda: describe(limits, "zoo-project.zoo", query=TOTALS)):  # fmt: skip
        with pytest.raises(LimitError, match=r"would read 3 MiB.* 2 MiB \(max_bytes_billed\)"):
            asked()
    assert not begun(warehouse)


def test_a_query_that_turns_out_to_cost_too_much_is_a_sentence(
    warehouse: BigQuery, limits: Limits, tmp_path: Path
) -> None:
    warehouse.failure = {"reason": "bytesBilledLimitExceeded", "message": "Query exceeded limit for bytes billed."}
    with pytest.raises(LimitError, match="max_bytes_billed"):
        fetch(limits, tmp_path / "into", "zoo-project.zoo", query=TOTALS)


def test_a_large_table_is_refused_with_the_way_out(warehouse: BigQuery, limits: Limits, tmp_path: Path) -> None:
    warehouse.size = 3 * 1024**4
    with pytest.raises(LimitError, match=r"3072 GiB.*max_download_size.*option 'query'"):
        fetch(limits, tmp_path / "into")


def test_a_query_that_takes_too_long_is_given_up(warehouse: BigQuery, limits: Limits, tmp_path: Path) -> None:
    warehouse.patience = 10**9
    with pytest.raises((LimitError, SourceError), match=r"took longer than|did not answer"):
        fetch(limits.model_copy(update={"download_timeout": 0.1}), tmp_path / "into", "zoo-project.zoo", query=TOTALS)


def test_a_query_that_nobody_waits_for_any_longer_is_cancelled(wire: Wire, limits: Limits, tmp_path: Path) -> None:
    class Failing(BigQuery):
        def result(self, request: BaseHTTPRequestHandler, name: str, query: dict[str, str]) -> None:
            self.fail(request, 501, "notImplemented", "Not today.")

    played = Failing()
    wire.mount("/bigquery", played)
    with pytest.raises(SourceError, match="HTTP 501"):
        fetch(limits, tmp_path / "into", "zoo-project.zoo", query=TOTALS)
    assert any(path.endswith("/cancel") for _, path, _ in played.asked)


@pytest.mark.parametrize(
    ("reference", "options", "words"),
    [
        ("zoo-project.zoo", {}, "names no table"),
        ("fish", {}, "names no table"),
        (TABLE, {"query": "SELECT 1"}, "not both"),
        (TABLE, {"table": "fish"}, "no option 'table'"),
        ("zoo-project.zoo.fish`; DROP TABLE x; --", {}, "no table of BigQuery"),
        ("zoo-project.zoo.fish/../../jobs", {}, "no table of BigQuery"),
        ("a.b.c.d", {}, "no table of BigQuery"),
    ],
)
def test_what_is_no_name_is_a_sentence(
    warehouse: BigQuery, limits: Limits, reference: str, options: dict[str, str], words: str
) -> None:
    with pytest.raises(DataError, match=words):
        describe(limits, reference, **options)
    assert not warehouse.asked


def test_nothing_new_costs_one_question(warehouse: BigQuery, limits: Limits, tmp_path: Path) -> None:
    first = fetch(limits, tmp_path / "a")
    file = first.files[0]
    before = Dataset(
        name="fish",
        title="Fish",
        source="bigquery",
        reference=TABLE,
        files=(DataFile(path="x", name=file.name, format=file.format, size=file.size, sha256=file.sha256),),
        fetched_at=datetime.now(UTC),
        etag=first.etag,
    )
    warehouse.asked.clear()
    assert fetch(limits, tmp_path / "b", previous=before).unchanged
    assert [path for _, path, _ in warehouse.asked if path != "token"] == [
        "bigquery/v2/projects/zoo-project/datasets/zoo/tables/fish"
    ]
    warehouse.etag = "two"
    assert not fetch(limits, tmp_path / "c", previous=before).unchanged


@pytest.mark.parametrize(
    ("status", "reason", "kind", "words"),
    [
        (401, "authError", SetupError, "GOOGLE_APPLICATION_CREDENTIALS"),
        (403, "accessDenied", DataError, "may not be read with Dashwright's credentials: Said so"),
        (403, "quotaExceeded", SourceError, "quota allows"),
        (403, "billingNotEnabled", SetupError, "no billing"),
        (404, "notFound", DataError, "BigQuery has no 'zoo-project.zoo.fish'"),
        (400, "invalid", DataError, "refused what was asked: Said so"),
        (429, "quotaExceeded", SourceError, "quota allows"),
        (501, "notImplemented", SourceError, "HTTP 501"),
    ],
)
def test_failures_are_sentences(
    wire: Wire, limits: Limits, status: int, reason: str, kind: type[DashwrightError], words: str
) -> None:
    class Failing(BigQuery):
        def speak(self, request: BaseHTTPRequestHandler, path: str, query: dict[str, str], body: bytes) -> None:
            self.fail(request, status, reason, "Said so.")

    wire.mount("/bigquery", Failing())
    with pytest.raises(kind, match=words) as caught:
        describe(limits)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


def test_a_busy_moment_passes_and_a_busy_hour_is_a_sentence(wire: Wire, limits: Limits) -> None:
    class Busy(BigQuery):
        left = 2

        def speak(self, request: BaseHTTPRequestHandler, path: str, query: dict[str, str], body: bytes) -> None:
            self.left -= 1
            if self.left >= 0:
                self.fail(request, 429, "rateLimitExceeded", "Slow down.")
            else:
                super().speak(request, path, query, body)

    played = Busy()
    wire.mount("/bigquery", played)
    assert describe(limits).title == "All fish"
    played.left = 10**9
    with pytest.raises(SourceError, match=r"quota allows \(Slow down\)"):
        describe(limits.model_copy(update={"download_timeout": 0.5}))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda table: table.pop("type"), "another form"),
        (lambda table: table.update(numBytes="many"), "another form"),
        (lambda table: table.update(schema={"fields": [{"type": "STRING"}]}), "another form"),
        (lambda table: table.update(schema={"fields": [{"name": "x", "type": "INTEGER"}]}), "another form"),
    ],
)
def test_a_changed_schema_is_a_sentence(
    wire: Wire, limits: Limits, tmp_path: Path, spoil: Callable[[Any], Any], words: str
) -> None:
    class Spoiled(BigQuery):
        def table(self) -> dict[str, Any]:
            table = super().table()
            spoil(table)
            return table

    wire.mount("/bigquery", Spoiled())
    with pytest.raises(SourceError, match=words):
        fetch(limits, tmp_path / "into")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda request: send(request, b"<html>Sign in</html>", connection="close"), "another form"),
        (lambda request: send(request, b'{"etag": ', connection="close"), "another form"),
    ],
)
def test_what_is_no_answer_of_bigquery_is_a_sentence(
    wire: Wire, limits: Limits, answer: Callable[[BaseHTTPRequestHandler], None], words: str
) -> None:
    class Strange(BigQuery):
        def speak(self, request: BaseHTTPRequestHandler, path: str, query: dict[str, str], body: bytes) -> None:
            answer(request)

    wire.mount("/bigquery", Strange())
    with pytest.raises(SourceError, match=words):
        describe(limits)


def test_a_server_that_is_not_there_is_a_sentence(warehouse: BigQuery, wire: Wire, limits: Limits) -> None:
    nowhere = limits.service("bigquery").model_copy(update={"base_url": "http://127.0.0.1:9"})
    limits = limits.model_copy(update={"services": {"bigquery": nowhere}, "download_timeout": 0.5})
    with pytest.raises(SourceError, match=r"cannot be reached|did not answer"):
        describe(limits)


def test_credentials_are_needed_and_never_shown(
    warehouse: BigQuery, wire: Wire, key: Path, limits: Limits, tmp_path: Path
) -> None:
    service = limits.service("bigquery")

    def with_key(path: str | None) -> Limits:
        changed = service.model_copy(update={"key": SecretStr(path) if path else None})
        return limits.model_copy(update={"services": {"bigquery": changed}})

    with pytest.raises(SetupError, match="needs credentials; set GOOGLE_APPLICATION_CREDENTIALS"):
        describe(with_key(None))
    with pytest.raises(SetupError, match="cannot be read: No such file"):
        describe(with_key(str(tmp_path / "none.json")))
    for content in ("secret-1", '["secret-1"]', '{"type": "service_account", "private_key": "secret-1"}'):
        (tmp_path / "bad.json").write_text(content)
        with pytest.raises(SetupError, match="holds no credentials") as caught:
            describe(with_key(str(tmp_path / "bad.json")))
        assert "secret-1" not in str(caught.value)
    (tmp_path / "bad.json").write_text('{"type": "external_account", "credential_source": {"executable": {}}}')
    with pytest.raises(SetupError, match="kind 'external_account' are not used"):
        describe(with_key(str(tmp_path / "bad.json")))


def test_a_key_that_google_refuses_is_told(warehouse: BigQuery, wire: Wire, limits: Limits) -> None:
    def refuse(request: BaseHTTPRequestHandler) -> None:
        request.rfile.read(int(request.headers["Content-Length"]))
        send(request, b'{"error": "invalid_grant", "error_description": "secret-3"}', 400, connection="close")

    wire.answers["/bigquery/token"] = refuse
    with pytest.raises(SetupError, match="Google does not take the credentials") as caught:
        describe(limits)
    assert "secret" not in str(caught.value)


def test_a_person_signs_in_too(key: Path) -> None:
    told = {"type": "authorized_user", "client_id": "c", "client_secret": "s", "refresh_token": "r"}
    key.write_text(json.dumps({**told, "quota_project_id": "zoo-project"}))
    signed, project = credentials(str(key))
    assert (signed.refresh_token, project) == ("r", "zoo-project")


def test_a_project_is_needed(wire: Wire, key: Path, limits: Limits) -> None:
    told = {"type": "authorized_user", "client_id": "c", "client_secret": "s", "refresh_token": "r"}
    key.write_text(json.dumps(told))
    service = limits.service("bigquery").model_copy(update={"user": None})
    with pytest.raises(SetupError, match="GOOGLE_CLOUD_PROJECT"):
        describe(limits.model_copy(update={"services": {"bigquery": service}}))
