"""The desk: where a process has AI providers asked, for its jobs or for a command.

An identical question is answered from an earlier answer. What was spent is looked at before each call, and what it
took is written down after it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...pipelines.errors import DashwrightError
from ...pipelines.planners import AUTO
from ...pipelines.providers import Provider, provider
from ..nouns import Account
from ..observing.outside import told
from ..settings import Settings
from ..store import Entry, Ledger
from .book import Book
from .case import ACCOUNT, Case

if TYPE_CHECKING:
    from ...pipelines.providers.bridge import Bridge
    from ...pipelines.providers.gateway import Call

log = logging.getLogger(__name__)


class Desk:
    """Used by any thread. Nothing is imported, connected or started before the first question."""

    def __init__(self, settings: Settings, ledger: Ledger, count: Callable[[Call], None] | None = None) -> None:
        self.settings = settings
        self.ledger = ledger
        self.book = Book(ledger)
        self._count = count
        self._lock = threading.Lock()
        self._lines: dict[tuple[str, ...], Line] = {}

    def names(self, planner: str = AUTO) -> tuple[str, ...]:
        """The providers that are asked, in their order. A request may choose among those that the settings allow."""
        allowed = self.settings.providers
        if planner == AUTO:
            return allowed
        return tuple(name for name in map(str.strip, planner.split(",")) if name in allowed)

    def case(self, account: Account, planner: str = AUTO) -> Case:
        """A place for the questions of one job or command."""
        return Case(self, account, self.names(planner))

    def warm(self) -> None:
        """Begin to import what the configured providers need, beside everything else."""
        if names := self.names():
            threading.Thread(target=self.line, args=(names,), name="import-providers", daemon=True).start()

    def line(self, names: tuple[str, ...]) -> Line:
        """The providers of these names, made when they are first asked for."""
        with self._lock:
            if names not in self._lines:
                line = connected(self.settings, names, self._record)
                for sentence in line.missing.values():
                    log.warning("%s", sentence)
                self._lines[names] = line
            return self._lines[names]

    def close(self) -> None:
        """Cancel what is under way, and write down what is not written yet."""
        with self._lock:
            for line in self._lines.values():
                line.bridge.close()
        self.book.close()

    def _record(self, call: Call) -> None:
        if self._count is not None:
            self._count(call)
        told(call)
        self.book.note(
            Entry(
                account=ACCOUNT.get(Account()),
                provider=call.provider,
                model=call.model,
                operation=call.operation,
                outcome=call.outcome,
                usage=call.usage,
                seconds=call.seconds,
                at=call.started_at,
            )
        )


def connected(settings: Settings, names: Sequence[str], record: Callable[[Call], None] | None = None) -> Line:
    """The providers of these names, as the settings say. What cannot be made is told in `missing`."""
    from ...pipelines.providers.bridge import Bridge
    from ...pipelines.providers.gateway import Gateway
    from ...pipelines.providers.policy import Policy

    found: list[Provider] = []
    missing: dict[str, str] = {}
    for name in names:
        try:
            found.append(provider(name, settings.provider(name)))
        except DashwrightError as error:
            missing[name] = str(error)
    policy = Policy(timeout=settings.ai_timeout, patience=settings.ai_patience)
    ground = [(one.name, one.model, one.service.base_url or "") for one in found]
    return Line(Bridge(Gateway(found, policy, record=record)), repr(ground), missing)


@dataclass(frozen=True)
class Line:
    """A bridge to providers in one order."""

    bridge: Bridge
    ground: str
    """Who is asked which model where: another answer could come from another."""
    missing: dict[str, str]
    """Providers that cannot be asked at all, and a sentence why."""

    @property
    def excuse(self) -> str:
        return " ".join(self.missing.values())
