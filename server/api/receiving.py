"""Receiving: a file that is sent as a body, written as it comes and never held in memory."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Awaitable, Mapping
from pathlib import Path
from typing import Any

from .answering import Answer
from .problem import Refusal
from .route import Call, Received, Route
from .service import Service


class Receive(Answer):
    """The one address that takes a file. Who may not bring one is refused before any of it is read."""

    def initialize(self, service: Service, routes: Mapping[str, Route] | None = None, **more: Any) -> None:
        super().initialize(service, routes, **more)
        self.size = 0
        self.digest = hashlib.sha256()
        self.handle: int | None = None
        self.path: Path | None = None

    async def prepare(self) -> None:
        await super().prepare()
        if self.request.method not in self.routes or not self.route.raw:
            return
        self.is_unread = True
        self.stop_pace()  # nothing is read meanwhile
        await self.service.run(self._open)
        self.is_unread = False
        self.keep_pace()

    def limit(self, route: Route) -> None:
        if not route.raw:
            super().limit(route)
            return
        most = self.service.settings.max_upload_size
        length = self.request.headers.get("Content-Length", "0")
        if length.isdecimal() and int(length) > most:
            raise self.too_large()
        # A little more than the most, so that who sends too much is told so.
        self.request.connection.set_max_body_size(int(most) + 1024**2)  # type: ignore[union-attr]

    def too_large(self) -> Refusal:
        if not self.route.raw:
            return super().too_large()
        most = self.service.settings.max_upload_size
        return Refusal(413, f"The file is larger than {most:,} bytes, which is the most (DASHWRIGHT_MAX_UPLOAD_SIZE).")

    def take(self, chunk: bytes) -> Awaitable[None] | None:
        if self.handle is None:
            return super().take(chunk)
        self.size += len(chunk)
        if self.size > self.service.settings.max_upload_size:
            return None
        return self.service.run(self._write, chunk)

    def complete(self, call: Call) -> None:
        if self.handle is None or self.path is None:
            return
        if self.size > self.service.settings.max_upload_size:
            raise self.too_large()
        if self.size == 0:
            raise Refusal(422, "The body is empty; send the file as it is.", code="invalid")
        os.close(self.handle)
        self.handle = None
        call.received = Received(self.path, self.digest.hexdigest())

    def on_finish(self) -> None:
        super().on_finish()
        self._throw_away()

    def on_connection_close(self) -> None:
        super().on_connection_close()
        self._throw_away()

    def _open(self) -> None:
        self.authorize(self.route, {})
        self.handle, name = tempfile.mkstemp(prefix=".incoming-", dir=self.service.settings.uploads)
        self.path = Path(name)

    def _write(self, chunk: bytes) -> None:
        if self.handle is not None:
            self.digest.update(chunk)
            view = memoryview(chunk)
            while view:
                view = view[os.write(self.handle, view) :]

    def _throw_away(self) -> None:
        if self.handle is not None:
            os.close(self.handle)
            self.handle = None
        if self.path is not None:
            with contextlib.suppress(OSError):
                self.path.unlink(missing_ok=True)
