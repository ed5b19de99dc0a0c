"""The line from a child to its worker: what the child says, what it asks and is told, and that both end together."""

from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import Future
from itertools import count
from multiprocessing.connection import Connection

from ...pipelines.errors import ProviderError
from ...pipelines.providers import Completion, Pages, Prompt
from .killing import kill_below
from .messages import LONGEST_ANSWER, LONGEST_QUESTION, Answer, Answered, Asked, Message, Question, WebSearch


class Line:
    """The child's end of its pipe. To a step it is the `Providers`: the worker has the keys and asks in its name."""

    def __init__(self, connection: Connection, names: tuple[str, ...] = ()) -> None:
        self.names = names
        self._connection = connection
        self._sending = threading.Lock()
        self._numbers = count(1)
        self._waiting: dict[int, Future[Answer]] = {}

    def open(self) -> None:
        """Listen from now on, and end this process and all below it when the worker has ended: its end of the pipe is
        closed then."""
        threading.Thread(target=self._listen, name="line-to-worker", daemon=True).start()

    def say(self, message: Message) -> None:
        self._send(message.model_dump_json().encode())

    def complete(self, prompt: Prompt) -> Completion:
        answer = self.ask(prompt)
        if not isinstance(answer, Completion):
            raise ProviderError("The worker answered a prompt with pages; Dashwright has a bug.")
        return answer

    def search(self, question: str, limit: int) -> Pages:
        answer = self.ask(WebSearch(question=question, limit=limit))
        if not isinstance(answer, Pages):
            raise ProviderError("The worker answered a search with a text; Dashwright has a bug.")
        return answer

    def ask(self, what: Question) -> Answer:
        """
        Raises:
            ProviderError: there is no answer.
        """
        number = next(self._numbers)
        try:
            content = Asked(number=number, what=what).model_dump_json().encode()
        except ValueError:  # data may hold halves of characters
            raise ProviderError("The question to the worker has characters that are no text.") from None
        if len(content) > LONGEST_QUESTION:
            raise ProviderError(
                f"The question to the worker has {len(content):,} bytes; there may be {LONGEST_QUESTION:,}."
            )
        answered = self._waiting[number] = Future()
        self._send(content)
        return answered.result()  # the worker always answers, or ends this process

    def _send(self, content: bytes) -> None:
        try:
            with self._sending:
                self._connection.send_bytes(content)
        except OSError:
            os._exit(1)  # nobody listens any more

    def _listen(self) -> None:
        try:
            while True:
                told = Answered.model_validate_json(self._connection.recv_bytes(LONGEST_ANSWER))
                waiting = self._waiting.pop(told.number)
                if told.answer is not None:
                    waiting.set_result(told.answer)
                else:
                    waiting.set_exception(ProviderError(told.failure))
        finally:  # the pipe is closed, or nobody would be told anything any more
            kill_below(os.getpid())
            os.kill(os.getpid(), signal.SIGKILL)
