"""The application: Voilà's, with its handlers replaced by ours."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import signal
from collections.abc import Callable, Sequence
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import tornado.web
from jupyter_core.utils import ensure_async
from jupyter_server.utils import url_path_join
from jupyterlab_server.config import get_federated_extensions
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from traitlets.config import Config
from voila.app import Voila  # type: ignore[import-untyped]
from voila.configuration import VoilaConfiguration  # type: ignore[import-untyped]
from voila.paths import collect_static_paths, collect_template_paths  # type: ignore[import-untyped]
from voila.utils import get_page_config, get_voila_labextensions_path  # type: ignore[import-untyped]

from ...kernels.scratch import scratch
from ...pipelines.errors import SetupError
from .. import observing
from ..loopback import is_loopback
from ..observing import catalogue
from ..observing.exposing import Exposition
from ..observing.requests import ObservedApplication, Observer
from ..settings import Settings
from . import handlers, proving, signing_in, unsubscribing
from .answering import HEADERS, Nothing
from .assets import Assets, fingerprint
from .beacons import Beacon
from .counting import Book, Counter, Counting
from .gate import Gate
from .identity import BrowserIdentity, cookie_secret
from .kernels import Kernels
from .leases import Leases
from .looks import Looks
from .metrics import Metrics
from .shelf import Shelf
from .visitors import visitors

if TYPE_CHECKING:
    from ..accounts.handshake import Prover
    from ..accounts.signing_in import Door

BASE_TEMPLATE = "lab"
NOT_NEEDED = ("@jupyterlab/mathjax2-extension:plugin",)
"""Plugins of Voilà's front end; this one loads MathJax from another server."""
SCRIPTS = Path(str(files("dashwright.server.viewer"))) / "scripts"
HERE = ("http://127.0.0.1:*", "http://localhost:*")
"""Pages of this machine. Who is here has all rights already: a page that lures them into a click wins nothing."""
PATIENCE = 30.0
"""Seconds for the head of a request, and for its body, which is small here: nobody holds connections by being slow."""
Ready = Callable[[str], None]
TEMPLATES: dict[type[tornado.web.RequestHandler], str] = {
    handlers.ListPage: "/",
    handlers.DashboardPage: "/d/{slug}",
    handlers.VersionPage: "/d/{slug}/versions/{number}",
    handlers.NotebookDownload: "/d/{slug}/notebook",
    signing_in.SignInPage: "/sign-in",
    proving.ProverBegin: "/sign-in/{prover}",
    proving.ProverReturn: "/sign-in/{prover}/callback",
    signing_in.SignOut: "/sign-out",
    signing_in.SetUpPage: "/set-up/{invitation}",
    signing_in.LinkPage: "/s/{link}",
    unsubscribing.UnsubscribePage: "/unsubscribe/{secret}",
    handlers.Health: "/health",
    handlers.KernelState: "/api/kernels/{kernel_id}",
    handlers.KernelChannels: "/api/kernels/{kernel_id}/channels",
    handlers.KernelEnd: "/voila/api/shutdown/{kernel_id}",
    Assets: "/voila/{asset}",
    Beacon: "/api/views",
    Metrics: "/metrics",
}
"""What requests are counted and logged under. Addresses at which there is nothing are one."""


