"""Route: one thing that the API can do, declared once. Handlers and the OpenAPI document are made from it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Annotated, Any, Literal, TypeVar, get_type_hints
from urllib.parse import quote

from pydantic import BaseModel, StringConstraints

from ..access import Action, LocalUser, Principal, Role, SignedIn, TokenHolder
from ..errors import StaleError
from ..settings import Settings
from ..store import Store
from ..store.listing import Reader
from .quotas import QuotaName
from .reading import MOST_BYTES
from .service import Service

F = TypeVar("F", bound=Callable[..., Any])
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?$")]
Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")]


@dataclass(frozen=True)
class Received:
    """A whole file that was sent, under a name for the time being."""

    path: Path
    sha256: str


@dataclass(frozen=True)
class Download:
    """An answer that is no JSON."""

    media_type: str
    content: bytes | IO[bytes]
    """A file is sent piece by piece from its beginning, and closed."""
    name: str | None = None
    """Under which it is kept by whoever asked. None: it is shown."""
    is_lasting: bool = False
    """Whether what this address answers never changes."""


@dataclass
class Call:
    """One request, as a route sees it: who asks, and where things are kept."""

    principal: Principal
    service: Service
    request_id: str
    expected: str | None = None
    """The ETag that the client has seen. None: it does not care (`If-Match: *`)."""
    address: str = ""
    """Where it comes from in the network."""
    user_agent: str = ""
    session: str | None = None
    """The secret of the caller's session, if there is one."""
    is_secure: bool = False
    """Whether the browser speaks TLS."""
    received: Received | None = None
    """The file that came as the body."""
    headers: dict[str, str] = field(default_factory=dict)
    """Of the answer."""

    @property
    def store(self) -> Store:
        return self.service.store()

    @property
    def user(self) -> SignedIn | None:
        """The account of who asks, if they have one."""
        match self.principal:
            case SignedIn():
                return self.principal
            case TokenHolder(user=user):
                return user
            case _:
                return None

    @property
    def user_id(self) -> str | None:
        return self.user.user_id if self.user else None

    @property
    def reader(self) -> Reader:
        """Whose lists they see."""
        sees_all = isinstance(self.principal, LocalUser) or (self.user is not None and self.user.role is Role.ADMIN)
        return Reader(user_id=self.user_id, domain=self.user.domain if self.user else "", sees_all=sees_all)

    @property
    def settings(self) -> Settings:
        return self.service.settings

    def lead(self, path: str) -> None:
        """Say where what was made can be seen."""
        self.headers["Location"] = quote(f"{self.service.base}{path}")

    def tag(self, tag: str) -> None:
        self.headers["ETag"] = f'"{tag}"'

    def check(self, tag: str, what: str) -> None:
        """Refuse to change what the client has not seen as it is now.

        Raises:
            StaleError: somebody has changed it.
        """
        if self.expected is not None and self.expected != tag:
            raise StaleError(f"{what} was changed since you have read it; read it again, and repeat your change.")


@dataclass(frozen=True)
class Route:
    """`run` takes the call, the path's variables by name, and `query` and `body` where it has them; in a thread."""

    method: Method
    path: str
    summary: str
    tag: str
    run: Callable[..., BaseModel | Download | None]
    action: Action | None
    """None: everybody may, also without an account."""
    status: int = 200
    problems: frozenset[int] = frozenset()
    """Beside those that follow from the rest."""
    guarded: bool = False
    """Wants If-Match: two who change the same must not undo each other."""
    tagged: bool = False
    """Answers with an ETag."""
    repeatable: bool = False
    """Takes an Idempotency-Key."""
    slow: bool = False
    """Asks servers of others."""
    largest: int = MOST_BYTES
    """Bytes of a JSON body."""
    raw: bool = False
    """Takes a file as its body."""
    media: tuple[str, ...] = ()
    """Types of its answers, which are Downloads. None: it answers with JSON."""
    stream: bool = False
    """Answers with events, for as long as the client stays; `run` says of what."""
    bare: bool = False
    """Needs no store, and no database."""
    quota: QuotaName | None = None
    """What it uses one of, if its caller has an account."""
    uncounted: bool = False
    """Not counted for strangers either: who watches over a server asks it all the time."""
    description: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    """Type of each of the path's variables."""
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    answer: type[BaseModel] | None = None

    @property
    def name(self) -> str:
        return self.run.__name__

    @property
    def statuses(self) -> tuple[int, ...]:
        """Every status of an error that it may answer with."""
        found = {400, 421, 429, 500, 503} | self.problems
        if self.uncounted:
            found -= {429}
        if self.action is not None:
            found |= {401, 403}
        if self.parameters:
            found |= {404}
        if self.query is not None or self.body is not None:
            found |= {422}
        if self.body is not None:
            found |= {408, 413, 415}
        if self.raw:
            found |= {408, 413}
        if self.method != "GET":
            found |= {403, 409}
        if self.guarded:
            found |= {412, 428}
        if self.repeatable:
            found |= {409, 422}
        return tuple(sorted(found))


class Routes:
    """The routes of one module, under one heading of the documentation."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.found: list[Route] = []

    def get(self, path: str, summary: str, action: Action | None, **more: Any) -> Callable[[F], F]:
        return self._add("GET", path, summary, action, more)

    def post(self, path: str, summary: str, action: Action | None, **more: Any) -> Callable[[F], F]:
        return self._add("POST", path, summary, action, more)

    def put(self, path: str, summary: str, action: Action | None, **more: Any) -> Callable[[F], F]:
        return self._add("PUT", path, summary, action, more)

    def patch(self, path: str, summary: str, action: Action | None, **more: Any) -> Callable[[F], F]:
        return self._add("PATCH", path, summary, action, more)

    def delete(self, path: str, summary: str, action: Action | None, **more: Any) -> Callable[[F], F]:
        return self._add("DELETE", path, summary, action, more)

    def _add(
        self, method: Method, path: str, summary: str, action: Action | None, more: dict[str, Any]
    ) -> Callable[[F], F]:
        def add(function: F) -> F:
            hints = get_type_hints(function, include_extras=True)
            answer = hints.pop("return")
            self.found.append(
                Route(
                    method=method,
                    path=path,
                    summary=summary,
                    tag=self.tag,
                    run=function,
                    action=action,
                    description=inspect.getdoc(function) or "",
                    parameters={name: hints[name] for name in variables(path)},
                    query=hints.get("query"),
                    body=hints.get("body"),
                    answer=None if answer in (type(None), Download) else answer,
                    problems=frozenset(more.pop("problems", ())),
                    **more,
                )
            )
            return function

        return add


def variables(path: str) -> Sequence[str]:
    return re.findall(r"\{(\w+)\}", path)


def pattern(path: str) -> str:
    """The regular expression of an address."""
    return re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(path))
