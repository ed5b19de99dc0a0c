"""Handlers: the list, a dashboard, its notebook, and what a dashboard's page asks for while it is open."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from datetime import UTC
from functools import partial
from typing import Any

from jupyter_client.jsonutil import json_default
from jupyter_core.utils import ensure_async
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler
from tornado import web
from tornado.httputil import url_concat
from tornado.iostream import StreamClosedError

from ...pipelines.errors import DashwrightError
from ..access import Action, Principal
from . import pages
from .answering import ForBrowser, Refused, SignInNeeded
from .callers import door_of, network_address, principal_of
from .counting import Counting
from .gate import Denied, Gate
from .kernels import Kernels
from .leases import Full, Lease
from .looks import is_ahead
from .rendering import DashboardRenderer, failure_card
from .shelf import Published

SLUG = r"(?P<slug>[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?)"
NUMBER = r"(?P<number>[1-9][0-9]{0,8})"
KERNEL_ID = r"(?P<kernel_id>\w+-\w+-\w+-\w+-\w+)"
PROTOCOL = "v1.kernel.websocket.jupyter.org"
PAUSE = 0.01
"""Seconds without a new piece after which the ones at hand are sent."""
HEARTBEAT = 10.0
"""Seconds without a byte before a proxy's time-out is kept away."""


class Page(ForBrowser):
    """A page about dashboards. Whether one may be seen is asked of the gate, in a thread."""

    caller: Principal
    """Who asks, once it is asked whether they may see it."""

    @property
    def gate(self) -> Gate:
        return self.settings["dashwright_gate"]  # type: ignore[no-any-return]

    @property
    def kernels(self) -> Kernels:
        return self.settings["dashwright_kernels"]  # type: ignore[no-any-return]

    async def published(self, slug: str, action: Action = Action.SEE, number: int | None = None) -> Published:
        """The dashboard, with its published version or another. Who is not known is sent to sign in, where there are
        accounts, also for one that is not there.

        Raises:
            Refused: it is not there, or not for them.
        """
        try:
            self.caller = await principal_of(self, slug)
            found = await self.gate.admit(self.caller, slug, action, number)
            await self.gate.bring(found)
        except Denied as denied:
            if denied.decision.status == 401 and door_of(self) is not None:
                raise SignInNeeded(url_concat(f"{self.base_url}sign-in", {"next": self.request.path})) from denied
            status = 403 if denied.decision.status == 403 else 404
            nothing = NOT_HERE if number is None else NO_VERSION
            sentence = denied.decision.sentence if status == 403 else nothing.format(slug=slug, number=number)
            raise Refused(status, sentence) from denied
        except DashwrightError as error:
            self.log.error("A version of '%s' cannot be had: %s", slug, error)
            raise Refused(
                500, "This dashboard's files cannot be fetched from where they are kept. Tell whoever runs this server."
            ) from error
        return found


NOT_HERE = "There is no dashboard '{slug}' here, or it is not open to everybody."
NO_VERSION = (
    "There is no version {number} of a dashboard '{slug}' here. Drafts are kept for a while only; try it again."
)


class ListPage(Page):
    @web.authenticated
    async def get(self) -> None:
        who = await principal_of(self)
        self.set_header("Cache-Control", "no-store")
        visitor = pages.visitor(who, self.xsrf_token.decode(), has_door=door_of(self) is not None)
        await self.finish(pages.list_page(self.base_url, await self.gate.listed(who), visitor))


