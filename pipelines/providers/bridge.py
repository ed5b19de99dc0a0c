"""Bridge: a gateway for callers that wait. Its event loop has a thread of its own.

The worker hands its jobs' questions over with `submit` and can take them back; the command line just waits.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from typing import Any, TypeVar

from ..errors import ProviderError
from .gateway import Check, Gateway
from .policy import Allowance, BreakerState
from .provider import Completion, Pages, Prompt, Providers

Result = TypeVar("Result")

CLOSING = 5.0
"""Seconds for open calls to end when the bridge is closed."""


class Bridge:
    """`Providers` over a gateway. Any thread may use it until it is closed."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._loop = asyncio.new_event_loop()
        self._lock = threading.Lock()
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="AI providers", daemon=True)
        self._thread.start()

    @property
    def names(self) -> tuple[str, ...]:
        return self._gateway.names

    @property
    def breakers(self) -> dict[str, BreakerState]:
        return self._gateway.breakers

    def submit(self, prompt: Prompt, allowance: Allowance) -> Future[Completion]:
        """The answer to come, or a ProviderError. Cancelling it closes the connection."""
        return self._submit(self._gateway.complete(prompt, allowance))

    def submit_search(self, question: str, limit: int, allowance: Allowance) -> Future[Pages]:
        """The pages to come, or a ProviderError. Cancelling it closes the connection."""
        return self._submit(self._gateway.search(question, limit, allowance))

    def complete(self, prompt: Prompt, allowance: Allowance | None = None) -> Completion:
        """Without an allowance the question has one of its own.

        Raises:
            ProviderError: no provider gave an answer, or the bridge was closed meanwhile.
        """
        return _wait(self.submit(prompt, allowance or self.allowance()))

    def search(self, question: str, limit: int, allowance: Allowance | None = None) -> Pages:
        """
        Raises:
            ProviderError: no provider that searches the web gave an answer, or the bridge was closed meanwhile.
        """
        return _wait(self.submit_search(question, limit, allowance or self.allowance()))

    def check(self, timeout: float) -> tuple[Check, ...]:
        """What each provider says about itself within so many seconds; costs nothing."""
        return _wait(self._submit(self._gateway.check(timeout)))

    def allowance(self) -> Allowance:
        """A new one, of the policy's patience: for one job."""
        return Allowance(self._gateway.policy.patience)

    def for_job(self) -> Providers:
        """The same providers with one allowance for all questions that are put to what is returned."""
        return _ForJob(self, self.allowance())

    def close(self) -> None:
        """Cancel what is under way and close the connections. May be called twice."""
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
            self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _submit(self, coroutine: Coroutine[Any, Any, Result]) -> Future[Result]:
        with self._lock:
            if not self._is_closed:
                return asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        coroutine.close()
        raise ProviderError("AI providers cannot be asked any more, since this process is ending.")

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
            self._loop.run_until_complete(self._end())
        finally:
            asyncio.set_event_loop(None)
            self._loop.close()

    async def _end(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSING):
                await asyncio.gather(*tasks, return_exceptions=True)
                await self._gateway.close()
                await self._loop.shutdown_asyncgens()


class _ForJob:
    def __init__(self, bridge: Bridge, allowance: Allowance) -> None:
        self._bridge = bridge
        self._allowance = allowance

    @property
    def names(self) -> tuple[str, ...]:
        return self._bridge.names

    def complete(self, prompt: Prompt) -> Completion:
        return self._bridge.complete(prompt, self._allowance)

    def search(self, question: str, limit: int) -> Pages:
        return self._bridge.search(question, limit, self._allowance)


def _wait(future: Future[Result]) -> Result:
    """The result; an interrupted caller takes the question back."""
    try:
        return future.result()
    except CancelledError as error:
        raise ProviderError("The question to AI providers was taken back.") from error
    except BaseException:
        future.cancel()
        raise
