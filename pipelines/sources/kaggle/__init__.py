"""Kaggle: datasets that people share. A key is needed, and its account's private datasets are not for others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from kagglesdk.datasets.types.dataset_api_service import (
    ApiDownloadDatasetRequest,
    ApiGetDatasetMetadataRequest,
    ApiGetDatasetRequest,
    ApiListDatasetFilesRequest,
    ApiListDatasetsRequest,
)
from kagglesdk.datasets.types.dataset_enums import DatasetSortBy
from pydantic import ConfigDict, Field, TypeAdapter

from ...errors import DataError, LimitError
from ...model import Attachment, Candidate, Dataset, License
from ...step import Limits
from ..archives import MAX_TABLES, no_table, tables_among
from ..asking import Told, digest
from ..files import FilesSource
from ..formats import sniff
from ..naming import file_name, identifier
from ..options import chosen, described
from ..source import Fetched, Query, Received, Source, lack
from .client import PLACE, Kaggle, key_of
from .licences import displayed, licence

NAMED = re.compile(
    r"(?P<owner>[A-Za-z0-9][A-Za-z0-9_-]{0,99})/(?P<slug>[A-Za-z0-9][A-Za-z0-9_.-]{0,149})"
    r"(?:/(?:versions/)?(?P<version>[1-9]\d{0,6}))?"
)
SITE = "https://www.kaggle.com/datasets"
PER_PAGE, MOST_PAGES = 100, 30
"""Datasets or files asked for at once, and how often."""
MOST_TRIES = 3
"""Searches, each for a word less, until something is found."""
MOST_COLUMNS = 300


class Read(Told):
    """Part of what kagglesdk made of an answer."""

    model_config = ConfigDict(frozen=True, from_attributes=True, extra="ignore", coerce_numbers_to_str=True)


class Column(Read):
    name: str | None
    description: str | None


class File(Read):
    name: str = Field(min_length=1)
    columns: tuple[Column, ...] | None


class Tag(Read):
    name: str | None


class Offer(Read):
    ref: str = Field(min_length=3)
    title: str = Field(min_length=1)
    subtitle: str | None
    description: str | None
    owner_name: str | None
    creator_name: str | None
    total_bytes: int | None
    last_updated: datetime | None
    license_name: str | None
    is_private: bool
    current_version_number: int | None
    tags: tuple[Tag, ...] | None
    files: tuple[File, ...] | None


class Offers(Read):
    datasets: tuple[Offer, ...] | None
    next_page_token: str | None


class Files(Read):
    dataset_files: tuple[File, ...] | None
    next_page_token: str | None


class Rights(Read):
    name: str | None


class Info(Read):
    licenses: tuple[Rights, ...] | None
    data: tuple[File, ...] | None


class Metadata(Read):
    info: Info


OFFER, OFFERS, FILES = TypeAdapter(Offer), TypeAdapter(Offers), TypeAdapter(Files)
METADATA = TypeAdapter(Metadata)


@dataclass(frozen=True)
class Named:
    """A dataset, and one of its versions where one was asked for."""

    owner: str
    slug: str
    version: int | None = None

    @classmethod
    def read(cls, text: str) -> Named | None:
        """*owner/slug*, *owner/slug/versions/3*."""
        found = NAMED.fullmatch(text)
        return (
            cls(found["owner"], found["slug"], int(found["version"]) if found["version"] else None) if found else None
        )

    @property
    def reference(self) -> str:
        return f"{self.owner}/{self.slug}" + (f"/versions/{self.version}" if self.version else "")

    @property
    def page(self) -> str:
        return f"{SITE}/{self.reference}"


class KaggleSource(Source):
    """A dataset's name, "owner/slug", or its address; with "/versions/3" for one that never changes."""

    name = PLACE.source

    def missing(self, limits: Limits) -> str | None:
        return lack(lambda: key_of(limits))

    def search(self, query: Query, limits: Limits) -> Sequence[Candidate]:
        """Kaggle looks for all words, so fewer of them are asked for until something is found."""
        kaggle = Kaggle(limits)
        words = list(query.keywords)
        for _ in range(min(MOST_TRIES, len(words))):
            if found := tuple(offers(kaggle, " ".join(words), query.limit)):
                return found[: query.limit]
            words.pop()
        return ()

    def describe(self, attachment: Attachment, limits: Limits) -> Candidate:
        file = file_asked(attachment.options)
        named = checked(attachment.reference)
        kaggle = Kaggle(limits)
        offer = offered(kaggle, named)
        if file is not None:
            alone(kaggle, named, file)
        about = Info.model_validate(metadata(kaggle, named))
        files = [item for item in about.data or () if file in (None, item.name)]
        rights = licence([item.name or "" for item in about.licenses or ()], named.page)
        return described(
            candidate(offer, named, files, rights or displayed(offer.license_name, named.page)), attachment
        )

    def fetch(
        self, candidate: Candidate, into: Path, limits: Limits, received: Received, previous: Dataset | None = None
    ) -> Fetched:
        file = file_asked(candidate.options)
        named = checked(candidate.reference)
        kaggle = Kaggle(limits, received)
        offer = offered(kaggle, named)
        state = digest(named.version or offer.current_version_number, named.version or offer.last_updated, file)
        if previous and previous.etag == state:
            return Fetched(unchanged=True, etag=state)
        return replace(taken(kaggle, named, alone(kaggle, named, file), into, limits), etag=state, last_modified=None)


