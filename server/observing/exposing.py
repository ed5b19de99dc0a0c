"""Exposing: all metrics of one process, as Prometheus reads them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, ProcessCollector, disable_created_metrics
from prometheus_client.exposition import generate_latest
from sqlalchemy.pool import QueuePool

from ..database import MOST_OVERFLOW
from ..nouns import Measured
from . import catalogue
from .collecting import DatabaseState, Gauges, ProcessState
from .counting import Counting
from .reading import Reading

if TYPE_CHECKING:
    from sqlalchemy import Engine

disable_created_metrics()  # type: ignore[no-untyped-call]  # twice the series, and nobody looks at when they began
BY_PROGRAM = {
    "api": (catalogue.REQUESTS, catalogue.LATENCY),
    "viewer": (catalogue.REQUESTS, catalogue.LATENCY),
    "worker": (catalogue.JOB_ENDS, catalogue.JOB_SECONDS, catalogue.STEP_SECONDS, catalogue.CALL_SECONDS),
}


class Exposition:
    """Made once in a process.

    Args:
        program: "api", "viewer" or "worker".
        measure: reads what the database knows. None: there is no database to ask.
        engine: whose pool is told of. None: nothing is.
    """

    def __init__(
        self,
        program: str,
        measure: Callable[[], Measured] | None = None,
        engine: Callable[[], Engine] | None = None,
    ) -> None:
        self.registry = CollectorRegistry()
        self.counting = Counting(self.registry)
        self.counting.declare(*BY_PROGRAM[program])
        self._gauges: list[Gauges] = [pool_of(engine)] if engine else []
        ProcessCollector(registry=self.registry)
        self.registry.register(ProcessState(version("dashwright"), self._gauges))
        if measure is not None:
            self.registry.register(DatabaseState(Reading(measure)))

    def tell(self, gauges: Gauges) -> None:
        """Have these told, too."""
        self._gauges.append(gauges)

    def text(self) -> bytes:
        """May wait for the database, so not on an event loop."""
        return generate_latest(self.registry)


def pool_of(engine: Callable[[], Engine]) -> Gauges:
    def tell() -> Sequence[tuple[catalogue.Metric, tuple[str, ...], float]]:
        pool = engine().pool
        if not isinstance(pool, QueuePool):
            return ()
        return (
            (catalogue.POOL, ("in_use",), pool.checkedout()),
            (catalogue.POOL, ("idle",), pool.checkedin()),
            (catalogue.POOL_LIMIT, (), pool.size() + MOST_OVERFLOW),
        )

    return tell
