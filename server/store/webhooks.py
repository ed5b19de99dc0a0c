"""Webhooks: addresses that are told of events. Whose they are is asked with each of them."""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from ...pipelines.errors import InputError
from ..accounts.secrets import digest
from ..errors import ConflictError, MissingError
from ..notices.events import TEST, Event
from ..notices.hooks import checked_url, secret_of
from ..notices.nouns import Delivery, Webhook
from ..notices.tables import DeliveryRow, WebhookRow
from .notices import deliveries_in, delivery_of, wake
from .store import Store

MOST = 20
"""Webhooks of one account, or of the operator."""


class Webhooks:
    """Each method is one transaction and raises DatabaseGoneError like the store's; a webhook that is not there, or is
    another's, is a MissingError.

    Args:
        owner: id of the user whose they are; None: the operator's.
        all_of_them: for the command line, which may name anybody's.
    """

    def __init__(self, store: Store, owner: str | None, *, all_of_them: bool = False) -> None:
        self._store = store
        self._owner = UUID(owner) if owner else None
        self._all = all_of_them

    def all(self) -> tuple[Webhook, ...]:
        """The oldest first."""
        query = select(WebhookRow).order_by(WebhookRow.created_at, WebhookRow.id)
        if not self._all:
            query = query.where(WebhookRow.user_id.is_not_distinct_from(self._owner))
        with self._store.transaction() as session:
            return tuple(map(webhook_of, session.scalars(query)))

    def add(self, url: str, events: Collection[Event]) -> Webhook:
        """
        Raises:
            InputError: the address is not possible, no event is named, or there are too many already.
        """
        plain, chosen = checked_url(url, self._store.settings), _chosen(events)
        of_owner = WebhookRow.user_id.is_not_distinct_from(self._owner)
        with self._store.transaction() as session:
            if (session.scalar(select(func.count(WebhookRow.id)).where(of_owner)) or 0) >= MOST:
                raise ConflictError(f"There are {MOST} webhooks already, which is the most; remove one first.")
            row = WebhookRow(user_id=self._owner, url=plain, events=chosen)
            session.add(row)
            session.flush()
            row.secret_hash = digest(secret_of(self._store.settings, str(row.id)))
            session.flush()
            session.refresh(row)
            return webhook_of(row)

    def change(
        self,
        webhook_id: str,
        *,
        url: str | None = None,
        events: Collection[Event] | None = None,
        enabled: bool | None = None,
    ) -> Webhook:
        """Change a webhook; None leaves a value as it is. Switched on, its failures are forgotten.

        Raises:
            InputError: a value is not possible.
        """
        with self._store.transaction() as session:
            row = self._row(session, webhook_id)
            if url is not None:
                row.url = checked_url(url, self._store.settings)
            if events is not None:
                row.events = _chosen(events)
            if enabled is not None:
                row.enabled, row.failures = enabled, 0
                row.disabled_reason = None if enabled else "It was switched off."
            session.flush()
            return webhook_of(row)

    def remove(self, webhook_id: str) -> Webhook:
        """With what it was sent, and is yet to be."""
        with self._store.transaction() as session:
            removed = webhook_of(self._row(session, webhook_id))
            session.execute(delete(WebhookRow).where(WebhookRow.id == UUID(removed.id)))
            return removed

    def test(self, webhook_id: str) -> Delivery:
        """Have a worker send it something now."""
        with self._store.transaction() as session:
            row = DeliveryRow(event=TEST, webhook_id=self._row(session, webhook_id).id)
            session.add(row)
            session.flush()
            session.refresh(row)
            wake(session)
            return delivery_of(session, row)

    def deliveries(self, webhook_id: str, limit: int) -> tuple[Delivery, ...]:
        """What it was sent lately, and is yet to be; the newest first."""
        with self._store.transaction() as session:
            return deliveries_in(session, limit, DeliveryRow.webhook_id == self._row(session, webhook_id).id)

    def _row(self, session: Session, webhook_id: str) -> WebhookRow:
        with contextlib.suppress(ValueError):
            row = session.scalar(select(WebhookRow).where(WebhookRow.id == UUID(webhook_id)).with_for_update())
            if row is not None and (self._all or row.user_id == self._owner):
                return row
        raise MissingError(f"There is no webhook '{webhook_id[:80]}'.")


def webhook_of(row: WebhookRow) -> Webhook:
    return Webhook(
        id=str(row.id),
        user_id=str(row.user_id) if row.user_id else None,
        url=row.url,
        events=tuple(row.events),
        enabled=row.enabled,
        disabled_reason=row.disabled_reason,
        failures=row.failures,
        created_at=row.created_at,
        last_sent_at=row.last_sent_at,
    )


def _chosen(events: Collection[Event]) -> list[str]:
    if not events:
        raise InputError(f"A webhook needs at least one event: {', '.join(Event)}.")
    return [event for event in Event if event in events]