def checked(reference: str) -> Named:
    """
    Raises:
        DataError: it is no name or address of a dataset.
    """
    text = reference.strip()
    try:
        parts = urlsplit(text)
    except ValueError:
        raise not_a_dataset(reference) from None
    if parts.scheme or parts.netloc:
        if parts.netloc not in ("www.kaggle.com", "kaggle.com") or not parts.path.startswith("/datasets/"):
            raise not_a_dataset(reference)
        text = parts.path.removeprefix("/datasets/").strip("/")
    named = Named.read(text)
    if named is None:
        raise not_a_dataset(reference)
    return named


def not_a_dataset(reference: str) -> DataError:
    return DataError(f"'{reference[:100]}' is no dataset of Kaggle's, such as 'owner/name-of-dataset'.")


def file_asked(options: Mapping[str, str]) -> str | None:
    """The file that is wanted alone. None: all tables."""
    chosen({name: value for name, value in options.items() if name != "file"}, {"file": ("",)})
    return options.get("file") or None


def offers(kaggle: Kaggle, text: str, most: int) -> Iterator[Candidate]:
    """The datasets that Kaggle finds, page by page."""
    request = ApiListDatasetsRequest()
    request.search = text
    request.sort_by = DatasetSortBy.DATASET_SORT_BY_RELEVANCE
    request.max_size = kaggle.talk.limits.max_download_size
    request.page_size = min(most, PER_PAGE)
    seen: set[str] = set()
    for _ in range(MOST_PAGES):
        page = kaggle.ask(OFFERS, kaggle.datasets.list_datasets, request)
        for offer in page.datasets or ():
            named = Named.read(offer.ref)
            # Those of the account whose key it is are not for everybody who asks here.
            if named and not offer.is_private and offer.ref not in seen and len(seen) < most:
                seen.add(offer.ref)
                yield candidate(offer, named, offer.files or (), displayed(offer.license_name, named.page))
        if not page.next_page_token or not page.datasets or len(seen) >= most:
            return
        request.page_token = page.next_page_token


def offered(kaggle: Kaggle, named: Named) -> Offer:
    """
    Raises:
        DataError: it is not for everybody.
    """
    request = ApiGetDatasetRequest()
    request.owner_slug, request.dataset_slug = named.owner, named.slug
    offer = kaggle.ask(OFFER, kaggle.datasets.get_dataset, request)
    if offer.is_private:
        raise DataError(f"'{named.reference}' is private on Kaggle; make it public there, or attach its files.")
    return offer


def metadata(kaggle: Kaggle, named: Named) -> Info:
    request = ApiGetDatasetMetadataRequest()
    request.owner_slug, request.dataset_slug = named.owner, named.slug
    return kaggle.ask(METADATA, kaggle.datasets.get_dataset_metadata, request).info


