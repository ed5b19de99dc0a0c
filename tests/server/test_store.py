from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from dashwright.pipelines.errors import InputError
from dashwright.pipelines.model import (
    BarWidget,
    Column,
    DataFile,
    Dataset,
    Datasets,
    Dimension,
    Measure,
    Plan,
    Position,
    Profile,
    Provenance,
    Table,
    Version,
    WidgetSummary,
)
from dashwright.pipelines.step import JobFolder, Progress
from dashwright.server.nouns import Job
from dashwright.server.store import Claim, Claims, Store, StoreShelf

NOW = datetime.now(UTC)


def nobody_is_dead(_: str) -> bool:
    return False


@pytest.fixture
def store(site: Any) -> Store:
    found: Store = site.store
    return found


@pytest.fixture
def claims(store: Store) -> Claims:
    return Claims(store)


def ask(store: Store, question: str = "How do sales differ by region?", **options: Any) -> Job:
    return store.create_dashboard_with_job(question, **options)


def claimed(claims: Claims, job: Job) -> Claim:
    claim = claims.claim("somebody")
    assert claim is not None
    assert claim.job_id == job.id
    return claim


def made(store: Store, claim: Claim, title: str = "Sales by region") -> Version:
    """A version with its folder, as the steps leave them."""
    request = claim.request
    folder = JobFolder(store.settings.versions / request.dashboard_id / str(request.version_number))
    file = DataFile(path="downloads/a.csv", name="a.csv", format="csv", size=12, sha256="0" * 64)
    dataset = Dataset(name="sales", title="Sales\0", source="files", reference="/a.csv", files=(file,), fetched_at=NOW)
    column = Column(name="region", label="Region", type="text", role="category", rows=3, missing=0, distinct=2)
    table = Table(name="sales", title="Sales", dataset="sales", path="data/sales.parquet", rows=3, columns=(column,))
    widget = BarWidget(
        id="by_region",
        title="Sales by region",
        frame="sales",
        x=Dimension(column="region"),
        y=Measure(aggregate="count"),
        position=Position(x=0, y=0, width=12, height=4),
    )
    folder.write(Datasets(datasets=(dataset,)), folder.datasets)
    folder.write(Profile(tables=(table,)), folder.profile)
    folder.write(Plan(title=title, question=request.question, tables=("sales",), widgets=(widget,)), folder.plan)
    return Version(
        dashboard_id=request.dashboard_id,
        slug=request.slug,
        number=request.version_number,
        title=title,
        question=request.question,
        widgets=(WidgetSummary(id="by_region", type="bar", title="Sales by region"),),
        provenance=(Provenance(dataset="sales", title="Sales", source="files", digest="0", fetched_at=NOW, rows=3),),
        notebook="",
        data_digest="0",
        data_as_of=NOW,
        created_at=NOW,
        planner="offline",
    )


def published(store: Store, claims: Claims, **options: Any) -> Job:
    """A dashboard whose first version is published."""
    job = ask(store, **options)
    claim = claimed(claims, job)
    assert claims.publish(claim, made(store, claim), {"search": 1.0})
    return store.job(job.id)


def test_slugs_are_readable_and_numbered_where_taken(store: Store) -> None:
    assert [ask(store, "Wie groß ist Österreich?").slug for _ in range(3)] == [
        "wie-gross-ist-osterreich",
        "wie-gross-ist-osterreich-2",
        "wie-gross-ist-osterreich-3",
    ]
    assert ask(store, "x", title="A title of its own").slug == "a-title-of-its-own"
    assert ask(store, "!?").slug == "dashboard"
    assert ask(store, "各国的预期寿命如何变化").slug.isascii()