class DashboardPage(Page):
    """A dashboard, sent while its cells run."""

    @web.authenticated
    async def get(self, slug: str) -> None:
        published = await self.published(slug)
        self.allow_frames((*self.labs, *published.facts.embed_origins))
        await self.show(published, Action.SEE)

    async def show(self, published: Published, action: Action) -> None:
        """Send the page. `action`: what whoever asks must be allowed to do, as long as it is open."""
        lease = await self._lease(published, action)
        try:
            renderer = await self._renderer(published, lease)
            if action is Action.SEE:
                self._count(published, lease, renderer)
            self.set_header("Content-Type", "text/html; charset=utf-8")
            self.set_header("Cache-Control", "no-store")
            _ = self.xsrf_token  # makes the cookie by which the page may end its kernel when it is closed
            await self._send(renderer, lease)
        except StreamClosedError:  # the browser did not wait
            await self.kernels.end(lease)
        except BaseException:
            await self.kernels.end(lease)
            raise
        else:
            self.kernels.leases.drawn(lease)

    async def _lease(self, published: Published, action: Action) -> Lease:
        try:
            lease = await self.kernels.take(self.browser, published.slug)
        except Full as full:
            sentence = (
                f"You have {full.limit} dashboards open in this browser, which is the most there may be. "
                "Close one of them, then reload this page."
                if full.own
                else f"All {full.limit} places for viewers are taken at the moment. Try again in half a minute."
            )
            raise Refused(503, sentence, retry_after=30) from full
        lease.action = action
        lease.may_stay = None if self.gate.is_home else partial(may, self, action, published.slug)
        return lease

    def _count(self, published: Published, lease: Lease, renderer: DashboardRenderer) -> None:
        """Note that somebody looks, and let the page tell when it is drawn. Takes no time of theirs."""
        counting: Counting | None = self.settings["dashwright_counting"]
        if counting is None:
            return
        look = counting.looks.of(self.request, network_address(self), self.caller, published)
        if look is not None:
            counting.counter.look(look, lease, ahead=is_ahead(self.request.headers))
            renderer.resources["dashwright"]["view"] = {"id": look.id, "script": counting.script, "to": counting.to}

    async def _renderer(self, published: Published, lease: Lease) -> DashboardRenderer:
        async def begin() -> tuple[str, Any]:
            kernel_id = await self.kernels.begin(lease, published)
            return kernel_id, self.kernels.manager.get_kernel(kernel_id)

        try:
            parts = self.settings["dashwright_renderer"]()
            renderer = DashboardRenderer(published, self.base_url, begin, **parts)
            await renderer.initialize()
        except Exception as error:
            self.log.exception("Version %d of '%s' cannot be read", published.number, published.slug)
            raise Refused(500, "This dashboard's files cannot be read. Tell whoever runs this server.") from error
        return renderer

    async def _send(self, renderer: DashboardRenderer, lease: Lease) -> None:
        """Send what there is as it comes. A failure after the first piece can only be told in the page itself."""
        try:
            async for piece in in_batches(renderer.generate_content_generator()):
                self.write(piece)
                await self.flush()
        except StreamClosedError:
            raise
        except Exception:
            self.log.exception("The page of '%s' broke off", lease.slug)
            self.write(BROKEN_OFF)
            await self.kernels.end(lease)


BROKEN_OFF = (
    f'<script>document.documentElement.classList.remove("loading");document.getElementById("loading")?.remove()</script>'
    f'<div class="notice">{failure_card("its computation broke off")}</div>'
)


async def in_batches(pieces: AsyncIterator[tuple[str, Any]]) -> AsyncIterator[str]:
    """What is ready, together, before each wait; and a sign of life whenever one takes long."""
    waiting = aiter(pieces)
    ready: list[str] = []
    while True:
        piece = asyncio.ensure_future(anext(waiting, None))
        patience = PAUSE
        try:
            while not (await asyncio.wait({piece}, timeout=patience))[0]:
                if ready or patience == HEARTBEAT:
                    yield "".join(ready) or "<script>window.voila_heartbeat()</script>\n"
                ready.clear()
                patience = HEARTBEAT
        finally:
            if not piece.done():
                piece.cancel()
        if (done := piece.result()) is None:
            yield "".join(ready)
            return
        ready.append(done[0])


class VersionPage(DashboardPage):
    """Any version, for who may change the dashboard; JupyterLab may show it in a frame."""

    frames: Sequence[str] = ()

    def set_default_headers(self) -> None:
        super().set_default_headers()  # which an error does once more
        self.allow_frames(self.frames)

    @web.authenticated
    async def get(self, slug: str, number: str) -> None:
        published = await self.published(slug, Action.CHANGE, int(number))
        self.frames = self.labs
        self.allow_frames(self.frames)
        await self.show(published, Action.CHANGE)


class NotebookDownload(Page):
    @web.authenticated
    async def get(self, slug: str, number: str | None = None) -> None:
        if number is None:
            published = await self.published(slug, Action.EXPORT)
        else:
            published = await self.published(slug, Action.CHANGE, int(number))
        try:
            content = await asyncio.to_thread((published.folder / "notebook.ipynb").read_bytes)
        except OSError as error:
            self.log.exception("Version %d of '%s' cannot be read", published.number, published.slug)
            raise Refused(500, "This dashboard's notebook cannot be read. Tell whoever runs this server.") from error
        self.set_header("Content-Type", "application/x-ipynb+json")
        self.set_header("Content-Disposition", f'attachment; filename="{published.slug}.ipynb"')
        self.set_header("Last-Modified", published.data_as_of.astimezone(UTC))
        self.set_header("Cache-Control", "no-store")
        await self.finish(content)


