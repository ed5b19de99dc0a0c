"""Context: what a request or a job is called, in every line that is logged for it, in whatever thread."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from functools import partial
from typing import ParamSpec, TypeVar

from structlog.contextvars import bound_contextvars, get_contextvars

P = ParamSpec("P")
T = TypeVar("T")
SAFE = re.compile(r"[A-Za-z0-9._-]{1,64}")
"""An id of a request that others made up and that may stand in a log and in a header."""


def request_id(given: str | None) -> str:
    """The id that a request came with, where that is harmless; else one of 64 random bits."""
    return given if given is not None and SAFE.fullmatch(given) else secrets.token_hex(8)


def current(name: str) -> str | None:
    """What is bound under a name at the moment."""
    value = get_contextvars().get(name)
    return None if value is None else str(value)


@contextmanager
def bound(**values: str | int | None) -> Iterator[None]:
    """Say these with each line that is logged meanwhile; what is None is left out."""
    with bound_contextvars(**{name: value for name, value in values.items() if value is not None}):
        yield


def carried(work: Callable[P, T]) -> Callable[P, T]:
    """The same function, for a thread: threads begin without any context."""
    context = copy_context()

    def run(*arguments: P.args, **named: P.kwargs) -> T:
        return context.run(partial(work, *arguments, **named))

    return run
