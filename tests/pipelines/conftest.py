"""A job's folder with files in it, as downloading leaves it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from dashwright.pipelines import profiling, reading
from dashwright.pipelines.model import DataFile, Dataset, Datasets, FileFormat, Profile, ReadTable, Tables
from dashwright.pipelines.step import JobFolder, Limits, silent

FORMATS: dict[str, FileFormat] = {
    "txt": "csv",
    "tsv": "tsv",
    "json": "json",
    "jsonl": "jsonl",
    "parquet": "parquet",
    "xlsx": "xlsx",
    "ods": "ods",
}


class Job:
    """Steps on files of one's own."""

    def __init__(self, path: Path) -> None:
        self.folder = JobFolder(path)
        self.folder.downloads.mkdir(parents=True)
        self._datasets: list[Dataset] = []

    def add(
        self, name: str, content: str | bytes | Path, *, description: str = "", notes: dict[str, str] | None = None
    ) -> Job:
        """A file as if somebody had brought it along."""
        data = (
            content.read_bytes()
            if isinstance(content, Path)
            else content.encode()
            if isinstance(content, str)
            else content
        )
        (self.folder.downloads / name).write_bytes(data)
        stem, _, ending = name.rpartition(".")
        identifier = re.sub(r"[^a-z0-9]+", "_", stem.lower()).strip("_")
        file = DataFile(
            path=f"downloads/{name}",
            name=name,
            format=FORMATS.get(ending, "csv"),
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
        )
        self._datasets.append(
            Dataset(
                name=identifier if identifier[:1].isalpha() else f"data_{identifier}",
                title=stem,
                description=description,
                source="files",
                reference=name,
                files=(file,),
                fetched_at=datetime.now(UTC),
                notes=notes or {},
            )
        )
        self.folder.write(Datasets(datasets=tuple(self._datasets)), self.folder.datasets)
        return self

    def read(self, **limits: Any) -> Tables:
        return reading.read(self.folder, Limits(**limits), silent)

    def profile(self, **limits: Any) -> Profile:
        self.read(**limits)
        return profiling.profile(self.folder, Limits(**limits), silent)

    def rows(self, table: ReadTable) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = pq.read_table(self.folder.path / table.path).to_pylist()
        return found


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job(tmp_path / "job")


@pytest.fixture(scope="session")
def job_in() -> Callable[[Path], Job]:
    """For tests that need more than one."""
    return Job
