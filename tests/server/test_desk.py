"""The desk with real providers at a local server that speaks their protocol, on a real database."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from dashwright.pipelines.errors import ProviderError
from dashwright.pipelines.providers import Prompt, Turn, Usage
from dashwright.server import database
from dashwright.server.ai import Desk
from dashwright.server.nouns import Account
from dashwright.server.settings import Settings
from dashwright.server.store import Entry, Ledger, Store
from tests.pipelines.providers.chat_dialect import MODELS, answer, error
from tests.pipelines.providers.wire import Asked, Reply, Wire

if TYPE_CHECKING:
    from .conftest import Site

KEY = "sesame-of-the-desk"
HANG = Reply(manner="hang")
Open = Callable[..., Desk]


def prompt(question: str = "What next?", operation: Any = "suggest_questions") -> Prompt:
    return Prompt(operation=operation, system="Be brief.", turns=(Turn(role="user", text=question),), answer={})


@pytest.fixture
def wire() -> Iterator[Wire]:
    """Answers everything; a test may have it do otherwise."""
    made = Wire(lambda asked: MODELS if asked.method == "GET" else answer('{"title": "T"}'))
    yield made
    made.close()


def replying(reply: Reply) -> Callable[[Asked], Reply]:
    return lambda asked: MODELS if asked.method == "GET" else reply


def questions(wire: Wire) -> int:
    return sum(asked.method == "POST" for asked in wire.asked)


@pytest.fixture
def open_desk(site: Site, wire: Wire) -> Iterator[Open]:
    """A desk whose provider is the local server, with any settings."""
    opened: list[Desk] = []

    def make(store: Store = site.store, **settings: object) -> Desk:
        given = {
            "planner": "compatible",
            "compatible_base_url": f"{wire.url}/v1",
            "compatible_model": "the-model",
            "compatible_api_key": KEY,
            "ai_patience": 3,
        }
        values = {name: getattr(site.settings, name) for name in site.settings.model_fields_set}
        values |= {"DATABASE_URL": values.pop("database_url")} | given | settings
        opened.append(Desk(Settings.model_validate(values), Ledger(store)))
        return opened[-1]

    yield make
    for desk in opened:
        desk.close()


def rows(site: Site) -> list[tuple[Any, ...]]:
    with site.store.transaction() as session:
        query = "SELECT outcome, operation, input_tokens, output_tokens, cost_usd FROM ai_calls ORDER BY created_at"
        return [tuple(row) for row in session.execute(text(query))]


def test_an_identical_question_is_asked_once(site: Site, wire: Wire, open_desk: Open) -> None:
    job = site.ask()
    account = Account(job_id=job.id, dashboard_id=job.dashboard_id)
    first = open_desk().case(account).complete(prompt())
    again = open_desk().case(account).complete(prompt())  # of another process
    assert questions(wire) == 1
    assert (first.text, first.is_cached) == (again.text, False) == ('{"title": "T"}', False)
    assert again.is_cached
    open_desk().case(account).complete(prompt("What else?"))
    open_desk(compatible_model="another").case(account).complete(prompt())
    assert questions(wire) == 3
    assert [row[0] for row in rows(site)] == ["answered", "cached", "answered", "answered"]


def test_without_a_cache_it_is_asked_each_time(site: Site, wire: Wire, open_desk: Open) -> None:
    case = open_desk(ai_cache=0).case(Account())
    case.complete(prompt())
    case.complete(prompt())
    assert questions(wire) == 2


def test_an_answer_serves_no_longer_than_its_time(site: Site, wire: Wire, open_desk: Open) -> None:
    case = open_desk().case(Account())
    case.complete(prompt())
    with site.store.transaction() as session:
        session.execute(text("UPDATE ai_answers SET expires_at = now()"))
    case.complete(prompt())
    case.complete(prompt("What else?"))
    assert questions(wire) == 3
    with site.store.transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM ai_answers")) == 2


def test_tokens_and_money_are_told_for_job_dashboard_and_day(site: Site, wire: Wire, open_desk: Open) -> None:
    job = site.ask()
    account = Account(job_id=job.id, dashboard_id=job.dashboard_id)
    wire.answer = replying(answer("{}"))
    open_desk(planner="openai", openai_base_url=f"{wire.url}/v1", OPENAI_API_KEY=KEY).case(account).complete(prompt())
    ai = site.store.job(job.id).ai
    assert (ai.calls, ai.input_tokens, ai.cached_tokens, ai.output_tokens, ai.thinking_tokens) == (1, 12, 4, 134, 100)
    assert ai.cost_usd == pytest.approx((8 * 5 + 4 * 1 + 134 * 30) / 1e6)  # gpt-5.5, as `prices` estimates
    ledger = Ledger(site.store)
    assert ledger.of_dashboard(job.dashboard_id) == ledger.today(None) == site.store.jobs()[0].ai == ai
    [spent] = ledger.by_day(1)
    assert (spent.day, spent.provider, spent.operation) == (datetime.now(UTC).date(), "openai", "suggest_questions")
    # A model without a known price counts by its tokens alone.
    open_desk().case(account).complete(prompt())
    ai = ledger.of_dashboard(job.dashboard_id)
    assert (ai.calls, ai.unpriced, ai.output_tokens) == (2, 1, 268)


def test_a_budget_that_is_used_up_stops_further_calls_with_a_sentence(site: Site, wire: Wire, open_desk: Open) -> None:
    at = datetime.now(UTC)
    spent = Entry(
        account=Account(),
        provider="openai",
        operation="plan_dashboard",
        outcome="answered",
        usage=Usage(cost_usd=2),
        at=at,
    )
    Ledger(site.store).write([spent])
    with pytest.raises(ProviderError, match=r"budget of \$2.00 a day .* is used up .*DASHWRIGHT_AI_BUDGET"):
        open_desk(ai_budget=2).case(Account()).complete(prompt())
    assert questions(wire) == 0
    open_desk(ai_budget=2.01).case(Account()).complete(prompt())
    assert questions(wire) == 1
    # An answer that is there costs nothing, and yesterday is over.
    open_desk(ai_budget=2).case(Account()).complete(prompt())
    with site.store.transaction() as session:
        session.execute(text("UPDATE ai_calls SET created_at = created_at - interval '1 day'"))
    open_desk(ai_budget=2).case(Account()).complete(prompt("What else?"))
    assert questions(wire) == 2


def test_a_dropped_question_closes_its_connection_and_is_written_down(site: Site, wire: Wire, open_desk: Open) -> None:
    wire.answer = lambda asked: MODELS if asked.method == "GET" else HANG
    desk = open_desk()
    case = desk.case(Account())
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(case.complete, prompt())
        while not questions(wire):
            assert wire.was_asked.wait(20)
        case.drop()
        with pytest.raises(ProviderError, match="was dropped"):
            asking.result(20)
    assert wire.was_left.wait(20)
    with pytest.raises(ProviderError, match="was dropped"):
        case.complete(prompt())
    desk.close()
    assert [row[0] for row in rows(site)] == ["cancelled"]


def test_a_provider_that_fails_is_told_and_written_down_each_time(site: Site, wire: Wire, open_desk: Open) -> None:
    wire.answer = lambda asked: error(500, None, "Oh.")
    desk = open_desk(ai_patience=1)
    with pytest.raises(ProviderError, match="No AI provider gave an answer") as caught:
        desk.case(Account()).complete(prompt())
    assert KEY not in str(caught.value)
    assert {row[0] for row in rows(site)} == {"down"}
    assert len(rows(site)) == questions(wire)


def test_a_provider_without_its_key_is_told_as_the_reason(site: Site, wire: Wire, open_desk: Open) -> None:
    with pytest.raises(ProviderError, match="needs a key: set OPENAI_API_KEY"):
        open_desk(planner="openai").case(Account()).complete(prompt())
    # Another one stands in, and the reason is told where none does.
    assert open_desk(planner="openai, compatible").case(Account()).complete(prompt()).provider == "compatible"


def test_a_request_may_choose_among_the_providers_that_the_settings_allow(open_desk: Open, wire: Wire) -> None:
    desk = open_desk(planner="openai, compatible", OPENAI_API_KEY=KEY)
    assert desk.names() == ("openai", "compatible")
    assert desk.names("compatible") == ("compatible",)
    assert desk.names("offline") == desk.names("gemini") == ()
    assert open_desk(planner="offline", OPENAI_API_KEY=KEY).names("openai") == ()
    with pytest.raises(ProviderError, match="No AI provider is configured"):
        desk.case(Account(), "offline").complete(prompt())
    assert not wire.asked


def test_nobody_is_asked_while_the_database_is_gone(wire: Wire, open_desk: Open, site: Site, tmp_path: Path) -> None:
    gone = Store(database.connect(f"postgresql://nobody@/nothing?host={tmp_path}"), site.settings)
    with pytest.raises(ProviderError, match="while the database does not answer"):
        open_desk(store=gone).case(Account()).complete(prompt())
    assert questions(wire) == 0
    gone.close()


def test_what_was_spent_on_a_deleted_dashboard_stays_spent(site: Site, open_desk: Open) -> None:
    job = site.ask()
    case = open_desk().case(Account(job_id=job.id, dashboard_id=job.dashboard_id))
    site.store.delete(job.slug)
    case.complete(prompt())
    assert Ledger(site.store).today(None).calls == 1


def test_many_ask_at_once_and_every_call_is_written_down(site: Site, wire: Wire, open_desk: Open) -> None:
    desk = open_desk()
    with ThreadPoolExecutor(8) as pool:
        cases = [pool.submit(desk.case(Account()).complete, prompt(f"What {number}?")) for number in range(24)]
        assert {case.result(60).text for case in cases} == {'{"title": "T"}'}
    assert len(rows(site)) == questions(wire) == 24
    assert sum(thread.name == "AI providers" for thread in threading.enumerate()) == 1


def test_without_a_provider_no_client_is_imported() -> None:
    program = (
        "import sys; from dashwright.server.settings import Settings; from dashwright.server.ai import Desk;"
        "import dashwright.server.worker.running; desk = Desk(Settings(planner='offline'), None); desk.warm();"
        "desk.close(); sys.exit(' '.join({'openai', 'google.genai', 'httpx'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
