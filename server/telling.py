"""Telling: changes of jobs on the event bus of a Jupyter server, whose one websocket each JupyterLab has open anyway.

Streams of server-sent events take a connection each, of which a browser has six to a server. The bus has no replay:
who opens it reads the jobs once, by the REST API.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from ..pipelines.errors import DashwrightError
from .access import LocalUser
from .api.feed import LATE, PAUSE, News, Stream
from .api.service import Service
from .store import Changes
from .store.changes import Change

log = logging.getLogger(__name__)

SCHEMA_ID = "urn:dashwright:job:1"
SCHEMA = {
    "$id": SCHEMA_ID,
    "version": "1",
    "title": "A job has changed",
    "description": "How a job is now, as the REST API shows it; or that it is gone, with its dashboard.",
    "personal-data": True,
    "type": "object",
    "additionalProperties": False,
    "required": ["id", "changed_at", "job"],
    "properties": {
        "id": {"type": "string", "description": "The job's."},
        "changed_at": {"type": "string", "format": "date-time"},
        "job": {"type": ["object", "null"], "description": "As `GET /jobs/{id}` answers; null: it is gone."},
    },
}


class Telling:
    """Puts what the feed tells of onto a bus. `emit` takes `schema_id` and `data`, as that of jupyter_events does."""

    def __init__(self, service: Service, emit: Callable[..., Any]) -> None:
        self._service = service
        self._emit = emit
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """On the loop; again and again does no harm."""
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        feed, began = self._service.feed, datetime.now(UTC)
        while True:
            stream = Stream(LocalUser(), is_counted=False)
            await feed.join(stream)
            try:
                for change in await self._service.run(self._since, began - LATE):
                    stream.offer(News(change))
                while not stream.is_over:
                    await stream.news.wait()
                    for news in stream.taken():
                        self._tell(news.change)
                began = datetime.now(UTC)
            except DashwrightError as error:
                log.warning("Changes of jobs are not told on the event bus for now. %s", error)
            finally:
                feed.leave(stream)
            await asyncio.sleep(PAUSE)

    def _since(self, moment: datetime) -> tuple[Change, ...]:
        return Changes(self._service.store()).since(moment)

    def _tell(self, change: Change) -> None:
        job = None if change.job is None else json.loads(change.job.model_dump_json())
        data = {"id": change.job_id, "changed_at": change.changed_at.isoformat(), "job": job}
        self._emit(schema_id=SCHEMA_ID, data=data)

    async def end(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])
            if not task.cancelled() and (error := task.exception()):
                log.error("Changes of jobs were not told any more.", exc_info=error)
