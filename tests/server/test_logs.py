"""What a server logs: one line an event in one form, whoever logs it, and no secret in any."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashwright.server.observing.context import request_id
from dashwright.server.observing.logs import as_json, as_text
from dashwright.server.observing.redacting import HIDDEN, REDACTOR, Redactor

SECRETS = {
    "DATABASE_URL": "postgresql://ada:w0nder%2Fland@db.example/dash",
    "SECRET_KEY": "sign-me-with-this-one",
    "FRED_API_KEY": "fred-key-0123456789",
    "GEMINI_API_KEY": "gemini/key+with=signs",
    "DASHWRIGHT_METRICS_TOKEN": "sesame-of-the-metrics",
    "OTEL_EXPORTER_OTLP_HEADERS": "api-key=collector-key-77,other=collector-key-78",
}
HIDDEN_PARTS = (
    *("w0nder%2Fland", "sign-me-with-this-one", "fred-key-0123456789", "gemini/key+with=signs"),
    *("gemini%2Fkey%2Bwith%3Dsigns", "sesame-of-the-metrics", "collector-key-77", "collector-key-78", "kept-by-nobody"),
    *(
        "bearer-of-news",
        "cookie-of-ada",
        "share-link-secret-01234",
        "one-time-address-0123456",
        "shown-once",
        "4uth-c0de",
    ),
)
PROGRAM = """
import logging, threading, warnings
from pathlib import Path
import structlog, sqlalchemy
from dashwright.server import observing, settings
from dashwright.server.keeping import kept_secret
from dashwright.server.observing.context import bound, carried

chosen = settings.load(Path(__import__("sys").argv[1]))
observing.begin(chosen, "test")
chosen.make_folders()
log = logging.getLogger("dashwright.test")
with bound(request_id="r-1", job_id="j-1", attempt=2, slug=None):
    log.info("Job %s begins", "one")
    thread = threading.Thread(target=carried(log.info), args=("from a thread",))
    thread.start(); thread.join()
logging.getLogger("tornado.access").warning("500 GET /")
logging.getLogger("huey.consumer").error("a task failed")
logging.getLogger("sqlalchemy.pool").warning("a connection was lost")
structlog.get_logger("dashwright.other").warning("by structlog %d", 1, place="here")
warnings.warn("this is old", DeprecationWarning)
log.warning("first\\nsecond\\r\\x1b[2J\\u2028third", extra={"name_of_file": "a\\nb"})
log.error("%d is no number", "x")
for text in (
    f"connecting to {chosen.database_url.get_secret_value()}", "password='kept-by-nobody' host=db",
    "GET https://api.example/series?api_key=fred-key-0123456789&x=1", "the key is gemini%2Fkey%2Bwith%3Dsigns",
    "{'Authorization': 'Bearer bearer-of-news', 'Cookie': 'dashwright-session=cookie-of-ada'}",
    "GET /s/share-link-secret-01234 and /set-up/one-time-address-0123456", "token dwt_shown-once-and-never-again",
    "/sign-in/openid/callback?state=abc&code=4uth-c0de-1",
):
    log.info(text)
log.info("fields", extra={"headers": {"Authorization": "Bearer bearer-of-news"}, "api_key": "kept-by-nobody",
                          "input_tokens": 12, "token": "kept-by-nobody"})
log.info("kept %s", kept_secret(chosen.secrets, "secret-key"))
try:
    raise ValueError("sesame-of-the-metrics\\nTraceback (most recent call last): forged")
except ValueError:
    log.exception("It failed with sign-me-with-this-one")
def die():
    raise KeyError("fred-key-0123456789")
thread = threading.Thread(target=die, name="doomed")
thread.start(); thread.join()
print(kept_secret(chosen.secrets, "secret-key"))
raise RuntimeError("the end of gemini/key+with=signs")
"""


def run(folder: Path, **variables: str) -> tuple[list[str], str]:
    """The lines of a program's log, and what it printed."""
    ended = subprocess.run(
        [sys.executable, "-P", "-c", PROGRAM, str(folder)],
        env={"PATH": os.environ["PATH"]} | SECRETS | variables,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ended.returncode == 1, "the last exception ends it as ever"
    return ended.stderr.split("\n")[:-1], ended.stdout.strip()


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[dict[str, Any]], str]:
    lines, kept = run(tmp_path_factory.mktemp("json"))
    return [json.loads(line) for line in lines], kept