class Health(Page):
    """For a supervisor: that pages can be served, the store included."""

    async def get(self) -> None:
        try:
            count = await self.gate.count()
        except Exception as error:
            raise Refused(503, "The store of dashboards cannot be reached.", retry_after=5) from error
        leases = self.kernels.leases
        state = {"status": "ok", "dashboards": count, "kernels": len(leases), "max_kernels": leases.total}
        self.set_header("Cache-Control", "no-store")
        await self.finish(state)

    get.__allow_unauthenticated = True  # type: ignore[attr-defined]


async def own_lease(handler: web.RequestHandler, kernel_id: str, browser: str) -> Lease:
    """The lease of a browser's own kernel, as long as whoever sits there may see the dashboard.

    Raises:
        HTTPError: 404, whatever is not so.
    """
    kernels: Kernels = handler.settings["dashwright_kernels"]
    lease = kernels.leases.of(kernel_id, browser)
    if lease is None:
        raise web.HTTPError(404)
    if not await may(handler, lease.action, lease.slug):
        raise web.HTTPError(404)
    return lease


async def may(handler: web.RequestHandler, action: Action, slug: str) -> bool:
    """Whether whoever sent a request may do something with a dashboard now."""
    gate: Gate = handler.settings["dashwright_gate"]
    try:
        await gate.admit(await principal_of(handler, slug), slug, action)
    except Denied:
        return False
    return True


class Owned(Page):
    """About one kernel: for the browser that has it, as long as it may still see the dashboard. 404 for all others."""

    async def lease(self, kernel_id: str) -> Lease:
        return await own_lease(self, kernel_id, self.browser)


class KernelState(Owned):
    SUPPORTED_METHODS = ("GET",)

    @web.authenticated
    async def get(self, kernel_id: str) -> None:
        await self.lease(kernel_id)
        model = await ensure_async(self.kernels.manager.kernel_model(kernel_id))
        self.set_header("Content-Type", "application/json")
        self.set_header("Cache-Control", "no-store")
        await self.finish(json.dumps(model, default=json_default))


class KernelEnd(Owned):
    """The page's last message, when it is closed."""

    SUPPORTED_METHODS = ("POST",)

    @web.authenticated
    async def post(self, kernel_id: str) -> None:
        await self.kernels.end(await self.lease(kernel_id))
        self.set_status(204)
        await self.finish()


class KernelChannels(KernelWebsocketHandler):
    """Only the binary protocol, and only while the connection is open.

    Voilà's own handler takes any binary message for one of that protocol. A message of the old one makes it count to
    billions and never come back: a client that does not name the protocol gets such messages, and so does one whose
    connection is just being closed, because the protocol is forgotten first.
    """

    _lease: Lease | None = None

    async def pre_get(self) -> None:
        offered = self.request.headers.get("Sec-WebSocket-Protocol", "")
        if PROTOCOL not in [one.strip() for one in offered.split(",")]:
            raise web.HTTPError(400, "Only the protocol %s is spoken here", PROTOCOL)
        lease = await own_lease(self, self.kernel_id, self.current_user.username)
        await super().pre_get()  # type: ignore[no-untyped-call]
        self._lease = lease

    async def open(self, kernel_id: str) -> None:
        if self._lease is not None:
            self.settings["dashwright_kernels"].leases.connected(self._lease, self)
        await super().open(kernel_id)  # type: ignore[no-untyped-call]

    def on_message(self, ws_message: str | bytes) -> None:
        """What is no message ends the connection: also jupyter_server counts as far as a message tells it to."""
        if not isinstance(ws_message, bytes) or message_type(ws_message) is None:
            self.close(1007, "Not a message of this protocol")
            return
        super().on_message(ws_message)  # type: ignore[no-untyped-call]

    def write_message(self, message: Any, binary: bool = False) -> Any:
        """As Voilà does, leave out the messages that hold the notebook's code."""
        if self.ws_connection is None or not isinstance(message, bytes) or message_type(message) == "execute_input":
            return None
        return super().write_message(message, binary)

    def on_close(self) -> None:
        if self._lease is not None:
            self.settings["dashwright_kernels"].leases.disconnected(self._lease, self)
        super().on_close()  # type: ignore[no-untyped-call]


def message_type(message: bytes) -> str | None:
    """The type a message of the binary protocol names in its header; None if it is no such message.

    It begins with the number of offsets and the offsets, eight bytes each: channel, header, parent header, metadata,
    content, buffers, end.
    """
    count = int.from_bytes(message[:8], "little")
    if not 6 <= count <= 4096 or len(message) < 8 * (count + 1):
        return None
    start, end = (int.from_bytes(message[8 * place : 8 * (place + 1)], "little") for place in (2, 3))
    try:
        kind = json.loads(message[start:end])["msg_type"]
    except (ValueError, KeyError, TypeError):
        return None
    return kind if isinstance(kind, str) else None
