"""Dashboards planned by a model: real workers and children, and a local server that speaks the model's protocol."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from sqlalchemy import text

from dashwright.pipelines.model import Attachment, Candidates, Plan, Preferences
from dashwright.pipelines.planners.llm.draft import Draft
from dashwright.pipelines.planners.llm.operations import DatasetAnalysis, Questions
from dashwright.pipelines.providers import Usage
from dashwright.pipelines.providers.transcript import Exchange, Transcript
from dashwright.pipelines.step import JobFolder
from dashwright.server.nouns import Account, Job
from dashwright.server.store import Entry, Ledger
from tests.pipelines.providers.chat_dialect import MODELS, answer, error
from tests.pipelines.providers.wire import Asked, Reply, Wire
from tests.server.api.conftest import client_of

from .conftest import CSV, fresh_database, opened_site, wait_until

if TYPE_CHECKING:
    from .conftest import Site

KEY = "sesame-of-the-model"
HANG = Reply(manner="hang")
Answer = Callable[[Asked], Reply]


def draft(title: str = "Amounts by the model", kind: str = "bar") -> str:
    """A plan as a model writes it, for the data of the tests."""
    widget = {
        "type": kind,
        "title": "Amount of each region",
        "why": "The model thought so.",
        "frame": "sales",
        "encodings": [
            {"channel": "x", "column": "region"},
            {"channel": "y", "column": "amount", "aggregate": "sum"},
        ],
    }
    return Draft.model_validate({"title": title, "widgets": [widget]}).model_dump_json()


def replying(reply: Reply) -> Answer:
    return lambda asked: MODELS if asked.method == "GET" else reply


class Model:
    """The local server. What it answers can be changed while workers run."""

    def __init__(self) -> None:
        self.wire = Wire(lambda asked: self.answer(asked))
        self.answer: Answer = replying(answer(draft()))

    def prompts(self) -> list[str]:
        return [asked.raw.decode() for asked in self.wire.asked if asked.method == "POST"]

    def forget(self) -> None:
        self.wire.asked.clear()
        self.wire.was_asked.clear()
        self.wire.was_left.clear()
        self.answer = replying(answer(draft()))


def settings_for(model: Model) -> dict[str, Any]:
    return {
        "planner": "compatible",
        "compatible_base_url": f"{model.wire.url}/v1",
        "compatible_model": "the-model",
        "compatible_api_key": KEY,
        "compatible_price": "100/100/1000",
        # Long, so that a busy machine does not make a server that hangs on purpose look dead.
        "ai_patience": 20,
        "ai_budget": 1000,
    }


@pytest.fixture(scope="module")
def server() -> Iterator[Model]:
    model = Model()
    yield model
    model.wire.close()


@pytest.fixture
def model(server: Model) -> Model:
    server.forget()
    return server


@pytest.fixture(scope="module")
def place(server: Model, cluster: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site whose worker asks the local server, for all tests that leave both as they were."""
    with fresh_database(cluster) as url:
        data_dir = tmp_path_factory.mktemp("model") / "data"
        with opened_site(data_dir, url, **settings_for(server)) as site:
            site.worker(threads=2)
            yield site
            assert_key_is_nowhere(site)


def assert_key_is_nowhere(site: Site) -> None:
    """In no file of a job or version, in no log and no row."""
    files = [path for path in site.settings.data_dir.rglob("*") if path.is_file()]
    assert {"prompts.json", "log.txt", "worker.log"} <= {path.name for path in files}
    assert [path for path in files if KEY.encode() in path.read_bytes()] == []
    with site.store.transaction() as session:
        for table in ("ai_calls", "ai_answers", "dashboard_jobs"):
            assert KEY not in str(session.execute(text(f"SELECT t::text FROM {table} t")).all())


def outcomes(site: Site, job: Job) -> list[str]:
    with site.store.transaction() as session:
        query = "SELECT outcome FROM ai_calls WHERE job_id = :id ORDER BY created_at"
        return list(session.scalars(text(query), {"id": job.id}))


