"""The line between a child and its worker: real processes, and a clerk that is told what to answer."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from multiprocessing import Pipe
from multiprocessing.connection import Connection

import pytest

from dashwright.pipelines.errors import InputError, ProviderError
from dashwright.pipelines.model import Candidate, Candidates, Request
from dashwright.pipelines.providers import Completion, FoundPage, Pages, Prompt, Turn
from dashwright.pipelines.sources.finding import Wanted
from dashwright.server.database import DatabaseGoneError
from dashwright.server.worker.clerk import MOST, Clerk
from dashwright.server.worker.messages import (
    LONGEST_ANSWER,
    LONGEST_QUESTION,
    MESSAGE,
    Asked,
    Heard,
    Recall,
    Recalled,
    Searched,
)
from dashwright.server.worker.recollecting import Recollection

CHILD = """
import json, sys
from multiprocessing.connection import Connection
from concurrent.futures import ThreadPoolExecutor
from dashwright.pipelines.errors import ProviderError
from dashwright.pipelines.providers import Prompt, Turn
from dashwright.pipelines.model import Candidate, Candidates
from dashwright.pipelines.sources.finding import Wanted
from dashwright.server.worker.line import Line
from dashwright.server.worker.recollecting import DistantMemory

line = Line(Connection(int(sys.argv[1])), ("one",))
line.open()

def ask(text):
    turns = (Turn(role="user", text=text),)
    try:
        return line.complete(Prompt(operation="plan_dashboard", system="", turns=turns, answer={})).text
    except ProviderError as error:
        return f"refused: {error}"

def found(title):
    one = Candidate(source="samples", reference="r", name="n", title=title)
    return Candidates(candidates=(one,), chosen=(0,), total_found=1, search_time_ms=1)

def told():
    yield "names", line.names
    yield "search", [page.url for page in line.search("Where?", 3).pages]
    yield "plain", ask("hello")
    yield "refused", ask("refuse")
    yield "long answer", ask("long")[:200]
    yield "largest", len(ask("large"))
    yield "broken answer", ask("surrogate")
    yield "bug", ask("bug")
    yield "long question", ask("x" * int(sys.argv[3]))
    yield "broken question", ask("\\ud800")
    memory = DistantMemory(line)
    wanted = Wanted("Is CO2 rising?", ("samples",))
    yield "nothing known", memory.recall(wanted)
    memory.note({"samples": None})
    memory.keep(wanted, found("x"))
    yield "known", memory.recall(wanted).candidates[0].title
    larger = Wanted("Is CO2 rising?", ("samples",), wording="more")
    for text in ("x" * int(sys.argv[3]), "\\ud800"):
        memory.recall(larger)
        memory.keep(larger, found(text))
    yield "database gone", memory.recall(Wanted("Is CO2 rising?", ("samples",), wording="gone"))
    with ThreadPoolExecutor(4) as pool:
        yield "at once", list(pool.map(ask, [f"number {n}" for n in range(4)]))

if sys.argv[2] == "all":
    print(json.dumps(dict(told())), flush=True)
else:
    print("asking", flush=True)
    with ThreadPoolExecutor(32) as pool:
        list(pool.map(ask, ["wait"] * int(sys.argv[2])))