def test_twenty_that_ask_the_same_at_once_get_twenty_slugs(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        slugs = list(pool.map(lambda _: ask(store).slug, range(20)))
    assert len(set(slugs)) == 20
    assert store.queue.huey.pending_count() == 20


@pytest.mark.parametrize(
    ("question", "problem"),
    [
        (" \n", "The question is empty"),
        ("why " * 25_000, "has 99,999 characters; at most 4,000"),
        ("a\0b", "no text"),
        ("a\ud800", "no text"),
    ],
)
def test_an_impossible_question_leaves_nothing_behind(store: Store, question: str, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        ask(store, question)
    assert store.dashboards() == ()
    assert store.queue.huey.pending_count() == 0


def test_a_dashboard_comes_with_its_job_and_its_message(store: Store) -> None:
    job = ask(store, refresh_interval=60, is_public=True)
    dashboard = store.dashboard(job.slug)
    assert (job.kind, job.status, job.progress, job.version_number) == ("new", "pending", 0, 1)
    assert (dashboard.status, dashboard.version, dashboard.is_public) == ("pending", None, True)
    assert dashboard.question == "How do sales differ by region?"
    [message] = store.queue.huey.pending()
    assert message.args == (job.id,)
    assert message.kwargs == {}


def test_a_dashboard_that_does_not_exist_is_told_with_similar_ones(store: Store) -> None:
    ask(store)
    with pytest.raises(InputError, match=r"There is no dashboard 'sales'\. There is: how-do-sales-differ-by-region\."):
        store.dashboard("sales")
    assert store.find("sales\0") is None


@pytest.mark.parametrize("job_id", ["", "nothing", "00000000-0000-0000-0000-000000000000"])
def test_a_job_that_does_not_exist_is_one_sentence(store: Store, job_id: str) -> None:
    with pytest.raises(InputError, match="There is no job"):
        store.job(job_id)


def test_a_job_is_claimed_once(store: Store, claims: Claims) -> None:
    job = ask(store)
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda number: claims.claim(f"worker {number}"), range(16)))
    assert len([claim for claim in taken if claim]) == 1
    assert store.job(job.id).attempt == 1


def test_progress_is_seen_by_watchers_as_it_happens(store: Store, claims: Claims) -> None:
    job = ask(store)
    seen: list[tuple[str, float]] = []
    watching = threading.Event()

    def watch() -> None:
        for state in store.watch(job.id, look_anyway=3600):
            seen.append((state.status, state.progress))
            watching.set()

    thread = threading.Thread(target=watch)
    thread.start()
    assert watching.wait(120)
    claim = claimed(claims, job)
    claims.renew(claim, Progress(step="search_datasets", percent=10, message="looking"))
    claims.renew(claim, Progress(step="download_datasets", percent=30))
    claims.publish(claim, made(store, claim), {})
    thread.join(120)
    assert not thread.is_alive()
    assert seen[0] == ("pending", 0)
    assert seen[-1] == ("completed", 100)
    steps = store.job(job.id).steps
    assert [step.name for step in steps] == ["search_datasets", "download_datasets"]
    assert all(step.ended_at for step in steps)


def test_a_watcher_survives_a_lost_connection(store: Store, claims: Claims) -> None:
    job = ask(store)
    states = store.watch(job.id)
    assert next(states).status == "pending"
    with store.transaction() as session:
        session.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ILIKE 'listen%'"))
    store.cancel(job.id)
    assert [state.status for state in states] == ["cancelled"]


def test_a_watcher_of_a_deleted_job_is_told(store: Store) -> None:
    job = ask(store)
    states = store.watch(job.id)
    next(states)
    store.delete(job.slug)
    with pytest.raises(InputError, match="There is no job"):
        next(states)


def test_publishing_swaps_everything_at_once(store: Store, claims: Claims) -> None:
    job = published(store, claims)
    dashboard = store.dashboard(job.slug)
    assert (job.status, job.progress, job.seconds) == ("completed", 100, {"search": 1.0})
    assert (dashboard.status, dashboard.title) == ("completed", "Sales by region")
    assert dashboard.version is not None
    assert dashboard.folder == f"versions/{dashboard.id}/1"
    with store.transaction() as session:
        rows = session.execute(
            text(
                "SELECT d.name, w.name, w.type, w.config->>'frame' FROM dashboard_widgets w "
                "JOIN dashboard_datasets d ON d.id = w.dataset_id"
            )
        )
        assert [tuple(row) for row in rows] == [("Sales", "by_region", "bar", "sales")]


