"""Zenodo: research data in records with a DOI each, from CERN. Their tables, with creators and licence."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from pydantic import TypeAdapter

from ..errors import DashwrightError, DataError, SourceError
from ..model import Attachment, Candidate, Dataset
from ..step import Limits
from .asking import Place, Talk, Told, digest, segment
from .datacite import cited, doi_of
from .distributions import Distribution, alike, best, chosen, fetch
from .licences import licence, spdx
from .naming import identifier
from .options import described
from .periods import moment
from .prose import plain
from .source import Fetched, Query, Received, Source

PAGE = 25
"""Records on one page, the most for guests."""
MOST_PAGES = 2
"""Of one search: guests may search 30 times a minute."""
_RECORD = re.compile(
    r"(?:https?://(?:www\.)?zenodo\.org/(?:api/)?records?/(\d{1,12})(?:[/?#]\S{0,500})?|(?:10\.5281/zenodo\.)?(\d{1,12}))",
    re.IGNORECASE,
)


def explain(status: int, body: bytes) -> DashwrightError | None:
    if status in (404, 410):
        return DataError("Zenodo has no such record, or no longer; check its number or DOI, such as '5987761'.")
    if status in (401, 403):
        return DataError("The files of this record of Zenodo are not open; ask its authors, or choose another.")
    if status == 429:
        return SourceError(
            "Zenodo allows 60 questions and 30 searches a minute, and more were asked; try again in a minute."
        )
    try:
        said = str(json.loads(body)["message"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return SourceError(f"Zenodo refused to answer and said '{plain(said, 200)}'.")


PLACE = Place("zenodo", "Zenodo", "https://zenodo.org/api", explain)


class File(Told):
    key: str
    size: int
    checksum: str = ""


class Named(Told):
    id: str


class Creator(Told):
    name: str


class About(Told):
    title: str
    description: str | None = None
    license: Named | str | None = None
    access_right: str | None = None
    publication_date: str | None = None
    creators: tuple[Creator, ...] = ()
    keywords: tuple[str, ...] | str = ()


class Record(Told):
    id: int
    doi: str | None = None
    metadata: About
    files: tuple[File, ...] = ()

    @property
    def distributions(self) -> tuple[Distribution, ...]:
        return tuple(
            Distribution(file.key, size=file.size, checksum=file.checksum, about=alike(file.key)) for file in self.files
        )


class Hits(Told):
    hits: tuple[Record, ...]
    total: int


class Found(Told):
    hits: Hits


RECORD, FOUND = TypeAdapter(Record), TypeAdapter(Found)


class ZenodoSource(Source):
    """A record's number, address or DOI; the option `file` chooses one of its tables."""

    name = PLACE.source

    def search(self, query: Query, limits: Limits) -> Sequence[Candidate]:
        """Open datasets that have tables among their files."""
        talk = Talk(PLACE, limits)
        found: dict[int, Candidate] = {}
        words = " ".join(word for word in query.keywords if word.isalnum())
        for page in range(1, MOST_PAGES + 1) if words else ():
            answer = talk.json(FOUND, "records", {"q": words, "type": "dataset", "size": PAGE, "page": page}).hits
            for record in answer.hits:
                if record.metadata.access_right in (None, "open") and any(item.format for item in record.distributions):
                    found.setdefault(record.id, candidate(record))
            if len(found) >= query.limit or page * PAGE >= answer.total or not answer.hits:
                break
        return tuple(found.values())[: query.limit]

    def describe(self, attachment: Attachment, limits: Limits) -> Candidate:
        refuse_others(attachment.options)
        record = asked(Talk(PLACE, limits), attachment.reference)
        items = chosen(record.distributions, attachment.options, shown(record))
        found = candidate(record).model_copy(
            update={"reference": number(attachment.reference) or str(record.id), "size": total(items)}
        )
        return described(found, attachment)

    def fetch(
        self, candidate: Candidate, into: Path, limits: Limits, received: Received, previous: Dataset | None = None
    ) -> Fetched:
        """Files of a record never change, but the number of all its versions leads to the newest."""
        talk = Talk(PLACE, limits, received)
        record = asked(talk, candidate.reference)
        items = chosen(record.distributions, candidate.options, shown(record))
        state = digest(*((item.name, item.size, item.checksum) for item in items))
        if previous and previous.etag == state and all(item.checksum for item in items):
            return Fetched(unchanged=True, etag=state)
        fetched = fetch(
            items,
            into,
            limits,
            lambda item, target: talk.save(f"records/{record.id}/files/{segment(item.name)}/content", target),
        )
        return Fetched(fetched.files, etag=state, left_out=fetched.left_out)


def refuse_others(options: dict[str, str]) -> None:
    wrong = next((name for name in options if name != "file"), None)
    if wrong is not None:
        raise DataError(f"There is no option '{wrong[:50]}'. There is: file.")


def number(reference: str) -> str | None:
    """The number of a record; None for a DOI that is not of Zenodo's making."""
    found = _RECORD.fullmatch(doi_of(reference) or reference.strip())
    return (found[1] or found[2]) if found else None


def asked(talk: Talk, reference: str) -> Record:
    """
    Raises:
        DataError: there is no such record.
    """
    if record := number(reference):
        return talk.json(RECORD, f"records/{record}")
    doi = doi_of(reference)
    if doi is None:
        raise DataError(f"'{reference[:100]}' is no record of Zenodo, such as '5987761' or '10.5281/zenodo.5987761'.")
    found = talk.json(FOUND, "records", {"q": f'doi:"{doi}"', "size": 2}).hits.hits
    same = [record for record in found if (record.doi or "").lower() == doi]
    if not same:
        raise DataError(f"Zenodo has no record with the DOI '{doi[:100]}'; check it.")
    return same[0]


def shown(record: Record) -> str:
    return f"The record {record.id} of Zenodo"


def total(items: Sequence[Distribution]) -> int:
    return sum(item.size or 0 for item in items)


def candidate(record: Record) -> Candidate:
    about = record.metadata
    title = plain(about.title, 300) or f"Record {record.id}"
    rights = about.license.id if isinstance(about.license, Named) else about.license
    tags = (about.keywords,) if isinstance(about.keywords, str) else about.keywords
    tables = best([item for item in record.distributions if item.format])
    published, link = about.publication_date or "", f"https://zenodo.org/records/{record.id}"
    return Candidate(
        source=PLACE.source,
        reference=str(record.id),
        name=identifier(title),
        title=title,
        description=plain(about.description or ""),
        tags=tuple(plain(tag, 60) for tag in tags[:15]),
        url=link,
        publisher="Zenodo",
        license=licence(rights, None if spdx(rights) else link) if rights else None,
        attribution=cited(
            [person.name for person in about.creators],
            published[:4],
            title,
            "Zenodo",
            doi_of(record.doi or "") or f"10.5281/zenodo.{record.id}",
        ),
        updated_at=moment(published),
        size=total(tables) or None,
    )
