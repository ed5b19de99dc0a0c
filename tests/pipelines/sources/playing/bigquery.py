"""BigQuery's REST interface, which runs queries in DuckDB, and the server where its clients sign in."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import duckdb
import sqlglot
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from ..conftest import asked, send_json

FISH = (
    ("carp", 4, 2.5, 1_700_000_000_000_000, ("pond", "old")),
    ("carp", 6, 3.5, 1_700_000_001_000_000, ()),
    ("pike", 1, 9.0, None, ("lake",)),
)
SCHEMA = [
    {"name": "kind", "type": "STRING", "mode": "NULLABLE", "description": "What it is."},
    {"name": "number", "type": "INTEGER", "mode": "NULLABLE"},
    {"name": "weight", "type": "FLOAT", "mode": "NULLABLE"},
    {"name": "caught", "type": "TIMESTAMP", "mode": "NULLABLE"},
    {"name": "tags", "type": "STRING", "mode": "REPEATED"},
]
TYPES = {"VARCHAR": "STRING", "DOUBLE": "FLOAT"}


@functools.cache
def private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    kind, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(kind, form, serialization.NoEncryption()).decode()


def write_key(path: Path, token_uri: str) -> None:
    """A service account's key file, as Google's console gives it."""
    content = {
        "type": "service_account",
        "project_id": "zoo-project",
        "private_key_id": "1",
        "private_key": private_key(),
        "client_email": "dashwright@zoo-project.iam.example",
        "token_uri": token_uri,
    }
    path.write_text(json.dumps(content))


@dataclass
class BigQuery:
    most: int = 2
    """Rows on one page, whatever is asked for."""
    kind: str = "TABLE"
    etag: str = "one"
    size: int = 300
    """Bytes that the table has, and that each query reads."""
    statement: str = "SELECT"
    patience: int = 1
    """Times that a job says it is not done."""
    failure: dict[str, Any] | None = None
    """How each job ends instead."""
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    waited: int = 0

    def __call__(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        path, query = asked(request)
        self.asked.append((request.command, path, query))
        if path == "token":
            self.answer(request, {"access_token": "a-token", "expires_in": 3600, "token_type": "Bearer"})
        elif request.headers.get("Authorization") != "Bearer a-token":
            self.fail(request, 401, "authError", "Who are you?")
        else:
            self.speak(request, path.removeprefix("bigquery/v2/"), query, body)

    def speak(self, request: BaseHTTPRequestHandler, path: str, query: dict[str, str], body: bytes) -> None:
        match path.split("/"):
            case ["projects", "zoo-project", "datasets", "zoo", "tables", "fish"]:
                self.answer(request, self.table())
            case ["projects", "zoo-project", "datasets", "zoo", "tables", "fish", "data"]:
                self.answer(request, self.page([cells(row) for row in FISH], query))
            case ["projects", _, "jobs"]:
                self.begin(request, json.loads(body))
            case ["projects", _, "jobs", name] if name in self.jobs:
                self.answer(request, self.job(name))
            case ["projects", _, "jobs", name, "cancel"]:
                self.answer(request, {"job": self.job(name)})
            case ["projects", _, "queries", name] if name in self.jobs:
                self.result(request, name, query)
            case _:
                self.fail(request, 404, "notFound", f"Not found: {path}")

    def table(self) -> dict[str, Any]:
        return {
            "kind": "bigquery#table",
            "etag": self.etag,
            "id": "zoo-project:zoo.fish",
            "tableReference": {"projectId": "zoo-project", "datasetId": "zoo", "tableId": "fish"},
            "friendlyName": "All fish",
            "description": "Fish of\nthe zoo.",
            "schema": {"fields": SCHEMA},
            "numBytes": str(self.size),
            "numRows": str(len(FISH)),
            "type": self.kind,
            "lastModifiedTime": "1700000000000",
        }

    def page(self, rows: list[Any], query: dict[str, str]) -> dict[str, Any]:
        start, size = int(query.get("pageToken", "0")), min(int(query.get("maxResults", "100")), self.most)
        page: dict[str, Any] = {"totalRows": str(len(rows)), "rows": rows[start : start + size]}
        if start + size < len(rows):
            page["pageToken"] = str(start + size)
        return page

    def begin(self, request: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        try:
            fields, rows = run(body["configuration"])
        except duckdb.Error as error:
            self.fail(request, 400, "invalidQuery", str(error).splitlines()[0])
            return
        name = body.get("jobReference", {}).get("jobId", "dry")
        self.jobs[name] = {**body, "fields": fields, "rows": rows}
        self.answer(request, self.job(name))

    def job(self, name: str) -> dict[str, Any]:
        job = self.jobs[name]
        done = self.failure or job["configuration"].get("dryRun") or self.waited >= self.patience
        status: dict[str, Any] = {"state": "DONE" if done else "RUNNING"}
        if self.failure:
            status["errorResult"] = self.failure
            status["errors"] = [self.failure]
        return {
            "kind": "bigquery#job",
            "id": f"zoo-project:US.{name}",
            "jobReference": {"projectId": "zoo-project", "jobId": name, "location": "US"},
            "configuration": job["configuration"],
            "status": status,
            "statistics": {
                "totalBytesProcessed": str(self.size),
                "query": {
                    "statementType": self.statement,
                    "totalBytesProcessed": str(self.size),
                    "schema": {"fields": job["fields"]},
                },
            },
        }

    def result(self, request: BaseHTTPRequestHandler, name: str, query: dict[str, str]) -> None:
        job = self.jobs[name]
        reference = {"projectId": "zoo-project", "jobId": name, "location": "US"}
        if self.waited < self.patience:
            self.waited += 1
            self.answer(request, {"jobComplete": False, "jobReference": reference})
            return
        page = self.page(job["rows"], query)
        self.answer(
            request, {"jobComplete": True, "jobReference": reference, "schema": {"fields": job["fields"]}, **page}
        )

    def answer(self, request: BaseHTTPRequestHandler, content: Any, status: int = 200) -> None:
        send_json(request, content, status, connection="close")

    def fail(self, request: BaseHTTPRequestHandler, status: int, reason: str, message: str) -> None:
        error = {"code": status, "message": message, "errors": [{"message": message, "reason": reason}]}
        self.answer(request, {"error": error}, status)


def cells(row: tuple[Any, ...]) -> dict[str, Any]:
    """A row as it is sent: all numbers as texts, lists as lists of cells."""
    return {"f": [{"v": cell(value)} for value in row]}


def cell(value: Any) -> Any:
    if isinstance(value, tuple):
        return [{"v": item} for item in value]
    return None if value is None else str(value)


def run(configuration: dict[str, Any]) -> tuple[list[dict[str, str]], list[Any]]:
    """Columns and rows of a query."""
    query = configuration["query"]
    assert query["useLegacySql"] is False
    with duckdb.connect() as connection:
        connection.execute("""attach ':memory:' as "zoo-project"; create schema "zoo-project".zoo""")
        connection.execute(
            """create table "zoo-project".zoo.fish
            (kind varchar, number bigint, weight double, caught bigint, tags varchar)"""
        )
        insert = """insert into "zoo-project".zoo.fish values (?, ?, ?, ?, ?)"""
        connection.executemany(insert, [(*row[:4], "") for row in FISH])
        if "defaultDataset" in query:
            connection.execute("""use "zoo-project".zoo""")
        found = connection.execute(sqlglot.transpile(query["query"], read="bigquery", write="duckdb")[0])
        fields = [
            {"name": name, "type": TYPES.get(str(kind), "INTEGER"), "mode": "NULLABLE"}
            for name, kind, *_ in found.description or ()
        ]
        return fields, [cells(row) for row in found.fetchall()]