def test_a_title_of_ones_own_stays(store: Store, claims: Claims) -> None:
    assert store.dashboard(published(store, claims, title="Mine").slug).title == "Mine"


def test_a_version_that_cannot_be_written_to_the_tables_is_not_published(store: Store, claims: Claims) -> None:
    job = ask(store)
    claim = claimed(claims, job)
    version = made(store, claim)
    shutil.rmtree(store.settings.versions / job.dashboard_id)
    with pytest.raises(Exception, match="has no"):
        claims.publish(claim, version, {})
    assert store.job(job.id).status == "processing"
    assert store.dashboard(job.slug).version is None


def test_an_answer_that_was_lost_may_be_asked_for_again(store: Store, claims: Claims) -> None:
    claim = claimed(claims, ask(store))
    version = made(store, claim)
    assert claims.publish(claim, version, {})
    assert claims.publish(claim, version, {})
    assert len(list((store.settings.versions / claim.request.dashboard_id).iterdir())) == 1


def write_all(store: Store, claims: Claims, claim: Claim) -> Iterator[tuple[str, Callable[[], Any]]]:
    yield "renew", lambda: claims.renew(claim, Progress(step="search_datasets", percent=99))
    yield "publish", lambda: claims.publish(claim, made(store, claim, "Stolen"), {})
    yield "fail", lambda: claims.fail(claim, "data", "Stolen.", {})
    yield "cancel", lambda: claims.cancelled(claim, {})
    yield "release", lambda: claims.release(claim)


def test_a_worker_that_lost_its_job_can_change_nothing(store: Store, claims: Claims) -> None:
    job = ask(store)
    old = claimed(claims, job)
    assert claims.sweep(lambda worker: worker == "somebody") == {job.id: "again"}
    new = claimed(claims, job)
    before = store.job(job.id)
    for name, write in write_all(store, claims, old):
        assert write() in (False, "lost"), name
        assert store.job(job.id) == before, name
    assert claims.publish(new, made(store, new), {})
    after = store.job(job.id)
    for name, write in write_all(store, claims, old):
        assert write() in (False, "lost"), name
        assert store.job(job.id) == after, name


def test_a_lease_that_ran_out_gives_the_job_to_another(store: Store, claims: Claims) -> None:
    job = ask(store)
    claimed(claims, job)
    assert claims.sweep(nobody_is_dead) == {}
    expire(store)
    assert claims.sweep(nobody_is_dead) == {job.id: "again"}
    assert store.job(job.id).status == "pending"


def expire(store: Store) -> None:
    """Let all leases run out. None does while the database has been up for less than a lease."""
    with store.transaction() as session:
        age = "extract(epoch FROM clock_timestamp() - pg_postmaster_start_time())"
        session.execute(text(f"SELECT pg_sleep(greatest(0, {store.settings.lease + 0.1} - {age}))"))
    with store.transaction() as session:
        session.execute(
            text("UPDATE dashboard_jobs SET lease_until = now() - interval '1 s' WHERE lease_until > now()")
        )


def test_a_job_that_loses_every_worker_fails_with_a_sentence(store: Store, claims: Claims) -> None:
    job = ask(store)
    for expected in ("again", "again", "failed"):
        claims.renew(claimed(claims, job), Progress(step="analyze_datasets", percent=50))
        expire(store)
        assert claims.sweep(nobody_is_dead) == {job.id: expected}
    failed = store.job(job.id)
    assert (failed.status, failed.error_code) == ("failed", "limit")
    assert failed.error_message is not None
    assert failed.error_message.startswith(
        "The worker was lost 3 times while working on this job, the last time at 'an"
    )
    assert store.dashboard(job.slug).status == "failed"


def test_a_job_handed_back_counts_as_no_failure(store: Store, claims: Claims) -> None:
    job = ask(store)
    for _ in range(5):
        assert claims.release(claimed(claims, job))
    claimed(claims, job)
    expire(store)
    assert claims.sweep(nobody_is_dead) == {job.id: "again"}


