"""The part of Dashwright that runs inside JupyterLab's server: the REST API, and where dashboards are looked at."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from importlib.metadata import version
from typing import Any, cast

from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler, JupyterHandler
from jupyter_server.extension.application import ExtensionApp
from jupyter_server.services.contents.filemanager import FileContentsManager
from jupyter_server.utils import url_path_join
from tornado import web
from tornado.httputil import HTTPServerRequest

from ..pipelines.errors import DashwrightError, SetupError
from . import settings
from .access import LocalUser, Principal
from .api import guarding
from .api.answering import Answer, Answering, NoRoute
from .api.app import Handlers, rules
from .api.documenting import Document, Page
from .api.problem import Refusal
from .api.receiving import Receive
from .api.service import Service
from .api.streaming import Follow
from .settings import Settings
from .store import Store
from .telling import SCHEMA, Telling

RESOURCE = "dashwright"
"""What an authorizer of Jupyter is asked about."""


class AboutHandler(APIHandler):
    """``GET /dashwright/about``: the version, where dashboards are looked at (null while no viewer runs), and the
    folder that paths of JupyterLab's files begin in (null where they are not files of this machine)."""

    auth_resource = RESOURCE

    @web.authenticated
    @authorized
    async def get(self) -> None:
        # In a thread: one who asks while `dashwright up` starts waits for its address.
        viewer = await asyncio.to_thread(self.viewer)
        self.finish({"version": version("dashwright"), "viewer": viewer, "root": self.root()})

    def root(self) -> str | None:
        manager = self.contents_manager
        return os.path.realpath(manager.root_dir) if isinstance(manager, FileContentsManager) else None

    def viewer(self) -> str | None:
        from .up import running

        try:
            known = settings.load()
            if known.public_url is not None:
                return known.public_url
            now = running.current(known.data_dir)
        except DashwrightError as error:
            self.log.warning("Dashwright: the viewer's address is not known. %s", error)
            return None
        return now.viewer if now else None


class LabService(Service):
    telling: Telling | None = None

    def tell(self) -> None:
        """Of changes on the bus, from the first request on that needed the store: without it nobody knows of a job."""
        if self.telling is not None and isinstance(self.store, LazyStore) and self.store.is_open:
            self.telling.begin()

    async def stop(self) -> None:
        if self.telling is not None:
            await self.telling.end()
        await super().stop()


class InLab(Answering):
    """Whoever may use this JupyterLab runs code on this machine, and so is its user. Jupyter knows them, and has checks
    of hosts, origins and cookies of its own."""

    service: LabService

    async def prepare(self, **_: Any) -> None:
        await JupyterHandler.prepare(self.jupyter, _redirect_to_login=False)
        if not self.jupyter.current_user:
            raise Refusal(401, "Sign in to JupyterLab first.")
        action = "read" if self.request.method in guarding.SAFE else "write"
        authorizer = self.jupyter.authorizer
        if not await ensure_async(authorizer.is_authorized(self.jupyter, self.jupyter.current_user, action, RESOURCE)):
            raise Refusal(403, "This JupyterLab does not let you use Dashwright.")
        await super().prepare()

    def on_finish(self) -> None:
        super().on_finish()
        self.service.tell()

    def check_xsrf_cookie(self) -> None:
        JupyterHandler.check_xsrf_cookie(self.jupyter)

    def guard(self) -> None:
        guarding.check_query(list(self.request.query_arguments))
        if not self.jupyter.check_origin():
            raise Refusal(403, "Pages of another site may not use this API.")

    @property
    def jupyter(self) -> Any:
        """Itself, as the handler of Jupyter that it is, too."""
        return cast(Any, self)


class LabAnswer(InLab, Answer, JupyterHandler):
    pass


class LabReceive(InLab, Receive, JupyterHandler):
    pass


class LabFollow(InLab, Follow, JupyterHandler):
    pass


class LabDocument(InLab, Document, JupyterHandler):
    pass


class LabPage(InLab, Page, JupyterHandler):
    pass


class LabNoRoute(InLab, NoRoute, JupyterHandler):
    pass


HANDLERS = Handlers(LabAnswer, LabReceive, LabFollow, LabDocument, LabNoRoute, LabPage)
for _method in (Answer.answer, Answer.options, Follow.get, Document.get, Page.get):
    # `prepare` has seen who it is, and answers in the shape of all errors.
    setattr(_method, "__allow_unauthenticated", True)


class UserOfLab:
    """Everybody who is let in."""

    def who(self, request: HTTPServerRequest) -> Principal:  # noqa: ARG002
        return LocalUser()


class LazyStore:
    """The store, opened when it is first asked for: who only edits notebooks needs no database."""

    def __init__(self, known: Settings) -> None:
        self._settings = known
        self._lock = threading.Lock()
        self._opened = contextlib.ExitStack()
        self._store: Store | None = None

    def __call__(self) -> Store:
        with self._lock:
            if self._store is None:
                self._store = self._open()
            return self._store

    @property
    def is_open(self) -> bool:
        return self._store is not None

    def close(self) -> None:
        with self._lock:
            self._store = None
            self._opened.close()

    def _open(self) -> Store:
        from .database import migrate
        from .postgres import database
        from .store import opened
        from .up import running

        now = running.current(self._settings.data_dir)
        if now is not None and now.database == "external" and self._settings.database_url is None:
            raise SetupError(
                "JupyterLab is not told the address of the database that DATABASE_URL names, since notebooks run here; "
                f"use the REST API at {now.api}."
            )
        with contextlib.ExitStack() as stack:
            url = stack.enter_context(database(self._settings))
            if now is None:
                migrate(url)
            store = stack.enter_context(opened(self._settings, url))
            self._opened = stack.pop_all()
            return store


class DashwrightApp(ExtensionApp):
    name = "dashwright"
    extension_url = "/lab"
    load_other_extensions = True

    def initialize_handlers(self) -> None:
        self.handlers.append((rf"/{self.name}/about", AboutHandler))
        try:
            known = settings.load()
        except DashwrightError as error:
            self.log.warning("Dashwright: its API is not served here. %s", error)
            return
        self._store = LazyStore(known)
        path = f"/{self.name}/api"
        base = url_path_join(self.serverapp.base_url if self.serverapp else "/", path)
        self._service = LabService(known, self._store, UserOfLab(), base=base)
        if self.serverapp is not None and (bus := self.serverapp.event_logger) is not None:
            bus.register_event_schema(SCHEMA)
            self._service.telling = Telling(self._service, bus.emit)
        self.handlers.extend(rules(self._service, path, HANDLERS))

    async def stop_extension(self) -> None:
        if service := getattr(self, "_service", None):
            await service.stop()
            await asyncio.to_thread(service.close)
            await asyncio.to_thread(self._store.close)
