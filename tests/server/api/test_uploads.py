"""Files that people bring stay as long as a dashboard needs them, and go when none does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
from sqlalchemy import text

from dashwright.server.store import Uploads

DAY = timedelta(days=1)


def brought(client: httpx.Client, name: str) -> str:
    return str(client.post("uploads", params={"name": name}, content=b"a,b\n1,2\n").json()["id"])


def age(site: Any, *ids: str) -> None:
    """Let files be two days old."""
    with site.store.transaction() as session:
        query = "UPDATE uploads SET created_at = now() - interval '2 days', named_at = now() - interval '2 days'"
        session.execute(text(f"{query} WHERE id::text = ANY(:ids)"), {"ids": list(ids)})


def test_only_old_files_that_no_dashboard_needs_go(client: httpx.Client, quiet: Any) -> None:
    unused, used, young = (brought(client, f"{name}.csv") for name in ("unused", "used", "young"))
    body = {"question": "What?", "data": [{"kind": "upload", "upload_id": used}]}
    slug = client.post("dashboards", json=body).json()["dashboard"]["slug"]
    age(quiet, unused, used)
    uploads = Uploads(quiet.store)
    assert uploads.sweep(DAY) == ("unused.csv",)
    kept = client.get("uploads").json()
    assert ({one["id"] for one in kept["items"]}, kept["max_size"]) == ({used, young}, quiet.settings.max_upload_size)
    assert {path.name for path in quiet.settings.uploads.iterdir()} == uploads.known_folders() == {used, young}
    client.delete(f"dashboards/{slug}")
    assert uploads.sweep(DAY) == ("used.csv",)
    assert client.delete(f"uploads/{young}").status_code == 204


def test_file_that_is_just_named_stays(client: httpx.Client, quiet: Any) -> None:
    upload = brought(client, "named.csv")
    age(quiet, upload)
    uploads = Uploads(quiet.store)
    uploads.path(None, upload)  # as a request does before there is its job
    assert uploads.sweep(DAY) == ()
    age(quiet, upload)
    with ThreadPoolExecutor(4) as pool:
        assert max(pool.map(lambda _: uploads.sweep(DAY), range(4))) == ("named.csv",)
    assert uploads.sweep(DAY) == ()
