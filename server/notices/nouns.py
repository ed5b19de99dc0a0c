"""The nouns of notices, as everybody outside the store sees them. None holds a secret."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from ...pipelines.model import Noun
from ..access import DashboardFacts
from ..nouns import Dashboard, Job, User

DeliveryState = Literal["waiting", "sent", "dead", "withheld"]


class Delivery(Noun):
    """A notice on its way to one recipient."""

    id: str
    event: str
    channel: Literal["email", "webhook"]
    recipient: str
    """E-mail address, or address of the webhook without what looks secret in it."""
    slug: str | None = None
    job_id: str | None = None
    webhook_id: str | None = None
    state: DeliveryState
    """dead: given up. withheld: not sent, since the recipient may not or does not want to know any more."""
    attempts: int = 0
    reason: str | None = None
    """Why it was not sent, the last time."""
    status_code: int | None = None
    """Of the receiver's last answer, where it is a webhook."""
    created_at: datetime
    next_attempt_at: datetime | None = None
    """When it is tried again, if it waits."""
    ended_at: datetime | None = None


class Webhook(Noun):
    """An address that is told of events. Its secret is told once, when it is made."""

    id: str
    user_id: str | None = None
    """Who it belongs to, and whose rights it has. None: the operator, who is told of all dashboards."""
    url: str
    """The whole of it: for its owner alone."""
    events: tuple[str, ...]
    enabled: bool = True
    disabled_reason: str | None = None
    failures: int = 0
    """Attempts that failed since the last that did not."""
    created_at: datetime
    last_sent_at: datetime | None = None


class Subscription(Noun):
    """Whether somebody is told of a dashboard's events."""

    slug: str
    subscribed: bool
    is_owner: bool
    """Owners are subscribed unless they say otherwise."""


class Taken(Noun):
    """A delivery that is ours to send, with all that it takes."""

    id: str
    attempt: int
    event: str
    created_at: datetime
    user: User | None
    """Whose mail it is, or whose webhook. None: the operator's webhook."""
    webhook: Webhook | None
    dashboard: Dashboard | None
    facts: DashboardFacts | None
    job: Job | None
    subscribed: bool
    secret_hash: str | None = None
    """Of the webhook's secret."""


class Outcome(Noun):
    """What became of an attempt."""

    state: DeliveryState
    reason: str | None = None
    status_code: int | None = None
    pause: timedelta | None = None
    """Until the next attempt, where the state is waiting."""
    disables: str | None = None
    """Why the webhook is not asked any more."""
