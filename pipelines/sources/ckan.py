"""CKAN: any portal that runs it, by address; the one that the settings name is searched."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import httpx
from pydantic import BeforeValidator, TypeAdapter

from ..errors import DashwrightError, DataError, SetupError, SourceError
from ..model import Attachment, Candidate, Dataset
from ..step import Limits
from . import addresses
from .addresses import same_server
from .asking import Place, Talk, Told, base
from .licences import licence
from .naming import identifier
from .options import described
from .periods import moment
from .resources import Resource, bring, pick, plain, readable, told
from .source import Fetched, Query, Received, Source, lack, unheard

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
PAGE = re.compile(r"(?P<portal>.*?)/dataset/(?P<name>[^/]+)(?:/resource/(?P<resource>[^/]+))?(?:/.*)?", re.IGNORECASE)
API = re.compile(r"(?P<portal>.*?)/api/(?:\d/)?action/package_show/?", re.IGNORECASE)
OPTIONS = {"portal", "resource"}
PER_PAGE = 50
MOST_PAGES = 4
"""Of a search. Datasets without a table are skipped, so one page may hold too few."""
Text = Annotated[str, BeforeValidator(plain)]


def problem(said: Any) -> DashwrightError:
    """CKAN's own words for a failure, which come with any status, also 200."""
    kind = plain(said.get("__type")) if isinstance(said, dict) else ""
    message = plain(said.get("message")) if isinstance(said, dict) else plain(said)
    if "not found" in kind.lower() or message.lower().startswith("not found"):
        return DataError("The portal has no such dataset; check its name or address.")
    if "authorization" in kind.lower():
        return DataError("The portal shows this dataset only to its own users; choose one that is open.")
    text = (message or json.dumps(said, ensure_ascii=False, default=str))[:200].rstrip(". ")
    return SourceError(f"The portal refused to answer and said '{text}'.")


def explain(status: int, body: bytes) -> DashwrightError | None:
    if status == 429:
        return SourceError("The portal was asked more often than it allows; try again in some minutes.")
    try:
        content = json.loads(body)
        return problem(content["error"]) if content["success"] is False else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


PLACE = Place("ckan", "The portal", "", explain)


class Answer(Told):
    success: bool
    result: Any = None
    error: Any = None


class File(Told):
    id: Text = ""
    name: Text = ""
    url: Text = ""
    format: Text = ""
    size: Any = None
    last_modified: Text = ""


class Organization(Told):
    title: Text = ""
    name: Text = ""


class Tag(Told):
    name: Text = ""
    display_name: Text = ""


class Package(Told):
    name: str
    title: Text = ""
    notes: Text = ""
    private: bool | None = None
    license_id: Text = ""
    license_title: Text = ""
    license_url: Text = ""
    organization: Organization | None = None
    author: Text = ""
    metadata_modified: Text = ""
    tags: tuple[Tag, ...] = ()
    resources: tuple[File, ...] = ()

    @property
    def files(self) -> list[Resource]:
        return [Resource(file.id, file.name, file.url, file.format, size(file.size)) for file in self.resources]


class Found(Told):
    count: int
    results: tuple[Package, ...]


ANSWER, PACKAGE, FOUND = TypeAdapter(Answer), TypeAdapter(Package), TypeAdapter(Found)


@dataclass(frozen=True)
class Named:
    """A dataset of a portal, and the resource where its page was named."""

    portal: httpx.URL
    name: str
    resource: str | None = None


class CkanSource(Source):
    """The address of a dataset's page or of its ``package_show``, or a dataset's name with the option ``portal``."""

    name = PLACE.source

    def missing(self, limits: Limits) -> str | None:
        return lack(lambda: own_portal(limits))

    def search(self, query: Query, limits: Limits) -> Sequence[Candidate]:
        talk = begin(own_portal(limits), limits)
        found: list[Candidate] = []
        for number in range(MOST_PAGES):
            page = act(
                talk, FOUND, "package_search",
                {"q": " ".join(query.keywords), "rows": PER_PAGE, "start": number * PER_PAGE},
            )  # fmt: skip
            found += [
                candidate(talk, package, able[0])
                for package in page.results
                if not package.private and (able := readable(package.files))
            ]
            if len(found) >= query.limit or not page.results or (number + 1) * PER_PAGE >= page.count:
                break
        return tuple(found[: query.limit])

    def describe(self, attachment: Attachment, limits: Limits) -> Candidate:
        named = parse(attachment.reference, attachment.options, limits)
        talk = begin(named.portal, limits)
        package = show(talk, named)
        resource = pick(package.files, named.resource, package.title or package.name)
        found = candidate(talk, package, resource)
        reference = (
            f"{found.reference}/resource/{named.resource}"
            if "resource" not in attachment.options and named.resource
            else found.reference
        )
        return described(found.model_copy(update={"reference": reference}), attachment)

    def fetch(
        self, candidate: Candidate, into: Path, limits: Limits, received: Received, previous: Dataset | None = None
    ) -> Fetched:
        named = parse(candidate.reference, candidate.options, limits)
        talk = begin(named.portal, limits, received)
        package = show(talk, named)
        return bring(talk, pick(package.files, named.resource, package.title or package.name), into, previous)