def plan(site: Site, job: Job) -> Plan:
    folder = JobFolder(site.folder(job))
    return folder.read(Plan, folder.plan)


def transcript(site: Site, job: Job) -> Transcript:
    folder = JobFolder(site.folder(job))
    return folder.read(Transcript, folder.prompts)


def said(site: Site, job: Job) -> tuple[Exchange, ...]:
    """What the published version of a job's dashboard knows of what was said to the model."""
    folder = JobFolder(site.settings.data_dir / (site.store.dashboard(job.slug).folder or ""))
    return folder.read(Transcript, folder.prompts).exchanges


def asked_afresh(site: Site, words: str) -> Job:
    """A question that nobody has asked before."""
    return site.ask(f"How do amounts differ by region? {words}")


def test_a_question_becomes_the_dashboard_that_the_model_planned(place: Site, model: Model) -> None:
    job = place.ended(place.ask())
    assert job.status == "completed", (job.error_message, place.log())
    made = plan(place, job)
    assert (made.title, made.planner) == ("Amounts by the model", "compatible")
    assert [widget.title for widget in made.widgets] == ["Amount of each region"]
    assert outcomes(place, job) == ["answered"]
    assert (job.ai.calls, job.ai.input_tokens, job.ai.output_tokens) == (1, 12, 134)
    assert job.ai.cost_usd == pytest.approx((12 * 100 + 134 * 1000) / 1e6)
    dashboard = place.store.dashboard(job.slug)
    assert dashboard.folder is not None
    version = JobFolder(place.settings.data_dir / dashboard.folder)
    [exchange] = version.read(Transcript, version.prompts).exchanges
    assert exchange.completion is not None
    assert exchange.completion.text == draft()
    assert place.store.dashboard(job.slug).title == "Amounts by the model"
    # Once more the same: the answer is there.
    again = place.ended(place.ask())
    assert plan(place, again).title == made.title
    assert outcomes(place, again) == ["cached"]
    assert len(model.prompts()) == 1
    assert again.ai.cost_usd == 0


def of_penguins(asked: Asked) -> Reply:
    """What a model says of a question in German: its English, the data for it, and the plan."""
    if asked.method == "GET":
        return MODELS
    operation = asked.body["response_format"]["json_schema"]["name"]
    if operation == "analyze_query":
        english = "Which species of penguin is heaviest?"
        return answer(json.dumps({"language": "German", "in_english": english, "keywords": ["penguins", "mass"]}))
    if operation == "rank_datasets":
        text = asked.body["messages"][1]["content"].partition("<candidates>\n")[2].partition("\n</candidates>")[0]
        found = next(item for item in json.loads(text) if item["title"] == "Penguins of the Palmer Archipelago")
        said = {"candidate": found["candidate"], "fits": "answers", "reason": "Es enthält das Gewicht."}
        return answer(json.dumps({"ranking": [said]}))
    encodings = [
        {"channel": "x", "column": "species"},
        {"channel": "y", "column": "body_mass_g", "aggregate": "mean"},
    ]
    widget = {"type": "bar", "title": "Gewicht je Art", "frame": "penguins", "encodings": encodings}
    return answer(json.dumps({"title": "Pinguine", "widgets": [widget]}))


def test_a_question_in_german_finds_its_data_and_becomes_a_dashboard(place: Site, model: Model) -> None:
    model.answer = of_penguins
    job = place.ended(place.store.create_dashboard_with_job("Welche Pinguinart ist am schwersten?"))
    assert job.status == "completed", (job.error_message, place.log())
    assert [widget.title for widget in plan(place, job).widgets] == ["Gewicht je Art"]
    exchanges = transcript(place, job).exchanges
    assert [item.prompt.operation for item in exchanges] == ["analyze_query", "rank_datasets", "plan_dashboard"]
    assert outcomes(place, job) == ["answered"] * 3
    assert job.ai.calls == 3
    folder = JobFolder(place.folder(job))
    [best, *_] = folder.read(Candidates, folder.candidates).candidates
    assert (best.name, best.reason) == ("penguins", "Es enthält das Gewicht. (judged by compatible)")


