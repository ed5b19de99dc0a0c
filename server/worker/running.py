"""The worker process: its threads, its signals, its end."""

from __future__ import annotations

import contextlib
import logging
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any

from huey.consumer import Consumer as HueyConsumer

from ...pipelines.errors import SetupError
from .. import observing
from ..ai import Desk
from ..database import connect, is_current
from ..inquiring import Inquirer
from ..observing import catalogue
from ..observing.exposing import Exposition
from ..observing.listening import listening
from ..postgres import EmbeddedPostgres
from ..queue import Queue, signing_secret
from ..refreshing import schedule
from ..settings import Settings
from ..store import Ledger, Measures, Store
from .courier import Courier
from .nursery import Nursery, forget_secrets
from .patience import Reviver
from .respondent import Respondent
from .sweeping import Sweeper
from .working import Worker

log = logging.getLogger(__name__)
JOIN_PATIENCE = 30.0
"""Seconds beyond the grace that ending takes: killing children, writing rows."""


def run(settings: Settings, workers: int, ready: Callable[[], None]) -> None:
    observing.begin(settings, "worker")
    forget_secrets(settings)
    try:
        _run(settings, workers, ready)
    finally:
        observing.end()


def _run(settings: Settings, workers: int, ready: Callable[[], None]) -> None:
    with _database(settings) as (url, reviver):
        if not is_current(url):
            raise SetupError("The database has not the tables of this version of Dashwright; run `dashwright migrate`.")
        nursery = Nursery(settings)  # before there are threads
        store = Store(connect(url, pool_size=2 * workers + 4, idle=max(1.0, settings.lease)), settings)
        stopping = threading.Event()
        measures = Measures(store)
        exposition = Exposition("worker", measures.read, lambda: store.engine)
        desk = Desk(settings, Ledger(store), exposition.counting.call)
        worker = Worker(store, nursery, desk, reviver, stopping.is_set, exposition.counting)
        exposition.tell(
            lambda: ((catalogue.RUNNING, (), len(worker.held)), (catalogue.SLOTS, (), workers)),
        )
        log.info("Versions are kept in '%s'.", worker.versions.storage.address)
        queue = Queue(url, signing_secret(settings), worker.work)
        schedule(queue, store)
        sweeper = Sweeper(worker, settings, reviver)
        respondent = Respondent(store, Inquirer(store, desk, worker.versions), reviver)
        courier = Courier(store, settings, reviver)
        _stop_at_signals(stopping)
        try:
            with listening(exposition, settings.metrics_port, settings.metrics_token):
                ready()
                desk.warm()
                worker.picturing.start()
                nursery.wait_until_warm(stopping.is_set)
                if not stopping.is_set():
                    _consume(queue, workers, stopping, sweeper, respondent, courier)
        finally:
            worker.picturing.stop()
            sweeper.stop()
            respondent.stop()
            courier.stop()
            queue.close()
            desk.close()
            measures.close()
            store.close()
            nursery.close()


@contextlib.contextmanager
def _database(settings: Settings) -> Iterator[tuple[str, Reviver]]:
    """The database, and how to bring it back when it was killed."""
    if settings.database_url is not None:
        settings.make_folders()
        yield settings.database_url.get_secret_value(), Reviver(None)
        return
    embedded = EmbeddedPostgres(settings)
    try:
        yield embedded.start(), Reviver(embedded.start)
    finally:
        embedded.stop()


class Consumer(HueyConsumer):  # type: ignore[misc]  # huey is not typed
    """Huey's consumer without its handling of signals: it would drop running tasks at SIGTERM and wait for ever at
    SIGINT. Ours must stay all the time, since a signal that comes while Huey's are set is heard by nobody."""

    def _set_signal_handlers(self) -> None:
        pass


def _consume(
    queue: Queue,
    workers: int,
    stopping: threading.Event,
    sweeper: Sweeper,
    respondent: Respondent,
    courier: Courier,
) -> None:
    """Let Huey's consumer take messages until a signal comes."""
    consumer = Consumer(queue.huey, workers=workers, periodic=True, scheduler_interval=1, max_delay=2)
    consumer.shutdown_timeout = sweeper.settings.shutdown_grace + JOIN_PATIENCE
    consumer.start()
    sweeper.start()
    respondent.start()
    courier.start()
    checks = 0
    while not stopping.wait(1):
        checks += 1
        if checks % 10 == 0:
            consumer.check_worker_health()
    log.info("Stopping: running jobs are handed back.")
    consumer.stop(graceful=True)


def _stop_at_signals(stopping: threading.Event) -> None:
    def stop(_signal: int, _frame: Any) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, stop)
