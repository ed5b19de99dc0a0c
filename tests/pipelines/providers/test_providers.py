"""What every provider does: the same tests for all, each by the real client library against a local server."""

from __future__ import annotations

import asyncio
import json
import socket
import warnings
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar

import pytest

from dashwright.pipelines.providers import Completion, Fault, FaultKind, Prompt, Provider, Usage

from .chat_dialect import FAULTS
from .conftest import Serve, Speaker
from .dialect import KEY, PLAIN, SECRET, prompt
from .wire import PATIENCE, Reply, Wire, said

Result = TypeVar("Result")
TEXTS = {
    "JSON": '{"title": "Bees"}',
    "unicode": '{"title": "Größe 温度 \U0001f41d \\u00e9 \u2028"}',
    "a code fence": '```json\n{"title": "Bees"}\n```',
    "trailing text": '{"title": "Bees"}\n\nI hope this helps!',
    "HTML": '{"title": "<script>alert(1)</script>"}',
    "no JSON at all": "I would rather not plan, but talk.",
    "the wrong shape": '[[["title"]]]',
    "very long": json.dumps({"title": "x" * 300_000}),
}
PAGE = {"content-type": "text/html"}
JSON = {"content-type": "application/json"}
ODD: dict[str, tuple[Reply, FaultKind]] = {
    "502 in HTML": (Reply(b"<html>Bad gateway</html>", 502, PAGE), "down"),
    "a page": (Reply(b"<html>Welcome</html>", 200, PAGE), "down"),
    "nothing": (Reply(b"", 200, JSON), "down"),
    "numbers": (Reply(b'{"candidates": 7, "choices": 7}', 200, JSON), "down"),
    "no text": (Reply(b"\xff\xfe{", 200, JSON), "down"),
    "an odd 400": (Reply(b"[]", 400, JSON), "request"),
    "an odd 413": (Reply(b'{"detail": "Too long."}', 413, JSON), "request"),
}


def run(provider: Provider, call: Callable[[Provider], Awaitable[Result]]) -> Result:
    async def all_of_it() -> Result:
        try:
            return await call(provider)
        finally:
            await provider.close()

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return asyncio.run(all_of_it())


def complete(provider: Provider, asked: Prompt | None = None, timeout: float = PATIENCE) -> Completion:
    return run(provider, lambda made: made.complete(asked or prompt(), timeout))


def fault(provider: Provider, timeout: float = PATIENCE) -> Fault:
    with pytest.raises(Fault) as caught:
        complete(provider, timeout=timeout)
    return caught.value


def each(speaker: Speaker, serve: Serve, replies: Iterable[Reply]) -> list[tuple[Completion | Fault, int]]:
    """What comes of each reply, and how often the service was asked for it. By one provider, since making one takes
    longer than all of it."""
    now = [Reply()]
    wire = serve(lambda asked: now[0])

    async def call(provider: Provider) -> list[tuple[Completion | Fault, int]]:
        met: list[tuple[Completion | Fault, int]] = []
        for reply in replies:
            now[0], before = reply, len(wire.asked)
            try:
                outcome: Completion | Fault = await provider.complete(prompt(), PATIENCE)
            except Fault as fault:
                outcome = fault
            met.append((outcome, len(wire.asked) - before))
        return met

    return run(speaker.provider(wire, price="1/1/1"), call)


def check_sentence(speaker: Speaker, met: Fault) -> None:
    assert met.sentence.startswith(speaker.dialect.title), met.sentence
    assert met.sentence.endswith(".")
    assert "\n" not in met.sentence
    assert len(met.sentence) < 400
    assert KEY not in met.sentence
    assert "Agatha" not in met.sentence


# --- answers ------------------------------------------------------------------------------------------------------


def test_an_answer_comes_as_the_model_wrote_it(speaker: Speaker, serve: Serve) -> None:
    met = each(speaker, serve, [speaker.dialect.answer(text) for text in TEXTS.values()])
    for (name, text), (got, count) in zip(TEXTS.items(), met, strict=True):
        assert isinstance(got, Completion), name
        assert got.text == text, name
        assert (got.provider, got.is_cached, count) == (speaker.dialect.name, False, 1)
        assert got.model


