"""data.gov: datasets of the United States' governments, by its catalogue's search. A key is needed; it is in a header.

The catalogue answers with DCAT-US and no longer runs CKAN; what is alike, the choice of a file, is in `resources`. It
can only be searched, so a dataset is found again by the words of its name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, TypeAdapter, ValidationError

from ..errors import DashwrightError, DataError, SetupError, SourceError
from ..model import Attachment, Candidate, Dataset
from ..step import Limits
from .asking import Place, Talk, Told
from .credentials import Credentials
from .licences import licence
from .naming import identifier
from .options import described
from .periods import moment
from .resources import Resource, bring, pick, plain, readable, told
from .source import Fetched, Query, Received, Source, lack, unheard

SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,199}")
PAGE = re.compile(r"https?://(?:catalog\.)?data\.gov/dataset/(?P<slug>[^/?#]+)(?:[/?#].*)?")
PER_PAGE = 50
MOST_PAGES = 3
"""Of a search: its datasets without a table are skipped, and one that was named may not be among the first."""
KEY_AT = "https://api.data.gov/signup"
Text = Annotated[str, BeforeValidator(plain)]


def explain(status: int, body: bytes) -> DashwrightError | None:
    """The words of the gate before the catalogue, and of the catalogue."""
    try:
        content = json.loads(body)
        code = content["error"]["code"] if isinstance(content.get("error"), dict) else ""
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    if code in ("API_KEY_MISSING", "API_KEY_INVALID", "API_KEY_DISABLED", "API_KEY_UNAUTHORIZED"):
        return SetupError(f"data.gov does not take the key in DATA_GOV_API_KEY; check it, or get one at {KEY_AT}.")
    if code == "OVER_RATE_LIMIT":
        return SourceError(
            "data.gov allows 1,000 questions an hour for one key, and more were asked; try again in an hour."
        )
    if status == 422 and "message" in content:
        return SourceError(f"data.gov refused to answer and said '{plain(content['message'])[:200].rstrip('.')}'.")
    return None


PLACE = Place("datagov", "data.gov", "https://api.gsa.gov/technology/datagov/v4", explain)


class Distribution(Told):
    title: Text = ""
    downloadURL: Text = ""  # noqa: N815 (theirs)
    accessURL: Text = ""  # noqa: N815
    mediaType: Text = ""  # noqa: N815
    format: Text = ""

    def resource(self, position: int) -> Resource:
        url = self.downloadURL or self.accessURL
        # Titles are often missing, and there are no ids.
        return Resource(str(position), self.title or f"File {position}", url, self.format or self.mediaType)


class Publisher(Told):
    name: Text = ""


class Dcat(Told):
    accessLevel: Text = ""  # noqa: N815
    license: Any = None
    modified: Text = ""
    temporal: Text = ""
    publisher: Any = None
    distribution: Any = ()


class Entry(Told):
    title: str
    slug: str
    description: Text = ""
    identifier: Text = ""
    publisher: Text = ""
    keyword: tuple[str, ...] | None = ()
    dcat: Dcat

    @property
    def open(self) -> bool:
        return self.dcat.accessLevel in ("", "public")

    @property
    def files(self) -> list[Resource]:
        """What publishers give in so many forms that one of another form is only left out."""
        listed = self.dcat.distribution if isinstance(self.dcat.distribution, list) else []
        found = []
        for position, item in enumerate(listed, start=1):
            try:
                found.append(Distribution.model_validate(item).resource(position))
            except ValidationError:
                continue
        return found


class Found(Told):
    results: tuple[Entry, ...]
    after: str | None = None


FOUND = TypeAdapter(Found)


class DataGovSource(Source):
    """A dataset's name in its address, as "electric-vehicle-population-data", or the address of its page."""

    name = PLACE.source

    def missing(self, limits: Limits) -> str | None:
        return lack(lambda: begin(limits))

    def search(self, query: Query, limits: Limits) -> Sequence[Candidate]:
        found: list[Candidate] = []
        for entry in entries(begin(limits), " ".join(query.keywords)):
            if entry.open and (able := readable(entry.files)):
                found.append(candidate(entry, able[0]))
            if len(found) >= query.limit:
                break
        return tuple(found)

    def describe(self, attachment: Attachment, limits: Limits) -> Candidate:
        entry = find(begin(limits), attachment.reference)
        resource = pick(entry.files, wanted(attachment.options), entry.title)
        return described(candidate(entry, resource), attachment)

    def fetch(
        self, candidate: Candidate, into: Path, limits: Limits, received: Received, previous: Dataset | None = None
    ) -> Fetched:
        talk = begin(limits, received)
        entry = find(talk, candidate.reference, candidate.title)
        return bring(talk, pick(entry.files, wanted(candidate.options), entry.title), into, previous)


