"""Feed: changes of jobs as PostgreSQL tells of them, over one connection a process, to all streams that are open."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property

import psycopg

from ...pipelines.errors import DashwrightError
from ..access import Action, Principal, decide
from ..database import CONNECT_TIMEOUT, libpq
from ..store import Changes
from ..store.changes import Change
from ..store.watching import CHANNEL
from .service import Service

log = logging.getLogger(__name__)

LOOK_ANYWAY = 20.0
"""Seconds without a notification after which the connection is tried: it can be dead without a sign."""
GATHER = 0.05
"""Seconds in which changes are gathered, so that a job that changes often is read once."""
PAUSE = 1.0
"""Seconds before a lost connection is made again."""
LATE = timedelta(seconds=10)
"""A change is seen when it is committed, and its time is from before that."""


class News:
    """A change, and how all streams tell of it."""

    def __init__(self, change: Change) -> None:
        self.change = change

    @cached_property
    def event(self) -> bytes:
        number = round(self.change.changed_at.timestamp() * 1_000_000)
        if self.change.job is None:
            return f'id: {number}\nevent: gone\ndata: {{"id":"{self.change.job_id}"}}\n\n'.encode()
        return f"id: {number}\nevent: job\ndata: {self.change.job.model_dump_json()}\n\n".encode()

    @property
    def is_last(self) -> bool:
        """Whether there will be no more of this job."""
        return self.change.job is None or self.change.job.is_over


@dataclass
class Stream:
    """What one client is yet to be told: of each job only how it is now, however slow the client reads."""

    principal: Principal
    job_id: str | None = None
    """None: all that they may see."""
    waiting: dict[str, News] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    """Jobs that this client knows."""
    news: asyncio.Event = field(default_factory=asyncio.Event)
    is_over: bool = False
    is_counted: bool = True
    """False: it is this server's own, no client's."""

    def offer(self, news: News) -> None:
        change = news.change
        if self.job_id not in (None, change.job_id):
            return
        if change.job is None:
            if change.job_id not in self.told | self.waiting.keys():
                return
        elif not decide(self.principal, Action.LIST, change.facts).is_allowed:
            return
        self.waiting[change.job_id] = news
        self.news.set()

    def taken(self) -> list[News]:
        found = sorted(self.waiting.values(), key=lambda news: news.change.changed_at)
        self.waiting.clear()
        self.news.clear()
        self.told.update(news.change.job_id for news in found)
        return found

    def end(self) -> None:
        self.is_over = True
        self.news.set()


class Feed:
    """Listens as long as there are streams. All but `read` happens on the loop."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._streams: list[Stream] = []
        self._task: asyncio.Task[None] | None = None
        self._listening = asyncio.Event()

    async def join(self, stream: Stream) -> None:
        """Let a stream know of everything from now on."""
        self._streams.append(stream)
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._listening.wait(), CONNECT_TIMEOUT)

    def leave(self, stream: Stream) -> None:
        self._streams.remove(stream)
        if not self._streams and self._task is not None:
            self._task.cancel()
            self._task = None
            self._listening.clear()

    def count(self, principal: Principal) -> int:
        return sum(stream.is_counted and stream.principal == principal for stream in self._streams)

    async def close(self) -> None:
        for stream in self._streams:
            stream.end()
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _run(self) -> None:
        heard, since = datetime.now(UTC), None
        try:
            while True:
                try:
                    async for moment in self._listen(since):
                        heard = moment
                except* (psycopg.Error, DashwrightError):
                    log.warning("Changes of jobs are not told while the database is away")
                self._listening.clear()
                since = heard - LATE
                await asyncio.sleep(PAUSE)
        except Exception:
            log.exception("Changes of jobs are not told any more")
            for stream in self._streams:  # clients come again, and are told by another task
                stream.end()
            self._task = None

    async def _listen(self, since: datetime | None) -> AsyncIterator[datetime]:
        """Publish changes until the connection is lost. Gives times of the database at which it was there."""
        dsn = libpq((await self._service.run(self._service.store)).engine.url)
        connection = await psycopg.AsyncConnection.connect(
            dsn, autocommit=True, connect_timeout=CONNECT_TIMEOUT, application_name="dashwright events"
        )
        async with connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            yield await _time(connection)
            self._listening.set()
            if since is not None:  # what was missed while nobody listened
                for change in await self._service.run(Changes(self._service.store()).since, since):
                    self._publish(change)
            while True:
                gathered = {notice.payload async for notice in connection.notifies(timeout=LOOK_ANYWAY, stop_after=1)}
                if gathered:
                    gathered |= {notice.payload async for notice in connection.notifies(timeout=GATHER)}
                    for change in await self._service.run(self._read, gathered):
                        self._publish(change)
                yield await _time(connection)

    def _read(self, job_ids: Collection[str]) -> tuple[Change, ...]:
        return Changes(self._service.store()).of(job_ids)

    def _publish(self, change: Change) -> None:
        news = News(change)
        for stream in self._streams:
            stream.offer(news)


async def _time(connection: psycopg.AsyncConnection) -> datetime:
    row = await (await connection.execute("SELECT clock_timestamp()")).fetchone()
    assert row is not None  # noqa: S101 - it is one
    moment: datetime = row[0]
    return moment
