"""Two machines that share a database and a bucket, and nothing else."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from dashwright.kernels.provisioner import environment as of_kernel
from dashwright.pipelines.model import Attachment
from dashwright.server.storage import open_storage
from dashwright.server.storage.cleaning import clean
from dashwright.server.storage.storage import blob_key
from dashwright.server.store import References, StoreShelf
from tests.conftest import Cloud

from .conftest import CSV, Site, environment, opened_site


class Source(ThreadingHTTPServer):
    """A web server that says when nothing changed, and remembers what it sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.files = {"sales": CSV, "costs": CSV.replace("amount", "cost")}
        self.sent: list[str] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def address(self, name: str) -> str:
        return f"http://127.0.0.1:{self.server_port}/{name}.csv"


class Answer(BaseHTTPRequestHandler):
    server: Source

    def do_GET(self) -> None:
        name = self.path[1:-4]
        content = self.server.files[name].encode()
        etag = f'"{hashlib.md5(content).hexdigest()}"'
        is_same = self.headers["If-None-Match"] == etag
        self.server.sent.append(f"{name} {304 if is_same else 200}")
        self.send_response(304 if is_same else 200)
        self.send_header("ETag", etag)
        self.send_header("Content-Type", "text/csv")
        self.send_header("Content-Length", "0" if is_same else str(len(content)))
        self.end_headers()
        self.wfile.write(b"" if is_same else content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def source() -> Iterator[Source]:
    with Source() as source:
        yield source
        source.shutdown()


@pytest.fixture
def machines(tmp_path: Path, database_url: str, cloud: Cloud) -> Iterator[tuple[Site, Site]]:
    shared = {
        "GCS_BUCKET": f"gs://{cloud.bucket}/{cloud.prefix()}",
        "STORAGE_EMULATOR_HOST": cloud.address,
        "SECRET_KEY": "the same on both",
    }
    with ExitStack() as stack:
        one, two = (
            stack.enter_context(opened_site(tmp_path / name, database_url, shared, lease=30)) for name in ("one", "two")
        )
        yield one, two


def stop(site: Site) -> None:
    site.workers[-1].terminate()
    site.workers[-1].wait(60)


def viewed(site: Site, path: str) -> bytes:
    """What a viewer on this machine answers."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "dashwright.server.cli", "viewer", "--port", "0"],
        env=environment() | site.variables,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stderr is not None
        address = next(line.split()[-1] for line in process.stderr if line.startswith("Dashboards are at"))
        answer = httpx.get(f"{address}{path}", timeout=60, follow_redirects=True)
        process.terminate()
        process.stderr.read()
    assert answer.status_code == 200
    return answer.content


def test_what_one_machine_made_another_serves_and_refreshes(machines: tuple[Site, Site], source: Source) -> None:
    one, two = machines
    one.worker()
    data = tuple(Attachment(reference=source.address(name)) for name in ("sales", "costs"))
    job = one.store.create_dashboard_with_job("amounts and costs by region", attachments=data)
    assert (made := one.ended(job)).status == "completed", made.error_message
    stop(one)
    dashboard = one.store.dashboard(job.slug)
    assert dashboard.folder is not None
    folders = [site.settings.data_dir / dashboard.folder for site in machines]
    assert [folder.exists() for folder in folders] == [True, False]

    assert viewed(two, f"d/{job.slug}/notebook") == (folders[0] / "notebook.ipynb").read_bytes()
    assert (folders[1] / "executed.ipynb").read_bytes() == (folders[0] / "executed.ipynb").read_bytes()

    two.worker()
    source.sent.clear()
    assert two.ended(two.store.refresh(job.slug)).unchanged
    assert sorted(source.sent) == ["costs 304", "sales 304"]

    source.files["costs"] += "2025-01-01,North,99\n"
    source.sent.clear()
    assert (again := two.ended(two.store.refresh(job.slug))).status == "completed", again.error_message
    assert not again.unchanged
    assert sorted(source.sent) == ["costs 200", "sales 304"], "what did not change came from storage"
    _not_refreshed_from_damage(two, job.slug)
    stop(two)

    found = (shelf := StoreShelf(one.store)).find(job.slug)
    assert found is not None
    assert found.number == 2
    assert not found.folder.exists()
    shelf.bring(found)
    shelf.bring(found)
    assert (found.folder / "executed.ipynb").exists()
    _released_when_deleted(one, job.slug)


def _not_refreshed_from_damage(site: Site, slug: str) -> None:
    storage, dashboard = open_storage(site.settings), site.store.dashboard(slug)
    folder = site.settings.data_dir / (dashboard.folder or "")
    (notebook,) = (kept for kept in storage.manifest(dashboard.manifest or "").files if kept.path == "executed.ipynb")
    assert storage.objects.remove(blob_key(notebook.sha256), datetime.max.replace(tzinfo=UTC))
    folder.rename(folder.with_name("aside"))
    failed = site.ended(site.store.refresh(slug))
    assert (failed.status, failed.error_code) == ("failed", "storage")
    assert "is damaged: 'executed.ipynb' is missing" in (failed.error_message or "")
    assert not folder.exists()
    storage.put_file(folder.with_name("aside") / "executed.ipynb")


def _released_when_deleted(site: Site, slug: str) -> None:
    storage, references = open_storage(site.settings), References(site.store)
    owner, now = references.owner(), references.wanted(timedelta())
    assert len(now.manifests) == 2
    cleaned = clean(storage, owner, *now)
    assert (cleaned.versions, cleaned.removed) == (2, 0)
    site.store.delete(slug)
    assert clean(storage, owner, *references.wanted(timedelta(hours=24))).removed == 0
    cleaned = clean(storage, owner, *references.wanted(timedelta()))
    assert cleaned.removed > 10
    assert not list(storage.objects.entries("blobs"))


def test_a_kernel_sees_nothing_of_a_bucket() -> None:
    names = ("GCS_BUCKET", "GOOGLE_CLOUD_PROJECT", "GOOGLE_APPLICATION_CREDENTIALS", "STORAGE_EMULATOR_HOST")
    assert of_kernel(dict.fromkeys(names, "x")) == {}