def begin(limits: Limits, received: Received = unheard) -> Talk:
    """
    Raises:
        SetupError: there is no key.
    """
    key = limits.service(PLACE.source).key
    if key is None:
        raise SetupError(f"data.gov needs a key: get one for nothing at {KEY_AT} and set DATA_GOV_API_KEY.")
    return Talk(PLACE, limits, received, Credentials(headers={"X-Api-Key": key.get_secret_value()}))


def wanted(options: Mapping[str, str]) -> str | None:
    if unknown := sorted(set(options) - {"resource"}):
        raise DataError(f"There is no option '{unknown[0][:50]}'. There are: resource.")
    return options.get("resource")


def entries(talk: Talk, text: str) -> Iterator[Entry]:
    """What a search finds, page by page as it is needed."""
    asked: dict[str, str | int] = {"q": text, "per_page": PER_PAGE}
    seen = set()
    for _ in range(MOST_PAGES):
        page = talk.json(FOUND, "search", asked)
        yield from page.results
        if not page.after or not page.results or page.after in seen:
            return
        seen.add(page.after)
        asked["after"] = page.after


def find(talk: Talk, reference: str, title: str = "") -> Entry:
    """The dataset of a name, among what is found by its words.

    Raises:
        DataError: it is not there, or not open.
    """
    slug = checked(reference)
    words = slug.replace("-", " ").replace("_", " ").split()
    # The last word may be cut off, or be there only to tell two of the same title apart.
    texts = dict.fromkeys(filter(None, (" ".join(words), " ".join(words[:-1]), title.strip()[:300])))
    for text in texts:
        for entry in entries(talk, text):
            if slug in (entry.slug, entry.identifier):
                if not entry.open:
                    raise DataError(
                        f"'{entry.title[:200]}' is '{entry.dcat.accessLevel[:40]}' at data.gov; choose one that is "
                        "public."
                    )
                return entry
    raise DataError(f"data.gov has no dataset '{slug}'; check its name in the address of its page.")


def checked(reference: str) -> str:
    text = reference.strip()
    if page := PAGE.fullmatch(text):
        text = page["slug"]
    if not SLUG.fullmatch(text):
        raise DataError(
            f"'{reference.strip()[:100]}' is no name of a dataset of data.gov, such as 'airports-5e97a', and no "
            "address of its page."
        )
    return text


def candidate(entry: Entry, resource: Resource) -> Candidate:
    page = f"https://catalog.data.gov/dataset/{entry.slug}"
    publisher = entry.publisher or (
        plain(entry.dcat.publisher.get("name")) if isinstance(entry.dcat.publisher, dict) else ""
    )
    title = plain(entry.title)[:300] or entry.slug
    since, until = years(entry.dcat.temporal)
    terms = plain(entry.dcat.license)
    return Candidate(
        source=PLACE.source,
        reference=entry.slug,
        name=identifier(title),
        title=title,
        description=f"{entry.description[:2_000]} {told(entry.files, resource)}".strip(),
        tags=tuple(entry.keyword or ())[:50],
        url=page,
        publisher=publisher or None,
        license=licence(terms, page=page),
        attribution=f"'{title}', {publisher or 'data.gov'}, {page}.",
        updated_at=moment(entry.dcat.modified),
        since=since,
        until=until,
    )


def years(temporal: str) -> tuple[int | None, int | None]:
    """*2018-01-01/2018-09-28* → 2018, 2018."""
    found = re.fullmatch(r"(\d{4})(?:-[^/]*)?/(\d{4})(?:-.*)?", temporal)
    return (int(found[1]), int(found[2])) if found else (None, None)
