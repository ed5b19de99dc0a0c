"""DataCite: what is registered with the DOIs of datasets. Describes them; the files are with those who publish them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from ..errors import DashwrightError, DataError, SourceError
from ..model import Candidate, License
from .asking import Place, Talk, Told, segment
from .distributions import Distribution, usual
from .licences import licence
from .naming import file_name, identifier
from .periods import moment
from .prose import plain
from .source import Query

DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s?)?(10\.\d{4,9}/[^\s\"'<>\\]{1,200})", re.IGNORECASE)
MOST_TRIES = 3
"""Questions of one search, with ever fewer words."""


def doi_of(text: str) -> str | None:
    """The DOI that a person may have written as an address."""
    found = DOI.fullmatch(text.strip())
    return found[1].partition("?")[0].partition("#")[0].lower() if found else None


def explain(status: int, _body: bytes) -> DashwrightError | None:
    if status == 404:
        return DataError("DataCite knows no such DOI; check it, or give the address of the dataset's page.")
    if status == 429:
        return SourceError("DataCite was asked too often; try again in five minutes.")
    if status in (400, 403, 422):
        return SourceError(f"DataCite refused to answer (HTTP {status}); try again later.")
    return None


def place(source: str) -> Place:
    return Place(source, "DataCite", "https://api.datacite.org", explain, accept="application/vnd.api+json")


class Title(Told):
    title: str | None = None


class Creator(Told):
    name: str | None = None


class Description(Told):
    description: str | None = None
    descriptionType: str | None = None  # noqa: N815 (theirs)


class Rights(Told):
    rights: str | None = None
    rightsUri: str | None = None  # noqa: N815
    rightsIdentifier: str | None = None  # noqa: N815


class Subject(Told):
    subject: str | None = None


class Attributes(Told):
    doi: str
    titles: tuple[Title, ...]
    creators: tuple[Creator, ...] = ()
    publisher: str | dict[str, Any] | None = None
    publicationYear: int | None = None  # noqa: N815
    subjects: tuple[Subject, ...] = ()
    descriptions: tuple[Description, ...] = ()
    rightsList: tuple[Rights, ...] = ()  # noqa: N815
    formats: tuple[str | None, ...] | None = ()
    url: str | None = None
    contentUrl: str | tuple[str, ...] | None = None  # noqa: N815
    updated: str | None = None

    @property
    def publisher_name(self) -> str:
        """A text, or an object where identifiers of publishers are wanted."""
        named = self.publisher.get("name") if isinstance(self.publisher, dict) else self.publisher
        return plain(str(named or ""), 200)

    @property
    def may_be_table(self) -> bool:
        """Not where all formats are told, and none is one of ours."""
        told = [item for item in self.formats or () if item]
        return not told or any(Distribution("", media_type=item).format for item in told)

    @property
    def distributions(self) -> tuple[Distribution, ...]:
        """The files that are registered themselves; most DOIs have only a page."""
        links = (self.contentUrl,) if isinstance(self.contentUrl, str) else self.contentUrl or ()
        told = [item for item in self.formats or () if item and Distribution("", media_type=item).format]
        kind = told[0] if len(told) == len(links) == 1 else ""
        return tuple(
            Distribution(name := file_name(url.partition("?")[0]), url, "" if usual(name.rpartition(".")[2]) else kind)
            for url in links
            if url.startswith(("https://", "http://"))
        )


class Entry(Told):
    attributes: Attributes


class One(Told):
    data: Entry


class Many(Told):
    data: tuple[Entry, ...]


ONE, MANY = TypeAdapter(One), TypeAdapter(Many)


def search(talk: Talk, query: Query) -> Sequence[Candidate]:
    """Datasets with all words, or with fewer of them where there is none; without those that are surely no tables."""
    words = [word for word in query.keywords if word.isalnum()]
    for _ in range(MOST_TRIES):
        if not words:
            break
        # Letters and digits only: nothing that a question says is part of the query's language.
        asked: dict[str, str | int] = {
            "query": " AND ".join(words),
            "resource-type-id": "dataset",
            "sort": "relevance",
            "page[size]": min(2 * query.limit, 100),
            "page[number]": 1,
        }
        found = [entry.attributes for entry in talk.json(MANY, "dois", asked).data]
        if tables := [item for item in found if item.may_be_table]:
            return [candidate(item, talk.place.source) for item in tables[: query.limit]]
        words.pop()
    return ()


def registered(talk: Talk, doi: str) -> Attributes:
    """
    Raises:
        DataError: the DOI is not DataCite's.
    """
    found = talk.json(ONE, f"dois/{segment(doi)}").data.attributes
    if found.doi.lower() != doi:
        raise talk.changed("another DOI than the one asked for")
    return found


def candidate(found: Attributes, source: str) -> Candidate:
    doi = found.doi.lower()
    title = next((plain(item.title, 300) for item in found.titles if item.title), doi)
    page = f"https://doi.org/{segment(doi).replace('%2F', '/')}"
    told = sorted(found.descriptions, key=lambda item: item.descriptionType != "Abstract")
    return Candidate(
        source=source,
        reference=doi,
        name=identifier(title),
        title=title,
        description=next((plain(item.description) for item in told if item.description), ""),
        tags=tuple(plain(item.subject, 60) for item in found.subjects[:15] if item.subject),
        url=page,
        publisher=found.publisher_name or None,
        license=rights(found, page),
        attribution=cited(
            [item.name for item in found.creators if item.name],
            str(found.publicationYear or ""),
            title,
            found.publisher_name,
            doi,
        ),
        updated_at=updated(found),
    )


def cited(creators: Sequence[str], year: str, title: str, publisher: str, doi: str) -> str:
    """As DataCite asks: creators (year): title. Publisher. DOI."""
    who = "; ".join(plain(name, 100) for name in creators[:5]) + (" et al." if len(creators) > 5 else "")
    when = f" ({year})" if year else ""
    link = f"https://doi.org/{doi}" if doi else ""
    parts = (
        f"{who}{when}:".strip() if who or when else "",
        f"{title.rstrip('.')}.",
        publisher and f"{publisher}.",
        link,
    )
    return " ".join(part for part in parts if part)


def rights(found: Attributes, page: str) -> License | None:
    """The first that is one of SPDX's, else the first that says anything."""
    told = [licence(item.rightsIdentifier or item.rights, item.rightsUri, page=page) for item in found.rightsList]
    said = [item for item in told if item]
    return next((item for item in said if item.spdx), said[0] if said else None)


def updated(found: Attributes) -> datetime | None:
    """The year of publication: what changes later is often only the entry."""
    return moment(f"{found.publicationYear}-01-01") if found.publicationYear else None