def test_tokens_are_counted_with_those_of_thinking(speaker: Speaker, serve: Serve) -> None:
    got = complete(speaker.provider(serve(speaker.dialect.answer("{}")), price="1.0/0.5/10"))
    counts = got.usage.model_dump(exclude={"cost_usd"})
    assert counts == {"input_tokens": 12, "cached_tokens": 4, "output_tokens": 134, "thinking_tokens": 100}
    own = speaker.dialect.name == "perplexity"
    assert got.usage.cost_usd == pytest.approx(0.007 if own else (8 * 1.0 + 4 * 0.5 + 134 * 10) / 1e6)


def test_key_and_question_are_in_no_address(speaker: Speaker, serve: Serve) -> None:
    wire = serve(speaker.dialect.answer("{}"))
    complete(speaker.provider(wire))
    asked = wire.asked[0]
    assert KEY not in asked.target
    assert "Agatha" not in asked.target
    assert asked.headers.get("x-goog-api-key", asked.headers.get("authorization", "")).endswith(KEY)
    assert KEY.encode() not in asked.raw


def test_all_turns_and_the_schema_are_sent(speaker: Speaker, serve: Serve) -> None:
    wire = serve(speaker.dialect.answer("{}"))
    complete(speaker.provider(wire))
    sent = json.dumps(wire.asked[0].body, ensure_ascii=False)
    assert "You plan dashboards." in sent
    for turn in prompt().turns:
        assert json.dumps(turn.text, ensure_ascii=False)[1:-1] in sent
    assert PLAIN in schemas(wire.asked[0].body)


def schemas(value: Any) -> list[Any]:
    """Everything in a request that may be a schema, also in its texts."""
    found = [value]
    if isinstance(value, dict):
        found += [one for part in value.values() for one in schemas(part)]
    elif isinstance(value, list):
        found += [one for part in value for one in schemas(part)]
    elif isinstance(value, str) and "JSON Schema:\n" in value:
        found.append(json.loads(value.rpartition("JSON Schema:\n")[2]))
    return found


def test_an_answer_with_odd_counts_is_an_answer(speaker: Speaker, serve: Serve) -> None:
    body = json.loads(speaker.dialect.answer("{}").body)
    body["usageMetadata" if "usageMetadata" in body else "usage"] = None
    got = complete(speaker.provider(serve(said(body))))
    assert got.text == "{}"
    assert got.usage.input_tokens == 0


# --- faults -------------------------------------------------------------------------------------------------------


def test_what_the_service_refuses_is_a_fault_of_its_kind(speaker: Speaker, serve: Serve) -> None:
    faults = speaker.dialect.faults
    assert {"400", "401", "403", "404", "429", "daily quota", "500", "503", "refusal"} < set(faults)
    met = each(speaker, serve, [reply for reply, _ in faults.values()])
    for (case, (_, kind)), (fault, count) in zip(faults.items(), met, strict=True):
        assert isinstance(fault, Fault), case
        assert fault.kind == kind, (case, fault.sentence)
        check_sentence(speaker, fault)
        assert count == 1, f"{case}: no method tries twice"
        assert (fault.retry_after == 2.5) == (case in ("429", "daily quota")), case
        # What was refused or cut is paid for.
        assert (fault.usage.output_tokens == 134) == (faults[case][0].status == 200 and kind != "down"), case


def test_an_answer_of_no_known_shape_is_a_fault(speaker: Speaker, serve: Serve) -> None:
    met = each(speaker, serve, [reply for reply, _ in ODD.values()])
    for (case, (_, kind)), (fault, _count) in zip(ODD.items(), met, strict=True):
        assert isinstance(fault, Fault), case
        assert fault.kind in (kind, "empty"), (case, fault.sentence)
        check_sentence(speaker, fault)


def test_a_service_that_repeats_the_question_is_not_quoted(speaker: Speaker, serve: Serve) -> None:
    message = f"Cannot parse: {SECRET}"
    reply = said({"error": {"message": message, "status": "INVALID_ARGUMENT", "code": 400}}, 400)
    met = fault(speaker.provider(serve(reply)))
    assert met.kind == "request"
    check_sentence(speaker, met)


