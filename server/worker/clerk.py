"""The clerk of one job: has a child's questions answered, while the watch goes on watching."""

from __future__ import annotations

import contextlib
import logging
import threading
from multiprocessing.connection import Connection

from pydantic_core import PydanticSerializationError

from ...pipelines.errors import DashwrightError
from ...pipelines.providers import Prompt, Providers
from ..observing.context import carried
from .messages import LONGEST_ANSWER, Answer, Answered, Asked, Question, WebSearch
from .recollecting import Recollection

log = logging.getLogger(__name__)
MOST = 8
"""Questions at once. Steps ask one after another; a child that asks more is not ours any more."""


class Clerk:
    """Each question gets a thread: a child that does not listen holds up nobody but itself."""

    def __init__(self, providers: Providers, recollection: Recollection, connection: Connection) -> None:
        self._providers = providers
        self._recollection = recollection
        self._connection = connection
        self._sending = threading.Lock()
        self._threads: list[threading.Thread] = []

    def take(self, asked: Asked) -> bool:
        """Answer a question, later. False: there are too many already."""
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        if len(self._threads) >= MOST:
            return False
        thread = threading.Thread(target=carried(self._answer), args=(asked,), name="clerk", daemon=True)
        self._threads.append(thread)
        thread.start()
        return True

    def join(self, patience: float = 10.0) -> None:
        """Wait until nothing is under way. The child has ended, and its questions have been dropped by now."""
        for thread in self._threads:
            thread.join(patience)

    def _answer(self, asked: Asked) -> None:
        content = self._content(asked)
        with contextlib.suppress(OSError), self._sending:  # the child may have ended meanwhile
            self._connection.send_bytes(content)

    def _content(self, asked: Asked) -> bytes:
        try:
            content = _encoded(asked, answer=self._ask(asked.what))
        except DashwrightError as error:
            return _encoded(asked, failure=str(error) or "No AI provider answered.")
        except PydanticSerializationError:
            return _encoded(asked, failure="The answer has characters that are no text.")
        except Exception:
            log.exception("A question of a job could not be answered.")
            return _encoded(asked, failure="Dashwright has a bug; the worker's log has the details.")
        if len(content) > LONGEST_ANSWER:
            sentence = f"The answer has {len(content):,} bytes; there may be {LONGEST_ANSWER:,}."
            return _encoded(asked, failure=sentence)
        return content

    def _ask(self, what: Question) -> Answer:
        match what:
            case Prompt():
                return self._providers.complete(what)
            case WebSearch():
                return self._providers.search(what.question, what.limit)
        return self._recollection.answer(what)


def _encoded(asked: Asked, *, answer: Answer | None = None, failure: str | None = None) -> bytes:
    return Answered(number=asked.number, answer=answer, failure=failure).model_dump_json().encode()
