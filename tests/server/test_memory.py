"""The memory of searches: kept for a while in the database, and the same search is under way once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from dashwright.pipelines.model import Candidate, Candidates
from dashwright.pipelines.sources.finding import Wanted
from dashwright.server.store import SearchMemory, SourceAnswers, Store

if TYPE_CHECKING:
    from .conftest import Site

WANTED = Wanted("Is CO2 rising?", ("samples",))
FOUND = Candidates(
    candidates=(Candidate(source="samples", reference="x", name="x", title="CO\0₂ 🌍"),),
    chosen=(0,),
    total_found=1,
    search_time_ms=12,
)


@pytest.fixture
def memory(site: Site) -> Iterator[SearchMemory]:
    made = SearchMemory(site.store)
    yield made
    made.close()


def rows(store: Store) -> int:
    with store.transaction() as session:
        return int(session.scalar(text("SELECT count(*) FROM dataset_cache")) or 0)


def test_what_is_kept_is_recalled(site: Site, memory: SearchMemory) -> None:
    assert memory.recall(WANTED) is None
    memory.keep(WANTED, FOUND)
    known = SearchMemory(site.store).recall(WANTED)
    assert known is not None
    assert known.candidates[0].title == "CO₂ 🌍"


def test_what_is_kept_again_takes_the_place_of_the_old(site: Site, memory: SearchMemory) -> None:
    for found in (FOUND, FOUND.model_copy(update={"total_found": 7})):
        memory.recall(WANTED)
        memory.keep(WANTED, found)
    known = memory.recall(WANTED)
    assert known is not None
    assert (known.total_found, rows(site.store)) == (7, 1)


def test_what_is_too_old_is_forgotten_and_removed(site: Site, memory: SearchMemory) -> None:
    memory.keep(WANTED, FOUND)
    with site.store.transaction() as session:
        session.execute(text("UPDATE dataset_cache SET expires_at = now() - interval '1 second'"))
    assert memory.recall(WANTED) is None
    other = Wanted("rain", ("samples",))
    memory.keep(other, FOUND)
    assert rows(site.store) == 1


@pytest.mark.settings(search_cache=0)
def test_nothing_is_kept_where_that_is_switched_off(site: Site, memory: SearchMemory) -> None:
    assert memory.recall(WANTED) is None
    memory.keep(WANTED, FOUND)
    assert memory.recall(WANTED) is None
    assert rows(site.store) == 0


def test_a_search_that_a_source_did_not_answer_is_done_again(site: Site, memory: SearchMemory) -> None:
    memory.keep(WANTED, FOUND.model_copy(update={"failures": {"who": "It is closed."}}))
    assert memory.recall(WANTED) is None
    assert rows(site.store) == 0


@pytest.mark.parametrize("kept", [True, False])
def test_who_asks_for_the_same_waits_for_who_asked_first(site: Site, memory: SearchMemory, kept: bool) -> None:
    assert memory.recall(WANTED) is None
    second = SearchMemory(site.store)
    answers: list[Candidates | None] = []
    waiting = threading.Thread(target=lambda: answers.append(second.recall(WANTED)))
    waiting.start()
    waiting.join(0.3)
    assert waiting.is_alive()
    if kept:
        memory.keep(WANTED, FOUND)
    else:
        memory.give_up(WANTED)
    waiting.join(20)
    second.close()
    assert [answer is not None for answer in answers] == [kept]


def test_who_waits_can_be_told_not_to(site: Site, memory: SearchMemory) -> None:
    assert memory.recall(WANTED) is None
    second = SearchMemory(site.store)
    waiting = threading.Thread(target=second.recall, args=(WANTED,))
    waiting.start()
    second.close()
    waiting.join(20)
    assert not waiting.is_alive()


def test_searches_of_a_source_can_be_forgotten(site: Site, memory: SearchMemory) -> None:
    other = Wanted("rain", ("who", "samples"))
    memory.keep(WANTED, FOUND)
    memory.keep(other, FOUND)
    memory.forget("who")
    assert (memory.recall(WANTED), memory.recall(other)) == (SearchMemory(site.store).recall(WANTED), None)
    assert rows(site.store) == 1


def test_a_source_keeps_its_last_answer_and_its_last_failure(site: Site, memory: SearchMemory) -> None:
    memory.note({"who": None, "owid": "It is \0 closed." + "x" * 5_000})
    memory.note({"who": "It is away.", "owid": "It is still closed."})
    last = SourceAnswers(site.store).last()
    assert last["who"].answered_at is not None
    assert last["who"].failed_at is not None
    assert last["who"].failed_at > last["who"].answered_at
    assert (last["who"].reason, last["owid"].reason, last["owid"].answered_at) == (
        "It is away.",
        "It is still closed.",
        None,
    )


def test_who_is_gone_keeps_nobody_waiting(site: Site) -> None:
    gone = SearchMemory(site.store)
    assert gone.recall(WANTED) is None
    with site.store.transaction() as session:
        holder = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
        session.execute(text(f"SELECT pg_terminate_backend(pid) FROM ({holder}) AS held"))
    next_one = SearchMemory(site.store)
    assert next_one.recall(WANTED) is None
    next_one.close()
    gone.close()
