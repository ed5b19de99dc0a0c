"""The queue: Huey's tables in our database. A message holds a job's id and nothing else.

Huey forgets a message before it does what it says, so a message is only a hint that a job waits, and one that is lost
or comes twice does no harm. Which job its worker takes is decided then, by whose turn it is.
"""

from __future__ import annotations

from collections.abc import Callable

from huey import PostgresHuey
from huey.serializer import SignedSerializer
from sqlalchemy import text
from sqlalchemy.orm import Session

from .database import CONNECT_TIMEOUT, QUEUE_PREFIX, libpq
from .keeping import kept_secret
from .settings import Settings

NAME = "dashwright"


def signing_secret(settings: Settings) -> str:
    """Messages are pickles, so only those that were signed with this are read."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    return kept_secret(settings.secrets, "secret-key")


class Queue:
    """Puts messages, in the transaction that changes the job's row; Huey's consumer takes them."""

    def __init__(self, url: str, secret: str, work: Callable[[str], None] | None = None) -> None:
        self.huey = PostgresHuey(
            NAME,
            dsn=libpq(url),
            connect_timeout=CONNECT_TIMEOUT,
            table_prefix=QUEUE_PREFIX,
            create_tables=False,
            serializer=SignedSerializer(secret=secret),
            results=False,
            utc=True,
        )

        # The name and this module's name are in messages that wait: do not change them.
        @self.huey.task(name="run_job")
        def run_job(job_id: str) -> None:
            if work is not None:
                work(job_id)

        self._run_job = run_job

    def put(self, session: Session, job_id: str) -> str:
        """Put a message as part of the session's transaction. The answer is the message's id."""
        task = self._run_job.s(job_id)
        storage = self.huey.storage
        session.execute(
            text(f"INSERT INTO {storage.table_task} (queue, data, priority) VALUES (:queue, :data, 0)"),  # noqa: S608
            {"queue": storage.name, "data": self.huey.serialize_task(task)},
        )
        session.execute(text("SELECT pg_notify(:channel, '')"), {"channel": storage.channel})
        return str(task.id)

    def waiting(self, session: Session) -> int:
        """Messages that nobody has taken yet."""
        storage = self.huey.storage
        return int(
            session.scalar(
                text(f"SELECT count(*) FROM {storage.table_task} WHERE queue = :queue"),  # noqa: S608
                {"queue": storage.name},
            )
            or 0
        )

    def close(self) -> None:
        self.huey.storage.close()
