"""What no version refers to goes after a while, and nothing else."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from dashwright.pipelines.errors import StorageError
from dashwright.server.storage import Storage, open_storage
from dashwright.server.storage.cleaning import clean, mark
from dashwright.server.storage.folder import Folder
from dashwright.server.store import Claims, References

from .conftest import Site
from .test_storage import contents, version

DAY = timedelta(days=1)


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(Folder(tmp_path / "storage"))


def age(storage: Storage, days: float) -> None:
    """Let all that is there be as old as that."""
    assert isinstance(storage.objects, Folder)
    then = datetime.now(UTC).timestamp() - days * 86_400
    for path in storage.objects.path.rglob("*"):
        os.utime(path, (then, then))


def test_only_what_is_old_and_not_wanted_goes(storage: Storage, tmp_path: Path) -> None:
    wanted = storage.put(version(tmp_path / "1", executed="one"))
    storage.put(version(tmp_path / "2", executed="two"))
    age(storage, 3)
    storage.put(version(tmp_path / "3", executed="three"))
    before = datetime.now(UTC) - DAY
    seen = clean(storage, "me", [wanted], before, only_look=True)
    assert (seen.versions, seen.objects, seen.removed, seen.young) == (1, 4, 2, 2)
    assert len(list(storage.objects.entries("blobs"))) == 5
    assert clean(storage, "me", [wanted], before) == seen
    assert clean(storage, "me", [wanted], before).removed == 0
    storage.get(wanted, tmp_path / "again")
    assert contents(tmp_path / "again") == contents(tmp_path / "1")


def test_what_a_job_stores_again_is_young_again(storage: Storage, tmp_path: Path) -> None:
    storage.put(version(tmp_path / "1"))
    age(storage, 3)
    again = storage.put(version(tmp_path / "2"))
    assert clean(storage, "me", [], datetime.now(UTC) - DAY).removed == 0
    storage.get(again, tmp_path / "3")


def test_what_a_killed_writer_left_goes(storage: Storage, tmp_path: Path) -> None:
    storage.put(version(tmp_path / "1"))
    (tmp_path / "storage/blobs/ab").mkdir(exist_ok=True)
    (tmp_path / "storage/blobs/ab/.abcdef.x7").write_text("half")
    age(storage, 3)
    clean(storage, "me", [], datetime.now(UTC) - DAY)
    assert not [path for path in (tmp_path / "storage").rglob("*") if path.is_file()]


def test_nothing_goes_while_it_is_not_known_what_is_wanted(storage: Storage, tmp_path: Path) -> None:
    storage.put(version(tmp_path / "1"))
    age(storage, 3)
    with pytest.raises(StorageError, match="list of files is missing"):
        clean(storage, "me", ["0" * 64], datetime.now(UTC))
    mark(storage, "me")
    mark(storage, other := str(uuid4()))
    with pytest.raises(StorageError, match=rf"another database keeps versions there, too.*owners/{other}"):
        clean(storage, "me", [], datetime.now(UTC))
    assert len(list(storage.objects.entries("blobs"))) == 3


def test_a_running_job_keeps_all_that_came_since_it_began(site: Site) -> None:
    references, claims = References(site.store), Claims(site.store)
    assert references.wanted(timedelta()).before > datetime.now(UTC) - timedelta(minutes=5)
    job = site.ask()
    claim = claims.claim("somebody")
    assert claim is not None
    begun = site.store.job(job.id).started_at
    assert begun is not None
    assert references.wanted(timedelta()).before == begun
    assert references.wanted(DAY).before < begun - timedelta(hours=23)
    claims.fail(claim, "data", "No.", {})
    assert references.wanted(timedelta()).before > begun
    assert references.owner() == References(site.store).owner()
    assert open_storage(site.settings).address == str(site.settings.data_dir / "storage")
