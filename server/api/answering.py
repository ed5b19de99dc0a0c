"""Answering: from a request to a route and back, the same in every server that the API is part of."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from tornado.web import HTTPError, RequestHandler, stream_request_body

from ...pipelines.errors import DashwrightError
from ..access import Anonymous, Principal, decide
from ..network import client_address
from ..observing.requests import id_of
from ..store import Keys, Shares
from ..store.keys import Answered
from . import guarding, handing_over, idempotency, quotas, reading
from .calling import session_of
from .pace import LEAST, Pace
from .problem import CONTENT_TYPE, Refusal, problem_of, refusal_of
from .quotas import QuotaName, Standing
from .route import Call, Download, Route
from .service import Service

log = logging.getLogger(__name__)

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Server": "Dashwright",
}
SENTENCES = {
    400: "The request is not understood.",
    401: "Who asks is not known.",
    403: "This is not allowed.",
    404: "There is nothing at this address.",
    405: "This address does not take this method.",
    500: "Something went wrong here, which is not your fault; the log has more under this request's id.",
}


@dataclass(frozen=True)
class Reply:
    """What is sent back."""

    status: int
    headers: Mapping[str, str]
    content: str | None
    """JSON."""
    is_replayed: bool = False

    @classmethod
    def again(cls, answered: Answered, *, is_replayed: bool) -> Reply:
        """What is kept under a key."""
        content = answered.content
        text = None if content is None else json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        return cls(answered.status, answered.headers, text, is_replayed)


@stream_request_body
class Answering(RequestHandler):
    """Headers, and every error as a Problem. Bodies are refused before they come, unless a subclass takes one."""

    is_unread = True
    """Whether the request may still be under way, if only its end. Tornado ends a connection over which it is answered
    then; the answer must say so, or who sends another request after it is cut off."""

    def initialize(self, service: Service, **_: Any) -> None:
        self.service = service
        self.standing: Standing | None = None

    @property
    def request_id(self) -> str:
        return id_of(self.request)

    def set_default_headers(self) -> None:
        for name, value in HEADERS.items():
            self.set_header(name, value)
        self.set_header("X-Request-Id", self.request_id)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        if self.is_unread:
            self.set_header("Connection", "close")
        refusal = self._refusal(kwargs.get("exc_info", (None, None))[1], status_code)
        self.set_status(refusal.status)
        self.tell_standing()
        for name, value in refusal.headers.items():
            self.set_header(name, value)
        self.set_header("Content-Type", CONTENT_TYPE)
        self.finish(problem_of(refusal, self.request_id).model_dump_json(exclude_defaults=False))

    def _refusal(self, error: BaseException | None, status: int) -> Refusal:
        if isinstance(error, Refusal):
            return error
        if isinstance(error, DashwrightError):
            return refusal_of(error)
        status = status if status in SENTENCES or status < 500 else 500
        return Refusal(status, SENTENCES.get(status, SENTENCES[400]))

    def log_exception(self, kind: Any, error: Any, trace: Any) -> None:
        """What somebody can act on is told to them; the log is for what nobody foresaw."""
        if isinstance(error, Refusal | DashwrightError | HTTPError):
            log.info("The request was refused: %s", error)
        else:
            log.error("Request %s failed", self.request_id, exc_info=(kind, error, trace))

    async def prepare(self) -> None:
        self.guard()
        self.refuse_body()
        self.is_unread = False

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:  # noqa: ARG002
        return None

    @property
    def has_body(self) -> bool:
        headers = self.request.headers
        return headers.get("Content-Length", "0") != "0" or "Transfer-Encoding" in headers

    def refuse_body(self) -> None:
        """Refuse a request that has a body.

        Raises:
            Refusal: 400.
        """
        if self.has_body:
            raise Refusal(400, "This address takes no body.")

    def check_xsrf_cookie(self) -> None:
        """Done by `guard`, in the shape of all errors."""

    def guard(self) -> None:
        if self.service.hosts is not None:
            guarding.check_host(self.request.host or "", self.service.hosts)
        guarding.check_query(list(self.request.query_arguments))
        guarding.check_site(self.request)
        guarding.check_cookie(self.request)

    def who(self) -> Principal:
        """In a thread."""
        return self.service.identity.who(self.request)

    @property
    def address(self) -> str:
        """Where the request comes from in the network."""
        return client_address(self.request, self.service.settings.public_url)

    def count(self, name: QuotaName, whose: str) -> None:
        """Use one of a quota. In a thread.

        Raises:
            Refusal: there is none left.
        """
        self.standing = quotas.use(self.service.store(), name, whose)
        if self.standing is not None and self.standing.is_over:
            raise self.standing.refusal

    def tell_standing(self) -> None:
        """Say how the caller stands with the quota of which one was used, if one was."""
        for name, value in (self.standing.headers if self.standing else {}).items():
            self.set_header(name, value)


class NoRoute(Answering):
    """Every address of the API at which there is nothing."""

    async def prepare(self) -> None:
        self.guard()
        raise Refusal(404, f"There is nothing at '{self.request.path[:200]}'; /api/openapi.json lists what there is.")


class Answer(Answering):
    """All methods of one address. The body is read here, so that one that is too large never comes in."""

    SUPPORTED_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

    def initialize(self, service: Service, routes: Mapping[str, Route] | None = None, **_: Any) -> None:
        super().initialize(service)
        self.routes = routes or {}
        self.content = bytearray()
        self.pace: Pace | None = None
        self.download: Download | None = None

    @property
    def route(self) -> Route:
        method = "GET" if self.request.method == "HEAD" else self.request.method or ""
        if method not in self.routes:
            allowed = ", ".join(sorted({*self.routes, *({"HEAD"} if "GET" in self.routes else ()), "OPTIONS"}))
            raise Refusal(405, f"This address does not take {method[:20]}, but {allowed}.", headers={"Allow": allowed})
        return self.routes[method]

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        if self.pace is not None:
            self.pace.came(len(chunk))
        return self.take(chunk)

    def take(self, chunk: bytes) -> Awaitable[None] | None:
        self.content += chunk
        return None

    async def prepare(self) -> None:
        self.guard()
        if self.request.method == "OPTIONS":
            self.refuse_body()
        else:
            route = self.route
            self.limit(route)
            if route.body is not None:
                reading.check_type(self.request.headers.get("Content-Type", ""))
        self.is_unread = False
        self.keep_pace()

    def keep_pace(self) -> None:
        """From now on the body must come."""
        if self.has_body:
            self.pace = Pace(self.service.patience, self.give_up)

    def give_up(self) -> None:
        """The body comes too slowly, or not at all."""
        self.is_unread = True
        least, seconds = LEAST, self.service.patience
        error = Refusal(408, f"The body comes too slowly: at least {least:,} bytes must come in {seconds:g} seconds.")
        self.send_error(408, exc_info=(Refusal, error, None))

    def on_finish(self) -> None:
        super().on_finish()
        self.stop_pace()

    def on_connection_close(self) -> None:
        super().on_connection_close()
        self.stop_pace()

    def stop_pace(self) -> None:
        if self.pace is not None:
            self.pace.stop()

    def limit(self, route: Route) -> None:
        length = self.request.headers.get("Content-Length", "0")
        if route.body is None:
            self.refuse_body()
        elif length.isdecimal() and int(length) > route.largest:
            raise self.too_large()
        # Who sends more than is read of it has said wrongly, or not at all, how much it is.
        self.request.connection.set_max_body_size(2 * route.largest)  # type: ignore[union-attr]

    def too_large(self) -> Refusal:
        return Refusal(
            413,
            f"The body is larger than {self.route.largest:,} bytes, which is the most.",
        )

    async def answer(self, **given: str) -> None:
        self.stop_pace()  # all of it is there
        route = self.route
        if len(self.content) > route.largest:
            raise self.too_large()
        query = reading.values(route.query, self._query()) if route.query else None
        if route.query is None and (extra := next(iter(self._query()), None)) is not None:
            raise Refusal(422, f"There is no '{extra[:80]}' to this address.", code="invalid")
        values = reading.path_values(route.parameters, {name: given[name] for name in route.parameters})
        body = reading.json_body(bytes(self.content), route.body) if route.body else None
        run = self.service.run_slowly if route.slow else self.service.run
        self._send(await run(self._do, route, values, query, body))
        if self.download is not None:
            await handing_over.hand_over(self, self.download)

    get = head = post = put = patch = delete = answer

    def options(self, **_: str) -> None:
        self.set_header(
            "Allow", ", ".join(sorted({*self.routes, *({"HEAD"} if "GET" in self.routes else ()), "OPTIONS"}))
        )
        self.set_status(204)

    def _query(self) -> dict[str, list[bytes]]:
        """JupyterLab adds the time to its addresses, as a name that is all digits."""
        return {name: items for name, items in self.request.query_arguments.items() if not name.isdecimal()}

    def authorize(self, route: Route, values: dict[str, Any]) -> Call:
        """Who asks, and whether they may. In a thread.

        Raises:
            Refusal: they may not.
        """
        expected = guarding.expected(self.request.headers) if route.guarded else None
        principal = Anonymous() if route.bare else self.identify(route)
        call = Call(
            principal,
            self.service,
            self.request_id,
            expected,
            address=self.address,
            user_agent=self.request.headers.get("User-Agent", ""),
            session=session_of(self.request),
            is_secure=self.request.protocol == "https" or (self.service.settings.public_url or "").startswith("https:"),
        )
        if route.action is not None:
            shares, facts = Shares(call.store), None
            if "slug" in values:
                facts = shares.facts(values["slug"])
            elif "job_id" in values:
                facts = shares.facts_of_job(values["job_id"])
            decision = decide(principal, route.action, facts)
            if not decision.is_allowed:
                more = {"WWW-Authenticate": "Bearer"} if decision.status == 401 else {}
                raise Refusal(decision.status, decision.sentence, headers=more)
        return call

    def identify(self, route: Route) -> Principal:
        """Who asks. Strangers are counted, also those with a token that nobody knows. In a thread.

        Raises:
            Refusal: the token is no good, or there were too many requests from there.
        """
        is_stranger = True
        try:
            principal = self.who()
            is_stranger = isinstance(principal, Anonymous)
            return principal
        finally:
            if is_stranger and not route.uncounted:
                self.count("anonymous", quotas.network_of(self.address))

    def complete(self, call: Call) -> None:
        """Add to a call what came beside its values."""

    def _do(self, route: Route, values: dict[str, Any], query: BaseModel | None, body: BaseModel | None) -> Reply:
        """In a thread: what was asked for, if they may."""
        call = self.authorize(route, values)
        self.complete(call)
        sent: dict[str, Any] = dict(values)
        if query is not None:
            sent["query"] = query
        if body is not None:
            sent["body"] = body

        def do() -> BaseModel | None:
            if route.quota is not None and (account := quotas.account_of(call.principal)) is not None:
                self.count(route.quota, account)
            answer = route.run(call, **sent)
            if isinstance(answer, Download):
                self.download, answer = answer, None
            return answer

        def do_once() -> Answered:
            answer = do()
            content = None if answer is None else answer.model_dump(mode="json")
            return Answered(status=route.status, headers=call.headers, content=content)

        key = self.request.headers.get("Idempotency-Key")
        if not route.repeatable or key is None:
            answer = do()
            content = None if answer is None else answer.model_dump_json()  # in one go: a list is a lot
            return Reply(route.status, call.headers, content)
        what = body.model_dump(mode="json") if body is not None else None
        answered, is_replayed = idempotency.once(
            Keys(call.store), call.principal, idempotency.key_of(key), _named(route, values, query), what, do_once
        )
        return Reply.again(answered, is_replayed=is_replayed)

    def _send(self, reply: Reply) -> None:
        self.tell_standing()
        for name, value in reply.headers.items():
            self.set_header(name, value)
        if reply.is_replayed:
            self.set_header("Idempotency-Replayed", "true")
        tag = reply.headers.get("ETag")
        if tag and self.request.method in ("GET", "HEAD") and self.request.headers.get("If-None-Match") == tag:
            self.set_status(304)
            return
        self.set_status(reply.status)
        if reply.content is None:
            self.clear_header("Content-Type")
            return
        self.set_header("Content-Type", "application/json")
        self.write(reply.content)


def _named(route: Route, values: dict[str, Any], query: BaseModel | None) -> str:
    """What is asked for beside the body, as an Idempotency-Key stands for it."""
    wanted = query.model_dump(mode="json", exclude_defaults=True) if query is not None else {}
    return f"{route.name} {values}" + (f" {wanted}" if wanted else "")
