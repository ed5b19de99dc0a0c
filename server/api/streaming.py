"""Streaming: server-sent events about jobs, with heartbeats and replay."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from tornado.iostream import StreamClosedError

from ..store import Changes
from ..store.changes import Change
from . import reading
from .answering import Answer
from .feed import LATE, News, Stream
from .problem import Refusal
from .route import Call

LONGEST = 900.0
"""Seconds after which a client has to come again, and to show again who they are."""
MOST_STREAMS = 6
"""Of one caller. A browser has no more connections to a server anyway."""
COME_AGAIN = 2000
"""Milliseconds before a client connects again."""


class Follow(Answer):
    """An address that tells of jobs until the client has gone."""

    stream: Stream | None = None

    async def get(self, **given: str) -> None:
        if next(iter(self._query()), None) is not None:
            raise Refusal(422, "This address takes no values.", code="invalid")
        values = reading.path_values(self.route.parameters, given)
        call, watch = await self.service.run(self._begin, values)
        since = last_seen(self.request.headers.get("Last-Event-ID"))
        feed = self.service.feed
        if feed.count(call.principal) >= MOST_STREAMS:
            raise Refusal(429, f"You follow {MOST_STREAMS} streams already; close one.", retry_after=10)
        self.tell_standing()
        self.set_header("Content-Type", "text/event-stream")
        self.set_header("X-Accel-Buffering", "no")
        if self.request.method == "HEAD":
            return
        self.stream = Stream(call.principal, watch.job_id)
        await feed.join(self.stream)
        try:
            await self._follow(self.stream, since)
        except StreamClosedError:
            pass
        finally:
            feed.leave(self.stream)

    head = get

    def on_connection_close(self) -> None:
        super().on_connection_close()
        if self.stream is not None:
            self.stream.end()

    def _begin(self, values: dict[str, Any]) -> tuple[Call, Any]:
        call = self.authorize(self.route, values)
        return call, self.route.run(call, **values)

    async def _follow(self, stream: Stream, since: datetime | None) -> None:
        self.write(f"retry: {COME_AGAIN}\n\n")
        await self.flush()
        for change in await self.service.run(self._before, stream.job_id, since):
            stream.offer(News(change))
        ends_at = asyncio.get_running_loop().time() + LONGEST
        while not stream.is_over and asyncio.get_running_loop().time() < ends_at:
            try:
                async with asyncio.timeout(self.service.heartbeat):
                    await stream.news.wait()
            except TimeoutError:
                self.write(": still here\n\n")
            told = stream.taken()
            for news in told:
                self.write(news.event)
            await self.flush()
            if stream.job_id is not None and any(news.is_last for news in told):
                return

    def _before(self, job_id: str | None, since: datetime | None) -> tuple[Change, ...]:
        """What the client has missed. The stream has joined the feed by now, so that nothing falls in between."""
        changes = Changes(self.service.store())
        if job_id is not None:
            return tuple(one for one in changes.of([job_id]) if since is None or one.changed_at > since)
        return changes.since(since - LATE) if since is not None else ()


def last_seen(header: str | None) -> datetime | None:
    """The time of the last event that a client has had. What is none of ours counts as nothing."""
    if header is None or not header.isascii() or not header.isdecimal() or len(header) > 17:
        return None
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(header))