def test_a_published_dashboard_is_changed_by_words(place: Site, model: Model) -> None:
    job = place.ended(asked_afresh(place, "To be changed."))
    model.answer = replying(answer(draft("Changed by the model", "pie")))
    changed = place.ended(place.store.amend(job.slug, "Make it a pie"))
    assert changed.status == "completed", (changed.error_message, place.log())
    assert (changed.kind, changed.version_number) == ("amend", 2)
    dashboard = place.store.dashboard(job.slug)
    assert dashboard.version is not None
    assert (dashboard.title, dashboard.version.number) == ("Changed by the model", 2)
    assert [widget.type for widget in dashboard.version.widgets] == ["pie"]
    assert "Make it a pie" in model.prompts()[-1]
    assert outcomes(place, changed) == ["answered"]
    assert [exchange.prompt.operation for exchange in said(place, job)] == ["plan_dashboard", "amend_plan"]
    # A refresh makes no plan, and keeps what was said about the one it has.
    before = said(place, job)
    (place.settings.data_dir / "sales.csv").write_text(CSV + "2024-12-31,North,1.5\n")
    refreshed = place.ended(place.store.refresh(job.slug))
    assert (refreshed.status, refreshed.version_number) == ("completed", 3), refreshed.error_message
    assert (said(place, job), outcomes(place, refreshed)) == (before, [])
    dashboard = place.store.dashboard(job.slug)
    # What cannot be understood changes nothing.
    model.answer = replying(error(400, None, "Oh."))
    failed = place.ended(place.store.amend(job.slug, "Xyzzy the plugh"))
    assert (failed.status, failed.error_code) == ("failed", "plan")
    assert place.store.dashboard(job.slug).version == dashboard.version
    assert not (place.settings.versions / job.dashboard_id / "4").exists()


def test_a_budget_that_is_used_up_is_told_and_the_dashboard_is_made_offline(place: Site, model: Model) -> None:
    ledger, before = Ledger(place.store), Ledger(place.store).today(None).cost_usd
    with place.store.transaction() as session:
        now = session.scalar(text("SELECT now()"))
    spent = Entry(
        account=Account(), provider="x", operation="x", outcome="answered", usage=Usage(cost_usd=1000 - before), at=now
    )
    ledger.write([spent])
    job = place.ended(asked_afresh(place, "On a budget."))
    with place.store.transaction() as session:
        session.execute(text("DELETE FROM ai_calls WHERE provider = 'x'"))
    assert (job.status, plan(place, job).planner) == ("completed", "offline")
    assert "The budget of $1000.00 a day" in transcript(place, job).outcomes[0]
    assert model.prompts() == []


def test_a_job_whose_model_does_not_answer_knows_no_key_and_its_cancelling_closes_the_connection(
    place: Site, model: Model
) -> None:
    model.answer = lambda asked: MODELS if asked.method == "GET" else HANG
    job = asked_afresh(place, "Who knows the key?")
    wait_until(model.prompts)
    below = psutil.Process(place.workers[-1].pid).children(recursive=True)
    assert not [process for process in below if knows(process.pid, KEY)]
    assert [process for process in below if knows(process.pid, "Who knows the key?")], "else nothing was looked at"
    place.store.cancel(job.id)
    assert place.ended(job).status == "cancelled"
    assert model.wire.was_left.wait(20)
    wait_until(lambda: outcomes(place, job) == ["cancelled"])


def knows(pid: int, secret: str) -> bool:
    """Whether a process has a text in its memory, its variables or its command. One that has ended knows nothing."""
    with contextlib.suppress(OSError), open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            span, rights, *_ = line.split()
            start, end = (int(one, 16) for one in span.split("-"))
            if rights.startswith("rw") and "[v" not in line:
                with contextlib.suppress(OSError):
                    memory.seek(start)
                    if secret.encode() in memory.read(end - start):
                        return True
    return False


