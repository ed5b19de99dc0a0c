"""Resources: the files behind a dataset of a catalogue, of which one that is a table is chosen and brought."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from ..errors import DataError
from ..model import Dataset
from .answers import Validators
from .asking import Talk, digest
from .files import FilesSource
from .source import Fetched

SPELLINGS = {
    "parquet": ("parquet", "pq", "application/vnd.apache.parquet"),
    "csv": ("csv", "text/csv", "comma separated values", "csv/utf8"),
    "tsv": ("tsv", "tab", "text/tab-separated-values"),
    "xlsx": ("xlsx", "excel (.xlsx)", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "ods": ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
    "jsonl": ("jsonl", "ndjson", "application/x-ndjson"),
    "json": ("json", "application/json"),
    "geojson": ("geojson", "application/geo+json", "application/vnd.geo+json"),
    "gz": ("csv.gz", "gz", "gzip"),
    "zip": ("zip", "csv.zip", "application/zip", "application/x-zip-compressed"),
}
"""Formats that can be read, best first, as catalogues spell them. What is really there is seen when it has come."""
KINDS = {spelling: kind for kind, spellings in SPELLINGS.items() for spelling in spellings}
ORDER = tuple(SPELLINGS)


@dataclass(frozen=True)
class Resource:
    """A file as its catalogue describes it."""

    id: str
    title: str
    url: str
    format: str = ""
    size: int | None = None

    @property
    def kind(self) -> str | None:
        """The format that it seems to have; None where it is nothing that can be read."""
        # Anything but http, such as ftp, would be taken for a path of the catalogue's own server.
        if not self.url.startswith(("http://", "https://")):
            return None
        try:
            last = PurePosixPath(unquote(urlsplit(self.url).path)).suffix
        except ValueError:
            return None
        return KINDS.get(self.format.strip().lower().lstrip(".")) or KINDS.get(last.lower().lstrip("."))


def readable(resources: Iterable[Resource]) -> list[Resource]:
    """Those that may be tables: the format that says most about types first, else in the catalogue's order."""
    kept = [(ORDER.index(kind), resource) for resource in resources if (kind := resource.kind) is not None]
    return [resource for _, resource in sorted(kept, key=lambda pair: pair[0])]


def pick(resources: Sequence[Resource], wanted: str | None, shown: str) -> Resource:
    """The resource that was named, or else the best.

    Raises:
        DataError: it is not there, or none is a table.
    """
    able = readable(resources)
    if wanted is not None:
        named = [item for item in resources if wanted.strip() and wanted.strip() in (item.id, item.title)]
        if not named:
            raise DataError(f"'{shown}' has no resource '{wanted[:100]}'. {listed(able)}")
        if named[0] not in able:
            raise DataError(f"The resource '{wanted[:100]}' of '{shown}' is no table. {listed(able)}")
        return named[0]
    if not able:
        formats = ", ".join(dict.fromkeys(item.format[:20] for item in resources if item.format)) or "no files"
        raise DataError(f"'{shown}' has no file that can be read as a table; it has: {formats[:200]}.")
    return able[0]


def listed(resources: Sequence[Resource], most: int = 10) -> str:
    """What the option ``resource`` may be."""
    names = [item.title[:80] or item.id for item in resources[:most]]
    return f"It has: {', '.join(names)}{' …' if len(resources) > most else ''}." if names else "It has none."


def told(resources: Sequence[Resource], taken: Resource) -> str:
    """A sentence about the files that were not taken; empty where there are none."""
    others = [item for item in readable(resources) if item != taken]
    return (
        f"This is its file '{taken.title[:80] or taken.id}'. {listed(others)}".replace("It has", "There are also", 1)
        if others
        else ""
    )


def bring(talk: Talk, resource: Resource, into: Path, previous: Dataset | None) -> Fetched:
    """The tables in a resource, wherever it is; nothing where its server says that it did not change."""
    # What a server said of one file must not be asked about another that took its place in the catalogue.
    mark = digest(resource.url)[:12]
    known = None
    if previous and previous.etag and previous.etag.partition(" ")[0] == mark:
        known = Validators(previous.etag.partition(" ")[2] or None, previous.last_modified)
    answer = talk.save(resource.url, into / "original", known=known)
    etag = f"{mark} {answer.validators.etag or ''}"
    if answer.written is None:
        return Fetched(unchanged=True, etag=etag, last_modified=answer.validators.last_modified)
    name = answer.name
    opened = FilesSource().opened(answer.written, name, talk.limits, answer.media_type)
    return Fetched(opened.files, etag=etag, last_modified=answer.validators.last_modified, left_out=opened.left_out)


def plain(value: Any) -> str:
    """A text, or of one in several languages the English or else the first; blanks made single."""
    if isinstance(value, dict):
        texts = [value.get("en"), *value.values()]
        value = next((text for text in texts if isinstance(text, str) and text.strip()), "")
    return " ".join(str(value).split()) if isinstance(value, str | int | float) else ""
