"""Objects: the little that storage asks of a folder or a bucket. One under its name is whole and never changes."""

from __future__ import annotations

import abc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

Heed = Callable[[], None]
"""Called between two pieces of something long. It raises where that is not wanted any more."""


def go_on() -> None:
    """Heeds nothing."""


@dataclass(frozen=True)
class Entry:
    """An object in a list."""

    key: str
    size: int
    changed_at: datetime
    """When it was written, or last found to be there already by somebody who wanted to write it."""


class Objects(abc.ABC):
    """Named objects. A name is a path with slashes; all methods may be called by several threads at once.

    Each raises StorageError with a sentence where the place cannot be reached or refuses, and FileNotFoundError where
    there is no such object.
    """

    address: str
    """Where they are, for sentences."""
    at_once: int
    """How many of them are best moved at the same time."""

    @abc.abstractmethod
    def add(self, source: Path, key: str, heed: Heed = go_on) -> None:
        """Keep a file under a name that tells its content. Where that is kept already, its age begins anew."""

    @abc.abstractmethod
    def fetch(self, key: str, target: Path, heed: Heed = go_on) -> None:
        """Have an object as a new file."""

    @abc.abstractmethod
    def read(self, key: str, limit: int) -> bytes:
        """The first bytes of an object, at most so many."""

    @abc.abstractmethod
    def exists(self, key: str) -> bool: ...

    @abc.abstractmethod
    def entries(self, prefix: str) -> Iterator[Entry]:
        """All objects whose names begin with this folder, and what a killed writer left there."""

    @abc.abstractmethod
    def remove(self, key: str, before: datetime) -> bool:
        """Remove an object unless it has changed since then. True: it was there and is gone."""

    @abc.abstractmethod
    def sign(self, key: str, name: str, seconds: int) -> str:
        """An address under which anybody can download the object for so long, as a file of this name.

        Raises:
            StorageError: this place, or whoever asks, cannot sign.
        """

    @abc.abstractmethod
    def probe(self) -> None:
        """Write, read and remove a small object.

        Raises:
            StorageError: one of these is not possible.
        """
