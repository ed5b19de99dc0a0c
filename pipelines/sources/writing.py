"""Write what comes from outside: counted against a budget, digested on the way, never all in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from ..errors import LimitError

CHUNK = 1024 * 1024
"""Bytes read at a time."""


def size_text(size: float) -> str:
    """Bytes for people: *512 bytes*, *1.5 MiB*, *2 GiB*."""
    if size < 1024:
        return f"{size:.0f} bytes"
    for unit in ("KiB", "MiB", "GiB"):
        size /= 1024
        if size < 1024 or unit == "GiB":
            break
    return f"{size:.1f}".removesuffix(".0") + f" {unit}"


class Budget:
    """How many bytes may be written, by one file or by several together. `over` is the sentence when they are spent."""

    def __init__(self, limit: int, over: str) -> None:
        self.limit = limit
        self.over = over
        self.spent = 0

    def spend(self, size: int) -> None:
        """
        Raises:
            LimitError: more was spent than there is.
        """
        self.spent += size
        if self.spent > self.limit:
            raise LimitError(self.over)


class Writing:
    """A file being written: `size` and `sha256` are of what it holds so far.

    `file`: where it goes instead, as to memory.
    """

    def __init__(self, path: Path, budget: Budget, file: BinaryIO | None = None) -> None:
        self.path = path
        self.size = 0
        self._budget = budget
        self._digest = hashlib.sha256()
        self._file = file or path.open("wb")

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def write(self, chunk: bytes) -> None:
        # The budget comes first: what goes over it never reaches the disk.
        self._budget.spend(len(chunk))
        self._file.write(chunk)
        self._count(chunk)

    def _count(self, chunk: bytes) -> None:
        self._digest.update(chunk)
        self.size += len(chunk)

    def move(self, path: Path) -> None:
        """Have it under another name on the same disk."""
        self.path.rename(path)
        self.path = path

    def write_all(self, chunks: Iterable[bytes]) -> Writing:
        for chunk in chunks:
            self.write(chunk)
        return self

    def restart(self) -> None:
        """Forget all that was written."""
        self._file.seek(0)
        self._file.truncate()
        self._budget.spent -= self.size
        self._digest = hashlib.sha256()
        self.size = 0

    def __enter__(self) -> Writing:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        # Closing flushes, and a full disk may only show then.
        self._file.close()
