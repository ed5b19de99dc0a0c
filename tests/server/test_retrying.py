"""A job that did not end well, tried again from a step."""

from __future__ import annotations

import shutil
from pathlib import Path

import psutil
import pytest

from dashwright.pipelines.errors import BY_CODE, InputError
from dashwright.pipelines.model import JobKind
from dashwright.server.cures import Case, cure
from dashwright.server.nouns import Job
from dashwright.server.store import Revisions
from tests.server.conftest import Site, wait_until
from tests.server.test_worker import kernels

KEPT = ("candidates.json", "datasets.json", "tables.json", "profile.json", "plan.json", "notebook.ipynb")


@pytest.fixture
def stopped(shared: Site) -> Job:
    """A job that was cancelled while its notebook was executed."""
    [worker] = shared.workers
    job = shared.ask()
    wait_until(lambda: kernels(worker))
    for kernel in kernels(worker):
        psutil.Process(kernel.pid).suspend()  # or the job might be over before it is cancelled
    shared.store.cancel(job.id)
    return shared.ended(job)


def test_job_goes_on_from_a_step_with_the_files_before_it(shared: Site, stopped: Job) -> None:
    revisions = Revisions(shared.store)
    assert stopped.retry_from == ("search", "download", "read", "profile", "plan", "compose", "execute")
    with pytest.raises(InputError, match=r"from 'publish', as it has not come so far; it can from: .*execute\."):
        revisions.retry(stopped.id, "publish")
    again = shared.ended(revisions.retry(stopped.id, "execute"))
    assert (again.status, again.retry_of, again.begins_at, again.notice) == ("completed", stopped.id, "execute", "")
    for name in KEPT:
        assert (shared.folder(again) / name).samefile(shared.folder(stopped) / name)
    assert again.seconds["plan"] == stopped.seconds["plan"]
    assert shared.store.dashboard(again.slug).version is not None
    with pytest.raises(InputError, match="has ended well"):
        revisions.retry(again.id, "execute")


def test_failed_job_tells_where_it_stopped_and_what_to_do(shared: Site, tmp_path: Path) -> None:
    path = tmp_path / "broken.csv"
    path.write_bytes(b"\0\1\2\3 this is no table \xff\xfe" * 50)
    failed = shared.ended(shared.ask(data=path))
    assert (failed.status, failed.error_code) == ("failed", "data")
    assert failed.failed_step == failed.retry_from[-1]
    assert failed.cure == "Bring the data in another form or choose other data, and ask again."
    assert failed.steps[-1].ended_at is not None
    bug = shared.ended(shared.ask_rogue("bug"))
    assert bug.cure == (
        "This is a mistake of Dashwright. Report it with the job's id; trying again from 'search' may help."
    )


@pytest.mark.parametrize("code", sorted({*BY_CODE, "error"}))
@pytest.mark.parametrize("kind", ["new", "refresh", "amend"])
def test_every_error_of_a_job_has_a_cure(code: str, kind: JobKind) -> None:
    told = cure(Case(code, kind, "plan"))
    assert told is not None
    assert told.endswith(".")
    assert "{" not in told


def test_job_whose_files_are_gone_begins_anew_and_says_so(shared: Site, stopped: Job) -> None:
    shutil.rmtree(shared.folder(stopped))
    again = shared.ended(Revisions(shared.store).retry(stopped.id, "plan"))
    assert again.status == "completed"
    assert again.notice == "The files of the job before are gone, so this one does not begin at 'plan' but anew."
    assert again.seconds["search"] > 0
