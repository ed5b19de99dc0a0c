"""The steps in their order. A step whose file is there is skipped, so a job that was cut off goes on where it was."""

from __future__ import annotations

import importlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from .errors import DataError, InputError, NotebookError
from .lean import import_jsonschema
from .model import Datasets, Request, StepName, Version, steps_of
from .providers import NoProviders, Providers
from .resuming import resume
from .step import JobFolder, Limits, Progress, Report, share, silent, write_whole

if TYPE_CHECKING:
    from .sources.finding import Memory

NO_PROVIDERS = NoProviders()


class Run(Protocol):
    """What a step's function looks like."""

    def __call__(
        self, folder: JobFolder, limits: Limits, report: Report, /, *means: Providers | Memory | None
    ) -> Any: ...


class Step(NamedTuple):
    """`name` is what a person types, `progress` the job's current_step, `start` the percent it begins at.

    `asks`: its function takes the AI providers, too. `remembers`: after them, also what was searched before.
    """

    name: StepName
    progress: str
    module: str
    function: str
    file: Callable[[JobFolder], Path]
    start: float
    asks: bool = False
    remembers: bool = False

    def run(
        self,
        folder: JobFolder,
        limits: Limits,
        report: Report,
        providers: Providers = NO_PROVIDERS,
        memory: Memory | None = None,
    ) -> None:
        import_jsonschema()
        # Steps load pandas, papermill and more: only the one that runs is imported.
        function: Run = getattr(importlib.import_module(f".{self.module}", __package__), self.function)
        function(folder, limits, report, *((providers,) if self.asks else ()), *((memory,) if self.remembers else ()))


STEPS = (
    Step(
        "search",
        "search_datasets",
        "searching",
        "search",
        lambda folder: folder.candidates,
        0,
        asks=True,
        remembers=True,
    ),
    Step("download", "download_datasets", "downloading", "download", lambda folder: folder.datasets, 25),
    Step("read", "analyze_datasets", "reading", "read", lambda folder: folder.tables, 50),
    Step("profile", "analyze_datasets", "profiling", "profile", lambda folder: folder.profile, 65),
    Step("plan", "generate_visualizations", "planning", "plan", lambda folder: folder.plan, 75, asks=True),
    Step("compose", "generate_visualizations", "composing", "compose", lambda folder: folder.notebook, 85),
    Step("execute", "finalize_dashboard", "executing", "execute", lambda folder: folder.executed, 90),
    Step("publish", "finalize_dashboard", "publishing", "publish", lambda folder: folder.version, 97),
)


def step(name: str) -> Step:
    """The step a person named.

    Raises:
        InputError: there is no such step.
    """
    for candidate in STEPS:
        if candidate.name == name:
            return candidate
    raise InputError(f"There is no step '{name}'. The steps are: {', '.join(item.name for item in STEPS)}.")


def run(
    folder: JobFolder,
    limits: Limits,
    report: Report = silent,
    providers: Providers = NO_PROVIDERS,
    memory: Memory | None = None,
) -> Version:
    """All steps of a job, from the request to the version.

    Seconds of each step are added to ``seconds.json`` as it ends, so that they survive a retry.

    Raises:
        DashwrightError: a step failed for a reason somebody can act on; the files of the steps before it stay.
    """
    request = folder.read(Request, folder.request)
    steps = [item for item in STEPS if item.name in steps_of(request.kind)]
    notice = resume(folder, request)
    begin(folder, request)
    if notice:
        report(Progress(step=steps[0].progress, percent=steps[0].start, notice=notice))
    for item in steps:
        if item.file(folder).exists():
            continue
        if item.name == "read" and request.kind == "refresh" and unchanged(folder, request):
            return keep(folder, request, report)
        report(Progress(step=item.progress, percent=item.start, message=item.name))
        started = time.monotonic()
        try:
            item.run(folder, limits, report, providers, memory)
        except NotebookError as error:
            if not set_edits_aside(folder, request, error):
                raise
            item.run(folder, limits, report, providers, memory)
        folder.add_seconds(item.name, time.monotonic() - started)
    report(Progress(step="completed", percent=100))
    return folder.read(Version, folder.version)


def begin(folder: JobFolder, request: Request) -> None:
    """Give an amendment the data of the version that it changes, so that it starts with *plan*; a trial of a draft the
    plan as well, so that it starts with *execute*; and a refresh the datasets that were found for its version, so that
    it fetches the same ones. Others need nothing.

    Done again it changes nothing: the tables come first, so where the profile is, they are.

    Raises:
        DataError: the version is not there or not whole.
    """
    if request.kind == "refresh" and not request.attachments:
        found = JobFolder(request.refresh_of or "").candidates
        if found.exists() and not folder.candidates.exists():
            write_whole(folder.candidates, found.read_bytes())
    if request.kind in ("new", "refresh"):
        return
    if request.refresh_of is None:
        raise DataError(
            "An amendment or a trial needs the folder of the version that it changes; this request names none."
        )
    published = JobFolder(request.refresh_of)
    for path in (published.datasets, published.tables, published.profile, published.plan, published.data):
        if not path.exists():
            raise DataError(
                f"Version '{published.path.name}' of '{request.slug}' has no {path.name}, so it cannot be changed; "
                f"make the dashboard anew."
            )
    folder.data.mkdir(parents=True, exist_ok=True)
    for table in sorted(published.data.iterdir()):
        share(table, folder.data / table.name)
    kept = (published.plan, published.prompts) if request.kind == "draft" else ()
    if request.kind == "draft":
        if not folder.notebook.exists():
            raise DataError(
                f"Save {request.draft} of the draft of '{request.slug}' is not kept any more; try it again."
            )
        generated = published.generated if published.generated.exists() else published.notebook
        write_whole(folder.generated, generated.read_bytes())
    for path in (*kept, published.candidates, published.datasets, published.tables, published.profile):
        if path.exists() and not (folder.path / path.name).exists():
            write_whole(folder.path / path.name, path.read_bytes())


def set_edits_aside(folder: JobFolder, request: Request, error: NotebookError) -> bool:
    """Let a changed plan's notebook be as it is generated, where it failed with a person's edits: they do not go
    together, though no line was changed by both. False: there are no edits, or it is not about a changed plan."""
    if request.kind not in ("amend", "preview") or not folder.generated.exists():
        return False
    write_whole(folder.conflicts, json.dumps([error.cell_id]).encode())
    write_whole(folder.notebook, folder.generated.read_bytes())
    folder.generated.unlink()
    return True


def unchanged(folder: JobFolder, request: Request) -> bool:
    """Whether a refresh fetched the very bytes that the published version was made from."""
    published = JobFolder(request.refresh_of or "")
    before = published.read(Datasets, published.datasets)
    return folder.read(Datasets, folder.datasets).digest == before.digest


def keep(folder: JobFolder, request: Request, report: Report) -> Version:
    """End a refresh without executing anything: the published version stays, and says that it was checked."""
    published = JobFolder(request.refresh_of or "")
    fetched = max(dataset.fetched_at for dataset in folder.read(Datasets, folder.datasets).datasets)
    version = published.read(Version, published.version).model_copy(update={"unchanged": True, "data_as_of": fetched})
    folder.write(version, folder.version)
    report(Progress(step="completed", percent=100, message="The data has not changed; the published version stays."))
    return version
