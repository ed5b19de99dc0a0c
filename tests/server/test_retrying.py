"""A job that did not end well, tried again from a step."""

from __future__ import annotations

import shutil

import psutil
import pytest

from dashwright.pipelines.errors import InputError
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


def test_job_whose_files_are_gone_begins_anew_and_says_so(shared: Site, stopped: Job) -> None:
    shutil.rmtree(shared.folder(stopped))
    again = shared.ended(Revisions(shared.store).retry(stopped.id, "plan"))
    assert again.status == "completed"
    assert again.notice == "The files of the job before are gone, so this one does not begin at 'plan' but anew."
    assert again.seconds["search"] > 0