"""


class Oracle:
    """Providers that do what the question says."""

    names = ("one",)

    def __init__(self) -> None:
        self.released = threading.Event()

    def complete(self, prompt: Prompt) -> Completion:
        text = prompt.turns[-1].text
        if text == "refuse":
            raise ProviderError("It does not want to.")
        if text == "bug":
            raise KeyError("sesame")
        if text == "wait":
            assert self.released.wait(60)
        answers = {"long": "x" * LONGEST_ANSWER, "large": "x" * (LONGEST_ANSWER - 1000), "surrogate": "\ud800"}
        return Completion(text=answers.get(text, text.upper()), provider="one", model="m")

    def search(self, question: str, limit: int) -> Pages:
        return Pages(pages=(FoundPage(title=question, url=f"https://a.example/{limit}"),), provider="one")


class Shelf:
    """A memory of searches in a dictionary."""

    def __init__(self) -> None:
        self.kept: dict[Wanted, Candidates] = {}
        self.given_up: list[Wanted] = []
        self.answers: dict[str, str | None] = {}

    def recall(self, wanted: Wanted) -> Candidates | None:
        if wanted.wording == "gone":
            raise DatabaseGoneError("The database does not answer.")
        return self.kept.get(wanted)

    def keep(self, wanted: Wanted, found: Candidates) -> None:
        self.kept[wanted] = found

    def give_up(self, wanted: Wanted) -> None:
        self.given_up.append(wanted)

    def note(self, answers: Mapping[str, str | None], seconds: Mapping[str, float]) -> None:
        self.answers.update(answers)

    def close(self) -> None:
        pass


def recollection(shelf: Shelf) -> Recollection:
    """As a job has it that asks two sources whether CO2 is rising."""
    return Recollection(shelf, Request(dashboard_id="d", slug="s", question="Is CO2 rising?"), ("samples", "who"))


NOTHING = recollection(Shelf())


@contextmanager
def child(mode: str) -> Iterator[tuple[subprocess.Popen[str], Connection]]:
    ours, theirs = Pipe()
    program = [sys.executable, "-P", "-c", CHILD, str(theirs.fileno()), mode, str(LONGEST_QUESTION)]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True, pass_fds=(theirs.fileno(),)) as process:
        theirs.close()
        try:
            yield process, ours
        finally:
            process.kill()
            if not ours.closed:
                ours.close()


def questions(connection: Connection) -> Iterator[Asked]:
    while True:
        try:
            message = MESSAGE.validate_json(connection.recv_bytes(LONGEST_QUESTION))
        except EOFError:
            return
        assert isinstance(message, Asked)
        yield message


def test_a_child_is_told_what_it_asked_or_why_not(caplog: pytest.LogCaptureFixture) -> None:
    with child("all") as (process, connection):
        shelf = Shelf()
        clerk = Clerk(Oracle(), recollection(shelf), connection)
        for asked in questions(connection):
            assert clerk.take(asked)
        clerk.join()
        assert process.stdout is not None
        told = json.loads(process.stdout.read())
        assert process.wait(20) == 0
    assert told["names"] == ["one"]
    assert told["search"] == ["https://a.example/3"]
    assert told["plain"] == "HELLO"
    assert told["refused"] == "refused: It does not want to."
    assert told["long answer"].startswith("refused: The answer has 8,388,")
    assert told["largest"] == LONGEST_ANSWER - 1000
    assert told["broken answer"] == "refused: The answer has characters that are no text."
    assert told["bug"] == "refused: Dashwright has a bug; the worker's log has the details."
    assert told["long question"].startswith("refused: The question to the worker has 2,097,")
    assert told["broken question"] == "refused: The question to the worker has characters that are no text."
    assert told["at once"] == [f"NUMBER {number}" for number in range(4)]
    assert "KeyError" in caplog.text
    assert (told["nothing known"], told["known"], told["database gone"]) == (None, "x", None)
    assert shelf.answers == {"samples": None}
    assert [wanted.wording for wanted in shelf.kept] == [""]
    assert [wanted.wording for wanted in shelf.given_up] == ["more", "more"]


def test_a_child_that_waits_for_an_answer_ends_with_its_worker() -> None:
    with child("1") as (process, connection):
        oracle = Oracle()
        clerk = Clerk(oracle, NOTHING, connection)
        assert clerk.take(next(questions(connection)))
        connection.close()
        assert process.wait(20) == -9
        oracle.released.set()
        clerk.join()  # it had nobody to tell


def test_a_child_that_asks_too_much_at_once_is_not_believed() -> None:
    with child("32") as (process, connection):
        oracle = Oracle()
        clerk = Clerk(oracle, NOTHING, connection)
        taken = 0
        for asked in questions(connection):
            if not clerk.take(asked):
                break
            taken += 1
        assert taken == MOST
        process.kill()
        oracle.released.set()
        clerk.join()


def test_a_child_that_does_not_listen_holds_up_nobody_else() -> None:
    with child("1") as (process, connection):
        asked = next(questions(connection))
        process.send_signal(signal.SIGSTOP)
        clerk = Clerk(Oracle(), NOTHING, connection)
        large = asked.what.model_copy(update={"turns": (Turn(role="user", text="large"),)})  # type: ignore[union-attr]
        for _ in range(MOST):
            assert clerk.take(asked.model_copy(update={"what": large}))
        process.kill()
        clerk.join()


WANTED = Wanted("Is CO2 rising?", ("samples",))
FOUND = Candidates(
    candidates=(Candidate(source="samples", reference="r", name="n", title="t"),),
    chosen=(0,),
    total_found=1,
    search_time_ms=1,
)


@pytest.mark.parametrize(
    "what",
    [
        Recall(wanted=Wanted("Is somebody else's question answered by me?", ("samples",))),
        Recall(wanted=Wanted("Is CO2 rising?", ("samples", "owid"))),
        Searched(wanted=WANTED, found=FOUND),
        Searched(wanted=WANTED, found=None),
        Heard(answers={"owid": "It is closed."}),
    ],
)
def test_a_child_speaks_for_its_own_question_and_sources_only(what: Recall | Searched | Heard) -> None:
    shelf = Shelf()
    with pytest.raises(InputError, match="The job "):
        recollection(shelf).answer(what)
    assert (shelf.kept, shelf.given_up, shelf.answers) == ({}, [], {})


def test_a_child_keeps_no_dataset_of_a_source_that_it_did_not_ask() -> None:
    shelf = Shelf()
    memory = recollection(shelf)
    assert memory.answer(Recall(wanted=WANTED)) == Recalled()
    stolen = FOUND.candidates[0].model_copy(update={"source": "files", "reference": "/etc/passwd"})
    memory.answer(Searched(wanted=WANTED, found=FOUND.model_copy(update={"candidates": (stolen,)})))
    assert (shelf.kept, shelf.given_up) == ({}, [WANTED])
