"""Who wants to be told of what: subscriptions to dashboards, and what people get mail about."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..accounts.secrets import digest
from ..notices.events import USUAL, Event
from ..notices.nouns import Subscription
from ..notices.tables import NoticePreferenceRow, SubscriptionRow
from ..tables import DashboardRow
from .store import Store


class Subscriptions:
    """Each method is one transaction and raises DatabaseGoneError like the store's. A dashboard that does not exist
    is an InputError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, slug: str, user_id: str) -> Subscription:
        with self._store.transaction() as session:
            return _subscription(session, self._store.row(session, slug), user_id)

    def want(self, slug: str, user_id: str, wanted: bool) -> Subscription:
        """Begin or end that somebody is told of a dashboard. Once more does no harm."""
        with self._store.transaction() as session:
            row = self._store.row(session, slug)
            values = {"dashboard_id": row.id, "user_id": UUID(user_id), "wanted": wanted}
            upsert = insert(SubscriptionRow).values(**values)
            session.execute(
                upsert.on_conflict_do_update(index_elements=["dashboard_id", "user_id"], set_={"wanted": wanted})
            )
            return _subscription(session, row, user_id)

    def events(self, user_id: str) -> tuple[Event, ...]:
        """What somebody gets mail about."""
        with self._store.transaction() as session:
            row = session.get(NoticePreferenceRow, UUID(user_id))
            return USUAL if row is None else tuple(event for event in Event if event in row.events)

    def choose_events(self, user_id: str, events: Collection[Event]) -> None:
        chosen = [event for event in Event if event in events]
        with self._store.transaction() as session:
            upsert = insert(NoticePreferenceRow).values(user_id=UUID(user_id), events=chosen)
            session.execute(upsert.on_conflict_do_update(index_elements=["user_id"], set_={"events": chosen}))

    def find(self, secret: str) -> str | None:
        """The title of the dashboard whose mails this secret ends. None: it is none of ours."""
        query = (
            select(DashboardRow.title)
            .join(SubscriptionRow, SubscriptionRow.dashboard_id == DashboardRow.id)
            .where(SubscriptionRow.token_hash == digest(secret))
        )
        with self._store.transaction() as session:
            return session.scalar(query)

    def end(self, secret: str) -> bool:
        """End the mails that this secret is for. False: it is none of ours."""
        query = (
            update(SubscriptionRow)
            .where(SubscriptionRow.token_hash == digest(secret))
            .values(wanted=False)
            .returning(SubscriptionRow.id)
        )
        with self._store.transaction() as session:
            return session.scalar(query) is not None


def keep_secret(session: Session, dashboard_id: UUID, user_id: UUID, secret: str) -> None:
    """Let a secret end somebody's mails about a dashboard, from the first of them on."""
    values = {"dashboard_id": dashboard_id, "user_id": user_id, "token_hash": digest(secret)}
    upsert = insert(SubscriptionRow).values(**values)
    session.execute(
        upsert.on_conflict_do_update(
            index_elements=["dashboard_id", "user_id"], set_={"token_hash": upsert.excluded.token_hash}
        )
    )


def is_wanted(session: Session, dashboard_id: UUID, user_id: UUID, owner_id: UUID | None) -> bool:
    wanted = session.scalar(
        select(SubscriptionRow.wanted).where(
            SubscriptionRow.dashboard_id == dashboard_id, SubscriptionRow.user_id == user_id
        )
    )
    return user_id == owner_id if wanted is None else wanted


def _subscription(session: Session, row: DashboardRow, user_id: str) -> Subscription:
    subscribed = is_wanted(session, row.id, UUID(user_id), row.user_id)
    return Subscription(slug=row.slug, subscribed=subscribed, is_owner=str(row.user_id) == user_id)
