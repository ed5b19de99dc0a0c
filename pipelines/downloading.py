"""Download: the chosen datasets become files under their digests, whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from .errors import DashwrightError, DataError, InputError, LimitError
from .model import Candidate, Candidates, DataFile, Dataset, Datasets, Request
from .sources import Fetched, FetchedFile, source
from .sources.naming import identifier, stem
from .sources.writing import size_text
from .step import JobFolder, Limits, Progress, Report

STEP = "download_datasets"
START, END = 25.0, 50.0
"""Percent of the whole job."""
EVERY = 0.2
"""Seconds between two reports of the same download."""
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
UNFINISHED = ".unfinished-"
PARTS = ".parts"


def download(folder: JobFolder, limits: Limits, report: Report) -> Datasets:
    """Fetch what was chosen, or for a refresh what the published version was made from.

    Raises:
        DashwrightError: a dataset that was attached cannot be had, or none of those that were found.
    """
    request = folder.read(Request, folder.request)
    folder.downloads.mkdir(parents=True, exist_ok=True)
    for left in folder.downloads.glob(f"{UNFINISHED}*"):
        shutil.rmtree(left, ignore_errors=True)
    parts = folder.downloads / PARTS
    limits = limits.model_copy(update={"parts": str(parts)})
    try:
        datasets = (
            refreshed(folder, request, limits, report)
            if request.kind == "refresh"
            else fetched(folder, request, limits, report)
        )
    finally:
        with suppress(OSError):  # What was cut off stays, for the next try.
            parts.rmdir()
    shutil.rmtree(parts, ignore_errors=True)
    result = Datasets(datasets=tuple(datasets))
    folder.write(result, folder.datasets)
    report(Progress(step=STEP, percent=END, message="all data is here"))
    return result


def fetched(folder: JobFolder, request: Request, limits: Limits, report: Report) -> list[Dataset]:
    found = folder.read(Candidates, folder.candidates)
    chosen = [found.candidates[position] for position in found.chosen]
    datasets: list[Dataset] = []
    failures: list[DashwrightError] = []
    for position, candidate in enumerate(chosen):
        progress = ByteProgress(report, candidate.title, position, len(chosen))
        try:
            result = fetch(folder, with_secrets(candidate, request), limits, progress, None)
        except DashwrightError as error:
            if request.attachments:
                raise  # The person wants this very one.
            failures.append(error)
            report(Progress(step=STEP, percent=progress.end, message=f"left out '{candidate.title}': {error}"))
            continue
        datasets.append(dataset(candidate, result, [item.name for item in datasets]))
    if not datasets:
        raise failures[0] if failures else DataError("No dataset was chosen; attach one or ask another question.")
    return datasets


def refreshed(folder: JobFolder, request: Request, limits: Limits, report: Report) -> list[Dataset]:
    """The same datasets as before. One that did not change keeps its digest and brings no file, unless another did."""
    if not request.refresh_of:
        raise InputError("A refresh names no version whose data it should get again ('refresh_of').")
    published = JobFolder(request.refresh_of)
    before = published.read(Datasets, published.datasets).datasets
    after = [
        again(folder, old, request, limits, ByteProgress(report, old.title, position, len(before)), ask=True)
        for position, old in enumerate(before)
    ]
    if any(new.digest != old.digest for new, old in zip(after, before, strict=True)):
        # Now the tables are read again, so the unchanged ones are needed too.
        after = [
            new
            if all((folder.path / file.path).exists() for file in new.files)
            else again(folder, new, request, limits, ByteProgress(report, new.title, position, len(before)), ask=False)
            for position, new in enumerate(after)
        ]
    return after


def again(
    folder: JobFolder, old: Dataset, request: Request, limits: Limits, progress: ByteProgress, *, ask: bool
) -> Dataset:
    """One dataset of the version before, fetched again. `ask`: the source may say that nothing changed."""
    candidate = Candidate(
        source=old.source, reference=old.reference, name=old.name, title=old.title, options=old.options
    )
    result = fetch(folder, with_secrets(candidate, request), limits, progress, old if ask else None)
    now = datetime.now(UTC)
    if result.unchanged:
        return old.model_copy(update={"fetched_at": now})
    return old.model_copy(
        update={
            "files": tuple(map(data_file, result.files)),
            "fetched_at": now,
            "etag": result.etag,
            "last_modified": result.last_modified,
        }
    )


def with_secrets(candidate: Candidate, request: Request) -> Candidate:
    """The candidate with the reference as the person wrote it.

    Passwords are only in the request: what is published with a version, where a dashboard's code could read it, has
    the reference without them.

    Raises:
        InputError: a password is needed, and the request has none.
    """
    place = source(candidate.source)
    for attachment in request.attachments:
        same = attachment.source == candidate.source and attachment.options == candidate.options
        if same and candidate.reference in (attachment.reference, place.public(attachment.reference)):
            return candidate.model_copy(update={"reference": attachment.reference})
    if "***" in candidate.reference and "://" in candidate.reference:
        raise InputError(f"The password for '{candidate.reference}' is not kept; attach it to the request again.")
    return candidate


def fetch(
    folder: JobFolder, candidate: Candidate, limits: Limits, progress: ByteProgress, previous: Dataset | None
) -> Fetched:
    """Fetch into a folder that only a success leaves, then move each file to its digest.

    Raises:
        LimitError: the disk is full.
    """
    progress(0, None)
    into = Path(tempfile.mkdtemp(dir=folder.downloads, prefix=UNFINISHED))
    try:
        result = source(candidate.source).fetch(candidate, into, limits, progress, previous)
        for file in result.files:
            os.chmod(file.path, 0o644)
            os.replace(file.path, folder.path / data_file(file).path)
        return result
    except OSError as error:
        if error.errno in FULL:
            raise LimitError(
                f"The disk is full: '{candidate.title}' could not be stored in '{folder.downloads}'. "
                "Free some space and try again."
            ) from error
        raise
    finally:
        shutil.rmtree(into, ignore_errors=True)


def data_file(file: FetchedFile) -> DataFile:
    return DataFile(
        path=f"downloads/{file.sha256}.{file.format}",
        name=file.name,
        format=file.format,
        size=file.size,
        sha256=file.sha256,
    )


def dataset(candidate: Candidate, result: Fetched, taken: Sequence[str]) -> Dataset:
    notes = " ".join(["", *(f"Left out: {text}" for text in result.left_out)])
    return Dataset(
        name=identifier(stem(candidate.name), taken),
        title=candidate.title,
        description=(candidate.description + notes).strip(),
        source=candidate.source,
        reference=candidate.reference,
        url=candidate.url,
        publisher=candidate.publisher,
        license=candidate.license,
        attribution=candidate.attribution,
        files=tuple(map(data_file, result.files)),
        fetched_at=datetime.now(UTC),
        etag=result.etag,
        last_modified=result.last_modified,
        options=candidate.options,
        notes=candidate.notes,
    )


class ByteProgress:
    """Turns bytes of one download into percent of the job, not more often than people can see."""

    def __init__(self, report: Report, title: str, position: int, count: int) -> None:
        self._report = report
        self._title = title
        self._start = START + (END - START) * position / count
        self._share = (END - START) / count
        self._next = 0.0

    @property
    def end(self) -> float:
        return self._start + self._share

    def __call__(self, received: int, total: int | None) -> None:
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + EVERY
        # Of unknown length: half of the bar at 16 MiB, never quite all of it.
        part = received / total if total else received / (received + 16 * 1024**2)
        of = f" of {size_text(total)}" if total else ""
        percent = min(self._start + self._share * part, self.end)
        self._report(Progress(step=STEP, percent=percent, message=f"{self._title}: {size_text(received)}{of}"))