def test_every_line_of_whoever_logs_is_one_json_object(logged: tuple[list[dict[str, Any]], str]) -> None:
    lines, _ = logged
    assert all(list(line)[:4] == ["timestamp", "level", "logger", "event"] for line in lines)
    assert all(line["timestamp"].endswith("Z") and "T" in line["timestamp"] for line in lines)
    said = {line["logger"]: line for line in lines}
    assert {"tornado.access", "huey.consumer", "sqlalchemy.pool", "dashwright.other", "py.warnings"} <= set(said)
    assert (said["dashwright.other"]["event"], said["dashwright.other"]["place"]) == ("by structlog 1", "here")
    assert said["huey.consumer"]["level"] == "error"


def test_lines_say_which_request_and_job_they_are_about_also_from_other_threads(
    logged: tuple[list[dict[str, Any]], str],
) -> None:
    begins, thread, after = logged[0][:3]
    for line in (begins, thread):
        assert (line["request_id"], line["job_id"], line["attempt"]) == ("r-1", "j-1", 2)
        assert "slug" not in line
    assert begins["event"] == "Job one begins"
    assert "job_id" not in after


def test_no_secret_is_in_any_line(logged: tuple[list[dict[str, Any]], str]) -> None:
    lines, kept = logged
    text = "\n".join(json.dumps(line) for line in lines)
    assert [part for part in (*HIDDEN_PARTS, kept) if part in text] == []
    fields = next(line for line in lines if line["event"] == "fields")
    assert (fields["input_tokens"], fields["token"], fields["headers"]) == (12, HIDDEN, {"Authorization": HIDDEN})
    assert any(line["event"] == f"GET https://api.example/series?api_key={HIDDEN}&x=1" for line in lines)
    assert any(line["event"] == f"kept {HIDDEN}" for line in lines)


def test_what_nobody_caught_or_could_not_be_put_together_is_a_line_too(
    logged: tuple[list[dict[str, Any]], str],
) -> None:
    lines, _ = logged
    caught = {line["event"]: line for line in lines if "exception" in line}
    assert f"It failed with {HIDDEN}" in caught
    assert "doomed" in next(name for name in caught if "thread" in name)
    assert lines[-1]["level"] == "critical"
    assert "RuntimeError" in lines[-1]["exception"]
    assert any("could not be logged" in line["event"] for line in lines)


def test_as_text_no_value_begins_a_line_and_tracebacks_stand_apart(tmp_path: Path) -> None:
    lines, kept = run(tmp_path / "data", DASHWRIGHT_LOG_FORMAT="text")
    heads = [line for line in lines if not line.startswith("    ")]
    assert all(line[:4].isdecimal() and line.split(" ")[1].isupper() for line in heads), heads
    assert any(
        line.endswith("INFO dashwright.test: Job one begins attempt=2 job_id=j-1 request_id=r-1") for line in heads
    )
    (strange,) = (line for line in heads if "first" in line)
    assert "first\\nsecond\\u000d\\u001b[2J\\u2028third" in strange
    assert any(line == "    Traceback (most recent call last): forged" for line in lines)
    text = "\n".join(lines)
    assert [part for part in (*HIDDEN_PARTS, kept) if part in text] == []


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.lists(st.text()) | st.none()), st.text())
def test_whatever_is_logged_stays_on_its_line(fields: dict[str, Any], event: str) -> None:
    given_ = {"event": event, **{f"x{name}": value for name, value in fields.items()}}
    line = as_json(None, "", dict(given_))
    assert len(line.splitlines()) == 1
    assert json.loads(line) == given_
    text = as_text(None, "", {"timestamp": "now", "level": "info", "logger": "one", **given_})
    assert len(text.splitlines()) == 1


def test_short_words_are_no_secrets_and_long_texts_are_cut() -> None:
    redactor = Redactor()
    redactor.hide("abc", "abcdef", "abcdefgh")
    assert redactor.text("abc abcdef abcdefgh") == f"abc {HIDDEN} {HIDDEN}"
    assert len(redactor.text("x" * 1_000_000)) < 40_000
    assert redactor.text("a basic need for tokens: state = 1, /d/sales?x=1") == (
        "a basic need for tokens: state = 1, /d/sales?x=1"
    )
    assert REDACTOR.text(f"{'&a=b' * 8_000}") == f"{'&a=b' * 8_000}"


@pytest.mark.parametrize("harmless", ["a", "0f3c-AB.c_9", "x" * 64])
def test_an_id_that_came_with_a_request_is_taken_over(harmless: str) -> None:
    assert request_id(harmless) == harmless


@pytest.mark.parametrize("strange", [None, "", "x" * 65, "a b", "a\nb", "<script>", "é", 'a"b', "a\n"])
def test_a_strange_id_is_replaced(strange: str | None) -> None:
    made = request_id(strange)
    assert made != strange
    assert len(made) == 16
    assert made != request_id(strange)
