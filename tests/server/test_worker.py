"""Real workers with real children on real steps; what is killed is killed with SIGKILL."""

from __future__ import annotations

import http.server
import json
import os
import pickle
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from sqlalchemy import text

from dashwright.pipelines import build
from dashwright.pipelines.step import JobFolder
from dashwright.server.nouns import Job
from dashwright.server.store import Claims, StoreShelf
from dashwright.server.worker import identity

if TYPE_CHECKING:
    from .conftest import Site

PATIENCE = 120.0
SECRETS = {
    "GEMINI_API_KEY": "sesame-1",
    "OPENAI_API_KEY": "sesame-2",
    "KAGGLE_KEY": "sesame-3",
    "MY_TOKEN": "sesame-4",
    "DASHWRIGHT_COMPATIBLE_API_KEY": "sesame-5",
    "DASHWRIGHT_METRICS_TOKEN": "sesame-6",
}


def wait_until(condition: Any, pause: float = 0.01) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(pause)


def below(pid: int) -> list[psutil.Process]:
    """Forkserver, children and kernels of a worker."""
    return psutil.Process(pid).children(recursive=True)


def child_of(site: Site, job: Job) -> psutil.Process:
    """The process that runs the steps of a job, as it has written into the job's folder."""
    lock = site.folder(job) / "lock"
    wait_until(lambda: lock.exists() and lock.read_bytes())
    return psutil.Process(json.loads(lock.read_bytes())["pid"])