def own_portal(limits: Limits) -> httpx.URL:
    """
    Raises:
        SetupError: none is set.
    """
    service = limits.service(PLACE.source)
    if not service.base_url:
        raise SetupError(
            "There are many portals with CKAN; set DASHWRIGHT_CKAN_BASE_URL to the address of the one to search, or "
            "name a dataset by the address of its page."
        )
    return base(PLACE, service)


def begin(portal: httpx.URL, limits: Limits, received: Received = unheard) -> Talk:
    """A talk with a portal. Only the one that the operator named may be on a private network."""
    service = limits.service(PLACE.source)
    own = base(PLACE, service) if service.base_url else None
    if own is not None and same_server(own, portal) and portal.path.rstrip("/") == own.path.rstrip("/"):
        return Talk(titled(own), limits, received)
    stranger = service.model_copy(update={"base_url": None, "key": None, "user": None})
    services = {**limits.services, PLACE.source: stranger}
    return Talk(titled(portal), limits.model_copy(update={"services": services}), received)


def titled(portal: httpx.URL) -> Place:
    return Place(PLACE.source, f"The portal '{portal.host[:100]}'", str(portal), explain)


def parse(reference: str, options: Mapping[str, str], limits: Limits) -> Named:
    """
    Raises:
        DataError: it is no address of a dataset, and no name.
        SetupError: a name without a portal.
    """
    if unknown := sorted(set(options) - OPTIONS):
        raise DataError(f"There is no option '{unknown[0][:50]}'. There are: {', '.join(sorted(OPTIONS))}.")
    text, resource = reference.strip(), options.get("resource")
    if not text.startswith(("http://", "https://")):
        portal = address(options["portal"]) if "portal" in options else own_portal(limits)
        return Named(portal, checked(text), resource)
    url = address(text)
    if found := API.fullmatch(url.path):
        name = url.params.get("id") or url.params.get("name_or_id") or ""
        return Named(url.copy_with(path=found["portal"] or "/", query=None, fragment=None), checked(name), resource)
    if found := PAGE.fullmatch(url.path):
        portal = url.copy_with(path=found["portal"] or "/", query=None, fragment=None)
        return Named(portal, checked(found["name"]), resource if resource is not None else found["resource"])
    raise DataError(
        f"'{text[:200]}' is no address of a dataset of a CKAN portal, such as 'https://portal.example/dataset/name'."
    )


def address(text: str) -> httpx.URL:
    url = addresses.parse(text.strip())
    if url.userinfo:
        raise DataError("The address of a portal must have no name and password in it; its open data needs none.")
    return url


def checked(name: str) -> str:
    if not NAME.fullmatch(name):
        raise DataError(f"'{name[:100]}' is no name of a dataset of a CKAN portal, such as 'air-quality'.")
    return name


def act(talk: Talk, kind: TypeAdapter[Any], action: str, query: Mapping[str, str | int]) -> Any:
    """The result of an action.

    Raises:
        DataError: there is no such thing, or not for everybody.
        SourceError: the portal says that it failed, with whatever status.
    """
    answer = talk.json(ANSWER, f"api/3/action/{action}", query)
    if not answer.success:
        raise problem(answer.error)
    return talk.read(kind, answer.result)


def show(talk: Talk, named: Named) -> Package:
    package: Package = act(talk, PACKAGE, "package_show", {"id": named.name})
    if package.private:
        raise DataError(f"'{named.name}' is private; choose a dataset that is open.")
    if not NAME.fullmatch(package.name):
        raise talk.changed("a dataset without a name")
    return package


def candidate(talk: Talk, package: Package, resource: Resource) -> Candidate:
    portal = str(talk.base.copy_with(userinfo=b"")).rstrip("/")
    page = f"{portal}/dataset/{package.name}"
    name = package.title or package.name
    publisher = (package.organization.title or package.organization.name) if package.organization else package.author
    updated = next((file.last_modified for file in package.resources if file.id == resource.id), "")
    return Candidate(
        source=PLACE.source,
        reference=page,
        name=identifier(name),
        title=name[:300],
        description=f"{package.notes[:2_000]} {told(package.files, resource)}".strip(),
        tags=tuple(filter(None, (tag.display_name or tag.name for tag in package.tags)))[:50],
        url=page,
        publisher=publisher or None,
        license=licence(package.license_id, package.license_url, package.license_title, page=page),
        attribution=f"'{name[:300]}', {publisher or talk.base.host}, {page}.",
        updated_at=moment(updated) or moment(package.metadata_modified),
        size=resource.size,
    )


def size(value: Any) -> int | None:
    """Bytes; portals write numbers, texts and nothing."""
    found = re.fullmatch(r"\d{1,15}", str(value).strip()) if value is not None else None
    return int(found[0]) or None if found else None