def test_a_lost_message_is_sent_again_and_a_waiting_one_is_not(store: Store, claims: Claims) -> None:
    jobs = [ask(store) for _ in range(3)]
    with store.transaction() as session:
        session.execute(text("UPDATE dashboard_jobs SET enqueued_at = now() - interval '1 h'"))
    claims.sweep(nobody_is_dead)
    assert store.queue.huey.pending_count() == 3
    store.queue.huey.storage.dequeue()
    claims.sweep(nobody_is_dead)
    waiting = {message.args[0] for message in store.queue.huey.pending()}
    assert waiting == {job.id for job in jobs}


def test_a_waiting_job_is_cancelled_at_once(store: Store, claims: Claims) -> None:
    job = store.cancel(ask(store).id)
    assert job.status == "cancelled"
    assert claims.claim("somebody") is None
    assert store.cancel(job.id).status == "cancelled"
    assert store.dashboard(job.slug).status == "failed"


def test_a_running_job_learns_that_it_is_cancelled(store: Store, claims: Claims) -> None:
    job = ask(store)
    claim = claimed(claims, job)
    assert store.cancel(job.id).cancel_requested
    assert claims.renew(claim) == "cancel"
    assert claims.cancelled(claim, {})
    assert store.job(job.id).status == "cancelled"


def test_a_job_that_is_over_cannot_be_cancelled(store: Store, claims: Claims) -> None:
    job = published(store, claims)
    assert store.cancel(job.id).status == "completed"


def test_deleting_takes_rows_and_files(store: Store, claims: Claims) -> None:
    job = published(store, claims)
    folder = store.settings.jobs / job.id
    folder.mkdir()
    deleted = store.delete(job.slug)
    assert deleted.version is not None
    assert store.find(job.slug) is None
    assert not folder.exists()
    assert not (store.settings.versions / job.dashboard_id).exists()
    assert list(store.settings.versions.iterdir()) == []


def test_deleting_a_running_job_tells_its_worker(store: Store, claims: Claims) -> None:
    job = ask(store)
    claim = claimed(claims, job)
    store.delete(job.slug)
    assert claims.renew(claim) == "lost"
    assert claims.is_deleted(claim)


def test_texts_that_no_column_takes_do_not_stop_a_job(store: Store, claims: Claims) -> None:
    job = ask(store)
    claim = claimed(claims, job)
    claims.renew(claim, Progress(step="search_datasets", percent=1, message="a\0b\ud800"))
    assert store.job(job.id).message == "ab"
    claims.fail(claim, "data", "Column 'a\0b' is bad.", {})
    assert store.job(job.id).error_message == "Column 'ab' is bad."


def test_the_shelf_holds_what_is_published(store: Store, claims: Claims) -> None:
    shelf = StoreShelf(store)
    job = ask(store)
    assert shelf.find(job.slug) is None
    assert shelf.list() == []
    claim = claimed(claims, job)
    claims.publish(claim, made(store, claim), {})
    found = shelf.find(job.slug)
    assert found is not None
    assert (found.slug, found.number, found.title, found.facts.is_public) == (job.slug, 1, "Sales by region", False)
    assert found.folder == store.settings.versions / job.dashboard_id / "1"
    assert found.data_as_of == NOW
    assert list(shelf.list()) == [found]


def test_a_failed_refresh_keeps_the_old_version_and_says_why(store: Store, claims: Claims) -> None:
    job = published(store, claims)
    refresh = store.refresh(job.slug)
    assert (refresh.kind, refresh.version_number) == ("refresh", 2)
    claims.fail(claimed(claims, refresh), "source", "The server of the data did not answer.", {})
    dashboard = store.dashboard(job.slug)
    assert dashboard.version is not None
    assert (dashboard.status, dashboard.version.number) == ("completed", 1)
    assert dashboard.last_refresh_failure == "The server of the data did not answer."
    assert dashboard.last_refresh_failed_at is not None
    shown = StoreShelf(store).find(job.slug)
    assert shown is not None
    assert (shown.number, shown.refresh_failure) == (1, dashboard.last_refresh_failure)
    again = claimed(claims, store.refresh(job.slug))
    claims.publish(again, made(store, again), {})
    assert store.dashboard(job.slug).last_refresh_failure is None