def is_gone(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()


def versions(site: Site, job: Job) -> list[int]:
    with site.store.transaction() as session:
        query = "SELECT number FROM dashboard_versions WHERE dashboard_id = :id ORDER BY number"
        return list(session.scalars(text(query), {"id": job.dashboard_id}))


def assert_published(site: Site, job: Job) -> None:
    """The job ended as it should: completed, one version, whole, and the viewer finds it."""
    done = site.store.job(job.id)
    assert done.status == "completed", (done.error_message, site.log())
    assert versions(site, job) == [done.version_number]
    found = StoreShelf(site.store).find(job.slug)
    assert found is not None
    names = {path.name for path in found.folder.iterdir()}
    assert {"version.json", "plan.json", "profile.json", "notebook.ipynb", "executed.ipynb", "data"} <= names
    folders = [path.name for path in found.folder.parent.iterdir()]
    assert folders == [str(found.number)]


def test_a_question_becomes_a_published_version(shared: Site) -> None:
    job = shared.ask()
    states = list(shared.store.watch(job.id))
    assert_published(shared, job)
    percents = [state.progress for state in states]
    assert percents == sorted(percents)
    assert len(set(percents)) > 8
    assert [step.name for step in states[-1].steps] == [
        "search_datasets",
        "download_datasets",
        "analyze_datasets",
        "generate_visualizations",
        "finalize_dashboard",
    ]
    assert set(states[-1].seconds) == {step.name for step in build.STEPS}


@pytest.mark.settings(job_attempts=20)
@pytest.mark.timeout(600)
def test_a_job_whose_worker_is_killed_in_every_step_ends_as_it_should(site: Site) -> None:
    job = site.ask()
    folder = JobFolder(site.folder(job))
    killed = 0
    for before in (None, *build.STEPS[:-1]):
        worker = site.worker()
        written_before = folder.request if before is None else before.file(folder)
        wait_until(lambda path=written_before: path.exists() or site.store.job(job.id).is_over)
        kept = written_before.stat().st_mtime_ns
        others = below(worker.pid)
        kill(worker)
        killed += 1
        wait_until(lambda gone=others: all(map(is_gone, gone)))
        assert written_before.stat().st_mtime_ns == kept
    site.worker()
    site.ended(job)
    assert_published(site, job)
    assert killed == len(build.STEPS)
    # What an earlier worker had finished was not done again.
    changed = [item.file(folder).stat().st_mtime_ns for item in build.STEPS]
    assert changed == sorted(changed)


def test_a_killed_worker_on_this_machine_is_noticed_before_its_lease_ends(site: Site, silent_server: str) -> None:
    job = site.ask(data=silent_server)
    first = site.worker(DASHWRIGHT_LEASE="3600")
    child = child_of(site, job)
    kill(first)
    wait_until(lambda: is_gone(child))
    site.worker(DASHWRIGHT_LEASE="3600")
    wait_until(lambda: site.store.job(job.id).attempt == 2)
    site.store.cancel(job.id)
    site.ended(job)


@pytest.mark.settings(lease=600)  # none of the workers is lost, however busy the machine is
@pytest.mark.timeout(900)
def test_many_jobs_with_two_workers_are_executed_once_each(site: Site) -> None:
    many = 20 if "THOROUGH_TESTS" in os.environ else 8
    jobs = [site.ask(f"How do amounts differ by region, number {number}?") for number in range(many)]
    site.worker()
    site.worker()
    for job in jobs:
        site.ended(job, 600)
        assert_published(site, job)
    done = [site.store.job(job.id) for job in jobs]
    assert {job.attempt for job in done} == {1}
    assert len({job.worker for job in done}) == 2
    for job in jobs:
        assert (site.folder(job) / "log.txt").read_text().count("Executing notebook") <= 1
    assert site.store.queue.huey.pending_count() == 0


def test_a_running_job_is_cancelled_with_all_its_processes(shared: Site, silent_server: str) -> None:
    [worker] = shared.workers
    job = shared.ask(data=silent_server)
    child = child_of(shared, job)
    shared.store.cancel(job.id)
    done = shared.ended(job)
    assert (done.status, done.error_message) == ("cancelled", "The job was cancelled.")
    assert is_gone(child)
    assert worker.poll() is None
    assert shared.store.dashboard(job.slug).status == "failed"


def test_a_job_is_cancelled_while_its_kernel_runs(shared: Site) -> None:
    [worker] = shared.workers
    job = shared.ask()
    wait_until(lambda: kernels(worker))
    for kernel in kernels(worker):
        kernel.suspend()  # or the job might be over before it is cancelled
    shared.store.cancel(job.id)
    assert shared.ended(job).status == "cancelled"
    assert not kernels(worker)


def kernels(worker: subprocess.Popen[str]) -> list[psutil.Process]:
    return [one for one in below(worker.pid) if "ipykernel_launcher" in words(one)]


def words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


@pytest.mark.settings(job_timeout=2)
def test_a_job_that_takes_too_long_is_ended_with_the_limit(site: Site, silent_server: str) -> None:
    site.worker()
    job = site.ask(data=silent_server)
    child = child_of(site, job)
    done = site.ended(job)
    assert (done.status, done.error_code) == ("failed", "limit")
    assert done.error_message is not None
    assert done.error_message.startswith("The job took longer than 2 s")
    assert "DASHWRIGHT_JOB_TIMEOUT" in done.error_message
    assert is_gone(child)


@pytest.mark.parametrize(
    ("act", "code", "sentence"),
    [
        ("memory", "limit", "The job needed more than 0.5 GiB of memory."),
        ("disk", "limit", "is full. Free some space"),
        ("crash", "limit", "was killed by signal 11 at 'search_datasets'"),
        ("exit", "error", "ended with code 3 at 'search_datasets'; the details are in"),
        ("bug", "error", "Dashwright has a bug (KeyError); the details are in"),
        ("endless", "error", "Dashwright has a bug (RecursionError); the details are in"),
        ("shout", "input", "x" * 3_999 + "…"),
    ],
)
def test_whatever_a_step_does_its_job_fails_with_a_sentence_and_the_worker_lives(
    shared: Site, act: str, code: str, sentence: str
) -> None:
    [worker] = shared.workers
    done = shared.ended(shared.ask_rogue(act))
    assert (done.status, done.error_code) == ("failed", code), (done, shared.log())
    assert done.error_message is not None
    assert sentence in done.error_message
    assert worker.poll() is None
    if code == "error":
        assert (shared.folder(done) / "log.txt").exists()


def test_the_next_job_succeeds_after_those(shared: Site) -> None:
    job = shared.ask()
    shared.ended(job)
    assert_published(shared, job)


def test_a_mistake_of_the_person_is_told_as_it_is(shared: Site, tmp_path: Path) -> None:
    job = shared.ask(data=tmp_path / "missing.csv")
    done = shared.ended(job)
    assert (done.status, done.error_code) == ("failed", "data")
    assert done.error_message is not None
    assert "missing.csv" in done.error_message
    assert not (shared.settings.versions / job.dashboard_id).exists()


def test_no_process_below_a_worker_sees_a_secret(site: Site, silent_server: str) -> None:
    worker = site.worker(threads=2, **SECRETS, DASHWRIGHT_PLANNER="offline")
    waiting, running = site.ask(data=silent_server), site.ask()
    child_of(site, waiting)
    seen: dict[int, str] = {}
    while not site.store.job(running.id).is_over:
        for process in below(worker.pid):
            try:
                seen[process.pid] = " ".join(words(process)) + json.dumps(process.environ())
            except psutil.Error:
                continue
    assert any("ipykernel_launcher" in text for text in seen.values())
    assert any("forkserver" in text for text in seen.values())
    for shown in seen.values():
        assert "sesame" not in shown
        assert site.variables["DATABASE_URL"] not in shown
        assert "DATABASE_URL" not in shown
    # The child has no connection to the database either.
    assert not any("PGSQL" in connection.laddr for connection in child_of(site, waiting).net_connections("unix"))
    site.store.cancel(waiting.id)
    site.ended(waiting)


def test_a_message_with_a_wrong_signature_is_refused_and_its_job_still_done(site: Site, tmp_path: Path) -> None:
    trap = tmp_path / "trap"

    class Trap:
        def __reduce__(self) -> Any:
            return os.mkdir, (str(trap),)

    job = site.ask()
    with site.store.transaction() as session:
        session.execute(text("UPDATE huey_task SET data = :data"), {"data": pickle.dumps(Trap()) + b":" + b"0" * 40})
        session.execute(text("UPDATE dashboard_jobs SET enqueued_at = now() - interval '1 h'"))
    site.worker()
    site.ended(job)
    assert not trap.exists()
    assert "mismatch" in site.log()
    assert_published(site, job)


def test_a_signed_message_about_nothing_does_no_harm(site: Site) -> None:
    with site.store.transaction() as session:
        for job_id in ("00000000-0000-0000-0000-000000000000", "nonsense"):
            site.store.queue.put(session, job_id)
    site.worker()
    job = site.ask()
    site.ended(job)
    assert_published(site, job)


def test_a_child_that_outlives_its_worker_changes_nothing(site: Site, silent_server: str) -> None:
    """It is frozen, so that it cannot notice, until another worker has the job."""
    first = site.worker()
    job = site.ask(data=silent_server)
    survivor = child_of(site, job)
    survivor.suspend()
    kill(first)
    second = site.worker()
    wait_until(lambda: site.store.job(job.id).attempt == 2)
    wait_until(lambda: is_gone(survivor))  # the second worker saw it in the folder
    lock = site.folder(job) / "lock"
    wait_until(lambda: lock.read_bytes() and json.loads(lock.read_bytes())["pid"] != survivor.pid)
    assert versions(site, job) == []
    site.store.cancel(job.id)
    assert site.ended(job).status == "cancelled"
    assert second.poll() is None


def test_a_frozen_worker_that_wakes_up_has_lost_its_job(site: Site, silent_server: str) -> None:
    first = site.worker()
    job = site.ask(data=silent_server)
    old = child_of(site, job)
    os.kill(first.pid, signal.SIGSTOP)
    site.worker()
    wait_until(lambda: site.store.job(job.id).attempt == 2)
    before = site.store.job(job.id).worker
    os.kill(first.pid, signal.SIGCONT)
    wait_until(lambda: is_gone(old))
    time.sleep(1)
    assert site.store.job(job.id).worker == before
    assert site.store.job(job.id).status == "processing"
    site.store.cancel(job.id)
    site.ended(job)


def test_a_worker_told_to_stop_hands_its_job_back_at_once(site: Site, silent_server: str) -> None:
    first = site.worker()
    job = site.ask(data=silent_server)
    child = child_of(site, job)
    first.send_signal(signal.SIGTERM)
    assert first.wait(PATIENCE) == 0
    assert is_gone(child)
    waiting = site.store.job(job.id)
    assert (waiting.status, waiting.worker) == ("pending", None)
    assert [message.args for message in site.store.queue.huey.pending()] == [(job.id,)]
    site.worker()
    wait_until(lambda: site.store.job(job.id).attempt == 2)
    site.store.cancel(job.id)
    site.ended(job)


def test_a_worker_told_to_stop_before_it_can_work_ends(site: Site) -> None:
    worker = site.worker()  # its children cannot be born yet
    job = site.ask()
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(PATIENCE) == 0
    assert site.store.job(job.id).attempt == 0
    assert "Traceback" not in site.log()


@pytest.mark.settings(shutdown_grace=60)
def test_a_worker_told_to_stop_may_finish_what_is_nearly_done(site: Site) -> None:
    worker = site.worker()
    job = site.ask()
    wait_until(lambda: site.store.job(job.id).progress >= 85)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(PATIENCE) == 0
    assert_published(site, job)


def test_deleting_a_dashboard_ends_its_running_job_without_a_trace(shared: Site, silent_server: str) -> None:
    job = shared.ask(data=silent_server)
    child = child_of(shared, job)
    shared.store.delete(job.slug)
    wait_until(lambda: is_gone(child))
    wait_until(lambda: not shared.folder(job).exists())


@contextmanager
def tiny_disk(path: Path) -> Iterator[None]:
    """A file system with room for a few files only."""
    path.mkdir(parents=True, exist_ok=True)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", path], capture_output=True).returncode:
        pytest.skip("a file system can only be mounted by root")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", path], check=True)


def test_a_full_disk_is_told_and_leaves_nothing_half_made(site: Site, tmp_path: Path) -> None:
    data = tmp_path / "large.csv"
    data.write_text("day,amount\n" + "".join(f"2024-01-01,{number * 7919 % 100_003}\n" for number in range(100_000)))
    with tiny_disk(site.settings.jobs):
        worker = site.worker()
        job = site.ask(data=data)
        done = site.ended(job)
        assert (done.status, done.error_code) == ("failed", "limit"), (done, site.log())
        assert done.error_message is not None
        assert "disk" in done.error_message.lower()
        assert "full" in done.error_message.lower()
        assert versions(site, job) == []
        assert not (site.settings.versions / job.dashboard_id).exists()
        worker.send_signal(signal.SIGTERM)
        worker.wait(PATIENCE)


def test_a_full_disk_at_publishing_leaves_nothing_half_made(site: Site) -> None:
    with tiny_disk(site.settings.versions):
        (site.settings.versions / "ballast").write_bytes(b"0" * 560 * 1024)
        worker = site.worker()
        job = site.ask()
        done = site.ended(job)
        assert (done.status, done.error_code) == ("failed", "limit"), (done, site.log())
        assert not (site.settings.versions / job.dashboard_id / "1").exists()
        assert StoreShelf(site.store).find(job.slug) is None
        worker.send_signal(signal.SIGTERM)
        worker.wait(PATIENCE)


class Changing(http.server.BaseHTTPRequestHandler):
    """A file whose rows the test chooses; None: out of order."""

    rows: int | None = 12

    def do_GET(self) -> None:
        if self.rows is None:
            self.send_error(503)
            return
        lines = ["day,region,amount"]
        lines += [f"2024-{1 + n % 12:02d}-01,{'North' if n % 2 else 'South'},{n}" for n in range(self.rows)]
        body = "\n".join(lines).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/csv")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def changing_file() -> Iterator[tuple[str, type[Changing]]]:
    handler = type("Handler", (Changing,), {})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/sales.csv", handler
        server.shutdown()
        thread.join(5)


def test_refreshing_follows_the_data(shared: Site, changing_file: tuple[str, type[Changing]]) -> None:
    url, file = changing_file
    job = shared.ask(data=url)
    assert shared.ended(job).status == "completed", shared.store.job(job.id)

    same = shared.ended(shared.store.refresh(job.slug))
    assert (same.status, same.unchanged) == ("completed", True)
    assert versions(shared, job) == [1]

    file.rows = 24
    changed = shared.ended(shared.store.refresh(job.slug))
    assert (changed.status, changed.unchanged) == ("completed", False), changed
    assert versions(shared, job) == [1, 2]
    shown = StoreShelf(shared.store).find(job.slug)
    assert shown is not None
    assert shown.number == 2

    file.rows = None
    failed = shared.ended(shared.store.refresh(job.slug))
    assert failed.status == "failed"
    shown = StoreShelf(shared.store).find(job.slug)
    assert shown is not None
    assert (shown.number, shown.refresh_failure) == (2, failed.error_message)
    assert shown.refresh_failed_at is not None
    assert versions(shared, job) == [1, 2]


def test_a_schedule_that_is_due_is_kept_by_the_worker(site: Site) -> None:
    job = site.ask()
    first = site.worker()
    assert site.ended(job).status == "completed"
    first.send_signal(signal.SIGTERM)
    first.wait(PATIENCE)
    site.store.change(job.slug, refresh_interval=5)
    with site.store.transaction() as session:
        session.execute(text("UPDATE dashboards SET next_refresh_at = now() - interval '1 day'"))
    site.worker()
    wait_until(lambda: len(site.store.jobs(job.slug)) == 2)
    assert site.ended(site.store.jobs(job.slug)[0]).unchanged


def test_old_folders_of_jobs_go_and_needed_ones_stay(site: Site) -> None:
    old = site.settings.jobs / "00000000-0000-0000-0000-000000000000"
    half = site.settings.versions / "11111111-1111-1111-1111-111111111111" / ".1.abc"
    for folder in (old, half):
        folder.mkdir(parents=True)
    for folder in (old, half, half.parent):
        os.utime(folder, (time.time() - 200_000,) * 2)
    fresh = site.settings.jobs / "22222222-2222-2222-2222-222222222222"
    fresh.mkdir()
    site.worker()
    wait_until(lambda: not old.exists() and not half.exists())
    assert fresh.exists()


def test_a_worker_knows_whether_another_on_its_machine_lives() -> None:
    process = subprocess.Popen(["sleep", "60"])
    name = f"{identity.machine()} {process.pid} {psutil.Process(process.pid).create_time():.2f}"
    assert not identity.is_dead(identity.name())
    assert not identity.is_dead(name)
    assert identity.is_dead(name[:-1] + ("1" if name[-1] != "1" else "2"))
    process.kill()
    process.wait()
    assert identity.is_dead(name)
    assert not identity.is_dead("elsewhere 1234abcd 1 1 1.00")
    assert not identity.is_dead("")


def test_a_worker_without_tables_says_what_to_do(site: Site) -> None:
    with site.store.transaction() as session:
        session.execute(text("DELETE FROM alembic_version"))
    with pytest.raises(AssertionError, match="run `dashwright migrate`"):
        site.worker()
    assert Claims(site.store).sweep(identity.is_dead) == {}
