"""Samples: 21 small tables that come with Dashwright, for trying it without a network."""

from __future__ import annotations

import difflib
import functools
import json
from collections.abc import Sequence
from pathlib import Path

from pydantic import TypeAdapter

from ...errors import DataError
from ...model import Attachment, Candidate, Dataset, License, Noun
from ...step import Limits
from ..files import copy
from ..formats import is_table, sniff
from ..naming import identifier
from ..ranking import rank
from ..source import Fetched, FetchedFile, Query, Received, Source

HERE = Path(__file__).parent


class Origin(Noun):
    title: str
    url: str


class SampleColumn(Noun):
    name: str
    description: str = ""


class Sample(Noun):
    """One entry of ``catalogue.json``."""

    name: str
    file: str
    title: str
    description: str
    rows: int
    columns: tuple[SampleColumn, ...]
    tags: tuple[str, ...]
    publisher: str
    license: License
    attribution: str
    origins: tuple[Origin, ...] = ()


@functools.cache
def catalogue() -> tuple[Sample, ...]:
    content = json.loads((HERE / "catalogue.json").read_text(encoding="utf-8"))
    return TypeAdapter(tuple[Sample, ...]).validate_python(content)


class SamplesSource(Source):
    name = "samples"

    def search(self, query: Query, limits: Limits) -> Sequence[Candidate]:
        del limits
        ranked = rank(query.question, list(map(candidate, catalogue())))
        return tuple(item.candidate for item in ranked[: query.limit])

    def describe(self, attachment: Attachment, limits: Limits) -> Candidate:
        del limits
        sample = named(attachment.reference)
        return candidate(sample).model_copy(
            update={
                "title": attachment.name or sample.title,
                "reason": "It was attached to the question.",
                "options": attachment.options,
            }
        )

    def fetch(
        self, candidate: Candidate, into: Path, limits: Limits, received: Received, previous: Dataset | None = None
    ) -> Fetched:
        """A copy out of the package. It only changes when Dashwright does, which its digest tells."""
        del previous
        sample = named(candidate.reference)
        written = copy(HERE / sample.file, into / "original", limits, received)
        kind = sniff(written.path, sample.file)
        if not is_table(kind):
            raise DataError(f"The sample '{sample.name}' is an archive; samples are plain tables.")
        return Fetched((FetchedFile(written.path, sample.file, kind, written.size, written.sha256),))


def named(reference: str) -> Sample:
    """By its name, in any usual spelling, or its file's name.

    Raises:
        DataError: there is none, and which ones are near.
    """
    wanted = reference.strip()
    for sample in catalogue():
        if wanted == sample.file or identifier(wanted) == sample.name:
            return sample
    every = [sample.name for sample in catalogue()]
    near = difflib.get_close_matches(identifier(wanted), every, n=5, cutoff=0.4) or every
    raise DataError(f"There is no sample '{wanted[:100]}'. There are: {', '.join(near)}.")


def candidate(sample: Sample) -> Candidate:
    return Candidate(
        source="samples",
        reference=sample.name,
        name=sample.name,
        title=sample.title,
        description=sample.description,
        columns=tuple(column.name for column in sample.columns),
        tags=sample.tags,
        url=sample.origins[0].url if sample.origins else sample.license.url,
        publisher=sample.publisher,
        license=sample.license,
        attribution=sample.attribution,
        rows=sample.rows,
        size=(HERE / sample.file).stat().st_size,
        notes={column.name: column.description for column in sample.columns if column.description},
    )