def test_a_refresh_makes_the_next_version_from_the_published_one(store: Store, claims: Claims) -> None:
    job = published(store, claims)
    for number in (2, 3):
        claim = claimed(claims, store.refresh(job.slug))
        assert claim.request.refresh_of == f"versions/{job.dashboard_id}/{number - 1}"
        claims.publish(claim, made(store, claim), {})
        version = store.dashboard(job.slug).version
        assert version is not None
        assert version.number == number


def test_a_refresh_with_the_same_data_makes_no_version(store: Store, claims: Claims) -> None:
    job = published(store, claims)
    claim = claimed(claims, store.refresh(job.slug))
    later = NOW + timedelta(hours=1)
    version = made(store, claim).model_copy(update={"number": 1, "unchanged": True, "data_as_of": later})
    claims.publish(claim, version, {})
    dashboard, done = store.dashboard(job.slug), store.job(claim.job_id)
    assert dashboard.version is not None
    assert dashboard.version.number == 1
    assert dashboard.last_refresh_at == later
    assert done.unchanged
    assert done.message == "The data has not changed; the published version stays."
    shown = StoreShelf(store).find(job.slug)
    assert shown is not None
    assert shown.data_as_of == later


def test_a_dashboard_is_refreshed_by_one_job_at_a_time(store: Store, claims: Claims) -> None:
    job = published(store, claims)
    with ThreadPoolExecutor(8) as pool:
        jobs = list(pool.map(lambda _: store.refresh(job.slug).id, range(16)))
    assert len(set(jobs)) == 1


def test_what_was_never_published_cannot_be_refreshed(store: Store, claims: Claims) -> None:
    job = ask(store)
    assert store.refresh(job.slug).id == job.id  # its first job is under way
    claims.fail(claimed(claims, job), "data", "No data.", {})
    with pytest.raises(InputError, match="has no published version to refresh"):
        store.refresh(job.slug)


def test_a_missed_schedule_is_caught_up_once(store: Store, claims: Claims) -> None:
    job = published(store, claims, refresh_interval=10)
    assert store.refresh_due() == ()
    with store.transaction() as session:
        session.execute(text("UPDATE dashboards SET next_refresh_at = now() - interval '3 days'"))
    with ThreadPoolExecutor(4) as pool:
        begun = [found for some in pool.map(lambda _: store.refresh_due(), range(8)) for found in some]
    assert [refresh.slug for refresh in begun] == [job.slug]
    claims.fail(claimed(claims, begun[0]), "source", "Nobody answered.", {})
    assert store.refresh_due() == ()
    next_at = store.dashboard(job.slug).next_refresh_at
    assert next_at is not None
    assert timedelta(minutes=9) < next_at - datetime.now(UTC) < timedelta(minutes=11)


def test_a_schedule_can_be_set_and_taken_away(store: Store, claims: Claims) -> None:
    job = published(store, claims)
    changed = store.change(job.slug, refresh_interval=30, is_public=True, title="Other")
    assert changed.next_refresh_at is not None
    assert (changed.refresh_interval, changed.is_public, changed.title) == (30, True, "Other")
    assert store.change(job.slug, refresh_interval=0).next_refresh_at is None
    with pytest.raises(InputError, match="every -1 minutes"):
        store.change(job.slug, refresh_interval=-1)


def test_folders_that_are_needed_are_known(store: Store, claims: Claims, tmp_path: Path) -> None:
    job = published(store, claims)
    waiting = ask(store)
    known = claims.known_folders(days=7)
    assert {f"jobs/{waiting.id}", f"jobs/{job.id}", f"versions/{job.dashboard_id}/1"} <= known
    assert f"jobs/{job.id}" not in claims.known_folders(days=0)
