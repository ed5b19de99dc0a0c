"""What a step is: a function of a job's folder and its limits that reads the files before it and writes one."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from pydantic import Field, ValidationError

from .errors import DataError
from .model import Noun, sentence
from .services import Service

N = TypeVar("N", bound=Noun)


class Limits(Noun):
    """How much a job may use. Sizes in bytes, times in seconds; the settings of the same names set them."""

    max_download_size: int = Field(2 * 1024**3, ge=1)
    max_unpacked_size: int = Field(8 * 1024**3, ge=1)
    """Of all files of one archive together."""
    max_columns: int = Field(2_000, ge=1)
    download_timeout: float = Field(60.0, gt=0)
    """Without a byte; the whole download may take ten times as long."""
    execution_timeout: float = Field(600.0, gt=0)
    """For one cell; the whole notebook may take twice as long."""
    max_bytes_billed: int = Field(10 * 1024**3, ge=1)
    """What one query may read of a warehouse that is paid by bytes read."""
    allow_private_addresses: bool = False
    """Whether http(s) sources may be on loopback, private or link-local addresses."""
    memory: int = Field(4 * 1024**3, ge=256 * 1024**2)
    """Address space of the step's process beyond what it has at its start, and of the kernel."""
    cache: str | None = None
    """Folder in which sources keep their catalogues for a while. None: they are asked each time."""
    parts: str | None = None
    """Folder in which downloads that were cut off are kept, for another process to go on with. None: nowhere."""
    services: dict[str, Service] = Field(default_factory=dict)
    """By the name of a source: where its server is, and the key for it. Never written to a file."""

    def service(self, name: str) -> Service:
        """What is set for a source; where nothing is, its own address and no key."""
        return self.services.get(name, Service())


class Progress(Noun):
    """How far a job is. `percent` is of the whole job."""

    step: str
    percent: float = Field(ge=0, le=100)
    message: str = ""
    notice: str = ""
    """A sentence that whoever asked is shown also when the job is over."""


Report = Callable[[Progress], None]


def silent(_: Progress) -> None:
    """A report that goes nowhere."""


class JobFolder:
    """The files of one job. A file under its final name is whole."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)

    @property
    def request(self) -> Path:
        return self.path / "request.json"

    @property
    def candidates(self) -> Path:
        return self.path / "candidates.json"

    @property
    def downloads(self) -> Path:
        return self.path / "downloads"

    @property
    def datasets(self) -> Path:
        return self.path / "datasets.json"

    @property
    def data(self) -> Path:
        return self.path / "data"

    @property
    def tables(self) -> Path:
        return self.path / "tables.json"

    @property
    def profile(self) -> Path:
        return self.path / "profile.json"

    @property
    def plan(self) -> Path:
        return self.path / "plan.json"

    @property
    def prompts(self) -> Path:
        """What AI providers were asked, and what they answered. Absent where none was."""
        return self.path / "prompts.json"

    @property
    def notebook(self) -> Path:
        return self.path / "notebook.ipynb"

    @property
    def generated(self) -> Path:
        """The notebook as it was generated. Absent where that is what ``notebook.ipynb`` holds."""
        return self.path / "generated.ipynb"

    @property
    def conflicts(self) -> Path:
        """Cells where a changed plan does not go with a person's edits. Absent where it does."""
        return self.path / "conflicts.json"

    @property
    def executed(self) -> Path:
        return self.path / "executed.ipynb"

    @property
    def version(self) -> Path:
        return self.path / "version.json"

    def read(self, kind: type[N], path: Path) -> N:
        """The noun in a file.

        Raises:
            DataError: the file is missing or does not hold a valid `kind`.
        """
        try:
            return kind.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            raise DataError(
                f"The job's folder '{self.path.name}' has no {path.name}; run the step before first."
            ) from None
        except ValidationError as error:
            raise DataError(f"'{path.name}' of job '{self.path.name}' is not valid: {sentence(error)}.") from error

    @property
    def seconds(self) -> dict[str, float]:
        """How long each step took that has ended."""
        try:
            return dict(json.loads((self.path / "seconds.json").read_bytes()))
        except FileNotFoundError:
            return {}

    def add_seconds(self, step: str, seconds: float) -> None:
        write_whole(self.path / "seconds.json", json.dumps({**self.seconds, step: round(seconds, 3)}).encode())

    def write(self, noun: Noun, path: Path) -> None:
        write_whole(path, noun.model_dump_json(indent=1).encode())


def share(source: Path, place: Path) -> None:
    """Have a file also in another place: as a hard link where the file system can, else as a copy.

    Both sides must only ever replace files, never write into one.
    """
    try:
        os.link(source, place)
    except FileExistsError:
        return
    except OSError:
        handle, temporary = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
        os.close(handle)
        try:
            shutil.copyfile(source, temporary)
            os.replace(temporary, place)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise


def write_whole(path: Path, content: bytes) -> None:
    """Write under a temporary name in the same folder, then rename: readers see all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
