"""Waits, causes, prices and schemas, without a server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from dashwright.pipelines.providers import Usage
from dashwright.pipelines.providers.faults import Origin, Said, said_by_chat, said_by_google
from dashwright.pipelines.providers.prices import Price, price
from dashwright.pipelines.providers.schemas import plain
from dashwright.pipelines.services import Service

ORIGIN = Origin("OpenAI", "gpt", "OPENAI_API_KEY", "DASHWRIGHT_OPENAI_MODEL", "sesame")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "2.5"}, 2.5),
        ({"Retry-After": "7"}, 7.0),
        ({"retry-after-ms": "1500", "retry-after": "2"}, 1.5),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
        ({}, None),
    ],
)
def test_waits_are_read(headers: dict[str, str], seconds: float | None) -> None:
    assert said_by_chat({}, headers).retry_after == seconds
    assert said_by_google({}, headers).retry_after == seconds


def test_a_wait_may_be_a_date() -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(hours=1))
    wait = said_by_chat({}, {"retry-after": date}).retry_after
    assert wait is not None
    assert 3_500 < wait <= 3_600


@pytest.mark.parametrize("delay", ["2.5s", "1e999s", "s", "-3s", 7, None])
def test_googles_delay_is_read(delay: Any) -> None:
    body = {"error": {"details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay}, "odd"]}}
    assert said_by_google(body, {}).retry_after == (2.5 if delay == "2.5s" else None)


@pytest.mark.parametrize("body", [None, "text", [], [[]], 7, {"error": 7}, {"error": {"details": 7}}, {"error": "x"}])
def test_odd_bodies_say_nothing(body: Any) -> None:
    assert not said_by_google(body, {}).code
    assert not said_by_chat(body, {}).code


@pytest.mark.parametrize("code", ["two words", "x" * 100, "<b>", 'a"b', "é"])
def test_only_names_are_told_as_codes(code: str) -> None:
    assert said_by_chat({"error": {"code": code}}, {}).code == ""


def test_a_message_is_one_short_line_without_the_key() -> None:
    long = ORIGIN.refused(400, Said(message="a\nb\x00 " + "c" * 1_000)).sentence
    assert long.startswith("OpenAI does not take the request (400): a b ccc")
    assert len(long) < 300
    assert ORIGIN.refused(400, Said(message="see sesame")).sentence == "OpenAI does not take the request (400)."


def test_a_cause_is_told_in_the_systems_words() -> None:
    outer = RuntimeError("http://me:secret@host")
    outer.__cause__ = ConnectionRefusedError(111, "Connection refused")
    assert ORIGIN.unreachable(outer).sentence == "OpenAI cannot be reached (Connection refused)."
    assert ORIGIN.unreachable(RuntimeError("secret")).sentence == "OpenAI cannot be reached (RuntimeError)."


# --- prices -------------------------------------------------------------------------------------------------------


def test_thinking_costs_and_what_was_seen_before_is_cheaper() -> None:
    usage = Usage(input_tokens=1_000_000, cached_tokens=400_000, output_tokens=100_000, thinking_tokens=90_000)
    assert Price(input=1, cached=0.1, output=10).of(usage) == pytest.approx(0.6 + 0.04 + 1)


@pytest.mark.parametrize(
    ("provider", "model", "is_known"),
    [
        ("gemini", "gemini-3.8-flash", True),
        ("gemini", "models/gemini-4-argon", True),
        ("gemini", "gemma-3", False),
        ("openai", "gpt-5.5", True),
        ("openai", "my-own", False),
        ("perplexity", "sonar-pro", True),
        ("compatible", "gpt-5.5", False),
    ],
)
def test_a_model_has_an_estimate_or_no_price(provider: str, model: str, is_known: bool) -> None:
    assert (price(provider, model, Service()) is not None) == is_known


def test_the_smaller_model_is_the_cheaper_one() -> None:
    def output(model: str) -> float:
        found = price("gemini", model, Service())
        assert found is not None
        return found.output

    assert output("gemini-3.5-flash-lite") < output("gemini-3.8-flash") < output("gemini-3.1-pro-preview")


def test_who_knows_the_price_says_it() -> None:
    assert price("compatible", "x", Service(options={"price": "0.30/0.075/2.50"})) == Price(
        input=0.3, cached=0.075, output=2.5
    )


# --- schemas ------------------------------------------------------------------------------------------------------


def test_a_property_may_be_called_like_a_word_of_json_schema() -> None:
    schema = {"type": "object", "properties": {"default": {"type": "string", "default": "x"}, "title": {"title": "T"}}}
    assert plain(schema) == {
        "type": "object",
        "properties": {"default": {"type": "string"}, "title": {}},
        "required": ["default", "title"],
        "additionalProperties": False,
    }


def test_what_stands_beside_a_reference_is_left_out() -> None:
    schema = {"allOf": [{"$ref": "#/$defs/A"}], "description": "d"}
    assert plain({"items": {"$ref": "#/$defs/A", "description": "d"}})["items"] == {"$ref": "#/$defs/A"}
    assert plain(schema) == {"$ref": "#/$defs/A"}


@pytest.mark.parametrize("odd", [True, False])
def test_a_schema_may_be_a_truth_value(odd: bool) -> None:
    assert plain({"items": odd}) == {"items": odd}
