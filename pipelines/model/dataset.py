"""Candidate and Dataset: what a source offers, and what was downloaded from it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from .noun import Identifier, Noun

FileFormat = Literal["csv", "tsv", "json", "jsonl", "parquet", "xlsx", "ods"]


class License(Noun):
    """What may be done with a dataset. `spdx` where one fits, else `name` and `url` say it."""

    name: str
    spdx: str | None = None
    url: str | None = None


class Candidate(Noun):
    """What a source offers: enough to choose by, and all that is needed to fetch it."""

    source: str
    reference: str
    """In the source's own words: a path, a URL, a catalogue name."""
    name: str
    title: str
    description: str = ""
    columns: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    url: str | None = None
    publisher: str | None = None
    license: License | None = None
    attribution: str | None = None
    updated_at: datetime | None = None
    rows: int | None = None
    size: int | None = None
    """Bytes."""
    since: int | None = None
    """First and last year that the data covers, where the source says so."""
    until: int | None = None
    also_at: tuple[str, ...] = ()
    """Other sources that offer the same dataset, as "source: reference"."""
    score: float = 0.0
    reason: str = ""
    """Why it was chosen or ranked here, as one sentence."""
    options: dict[str, str] = Field(default_factory=dict)
    notes: dict[str, str] = Field(default_factory=dict)
    """Column name → what the publisher says of it."""


class Candidates(Noun):
    """The step file of *search*: ranked, the chosen ones first by `chosen`."""

    candidates: tuple[Candidate, ...]
    chosen: tuple[int, ...]
    """Positions in `candidates`."""
    total_found: int
    search_time_ms: float
    failures: dict[str, str] = Field(default_factory=dict)
    """Source name → sentence, for sources that did not answer."""


class DataFile(Noun):
    """One downloaded file, kept under its digest."""

    path: str
    """Relative to the job's folder."""
    name: str
    """As the person or the source called it."""
    format: FileFormat
    size: int
    sha256: str


class Dataset(Noun):
    """Downloaded files with their origin and licence."""

    name: Identifier
    title: str
    description: str = ""
    source: str
    reference: str
    url: str | None = None
    publisher: str | None = None
    license: License | None = None
    attribution: str | None = None
    files: tuple[DataFile, ...] = Field(min_length=1)
    fetched_at: datetime
    etag: str | None = None
    last_modified: str | None = None
    options: dict[str, str] = Field(default_factory=dict)
    notes: dict[str, str] = Field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Changes if and only if the content changes: the digests of the files, in order."""
        return "-".join(file.sha256 for file in self.files)


class Datasets(Noun):
    """The step file of *download*."""

    datasets: tuple[Dataset, ...] = Field(min_length=1)

    @property
    def digest(self) -> str:
        return "+".join(dataset.digest for dataset in self.datasets)
