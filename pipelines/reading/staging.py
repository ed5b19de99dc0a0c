"""Where tables wait between parsing and typing: a folder of temporary files and duckdb's registry."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow as pa

_CHUNK = 4 * 1024**2


class Staging:
    """Belongs to one run of the step; nothing in it outlives that."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self.connection = connection
        self._folder = folder
        self._count = 0

    def file(self, name: str) -> Path:
        self._count += 1
        return self._folder / f"{self._count}-{name}"

    def register(self, table: pa.Table) -> str:
        """The name by which SQL knows an Arrow table."""
        self._count += 1
        name = f"raw_{self._count}"
        self.connection.register(name, table)
        return name

    def in_utf8(self, path: Path, codec: str) -> Path:
        """The file itself, or a copy in UTF-8 when it is written in something else."""
        if codec in ("utf-8", "ascii", "utf-8-sig"):
            return path
        target = self.file("utf8.txt")
        with path.open("rb") as source, target.open("wb") as copy:
            for text in _decoded(source, codec):
                copy.write(text.encode("utf-8", "replace"))
        return target


def _decoded(source: object, codec: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(codec)("replace")
    while chunk := source.read(_CHUNK):  # type: ignore[attr-defined]
        yield decoder.decode(chunk)
    yield decoder.decode(b"", True)


@contextmanager
def stage(connection: duckdb.DuckDBPyConnection, folder: Path) -> Iterator[Staging]:
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".reading-", dir=folder) as temporary:
        yield Staging(connection, Path(temporary))
