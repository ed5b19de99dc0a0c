"""Files: what a person has on disk or knows the URL of, in any format that can be read."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from ..errors import DataError, LimitError
from ..model import Attachment, Candidate, Dataset
from ..step import Limits
from . import addresses, naming
from .addresses import Guard
from .answers import Validators
from .archives import measure_workbook, tables_of
from .formats import is_table, sniff
from .source import Fetched, FetchedFile, Query, Received, Source
from .web import download
from .writing import CHUNK, Budget, Writing, size_text

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]+:")
"""At least two characters: a single letter is a drive."""


class FilesSource(Source):
    """A path, a ``file:`` URL or an http(s) URL."""

    name = "files"
    has_search = False

    def __init__(self, guard: Guard | None = None) -> None:
        """`guard`: where connections may go; None: as the limits of each call say."""
        self._guard = guard

    def search(self, query: Query, limits: Limits) -> Sequence[Candidate]:
        """Files are named by people, never searched."""
        del query, limits
        return ()

    def describe(self, attachment: Attachment, limits: Limits) -> Candidate:
        reference = attachment.reference.strip()
        if not reference:
            raise DataError("The attachment names no file; give a path or a URL.")
        if is_url(reference):
            url = addresses.parse(reference)
            name = naming.file_name(attachment.name or unquote(url.path), default=naming.file_name(url.host))
            return Candidate(
                source=self.name,
                reference=reference,
                name=name,
                title=attachment.name or naming.title(name),
                url=addresses.shown(url),
                attribution=f"Downloaded from {url.host}.",
                reason="It was attached to the question.",
                options=attachment.options,
            )
        path = local_path(reference)
        size = check_local(path, reference).st_size
        if size > limits.max_download_size:
            raise_too_large(path.name, size, limits)
        name = naming.file_name(attachment.name or path.name)
        return Candidate(
            source=self.name,
            reference=str(path),
            name=name,
            title=attachment.name or naming.title(name),
            size=size,
            reason="It was attached to the question.",
            options=attachment.options,
        )

    def fetch(
        self, candidate: Candidate, into: Path, limits: Limits, received: Received, previous: Dataset | None = None
    ) -> Fetched:
        target = into / "original"
        if not is_url(candidate.reference):
            written = copy(Path(candidate.reference), target, limits, received)
            return self.opened(written, naming.file_name(Path(candidate.reference).name), limits)
        known = Validators(previous.etag, previous.last_modified) if previous else None
        result = download(candidate.reference, target, limits, received, known, self._guard)
        if result.written is None:
            return Fetched(unchanged=True, etag=result.validators.etag, last_modified=result.validators.last_modified)
        return self.opened(result.written, result.name, limits, result.media_type, result.validators)

    def opened(
        self,
        written: Writing,
        name: str,
        limits: Limits,
        media_type: str = "",
        validators: Validators = Validators(),  # noqa: B008 (frozen)
    ) -> Fetched:
        """The tables in what was brought."""
        kind = sniff(written.path, name, media_type)
        if not is_table(kind):
            unpacking = tables_of(written.path, name, kind, limits)
            written.path.unlink()
            files, left_out = tuple(unpacking.files), tuple(unpacking.left_out)
        else:
            if kind in ("xlsx", "ods"):
                measure_workbook(written.path, name, limits.max_unpacked_size)
            files, left_out = (FetchedFile(written.path, name, kind, written.size, written.sha256),), ()
        return Fetched(files, etag=validators.etag, last_modified=validators.last_modified, left_out=left_out)

    def public(self, reference: str) -> str:
        return addresses.masked(reference) if is_url(reference) else reference


def is_url(reference: str) -> bool:
    return bool(_SCHEME.match(reference)) and not reference.lower().startswith("file:") and "://" in reference


def local_path(reference: str) -> Path:
    if "\x00" in reference:
        raise DataError("The path of the attached file has a zero byte in it; check it.")
    if reference.lower().startswith("file:"):
        reference = unquote(urlsplit(reference).path)
    return Path(os.path.abspath(Path(reference).expanduser()))


def check_local(path: Path, shown: str) -> os.stat_result:
    """
    Raises:
        DataError: it is no file that can be read, and why.
    """
    try:
        status = path.stat()
    except FileNotFoundError:
        raise DataError(f"There is no file '{shown}' (looked for '{path}'); check the path.") from None
    except (OSError, ValueError) as error:
        raise DataError(f"'{shown[:200]}' cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    if stat.S_ISDIR(status.st_mode):
        raise DataError(f"'{shown}' is a folder; attach the files in it one by one.")
    if not stat.S_ISREG(status.st_mode):
        raise DataError(f"'{shown}' is a device or a pipe, not a file.")
    if not os.access(path, os.R_OK):
        raise DataError(f"'{shown}' may not be read; give yourself the right to read it.")
    if status.st_size == 0:
        raise DataError(f"'{path.name}' is empty (0 bytes); nothing can be shown from it.")
    return status


def copy(path: Path, target: Path, limits: Limits, received: Received) -> Writing:
    """A copy, not a link: what the person writes into the file later must not change the job's data."""
    size = check_local(path, str(path)).st_size
    if size > limits.max_download_size:
        raise_too_large(path.name, size, limits)
    over = f"'{path.name}' grew beyond {size_text(limits.max_download_size)} while it was copied."
    try:
        file = path.open("rb")
    except OSError as error:
        raise DataError(f"'{path}' cannot be read: {error.strerror}.") from error
    with file, Writing(target, Budget(limits.max_download_size, over)) as writing:
        for chunk in pieces(file, path):
            writing.write(chunk)
            received(writing.size, size)
    return writing


def pieces(file: BinaryIO, path: Path) -> Iterator[bytes]:
    while True:
        try:
            chunk = file.read(CHUNK)
        except OSError as error:
            raise DataError(f"'{path}' cannot be read to its end: {error.strerror}.") from error
        if not chunk:
            return
        yield chunk


def raise_too_large(name: str, size: int, limits: Limits) -> None:
    raise LimitError(
        f"'{name}' has {size_text(size)}; the most that is allowed is {size_text(limits.max_download_size)} "
        "(max_download_size)."
    )
