"""A case: the questions of one job or command, asked at the desk."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from contextvars import ContextVar
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from ...pipelines.errors import ProviderError
from ...pipelines.providers import Completion, Pages, Prompt, Usage
from ..database import DatabaseGoneError
from ..nouns import Account
from ..store import Entry
from ..store.spending import CACHED

if TYPE_CHECKING:
    from ...pipelines.providers.bridge import Bridge
    from ...pipelines.providers.policy import Allowance
    from .desk import Desk, Line

Answer = TypeVar("Answer", Completion, Pages)
WRITING = 5.0
"""Seconds that an answer waits until its cost is written down, so that the next question knows of it."""
DROPPED = "The question to the AI providers was dropped."
ACCOUNT: ContextVar[Account] = ContextVar("account")
"""Of the question that is under way. The bridge's tasks have the context of whoever asks."""


class Case:
    """The questions of one job or command: `Providers` for whoever waits. Any thread may ask, and any may drop them."""

    def __init__(self, desk: Desk, account: Account, names: tuple[str, ...]) -> None:
        self.names = names
        self._desk = desk
        self._account = account
        self._lock = threading.Lock()
        self._allowance: Allowance | None = None
        self._under_way: set[Future[Any]] = set()
        self._is_dropped = False

    def complete(self, prompt: Prompt) -> Completion:
        """
        Raises:
            ProviderError: no provider gave an answer, or none may be asked (any more).
        """

        def ask(bridge: Bridge, allowance: Allowance) -> Future[Completion]:
            return bridge.submit(prompt, allowance)

        return self._answer(prompt.operation, json.dumps(prompt.model_dump()), Completion, ask)

    def search(self, question: str, limit: int) -> Pages:
        """
        Raises:
            ProviderError: no provider gave an answer, or none may be asked (any more).
        """

        def ask(bridge: Bridge, allowance: Allowance) -> Future[Pages]:
            return bridge.submit_search(question, limit, allowance)

        return self._answer("search", json.dumps([question, limit]), Pages, ask)

    def drop(self) -> None:
        """Cancel what is under way, which closes its connections, and ask nothing more."""
        with self._lock:
            self._is_dropped = True
            under_way = tuple(self._under_way)
        for future in under_way:
            future.cancel()

    def _answer(
        self,
        operation: str,
        question: str,
        kind: type[Answer],
        ask: Callable[[Bridge, Allowance], Future[Answer]],
    ) -> Answer:
        if not self.names:
            raise ProviderError("No AI provider is configured.")
        line = self._desk.line(self.names)
        digest = sha256(f"{kind.__name__} {line.ground} {question}".encode(errors="surrogatepass")).hexdigest()
        try:
            if known := self._known(digest, kind, operation):
                return known
            self._refuse_overspending()
            answer = self._asked(line, ask)
            self._keep(digest, answer)
        except DatabaseGoneError as error:
            raise ProviderError(
                "No AI provider is asked while the database does not answer, since nobody knows what was spent."
            ) from error
        return answer

    def _known(self, digest: str, kind: type[Answer], operation: str) -> Answer | None:
        """An earlier answer, if there is one."""
        if not self._desk.settings.ai_cache or (found := self._desk.ledger.answer(digest)) is None:
            return None
        try:
            answer = kind.model_validate(found)
        except ValidationError:  # of another version of Dashwright
            return None
        entry = Entry(
            account=self._account,
            provider=answer.provider,
            model=getattr(answer, "model", ""),
            operation=operation,
            outcome=CACHED,
            usage=Usage(cost_usd=0),
            at=datetime.now(UTC),
        )
        self._desk.book.note(entry)
        return answer.model_copy(update={"is_cached": True} if isinstance(answer, Completion) else {"usage": Usage()})

    def _refuse_overspending(self) -> None:
        budget = self._desk.settings.ai_budget
        spent = self._desk.ledger.today(self._account.user_id).cost_usd
        if spent >= budget:
            raise ProviderError(
                f"The budget of ${budget:.2f} a day for AI providers is used up (${spent:.2f} since midnight UTC); "
                "DASHWRIGHT_AI_BUDGET sets it."
            )

    def _asked(self, line: Line, ask: Callable[[Bridge, Allowance], Future[Answer]]) -> Answer:
        if line.missing and not line.bridge.names:
            raise ProviderError(line.excuse)
        with self._lock:
            if self._is_dropped:
                raise ProviderError(DROPPED)
            self._allowance = self._allowance or line.bridge.allowance()
            token = ACCOUNT.set(self._account)
            try:
                future = ask(line.bridge, self._allowance)
            finally:
                ACCOUNT.reset(token)
            self._under_way.add(future)
        try:
            return future.result()
        except CancelledError:
            raise ProviderError(DROPPED) from None
        except ProviderError as error:
            raise ProviderError(f"{error} {line.excuse}".strip()) from error
        finally:
            future.cancel()  # for whoever was interrupted while waiting
            with self._lock:
                self._under_way.discard(future)
            self._desk.book.settle(WRITING)

    def _keep(self, digest: str, answer: Completion | Pages) -> None:
        hours = self._desk.settings.ai_cache
        if not hours:
            return
        with contextlib.suppress(DatabaseGoneError, PydanticSerializationError):  # no answer is lost for that
            self._desk.ledger.keep(digest, answer, hours)
