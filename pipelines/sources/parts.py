"""Parts: what a download has so far, kept so that another process can go on with it.

Beside the bytes lies a record: what the server said of the file, how many bytes had come, and their digest. Bytes that
are not as the record says are not gone on with.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Protocol

import httpx
from pydantic import NonNegativeInt, TypeAdapter, ValidationError

from .answers import Validators
from .writing import CHUNK, Budget, Writing

EVERY = 8 * 1024**2
"""Bytes from one record to the next: at most as many come a second time."""
MAX_RECORD = 16 * 1024


@dataclass(frozen=True)
class Said:
    """What a server said of the file that it is sending."""

    validators: Validators = field(default_factory=Validators)
    total: int | None = None
    encoding: str = ""

    @classmethod
    def read(cls, response: httpx.Response, total: int | None) -> Said:
        told = response.headers
        validators = Validators(told.get("etag"), told.get("last-modified"))
        return cls(validators, total, told.get("content-encoding", "").strip().lower())

    @property
    def proof(self) -> str | None:
        """What tells that two answers are parts of the same bytes. A date does not tell whether they are packed."""
        return self.validators.strong or (None if self.encoding else self.validators.last_modified)

    def denied(self, response: httpx.Response, total: int | None) -> bool:
        """Whether a part is of another file after all: not every server looks at ``If-Range``."""
        name = "etag" if self.validators.strong else "last-modified"
        told = ((response.headers.get(name), self.proof), (total, self.total))
        packed = response.headers.get("content-encoding", self.encoding).strip().lower() != self.encoding
        return packed or any(None not in (new, old) and new != old for new, old in told)


@dataclass(frozen=True)
class Record:
    """A part, as it was when this was written."""

    said: Said
    size: NonNegativeInt
    sha256: str


RECORD = TypeAdapter(Record)


class Underway(Protocol):
    """The download that brings a part."""

    @property
    def said(self) -> Said: ...

    def may_go_on(self, error: BaseException) -> bool: ...


class Part(Writing):
    """A file being written that another process may have begun. Nobody else writes it meanwhile."""

    def __init__(self, path: Path, budget: Budget, file: BinaryIO, download: Underway) -> None:
        super().__init__(path, budget, file)
        self._download = download
        self._noted = 0
        self._moved = False

    @property
    def record(self) -> Path:
        return self.path.with_name(self.path.name + ".json")

    def found(self) -> Said:
        """Take up the bytes that are there; of another length or digest than was noted, they are thrown away.

        Raises:
            LimitError: they are more than is allowed by now.
        """
        noted = self._read()
        if noted is not None and self._holds(noted):
            return noted.said
        self.restart()
        return Said()

    def write(self, chunk: bytes) -> None:
        super().write(chunk)
        if self.size - self._noted >= EVERY:
            self._note()

    def restart(self) -> None:
        self.record.unlink(missing_ok=True)
        self._noted = 0
        super().restart()

    def move(self, path: Path) -> None:
        # It leaves while it is locked, so that nobody takes up a file that is in use already.
        self._file.flush()
        self.record.unlink(missing_ok=True)
        super().move(path)
        self._moved = True

    def _read(self) -> Record | None:
        try:
            with self.record.open("rb") as file:
                return RECORD.validate_json(file.read(MAX_RECORD))
        except (OSError, ValidationError):
            return None

    def _holds(self, noted: Record) -> bool:
        self._file.seek(0)
        while left := noted.size - self.size:
            chunk = self._file.read(min(CHUNK, left))
            if not chunk:
                return False
            self._budget.spend(len(chunk))
            self._count(chunk)
        self._file.truncate(self.size)
        self._file.seek(self.size)
        self._noted = self.size
        return self.sha256 == noted.sha256

    def _note(self) -> None:
        """Have the record say what is there now. A file that its server cannot tell from another has none."""
        if self._download.said.proof is not None:
            self._file.flush()
            # Not synced: what a failure of power mixes up is not as its digest.
            new = self.record.with_suffix(".new")
            new.write_bytes(RECORD.dump_json(Record(self._download.said, self.size, self.sha256)))
            new.replace(self.record)
            self._noted = self.size

    def _keep(self, may_go_on: bool) -> None:
        if may_go_on and self.size and self._download.said.proof is not None:
            self._note()
        else:
            self.record.unlink(missing_ok=True)
            self.path.unlink(missing_ok=True)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if not self._moved:
                self._keep(error is not None and self._download.may_go_on(error))
        finally:
            super().__exit__(kind, error, traceback)


def begun(folder: Path, asked: object, budget: Budget, download: Underway) -> Part | None:
    """The part of what is asked for, empty where there is none. None: another process is bringing it right now."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / hashlib.sha256(repr(asked).encode()).hexdigest()[:32]
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError:
        return None
    with suppress(OSError):
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(handle), path.stat()):  # Else who had the lock has moved it away.
            return Part(path, budget, os.fdopen(handle, "r+b"), download)
    os.close(handle)
    return None