def names(kaggle: Kaggle, named: Named, wanted: str | None) -> list[str]:
    """Of all files, or those up to the one that is wanted.

    Raises:
        LimitError: there are too many.
    """
    request = ApiListDatasetFilesRequest()
    request.owner_slug, request.dataset_slug = named.owner, named.slug
    request.dataset_version_number = named.version
    request.page_size = PER_PAGE
    found: list[str] = []
    tokens: set[str] = set()
    for _ in range(MOST_PAGES):
        page = kaggle.ask(FILES, kaggle.datasets.list_dataset_files, request)
        found += [file.name for file in page.dataset_files or ()]
        if wanted in found or not page.next_page_token:
            return found
        if page.next_page_token in tokens or not page.dataset_files:
            raise kaggle.talk.unstable()
        tokens.add(page.next_page_token)
        request.page_token = page.next_page_token
    raise LimitError(
        f"'{named.reference}' has more than {len(found):,} files on Kaggle, the most that are looked at; download the "
        "one that is wanted and attach it."
    )


def alone(kaggle: Kaggle, named: Named, wanted: str | None) -> str | None:
    """The one file to download: what was asked for, or the only table there is. None: all of them, in one archive.

    Raises:
        DataError: there is no such file, or no table.
        LimitError: there are too many tables.
    """
    found = names(kaggle, named, wanted)
    if wanted is not None:
        if wanted not in found:
            raise DataError(f"'{named.reference}' has no file '{wanted[:100]}' on Kaggle. It has: {few(found)}.")
        return wanted
    tables = tables_among(found, str)
    if not tables:
        raise DataError(no_table(named.reference, found))
    if len(tables) > MAX_TABLES:
        raise LimitError(
            f"'{named.reference}' has {len(tables)} tables on Kaggle; at most {MAX_TABLES} are read from one dataset. "
            f"Choose one of them by the option 'file', such as '{file_name(tables[0])}'."
        )
    return tables[0] if len(tables) == 1 else None


def few(found: Sequence[str]) -> str:
    shown = ", ".join(f"'{file_name(name)}'" for name in found[:5])
    return f"{shown} and {len(found) - 5:,} more" if len(found) > 5 else shown or "none"


def taken(kaggle: Kaggle, named: Named, file: str | None, into: Path, limits: Limits) -> Fetched:
    """The tables in one file, or in the archive of all. A file may come as it is or packed: its content decides."""
    request = ApiDownloadDatasetRequest()
    request.owner_slug, request.dataset_slug = named.owner, named.slug
    request.dataset_version_number = named.version
    request.file_name = file
    saved = kaggle.save(request, into / "original")
    if saved.written is None:
        raise kaggle.talk.changed("no file")
    name = f"{named.slug}.zip" if file is None else file_name(file)
    if file is None and sniff(saved.written.path, name) != "zip":
        raise kaggle.talk.changed("a file that is no archive of all of the dataset's")
    return FilesSource().opened(saved.written, name, limits)


def candidate(offer: Offer, named: Named, files: Iterable[File], rights: License | None) -> Candidate:
    title = " ".join(offer.title.split())
    owner = offer.owner_name or offer.creator_name or named.owner
    notes = columns(files)
    described_as = (" ".join((text or "").split()) for text in (offer.subtitle, offer.description))
    updated = offer.last_updated
    return Candidate(
        source=PLACE.source,
        reference=named.reference,
        name=identifier(title),
        title=title,
        description=" ".join(filter(None, described_as))[:2_000],
        columns=tuple(notes),
        tags=tuple(tag.name for tag in offer.tags or () if tag.name),
        url=named.page,
        publisher=owner,
        license=rights,
        attribution=f"{owner}, '{title}', Kaggle, {named.page}",
        updated_at=updated.replace(tzinfo=UTC) if updated and updated.tzinfo is None else updated,
        size=offer.total_bytes,
        notes={name: note for name, note in notes.items() if note},
    )


def columns(files: Iterable[File]) -> dict[str, str]:
    """Name → what its author says of it; where several files have a column, what the first says."""
    found: dict[str, str] = {}
    for file in files:
        for column in file.columns or ():
            if column.name and len(found) < MOST_COLUMNS:
                found.setdefault(column.name, " ".join((column.description or "").split())[:500])
    return found
