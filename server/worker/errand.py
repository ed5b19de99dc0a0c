"""An errand: something long that a watch has done in another thread, while it goes on keeping its job."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from ..observing.context import carried
from ..storage import Heed

T = TypeVar("T")


class UnwantedError(Exception):
    """Ends an errand that nobody waits for any more."""


class Errand(Generic[T]):
    """Begins at once. What is done gets a function to call between its pieces."""

    def __init__(self, do: Callable[[Heed], T]) -> None:
        self._do = do
        self._stopping = threading.Event()
        self._result: list[T] = []
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=carried(self._run), name="errand", daemon=True)
        self._thread.start()

    def is_done(self, patience: float) -> bool:
        """Wait for it, but not longer than this."""
        self._thread.join(patience)
        return not self._thread.is_alive()

    def stop(self, patience: float) -> None:
        """Let it end at its next piece."""
        self._stopping.set()
        self._thread.join(patience)

    def result(self) -> T:
        """What it brought, or the error that it ended with."""
        if self._error is not None:
            raise self._error
        return self._result[0]

    def _run(self) -> None:
        try:
            self._result.append(self._do(self._heed))
        except BaseException as error:  # noqa: BLE001 - raised where the result is asked for
            self._error = error

    def _heed(self) -> None:
        if self._stopping.is_set():
            raise UnwantedError