def test_a_job_whose_worker_is_killed_while_a_model_thinks_ends_as_it_should(place: Site, model: Model) -> None:
    model.answer = lambda asked: MODELS if asked.method == "GET" else HANG
    job = asked_afresh(place, "Killed.")
    wait_until(model.prompts)
    place.workers[-1].kill()
    place.workers[-1].wait()
    assert model.wire.was_left.wait(20)
    model.answer = replying(answer(draft()))
    place.worker(threads=2)
    done = place.ended(job)
    assert (done.status, done.attempt) == ("completed", 2)
    assert plan(place, done).planner == "compatible"


def test_api_which_has_no_keys_is_told_by_the_model(place: Site, model: Model) -> None:
    job = place.ended(place.ask())
    path = f"dashboards/{job.slug}"
    place.store.change(job.slug, is_public=True)
    model.forget()
    with client_of(place) as client, client_of(place) as stranger:
        prompts = client.get(f"{path}/versions/1/prompts").json()["exchanges"]
        assert [one["completion"]["text"] for one in prompts] == [draft()]
        del stranger.headers["Authorization"]
        assert stranger.get(f"{path}/suggestions").json()["by"] == "offline"
        assert stranger.get(f"{path}/versions/1/prompts").status_code == 401
        assert client.get(f"{path}/suggestions", params={"planner": "offline"}).json()["by"] == "offline"
        assert model.prompts() == []

        model.answer = replying(answer(Questions(questions=("Which region grows?",)).model_dump_json()))
        told = client.get(f"{path}/suggestions").json()
        assert (told["by"], told["suggestions"][0]["question"]) == ("compatible", "Which region grows?")
        model.answer = replying(answer(DatasetAnalysis(about="Sales by the model.").model_dump_json()))
        assert client.get(f"{path}/description").json()["about"] == "Sales by the model."
        assert len(model.prompts()) == 2


def test_what_its_owner_keeps_from_providers_stays_so(place: Site, model: Model) -> None:
    job = place.ended(ask_with(place, Preferences(planner="offline")))
    model.forget()
    with client_of(place) as client:
        for planner in ("auto", "compatible"):
            told = client.get(f"dashboards/{job.slug}/description", params={"planner": planner})
            assert told.json()["by"] == "offline", told.text
    job = place.ended(ask_with(place, Preferences(sample_values=False)))
    model.forget()
    model.answer = replying(answer(DatasetAnalysis(about="Without values.").model_dump_json()))
    with client_of(place) as client:
        assert client.get(f"dashboards/{job.slug}/description").json()["about"] == "Without values."
    [prompt] = model.prompts()
    assert "North" not in prompt


def test_where_the_provider_always_fails_the_dashboard_is_made_offline(place: Site, model: Model) -> None:
    """The last of these tests: the worker leaves the provider alone after it."""
    model.answer = lambda asked: error(500, None, "Oh.")
    job = place.ended(asked_afresh(place, "Hopeless."))
    assert job.status == "completed"
    assert plan(place, job).planner == "offline"
    [outcome] = transcript(place, job).outcomes
    assert "No AI provider gave an answer" in outcome
    with place.store.transaction() as session:
        query = text("SELECT array_agg(DISTINCT outcome), sum(ms) FROM ai_calls WHERE job_id = :id")
        kinds, waited = session.execute(query, {"id": job.id}).one()
    assert kinds == ["down"]
    assert waited <= 1000 * place.settings.ai_patience


def ask_with(site: Site, preferences: Preferences) -> Job:
    """A dashboard about a small file, with wishes."""
    path = site.settings.data_dir / "sales.csv"
    path.write_text(CSV)
    attachments = (Attachment(reference=str(path)),)
    return site.store.create_dashboard_with_job("How?", attachments=attachments, preferences=preferences)
