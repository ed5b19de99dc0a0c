"""The watch over one job: its child, its time, its lease, and what becomes of it."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import ValidationError

from ...pipelines.errors import DashwrightError, InputError, LimitError
from ...pipelines.model import Datasets, Version
from ...pipelines.planners import AUTO
from ...pipelines.step import JobFolder, Progress, write_whole
from ..ai import Case
from ..database import DatabaseGoneError
from ..observing.trail import Trail
from ..settings import Settings
from ..storage import Heed, Versions
from ..store import Claim, Claims, SearchMemory
from ..store.publishing import folder_of
from .clerk import MOST, Clerk
from .errand import Errand
from .killing import kill_all
from .lock import evict
from .messages import LONGEST_QUESTION, MESSAGE, Advanced, Asked, Failed, Finished
from .nursery import Born, Nursery
from .patience import Patience
from .recollecting import Recollection

T = TypeVar("T")
log = logging.getLogger(__name__)

WRITE_EVERY = 0.1
"""Seconds between two writes of progress; what comes in between is told with the next."""
ERRAND_PATIENCE = 10.0
"""Seconds that an errand may take to end when it is not wanted any more; afterwards it is left alone."""
TICK = 0.2
"""Seconds between looks at the clock and at whether the worker is to stop."""

Fate = Literal["finished", "failed", "cancelled", "handed back", "lost"]


@dataclass
class Watch:
    """One job from its claim to its end. Used by one thread."""

    claim: Claim
    claims: Claims
    settings: Settings
    nursery: Nursery
    case: Case
    memory: SearchMemory
    patience: Patience
    is_stopping: Callable[[], bool]
    versions: Versions
    clerk: Clerk | None = None
    failure: Failed | None = None
    manifest: str | None = None
    """Under which storage has the version that was made."""
    news: tuple[Progress, ...] = ()
    """Progress that is not written yet: the last of each step, so that no step is missing however short it was."""
    step: str = ""
    begun: float = field(default_factory=time.monotonic)
    stop_at: float | None = None
    trail: Trail = field(default_factory=Trail)
    next_write: float = 0.0
    next_heartbeat: float = 0.0

    @property
    def folder(self) -> JobFolder:
        return JobFolder(self.settings.jobs / self.claim.job_id)

    def run(self) -> Fate:
        """Run the job to its end, and write what became of it.

        Raises:
            DatabaseGoneError: the database has been gone for too long; whoever sweeps first takes the job.
        """
        try:
            fate = self._prepare() or self._bring() or self._work()
            version = self._version() if fate == "finished" else None
            if version is None:
                fate = "failed" if fate == "finished" else fate
            elif not version.unchanged:
                fate = self._keep() or fate
        except DatabaseGoneError:
            log.error("Job %s is given up here, since the database does not come back.", self.claim.job_id)
            raise
        return self._settle(fate, version)

    def _work(self) -> Fate:
        """Let a child run the steps."""
        born = self._begin()
        try:
            return self._follow(born) if born else "failed"
        finally:
            self.trail.end(self.failure.code if self.failure else None)
            if born:
                self._end(born)

    def _bring(self) -> Fate | None:
        """Have the version that a refresh or an amendment begins with, which another machine may have made."""
        before, manifest = self.claim.request.refresh_of, self.claim.manifest
        if before is None:
            return None

        def bring(heed: Heed) -> None:
            self.versions.bring(before, manifest, heed)
            if manifest is not None and self.claim.request.kind == "refresh":
                self.versions.bring_downloads(manifest, self.folder.path, heed)

        return self._meanwhile(Errand(bring), lambda _: None)

    def _keep(self) -> Fate | None:
        """Put the version into storage."""

        def keep(heed: Heed) -> str:
            datasets = self.folder.read(Datasets, self.folder.datasets).datasets
            names = {Path(file.path).name for dataset in datasets for file in dataset.files}
            folder, earlier = folder_of(self.claim.request), self.claim.manifest
            return self.versions.keep(folder, self.folder.downloads, names, earlier, heed)

        def kept(manifest: str) -> None:
            self.manifest = manifest

        return self._meanwhile(Errand(keep), kept)

    def _meanwhile(self, errand: Errand[T], take: Callable[[T], None]) -> Fate | None:
        """Keep the job while an errand is done. None: it was done, and its result taken."""
        try:
            while not errand.is_done(TICK):
                if fate := self._look_at_clock() or self._tell():
                    return fate
        finally:
            errand.stop(ERRAND_PATIENCE)
        try:
            take(errand.result())
        except DashwrightError as error:
            self.failure = Failed(code=error.code, sentence=str(error))
        except OSError as error:
            sentence = f"The files of the version cannot be kept or fetched: {error.strerror or error}."
            self.failure = Failed(code=LimitError.code, sentence=sentence)
        except Exception:
            log.exception("The files of job %s cannot be kept or fetched.", self.claim.job_id)
            self.failure = Failed(code="error", sentence="Dashwright has a bug; the details are in the worker's log.")
        else:
            return None
        return "failed"

    def _prepare(self) -> Fate | None:
        """Have the job's folder for ourselves."""
        try:
            self.folder.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            evict(self.folder.path)
        except OSError as error:
            return self._unwritable(error)
        return None

    def _unwritable(self, error: OSError) -> Fate:
        sentence = f"The job's folder '{self.folder.path}' cannot be written: {error.strerror or error}."
        self.failure = Failed(code=LimitError.code, sentence=sentence)
        return "failed"

    def _begin(self) -> Born | None:
        try:
            refresh_of = self.claim.request.refresh_of
            preferences = self.claim.request.preferences
            sources = preferences.sources or self.settings.searched
            may_tell = self.settings.ai_sample_values and preferences.sample_values
            planner = self.settings.others_planner if preferences.planner == AUTO else None
            resume = self.claim.request.resume
            here = {
                "resume": resume.model_copy(update={"folder": str(self.settings.jobs / resume.job_id)})
                if resume
                else None,
                "versions": str(self.settings.versions),
                "refresh_of": str(self.settings.data_dir / refresh_of) if refresh_of else None,
                "preferences": preferences.model_copy(
                    update={
                        "sample_values": may_tell,
                        "sources": sources,
                        "planner": planner or preferences.planner,
                    }
                ),
            }
            self.folder.write(self.claim.request.model_copy(update=here), self.folder.request)
            if self.claim.notebook is not None:
                write_whole(self.folder.notebook, self.claim.notebook.encode())
            born = self.nursery.bear(self.folder.path, self.case.names)
        except OSError as error:
            self._unwritable(error)
            return None
        self.clerk = Clerk(self.case, Recollection(self.memory, self.claim.request, sources), born.connection)
        return born

    def _follow(self, born: Born) -> Fate:
        """Listen to the child until it ends or must be ended."""
        while True:
            for ready in wait([born.connection, born.process.sentinel], TICK):
                if ready is born.connection and (fate := self._hear(born)):
                    return fate
                if ready == born.process.sentinel and not born.connection.poll():
                    return self._ended(born)
            if fate := self._look_at_clock() or self._tell():
                return fate

    def _hear(self, born: Born) -> Fate | None:
        try:
            message = MESSAGE.validate_json(born.connection.recv_bytes(maxlength=LONGEST_QUESTION))
        except EOFError:
            born.process.join(5)
            return self._ended(born)
        except (ValidationError, OSError):
            log.exception("The child of job %s said what nobody understands.", self.claim.job_id)
            self.failure = Failed(code="error", sentence="Dashwright has a bug: the steps and the worker do not fit.")
            return "failed"
        match message:
            case Advanced(progress=progress):
                earlier = next((one.notice for one in self.news if one.step == progress.step), "")
                progress = progress.model_copy(update={"notice": progress.notice or earlier})
                self.news = (*(one for one in self.news if one.step != progress.step), progress)
                self.step = progress.step
                self.trail.reached(progress.message)
            case Asked():
                if self.clerk is None or not self.clerk.take(message):
                    self.failure = Failed(code="error", sentence=f"The job asked more than {MOST} questions at once.")
                    return "failed"
            case Failed():
                self.failure = message
                return "failed"
            case Finished():
                return "finished"
        return None

    def _ended(self, born: Born) -> Fate:
        """The child has ended without a word."""
        code = born.process.exitcode
        where = f" at '{self.step}'" if self.step else ""
        if code is not None and code < 0:
            what = f"was killed by signal {-code}{where}; maybe the machine has too little memory. Bring less data, or"
            sentence = f"The process that ran the job {what} stop other programs, and try again."
            self.failure = Failed(code=LimitError.code, sentence=sentence)
        else:
            log_file = self.folder.path / "log.txt"
            sentence = f"The process that ran the job ended with code {code}{where}; the details are in '{log_file}'."
            self.failure = Failed(code="error", sentence=sentence)
        return "failed"

    def _look_at_clock(self) -> Fate | None:
        now = time.monotonic()
        if now - self.begun > self.settings.job_timeout:
            where = f" and was at '{self.step}'" if self.step else ""
            self.failure = Failed(
                code=LimitError.code,
                sentence=f"The job took longer than {self.settings.job_timeout:g} s{where}. Bring less data, or allow "
                "more with DASHWRIGHT_JOB_TIMEOUT.",
            )
            return "failed"
        if self.is_stopping() and self.stop_at is None:
            self.stop_at = now + self.settings.shutdown_grace
        return "handed back" if self.stop_at is not None and now >= self.stop_at else None

    def _tell(self) -> Fate | None:
        """Write progress and renew the lease, when it is time and the database answers."""
        now = time.monotonic()
        is_time = now >= (self.next_write if self.news else self.next_heartbeat)
        if not is_time or not self.patience.is_time:
            return None
        news = self.news
        outlook = self.patience.attempt(lambda: self.claims.renew(self.claim, *news))
        if outlook is None:
            return None
        self.news = ()
        self.next_write = time.monotonic() + WRITE_EVERY
        self.next_heartbeat = time.monotonic() + self.settings.heartbeat
        return {"go on": None, "cancel": "cancelled", "lost": "lost"}[outlook]

    def _end(self, born: Born) -> None:
        """Nothing of the child is left when this returns."""
        if born.process.exitcode is None:
            if self.failure is None and self.folder.version.exists():
                born.process.join(1)  # it has said its last word and is about to end
            if born.process.exitcode is None and born.process.pid is not None:
                kill_all(born.process.pid)
        born.process.join()
        self.case.drop()
        self.memory.close()
        if self.clerk:
            self.clerk.join()
        born.connection.close()

    def _settle(self, fate: Fate, version: Version | None) -> Fate:
        seconds = self.folder.seconds if self.folder.path.exists() else {}
        kept = False
        if fate == "finished" and version is not None:
            try:
                kept = self.patience.insist(lambda: self.claims.publish(self.claim, version, seconds, self.manifest))
            except InputError as error:
                self.failure, fate = Failed(code=error.code, sentence=str(error)), "failed"
        if fate == "failed":
            failure = self.failure or Failed(code="error", sentence="The job failed without a word.")
            place = (failure.cell, failure.line)
            kept = self.patience.insist(
                lambda: self.claims.fail(self.claim, failure.code, failure.sentence, seconds, *place)
            )
        elif fate == "cancelled":
            kept = self.patience.insist(lambda: self.claims.cancelled(self.claim, seconds))
        elif fate == "handed back":
            kept = self.patience.insist(lambda: self.claims.release(self.claim))
        if kept and fate in ("failed", "cancelled"):
            shutil.rmtree(self.settings.data_dir / folder_of(self.claim.request), ignore_errors=True)
        if not kept and self.patience.insist(lambda: self.claims.is_deleted(self.claim)):
            shutil.rmtree(self.folder.path, ignore_errors=True)
            shutil.rmtree(self.settings.versions / self.claim.request.dashboard_id, ignore_errors=True)
        return fate if kept else "lost"

    def _version(self) -> Version | None:
        try:
            version = self.folder.read(Version, self.folder.version)
        except (DashwrightError, OSError) as error:
            self.failure = Failed(code="error", sentence=f"The steps made no version: {error}")
            return None
        if not version.unchanged and not Path(self.settings.data_dir, folder_of(self.claim.request)).is_dir():
            self.failure = Failed(code="error", sentence="The steps said that they made a version, and there is none.")
            return None
        return version