class Viewer(Voila):  # type: ignore[misc]  # voila is not typed
    """Makes the parts of a Voilà server and hands them to Tornado; `serve` runs it."""

    name = "dashwright-viewer"

    def initialize(self, argv: list[str] | None = None) -> None:  # noqa: ARG002 - no command line, no files of settings
        """Voilà would run a `voila.py` of the current folder, and take over signals."""
        self.voila_configuration = VoilaConfiguration(parent=self)
        self.setup_template_dirs()

    def setup_template_dirs(self) -> None:
        """Our template is the package's own, installed in Jupyter's folders or not."""
        own = str(files("dashwright.notebook_templates") / "voila")
        self.template_paths = [own, *collect_template_paths(["voila", "nbconvert"], BASE_TEMPLATE, prune=True)]
        self.static_paths = collect_static_paths(["voila", "nbconvert"], BASE_TEMPLATE)

    def make(
        self, settings: Settings, gate: Gate, door: Door | None, exposition: Exposition, book: Book | None
    ) -> tornado.web.Application:
        """The web application with all its handlers; kernels can be started from now on."""
        connections = scratch().path / "connections"  # removed with it, by the next process after kill -9
        connections.mkdir(exist_ok=True)
        self.connection_dir = str(connections)
        each = settings.max_kernels if gate.is_home else max(2, settings.max_kernels // 3)
        leases = Leases(settings.max_kernels, each)
        counting = self._counting(settings, Counter(book, leases)) if book else None
        values = self.init_settings()
        values |= {
            "dashwright_gate": gate,
            "dashwright_kernels": Kernels(self.kernel_manager, leases, parent=self),
            "dashwright_counting": counting,
            "dashwright_door": door,
            "dashwright_provers": _provers(settings) if door else (),
            "dashwright_public_url": settings.public_url,
            "dashwright_lab_origins": (*(HERE if gate.is_home else ()), *settings.lab_origins),
            "dashwright_session_days": settings.session_days,
            "allow_remote_access": not gate.is_home,
            "allow_origin": settings.public_url or "",
            "compress_response": True,
            "ws_ping_timeout": 30_000,
            "headers": HEADERS,
            "xsrf_cookie_kwargs": {"path": self.base_url, "samesite": "Lax"},
        }
        metrics = {"exposition": exposition, "token": settings.metrics_token}
        routes = [(url_path_join(self.base_url, "/metrics"), Metrics, metrics), *self._routes()]
        if counting is not None:
            routes.insert(0, (counting.to, Beacon, {"counter": counting.counter}))
        observer = Observer("viewer", lambda kind, _: TEMPLATES.get(kind, "other"), exposition.counting)
        application = ObservedApplication(routes, observer, **values)
        page_config = self._page_config(application.settings)
        application.settings["dashwright_renderer"] = partial(self._parts_of_a_renderer, page_config)
        return application

    def _counting(self, settings: Settings, counter: Counter) -> Counting:
        at = partial(url_path_join, self.base_url)
        own_host = urlsplit(settings.public_url).hostname if settings.public_url else None
        script = f"scripts/{fingerprint((SCRIPTS,))}/views.js"
        return Counting(counter, Looks(visitors(settings), own_host), at(script), at("api/views"))

    def _routes(self) -> list[Any]:
        roots = tuple(Path(path) for path in self.static_paths if Path(path).is_dir())
        extensions = tuple(Path(path) for path in self.labextensions_path if Path(path).is_dir())
        self.static_url = f"voila/static/{fingerprint(roots)}"
        self.extensions_url = f"voila/labextensions/{fingerprint(extensions)}"
        at = partial(url_path_join, self.base_url)
        return [
            (self.base_url, handlers.ListPage),
            (at(rf"/d/{handlers.SLUG}/?"), handlers.DashboardPage),
            (at(rf"/d/{handlers.SLUG}/notebook"), handlers.NotebookDownload),
            (at(rf"/d/{handlers.SLUG}/versions/{handlers.NUMBER}/?"), handlers.VersionPage),
            (at(rf"/d/{handlers.SLUG}/versions/{handlers.NUMBER}/notebook"), handlers.NotebookDownload),
            (at("/sign-in"), signing_in.SignInPage),
            (at(r"/sign-in/([a-z]{1,20})"), proving.ProverBegin),
            (at(r"/sign-in/([a-z]{1,20})/callback"), proving.ProverReturn),
            (at("/sign-out"), signing_in.SignOut),
            (at(r"/set-up/([\w-]{20,100})"), signing_in.SetUpPage),
            (at(r"/s/([\w-]{20,100})"), signing_in.LinkPage),
            (at(r"/unsubscribe/([\w-]{20,100})"), unsubscribing.UnsubscribePage),
            (at("/health"), handlers.Health),
            (at(f"/api/kernels/{handlers.KERNEL_ID}"), handlers.KernelState),
            (at(f"/api/kernels/{handlers.KERNEL_ID}/channels"), handlers.KernelChannels),
            (at(f"/voila/api/shutdown/{handlers.KERNEL_ID}"), handlers.KernelEnd),
            (at(f"/{self.static_url}/(.*)"), Assets, {"roots": roots}),
            (at(f"/voila/templates/{BASE_TEMPLATE}/static/(.*)"), Assets, {"roots": roots}),  # with ?v=digest
            (at(f"/{self.extensions_url}/(.*)"), Assets, {"roots": extensions}),
            (at("/scripts/[0-9a-f]{12}/(.*)"), Assets, {"roots": (SCRIPTS,)}),
            (".*", Nothing),
        ]

    def _page_config(self, values: dict[str, Any]) -> dict[str, Any]:
        page_config: dict[str, Any] = get_page_config(self.base_url, values, self.log, self.voila_configuration)
        page_config["fullStaticUrl"] = url_path_join(self.base_url, self.static_url)
        page_config["fullLabextensionsUrl"] = url_path_join(self.base_url, self.extensions_url)
        page_config["disabledExtensions"] = [*page_config.get("disabledExtensions", []), *NOT_NEEDED]
        return page_config

    def _parts_of_a_renderer(self, page_config: dict[str, Any]) -> dict[str, Any]:
        return {
            "voila_configuration": self.voila_configuration,
            "traitlet_config": self.config,
            "template_paths": self.template_paths,
            "config_manager": self.config_manager,
            "base_url": self.base_url,
            "kernel_spec_manager": self.kernel_spec_manager,
            "page_config": page_config,
            "mathjax_config": "",
            "mathjax_url": "",
        }


def configuration(settings: Settings) -> Config:
    """Everything that is set on parts of Jupyter, in one place."""
    config = Config()
    config.VoilaConfiguration.template = BASE_TEMPLATE
    config.VoilaConfiguration.theme = "light"  # dark is done in CSS
    config.VoilaConfiguration.allow_template_override = "NO"
    config.VoilaConfiguration.allow_theme_override = "NO"
    config.VoilaConfiguration.file_allowlist = []
    config.VoilaConfiguration.strip_sources = True
    config.VoilaConfiguration.extension_denylist = no_widget_libraries()
    config.VoilaExecutor.timeout = int(settings.execution_timeout)
    config.Viewer.identity_provider_class = BrowserIdentity
    config.Viewer.cookie_secret = cookie_secret(settings.secrets)
    config.MappingKernelManager.cull_idle_timeout = max(1, int(settings.kernel_idle_timeout))
    config.MappingKernelManager.cull_interval = max(1, min(60, int(settings.kernel_idle_timeout // 4)))
    config.MappingKernelManager.cull_connected = True
    config.KernelManager.autorestart = False  # a new kernel would know nothing of the page
    config.KernelManager.shutdown_wait_time = 1.0
    config.Provisioner.memory = int(settings.kernel_memory)
    config.Provisioner.file_size = int(settings.kernel_file_size)
    config.Provisioner.open_files = settings.kernel_open_files
    config.Provisioner.processes = settings.kernel_processes
    # a large dashboard's state comes in one burst; what is dropped from it is a chart that stays empty
    config.ZMQChannelsWebsocketConnection.iopub_data_rate_limit = 200e6
    config.ZMQChannelsWebsocketConnection.iopub_msg_rate_limit = 20e3
    return config


def no_widget_libraries() -> list[str]:
    """JupyterLab's extensions that bring no widgets: a dashboard's page has no use for them."""
    installed = get_federated_extensions(get_voila_labextensions_path())
    return [
        name
        for name, extension in installed.items()
        if "@jupyter-widgets/base" not in extension.get("dependencies", {})
    ]


def _provers(settings: Settings) -> tuple[Prover, ...]:
    from ..accounts.provers import provers  # which knows the store: a viewer without accounts does without

    return provers(settings)


def _tell_of_kernels(kernels: Kernels) -> Sequence[tuple[catalogue.Metric, tuple[str, ...], float]]:
    leases = kernels.leases
    return (catalogue.KERNELS, (), len(leases)), (catalogue.KERNELS_LIMIT, (), leases.total)


def serve(
    settings: Settings,
    shelf: Shelf,
    port: int,
    host: str = "127.0.0.1",
    ready: Ready | None = None,
    exposition: Exposition | None = None,
    door: Door | None = None,
    book: Book | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT, then end all kernels. `ready` is told the address when pages can be asked for;
    `exposition` has the metrics; people sign in at the `door`, and without one nobody can; views are written into the
    `book`, and without one not counted.

    Raises:
        SetupError: the address or port cannot be used.
    """
    observing.begin(settings, "viewer")
    try:
        asyncio.run(_serve(settings, shelf, port, host, ready, exposition or Exposition("viewer"), door, book))
    finally:
        observing.end()


async def _serve(
    settings: Settings,
    shelf: Shelf,
    port: int,
    host: str,
    ready: Ready | None,
    exposition: Exposition,
    door: Door | None,
    book: Book | None,
) -> None:
    sockets = _bind(port, host)
    viewer = Viewer(config=configuration(settings), log_level=logging.INFO)
    viewer.initialize()
    viewer.log.handlers.clear()  # traitlets' own, which knows nothing of our form
    viewer.log.propagate = True
    gate = Gate(shelf, is_home=is_loopback(host) and settings.public_url is None)
    application = viewer.make(settings, gate, door, exposition, book)
    kernels: Kernels = application.settings["dashwright_kernels"]
    exposition.tell(partial(_tell_of_kernels, kernels))
    server = HTTPServer(
        application,
        xheaders=False,
        max_buffer_size=64 * 1024**2,
        max_body_size=1024**2,
        idle_connection_timeout=PATIENCE,
        body_timeout=PATIENCE,
    )
    server.add_sockets(sockets)
    kernels.start()
    counting: Counting | None = application.settings["dashwright_counting"]
    if counting is not None:
        counting.counter.start()
    stop = asyncio.Event()
    with _signals(stop.set):
        name = f"[{host}]" if ":" in host else host
        address = f"http://{name}:{sockets[0].getsockname()[1]}{viewer.base_url}"
        viewer.log.info("Dashboards are at %s", address)
        if ready is not None:
            ready(address)
        await stop.wait()
    server.stop()
    if counting is not None:
        await counting.counter.stop()
    await kernels.stop()
    await server.close_all_connections()
    await ensure_async(viewer.kernel_manager.shutdown_all(now=True))


def _bind(port: int, host: str) -> list[Any]:
    try:
        return bind_sockets(port, host)
    except (OSError, OverflowError) as error:
        reason = {
            errno.EADDRINUSE: f"Port {port} on {host} is already taken by another program",
            errno.EACCES: f"Port {port} on {host} may not be used by this user",
        }.get(getattr(error, "errno", None) or 0, f"The viewer cannot listen on {host}, port {port} ({error})")
        raise SetupError(f"{reason}. Choose another with --port, or 0 for any free one.") from error


@contextlib.contextmanager
def _signals(call: Callable[[], None]) -> Any:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, call)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
