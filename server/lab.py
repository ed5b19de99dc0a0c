"""The part of Dashwright that runs inside JupyterLab's server."""

from __future__ import annotations

import asyncio
from importlib.metadata import version

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from jupyter_server.extension.application import ExtensionApp
from tornado import web

from ..pipelines.errors import DashwrightError


class AboutHandler(APIHandler):
    """``GET /dashwright/about``: the version, and where dashboards are looked at (null while no viewer runs)."""

    auth_resource = "dashwright"

    @web.authenticated
    @authorized
    async def get(self) -> None:
        # In a thread: one who asks while `dashwright up` starts waits for its address.
        viewer = await asyncio.to_thread(self.viewer)
        self.finish({"version": version("dashwright"), "viewer": viewer})

    def viewer(self) -> str | None:
        from . import settings
        from .up import running

        try:
            now = running.current(settings.load().data_dir)
        except DashwrightError as error:
            self.log.warning("Dashwright: the viewer's address is not known. %s", error)
            return None
        return now.viewer if now else None


class DashwrightApp(ExtensionApp):
    name = "dashwright"
    extension_url = "/lab"
    load_other_extensions = True

    def initialize_handlers(self) -> None:
        self.handlers.append((rf"/{self.name}/about", AboutHandler))
