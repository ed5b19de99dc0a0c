"""Measure how long after the end of a job its mail and its webhook's request arrive; run it from the checkout:
`.venv/bin/python -m tests.benchmarks.notices`."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from dashwright.pipelines.model import Attachment
from dashwright.server import database
from dashwright.server.access import Role
from dashwright.server.notices.events import Event
from dashwright.server.postgres import EmbeddedPostgres
from dashwright.server.settings import Settings
from dashwright.server.store import Users, Webhooks
from tests.pipelines.providers.wire import Asked, Reply, Wire
from tests.server.conftest import CSV, opened_site, remove_cluster, wait_until
from tests.server.mail_server import Inbox, mail_server

JOBS = 5


class Clocked(Inbox):
    def __init__(self) -> None:
        super().__init__()
        self.times: list[float] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.times.append(time.time())
        return await super().handle_DATA(server, session, envelope)


def measure(folder: Path, url: str) -> None:
    mails, posts, inbox = [], [], Clocked()
    asked: list[float] = []

    def answer(_: Asked) -> Reply:
        asked.append(time.time())
        return Reply(status=204)

    wire = Wire(answer)
    values = {"mail_from": "a@example.org", "public_url": "https://dashboards.example.org"}
    with mail_server(inbox) as address, opened_site(folder / "data", url, smtp_url=address, **values) as site:
        owner = Users(site.store).add("ada@example.org", Role.CREATOR)
        Webhooks(site.store, None).add(wire.url, tuple(Event))
        data = folder / "sales.csv"
        data.write_text(CSV)
        site.worker()
        for number in range(JOBS):
            question = f"How do amounts differ by region ({number})?"
            attachments = (Attachment(reference=str(data)),)
            begun = site.store.create_dashboard_with_job(question, attachments=attachments, owner_id=owner.id)
            ended = site.ended(begun).completed_at
            assert ended is not None
            wait_until(lambda wanted=number: min(len(inbox.times), len(asked)) > wanted)
            mails.append(inbox.times[number] - ended.timestamp())
            posts.append(asked[number] - ended.timestamp())
    wire.close()
    for what, lags in (("mail", mails), ("webhook", posts)):
        print(f"{what}: median {statistics.median(lags) * 1000:.0f} ms, at most {max(lags) * 1000:.0f} ms, of {JOBS}")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder) / "cluster")
        embedded = EmbeddedPostgres(settings)
        url = embedded.start()
        try:
            database.migrate(url)
            measure(Path(folder), url)
        finally:
            embedded.stop()
            remove_cluster(settings)


if __name__ == "__main__":
    main()
