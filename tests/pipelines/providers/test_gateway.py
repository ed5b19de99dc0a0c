"""One policy for all providers: order, attempts, waits, breakers, signs of life, what a job loses, and the books."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import pytest

from dashwright.pipelines.errors import ProviderError
from dashwright.pipelines.providers import FaultKind, Provider
from dashwright.pipelines.providers.gateway import Call, Gateway
from dashwright.pipelines.providers.policy import Allowance, Policy

from .dialect import prompt
from .scripted import ANSWER, FOREVER, HANG, STARTED_AT, USAGE, LoopClock, Scripted, Step, run

DOWN = Step(fault="down")
BUSY = Step(fault="busy")
QUIET = Policy(faults=1_000)
"""Whose breakers stay closed."""


class Books(list[Call]):
    @property
    def lines(self) -> list[tuple[str, str]]:
        return [(call.provider, call.outcome) for call in self]


def gateway(*providers: Provider, policy: Policy | None = None, books: list[Call] | None = None) -> Gateway:
    return Gateway(providers, policy or Policy(), record=books.append if books is not None else None, clock=LoopClock())


async def asked(door: Gateway, seconds: float = 5.0) -> tuple[str, float, float]:
    """Who answered or the sentence, how long it took, and what is left of the allowance."""
    loop, allowance = asyncio.get_running_loop(), Allowance(seconds)
    began = loop.time()
    try:
        outcome = (await door.complete(prompt(), allowance)).provider
    except ProviderError as error:
        outcome = str(error)
    return outcome, loop.time() - began, allowance.left


# --- order and attempts -------------------------------------------------------------------------------------------


def test_the_first_that_answers_is_enough() -> None:
    one, two, books = Scripted("one"), Scripted("two"), Books()
    door = gateway(one, two, books=books)
    assert door.names == ("one", "two")
    assert run(asked(door)) == ("one", 0, 5)
    assert two.asked == 0
    assert books.lines == [("one", "answered")]


def test_a_second_attempt_comes_after_a_pause() -> None:
    one = Scripted("one", [DOWN, DOWN, ANSWER])
    who, took, left = run(asked(gateway(one)))
    assert who == "one"
    assert took == pytest.approx(0.5 * 0.75 + 1.0 * 0.75)
    assert left == pytest.approx(5 - took)


def test_attempts_end() -> None:
    one, two = Scripted("one", [BUSY]), Scripted("two")
    assert run(asked(gateway(one, two)))[0] == "two"
    assert one.asked == 3


def test_time_that_an_answer_takes_is_no_loss() -> None:
    one = Scripted("one", [Step(30)])
    assert run(asked(gateway(one))) == ("one", 30, 5)


@pytest.mark.parametrize("kind", ["quota", "key", "model", "request", "refused", "cut"])
def test_what_would_fail_again_is_not_asked_again(kind: FaultKind) -> None:
    one, two = Scripted("one", [Step(fault=kind)]), Scripted("two")
    assert run(asked(gateway(one, two))) == ("two", 0, 5)
    assert one.asked == 1


def test_the_wait_that_a_service_asks_for_is_kept() -> None:
    one = Scripted("one", [Step(fault="busy", retry_after=3.0), ANSWER])
    assert run(asked(gateway(one)))[:2] == ("one", pytest.approx(3.0))


@pytest.mark.parametrize(("wait", "count"), [(2.4, 2), (2.6, 1), (3600.0, 1)])
def test_a_wait_longer_than_a_providers_share_is_not_begun(wait: float, count: int) -> None:
    one, two = Scripted("one", [Step(fault="busy", retry_after=wait)]), Scripted("two")
    who, took, _ = run(asked(gateway(one, two)))
    assert (who, one.asked) == ("two", count)
    assert took <= 2.5


def test_when_nobody_answers_the_sentence_says_why_for_each() -> None:
    sentence, _, _ = run(asked(gateway(Scripted("one", [Step(fault="key")]), Scripted("two", [Step(fault="quota")]))))
    assert sentence == "No AI provider gave an answer. one is key. two is quota."


def test_a_provider_that_breaks_its_promise_is_a_fault(caplog: pytest.LogCaptureFixture) -> None:
    one, two = Scripted("one", [Step(bug=ValueError("sesame"))]), Scripted("two", [Step(fault="key")])
    sentence, _, _ = run(asked(gateway(one, two)))
    assert "one failed by a mistake of its own (ValueError)." in sentence
    assert "failed with ValueError" in caplog.text
    assert "sesame" not in caplog.text + sentence


def test_a_provider_that_ignores_its_time_is_stopped() -> None:
    class Endless(Scripted):
        async def _do(self, step: Step, timeout: float) -> None:
            await super()._do(step, FOREVER if step is HANG else timeout)

    one = Endless("one", [HANG], timeout=10)
    sentence, took, _ = run(asked(gateway(one)))
    assert "one did not answer within" in sentence
    assert took == pytest.approx(12)
    assert one.cancelled == 1


# --- what a job loses ---------------------------------------------------------------------------------------------

FAILING: dict[str, Iterable[Scripted]] = {
    "refused connections": [Scripted(name, [DOWN], DOWN) for name in "abcd"],
    "silence": [Scripted(name, [HANG], HANG) for name in "abcd"],
    "one that is silent": [Scripted("a", [HANG], HANG)],
    "busy": [Scripted(name, [Step(fault="busy", retry_after=2)]) for name in "abcd"],
    "slow refusals": [Scripted(name, [Step(0.4, "down")], DOWN) for name in "abcd"],
    "silent to questions, broken otherwise": [Scripted(name, [HANG], DOWN) for name in "abcd"],
    "wrong keys": [Scripted(name, [Step(fault="key")], Step(fault="key")) for name in "abcd"],
}


@pytest.mark.parametrize("providers", FAILING.values(), ids=FAILING)
def test_a_job_loses_no_more_than_its_patience(providers: Iterable[Scripted]) -> None:
    async def job() -> float:
        door, allowance, loop = gateway(*providers, policy=QUIET), Allowance(5), asyncio.get_running_loop()
        began = loop.time()
        for _ in range(6):  # A job has several questions.
            with pytest.raises(ProviderError):
                await door.complete(prompt(), allowance)
        return loop.time() - began

    assert run(job()) <= 5.001


def test_a_job_without_patience_asks_nobody() -> None:
    one = Scripted("one")
    sentence, _, _ = run(asked(gateway(one), 0))
    assert sentence == (
        "No AI provider gave an answer. "
        "The time for AI providers that fail is used up before these could be asked: one."
    )
    assert one.asked == 0


def test_each_provider_has_its_share() -> None:
    silent = [Scripted(name, [HANG], HANG) for name in "abc"]
    assert run(asked(gateway(*silent, Scripted("last"))))[0] == "last"


# --- signs of life ------------------------------------------------------------------------------------------------


def test_a_dead_provider_is_given_up_while_a_slow_one_thinks() -> None:
    dead, slow = Scripted("dead", [HANG], HANG), Scripted("slow", [Step(50)])
    who, took, left = run(asked(gateway(dead, slow)))
    assert who == "slow"
    assert took == pytest.approx(51.25)
    assert left == pytest.approx(3.75)
    assert (dead.asked, dead.cancelled) == (1, 1), "the question is taken back, and not put again"


@pytest.mark.parametrize("kind", ["key", "model", "request", "busy", "quota"])
def test_any_answer_is_a_sign_of_life(kind: FaultKind) -> None:
    one = Scripted("one", [Step(40)], Step(fault=kind))
    assert run(asked(gateway(one)))[:2] == ("one", 40)


def test_a_provider_may_have_nothing_to_tell() -> None:
    class Mute(Scripted):
        async def models(self, timeout: float) -> None:
            return None

    assert run(asked(gateway(Mute("one", [Step(40)]))))[:2] == ("one", 40)


def test_one_that_lives_and_is_silent_costs_its_time_once() -> None:
    one = Scripted("one", [HANG], timeout=20)
    sentence, took, left = run(asked(gateway(one)))
    assert "did not answer within 20 s" in sentence
    assert (took, left) == (20, 0)


def test_who_has_just_answered_is_not_looked_for() -> None:
    one = Scripted("one", [ANSWER, Step(1), Step(4)])

    async def three() -> list[int]:
        door, counts = gateway(one), []
        for _ in range(3):
            await asked(door)
            counts.append(one.looked)
        return counts

    first, second, third = run(three())
    assert second == first
    assert third == first + 1, "but one that takes long is"


def test_who_has_died_since_costs_the_patience() -> None:
    one = Scripted("one", [ANSWER, HANG])

    async def two() -> tuple[str, float, float]:
        door = gateway(one)
        await asked(door)
        one.life = HANG
        return await asked(door)

    sentence, took, _ = run(two())
    assert sentence.startswith("No AI provider")
    assert took == pytest.approx(5)


# --- the breaker --------------------------------------------------------------------------------------------------


def test_who_fails_in_a_row_is_left_alone_and_tried_again() -> None:
    one = Scripted("one", [DOWN, DOWN, DOWN, DOWN, ANSWER])

    async def story() -> None:
        door = gateway(one, policy=Policy(attempts=1))
        for _ in range(3):
            assert door.breakers == {"one": "closed"}
            await asked(door)
        assert door.breakers == {"one": "open"}
        sentence, took, left = await asked(door)
        assert "one is left alone for another 60 s, since it failed several times in a row." in sentence
        assert (took, left, one.asked) == (0, 5, 3)
        await asyncio.sleep(60)
        assert door.breakers == {"one": "half_open"}
        await asked(door)
        assert (door.breakers, one.asked) == ({"one": "open"}, 4)
        await asyncio.sleep(60)
        assert (await asked(door))[0] == "one"
        assert door.breakers == {"one": "closed"}

    run(story())


def test_one_question_tries_a_rested_provider() -> None:
    one = Scripted("one", [DOWN, Step(2)])

    async def story() -> None:
        door = gateway(one, policy=Policy(attempts=1, faults=1))
        await asked(door)
        await asyncio.sleep(60)
        answers = await asyncio.gather(*(asked(door) for _ in range(3)))
        assert sorted(answer[0] == "one" for answer in answers) == [False, False, True]
        assert one.asked == 2
        assert any("until another question has been answered" in answer[0] for answer in answers)

    run(story())


def test_a_trial_that_is_taken_back_leaves_the_next_one_its_turn() -> None:
    one = Scripted("one", [DOWN, HANG, ANSWER])

    async def story() -> None:
        door = gateway(one, policy=Policy(attempts=1, faults=1))
        await asked(door)
        await asyncio.sleep(60)
        task = asyncio.create_task(asked(door))
        await asyncio.sleep(1)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert (await asked(door))[0] == "one"

    run(story())


def test_faults_of_the_question_open_nothing() -> None:
    one = Scripted("one", [Step(fault="refused")])

    async def story() -> None:
        door = gateway(one)
        for _ in range(10):
            await asked(door)
        assert door.breakers == {"one": "closed"}

    run(story())


def test_an_answer_in_between_makes_good_what_was_before() -> None:
    one = Scripted("one", [DOWN, DOWN, ANSWER] * 3)

    async def story() -> None:
        door = gateway(one, policy=Policy(attempts=1))
        for _ in range(9):
            assert door.breakers == {"one": "closed"}
            await asked(door)

    run(story())


def test_faults_long_ago_are_forgotten() -> None:
    one = Scripted("one", [DOWN])

    async def story() -> None:
        door = gateway(one, policy=Policy(attempts=1))
        for _ in range(5):
            await asked(door)
            await asyncio.sleep(100)
        assert one.asked == 5

    run(story())


# --- the books, cancelling, search --------------------------------------------------------------------------------


def test_every_call_is_in_the_books() -> None:
    books = Books()
    one, two = Scripted("one", [Step(0.25, "busy")]), Scripted("two", [Step(3)])
    run(asked(gateway(one, two, policy=Policy(attempts=2), books=books)))
    assert books.lines == [("one", "busy"), ("one", "busy"), ("two", "answered")]
    first, second, last = books
    assert (first.started_at, first.seconds) == (STARTED_AT, 0.25)
    assert second.started_at > first.started_at
    assert (last.operation, last.model, last.usage, last.cost_usd) == ("plan_dashboard", "two-model", USAGE, 0.01)
    assert last.seconds == pytest.approx(3)


def test_an_answer_says_how_long_it_took() -> None:
    one = Scripted("one", [Step(1, "down"), Step(3)])
    completion = run(gateway(one).complete(prompt(), Allowance(5)))
    assert completion.seconds == pytest.approx(3)


def test_a_question_that_is_taken_back_is_ended_and_noted() -> None:
    books = Books()
    one = Scripted("one", [HANG])

    async def story() -> None:
        task = asyncio.create_task(asked(gateway(one, books=books)))
        await asyncio.sleep(7)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run(story())
    assert one.cancelled == 1
    assert books.lines == [("one", "cancelled")]
    assert books[0].seconds == pytest.approx(7)


def test_who_searches_is_asked_to_search() -> None:
    books = Books()
    mute, one, two = Scripted("mute"), Scripted("one", [Step(fault="quota")]), Scripted("two")
    mute.can_search = False
    found = run(gateway(mute, one, two, books=books).search("bees", 5, Allowance(5)))
    assert found.provider == "two"
    assert books.lines == [("one", "quota"), ("two", "answered")]
    assert {call.operation for call in books} == {"search"}


def test_where_nobody_searches_the_sentence_says_so() -> None:
    mute = Scripted("mute")
    mute.can_search = False
    with pytest.raises(ProviderError, match="No AI provider that searches the web is configured"):
        run(gateway(mute).search("bees", 5, Allowance(5)))


def test_a_check_tells_what_each_says_and_changes_nothing() -> None:
    books = Books()
    providers = [Scripted("one"), Scripted("two", life=Step(fault="key")), Scripted("three", life=HANG)]
    door = gateway(*providers, books=books)
    one, two, three = run(door.check(2))
    assert (one.provider, one.model, one.fault, one.models) == ("one", "one-model", None, ("one",))
    assert (two.fault, two.sentence) == ("key", "two is key.")
    assert three.fault == "down"
    assert not books
    assert set(door.breakers.values()) == {"closed"}


def test_closing_closes_all() -> None:
    providers = [Scripted("one"), Scripted("two")]
    run(gateway(*providers).close())
    assert all(provider.is_closed for provider in providers)