def test_what_a_service_has_against_a_request_is_told(speaker: Speaker, serve: Serve) -> None:
    assert "The schema is too deep" in fault(speaker.provider(serve(speaker.dialect.faults["400"][0]))).sentence


def test_drops_do_not_stretch_the_time(speaker: Speaker, serve: Serve) -> None:
    wire = serve(Reply(b" " * 100_000, headers={"content-type": "application/json"}, manner="drip"))
    met = fault(speaker.provider(wire), timeout=0.15)
    assert met.kind == "down"
    assert "did not answer within 0.15 s" in met.sentence
    assert wire.was_left.wait(PATIENCE)


def test_silence_ends_with_the_time(speaker: Speaker, serve: Serve) -> None:
    wire = serve(Reply(manner="hang"))
    assert fault(speaker.provider(wire), timeout=0.15).kind == "down"
    assert wire.was_left.wait(PATIENCE)


def test_a_connection_that_is_cut_is_a_fault(speaker: Speaker, serve: Serve) -> None:
    whole = speaker.dialect.answer("{}")
    met = fault(speaker.provider(serve(Reply(whole.body, headers=whole.headers, manner="cut"))))
    assert met.kind == "down"
    check_sentence(speaker, met)


def test_nobody_there_is_a_fault(speaker: Speaker) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        met = fault(speaker.provider(f"http://127.0.0.1:{free.getsockname()[1]}"))
    assert met.kind == "down"
    assert "cannot be reached" in met.sentence
    check_sentence(speaker, met)


def test_a_call_that_is_cancelled_closes_its_connection(speaker: Speaker, serve: Serve) -> None:
    wire = serve(Reply(manner="hang"))

    async def call(provider: Provider) -> None:
        task = asyncio.create_task(provider.complete(prompt(), PATIENCE))
        await asyncio.to_thread(wire.was_asked.wait, PATIENCE)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await asyncio.to_thread(wire.was_left.wait, PATIENCE)

    run(speaker.provider(wire), call)


def test_calls_go_on_beside_each_other_and_one_after_the_other(speaker: Speaker, serve: Serve) -> None:
    wire = serve(speaker.dialect.answer("{}"))

    async def call(provider: Provider) -> list[Completion]:
        first = await provider.complete(prompt(), PATIENCE)
        return [first, *await asyncio.gather(*(provider.complete(prompt(), PATIENCE) for _ in range(3)))]

    assert [got.text for got in run(speaker.provider(wire), call)] == ["{}"] * 4


# --- a sign of life -----------------------------------------------------------------------------------------------


def test_models_are_named(speaker: Speaker, serve: Serve) -> None:
    wire = serve(speaker.dialect.models)
    assert run(speaker.provider(wire), lambda provider: provider.models(PATIENCE)) == ("one", "two")
    assert speaker.dialect.is_models(wire.asked[0])
    assert KEY not in wire.asked[0].target


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (FAULTS["401"][0], "key"),
        (FAULTS["500"][0], "down"),
        (Reply(manner="hang"), "down"),
        (Reply(b" " * 100_000, headers={"content-type": "application/json"}, manner="drip"), "down"),
    ],
    ids=["401", "500", "silence", "drops"],
)
def test_models_tell_whether_the_service_is_there(
    speaker: Speaker, serve: Serve, reply: Reply, kind: FaultKind
) -> None:
    with pytest.raises(Fault) as caught:
        run(
            speaker.provider(serve(reply)),
            lambda provider: provider.models(0.15 if reply.manner != "whole" else PATIENCE),
        )
    assert caught.value.kind == kind
    check_sentence(speaker, caught.value)


def test_an_unused_provider_closes(speaker: Speaker, serve: Serve) -> None:
    wire: Wire = serve(speaker.dialect.answer("{}"))

    async def nothing(provider: Provider) -> Usage:
        return Usage()

    run(speaker.provider(wire), nothing)
    assert not wire.asked
