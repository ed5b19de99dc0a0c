"""Notices: written with the end of a job, in its transaction, and sent by workers afterwards."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, aliased

from ..notices.events import USUAL, Event, events_of, first_wanted, line
from ..notices.hooks import shown_url
from ..notices.nouns import Delivery, DeliveryState, Outcome, Taken
from ..notices.tables import DeliveryRow, NoticePreferenceRow, SubscriptionRow, WebhookRow
from ..notices.unsubscribing import secret_of
from ..settings import Settings
from ..tables import DashboardRow, JobRow, UserRow
from .sharing import facts_in
from .store import Store
from .subscriptions import is_wanted, keep_secret
from .translating import dashboard_of, job_of, user_of

log = logging.getLogger(__name__)
CHANNEL = "dashwright_notices"
LEASE = timedelta(minutes=5)
"""For one attempt. Whoever has not said by then what became of it is dead."""
KEPT = timedelta(days=30)
"""How long it is remembered what became of a delivery."""


def announce(session: Session, job: JobRow, settings: Settings, *, is_good: bool, was_failing: bool) -> None:
    """Write down who is to be told of the end of a job, in the transaction that ends it.

    Whatever goes wrong here is no reason for the job to fail.

    Args:
        was_failing: whether the dashboard's refresh before failed.
    """
    events = events_of(job.kind, is_good=is_good, unchanged=job.unchanged, was_failing=was_failing)
    try:
        with session.begin_nested():
            if rows := [*_mails(session, job, events, settings), *_hooks(session, job, events)]:
                session.execute(insert(DeliveryRow).values(rows).on_conflict_do_nothing())
                wake(session)
    except SQLAlchemyError as error:
        if getattr(error, "connection_invalidated", False):
            raise
        log.exception("Nobody is told of the end of job %s.", job.id)


def wake(session: Session) -> None:
    """Let workers look what there is to send, once the transaction is committed."""
    session.execute(text("SELECT pg_notify(:channel, '')"), {"channel": CHANNEL})


class Outbox:
    """What is to be sent. Each method is one transaction and raises DatabaseGoneError like the store's."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def take(self) -> Taken | None:
        """The delivery that is due first, ours for the time of an attempt. None: there is none.

        Of one webhook only one is under way as a rule, so that a slow receiver holds up nobody but itself.
        """
        other = aliased(DeliveryRow)
        is_busy = exists().where(other.webhook_id == DeliveryRow.webhook_id, other.lease_until > func.now())
        due = (
            select(DeliveryRow)
            .where(
                DeliveryRow.state == "waiting",
                DeliveryRow.next_attempt_at <= func.now(),
                DeliveryRow.lease_until.is_(None) | (DeliveryRow.lease_until < func.now()),
                ~is_busy,
            )
            .order_by(DeliveryRow.next_attempt_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        while True:
            with self._store.transaction() as session:
                row = session.scalar(due)
                if row is None:
                    return None
                row.attempts += 1
                row.lease_until = datetime.now(UTC) + LEASE
            # Read without a lock on it: who deletes its dashboard has that one first, and then wants this.
            with self._store.transaction() as session:
                if (row := session.get(DeliveryRow, row.id)) is not None:
                    return _taken(session, row, self._store.settings)

    def settle(self, taken: Taken, outcome: Outcome) -> bool:
        """Write down what became of an attempt. False: the delivery was another's by then, or is gone."""
        with self._store.transaction() as session:
            # The webhook first, as who removes it does.
            webhook = session.get(WebhookRow, UUID(taken.webhook.id), with_for_update=True) if taken.webhook else None
            row = session.scalar(
                select(DeliveryRow)
                .where(
                    DeliveryRow.id == UUID(taken.id),
                    DeliveryRow.attempts == taken.attempt,
                    DeliveryRow.state == "waiting",
                )
                .with_for_update()
            )
            if row is None:
                return False
            now = datetime.now(UTC)
            row.state, row.reason, row.lease_until = outcome.state, outcome.reason, None
            row.status_code = outcome.status_code
            if outcome.pause is not None:
                row.next_attempt_at = now + outcome.pause
            if outcome.state != "waiting":
                row.ended_at = now
            if webhook is not None and outcome.state != "withheld":
                _note(webhook, outcome, now)
            return True

    def all(self, states: Collection[DeliveryState] = (), limit: int = 100) -> tuple[Delivery, ...]:
        """The newest first."""
        with self._store.transaction() as session:
            return deliveries_in(session, limit, *((DeliveryRow.state.in_(states),) if states else ()))

    def retry(self) -> int:
        """Try again at once what waits for another attempt, and what was given up and is not a day old. How many."""
        now = datetime.now(UTC)
        is_fresh = DeliveryRow.created_at > now - timedelta(days=1)
        query = (
            update(DeliveryRow)
            .where((DeliveryRow.state == "waiting") | ((DeliveryRow.state == "dead") & is_fresh))
            .values(state="waiting", next_attempt_at=now, ended_at=None)
            .returning(DeliveryRow.id)
        )
        with self._store.transaction() as session:
            again = session.scalars(query).all()
            wake(session)
            return len(again)

    def forget_old(self) -> None:
        with self._store.transaction() as session:
            session.execute(delete(DeliveryRow).where(DeliveryRow.ended_at < datetime.now(UTC) - KEPT))


def deliveries_in(session: Session, limit: int, *conditions: ColumnElement[bool]) -> tuple[Delivery, ...]:
    query = select(DeliveryRow).where(*conditions).order_by(DeliveryRow.created_at.desc(), DeliveryRow.id).limit(limit)
    return tuple(delivery_of(session, row) for row in session.scalars(query).all())


def delivery_of(session: Session, row: DeliveryRow) -> Delivery:
    dashboard = session.get(DashboardRow, row.dashboard_id) if row.dashboard_id else None
    if row.webhook_id is not None:
        webhook = session.get(WebhookRow, row.webhook_id)
        recipient = shown_url(webhook.url) if webhook else ""
    else:
        user = session.get(UserRow, row.user_id)
        recipient = user.email if user else ""
    return Delivery.model_validate(
        {
            "id": str(row.id),
            "event": row.event,
            "channel": "webhook" if row.webhook_id else "email",
            "recipient": recipient,
            "slug": dashboard.slug if dashboard else None,
            "job_id": str(row.job_id) if row.job_id else None,
            "webhook_id": str(row.webhook_id) if row.webhook_id else None,
            "state": row.state,
            "attempts": row.attempts,
            "reason": row.reason,
            "status_code": row.status_code,
            "created_at": row.created_at,
            "next_attempt_at": row.next_attempt_at if row.state == "waiting" else None,
            "ended_at": row.ended_at,
        }
    )


def _mails(session: Session, job: JobRow, events: Sequence[Event], settings: Settings) -> list[dict[str, Any]]:
    if settings.smtp_url is None or not events:
        return []
    people = _listeners(session, job.dashboard)
    query = (
        select(UserRow.id, NoticePreferenceRow.events)
        .outerjoin(NoticePreferenceRow, NoticePreferenceRow.user_id == UserRow.id)
        .where(UserRow.id.in_(people), UserRow.disabled.is_(False))
    )
    wanted = {
        user: first_wanted(events, USUAL if chosen is None else chosen) for user, chosen in session.execute(query)
    }
    return [_row(job, event, user_id=user) for user, event in wanted.items() if event]


def _hooks(session: Session, job: JobRow, events: Sequence[Event]) -> list[dict[str, Any]]:
    """Of whoever is told of the dashboard, and of the operator, who is told of all."""
    if not events:
        return []
    of_them = WebhookRow.user_id.is_(None) | WebhookRow.user_id.in_(_listeners(session, job.dashboard))
    query = select(WebhookRow.id, WebhookRow.events).where(WebhookRow.enabled.is_(True), of_them)
    query = query.with_for_update(read=True, key_share=True)  # who removes one does it before or after this
    wanted = {webhook: first_wanted(events, chosen) for webhook, chosen in session.execute(query)}
    return [_row(job, event, webhook_id=webhook) for webhook, event in wanted.items() if event]


def _row(job: JobRow, event: Event, user_id: UUID | None = None, webhook_id: UUID | None = None) -> dict[str, Any]:
    of_job = {"event": event.value, "job_id": job.id, "dashboard_id": job.dashboard_id}
    return of_job | {"user_id": user_id, "webhook_id": webhook_id}


def _listeners(session: Session, dashboard: DashboardRow) -> set[UUID]:
    """Users that are told of a dashboard."""
    query = select(SubscriptionRow.user_id, SubscriptionRow.wanted).where(SubscriptionRow.dashboard_id == dashboard.id)
    said: dict[UUID, bool] = {user: wanted for user, wanted in session.execute(query) if wanted is not None}
    if dashboard.user_id is not None:
        said.setdefault(dashboard.user_id, True)
    return {user for user, wanted in said.items() if wanted}


def _taken(session: Session, row: DeliveryRow, settings: Settings) -> Taken:
    from .webhooks import webhook_of  # which needs this module

    webhook = session.get(WebhookRow, row.webhook_id) if row.webhook_id else None
    user_id = webhook.user_id if webhook else row.user_id
    user = session.get(UserRow, user_id) if user_id else None
    dashboard = session.get(DashboardRow, row.dashboard_id) if row.dashboard_id else None
    job = session.get(JobRow, row.job_id) if row.job_id else None
    subscribed = True
    if dashboard is not None and user is not None:
        subscribed = is_wanted(session, dashboard.id, user.id, dashboard.user_id)
        if webhook is None:
            secret = secret_of(settings, str(user.id), str(dashboard.id))
            keep_secret(session, dashboard.id, user.id, secret)
    return Taken(
        id=str(row.id),
        attempt=row.attempts,
        event=row.event,
        created_at=row.created_at,
        user=user_of(user) if user else None,
        webhook=webhook_of(webhook) if webhook else None,
        dashboard=dashboard_of(dashboard) if dashboard else None,
        facts=facts_in(session, [dashboard.id]).get(str(dashboard.id)) if dashboard else None,
        job=job_of(job) if job else None,
        subscribed=subscribed,
        secret_hash=webhook.secret_hash if webhook else None,
    )


def _note(webhook: WebhookRow, outcome: Outcome, now: datetime) -> None:
    """Count what fails, and switch off what has failed too often."""
    if outcome.state == "sent":
        webhook.failures, webhook.last_sent_at = 0, now
        return
    webhook.failures += 1
    if outcome.disables is not None and webhook.enabled:
        webhook.enabled, webhook.disabled_reason = False, line(outcome.disables, 300)
        log.warning("The webhook %s is switched off: %s", webhook.id, webhook.disabled_reason)
