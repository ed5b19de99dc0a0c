"""Webhooks: addresses of the caller that are told what becomes of dashboards."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from ....pipelines.model import Noun
from ...access import Action
from ...notices.events import Event
from ...notices.hooks import LONGEST_URL, secret_of
from ...notices.nouns import Delivery, Webhook
from ...store import Webhooks
from ..paging import Limit
from ..route import Call, Id, Routes

routes = Routes("Webhooks")

Url = Annotated[str, StringConstraints(min_length=8, max_length=LONGEST_URL)]
Events = Annotated[tuple[Event, ...], Field(min_length=1, max_length=len(Event))]


class NewWebhook(Noun):
    url: Url = Field(description="Of https, without a name and password.")
    events: Events = tuple(Event)


class ChangedWebhook(Noun):
    """What is not named stays."""

    url: Url | None = None
    events: Events | None = None
    enabled: bool | None = Field(None, description="True also forgets its failures.")


class MadeWebhook(Noun):
    webhook: Webhook
    secret: str = Field(description="By which its receiver checks signatures. Told this once.")


class WebhookList(Noun):
    items: tuple[Webhook, ...]


class DeliveryList(Noun):
    items: tuple[Delivery, ...]


class DeliveryQuery(Noun):
    limit: Limit = 20


@routes.get("/webhooks", "List your webhooks", Action.NOTIFY)
def list_webhooks(call: Call) -> WebhookList:
    return WebhookList(items=_webhooks(call).all())


@routes.post("/webhooks", "Make a webhook", Action.NOTIFY, status=201, problems=(503,))
def create_webhook(call: Call, body: NewWebhook) -> MadeWebhook:
    """It is told of the dashboards that you own or have subscribed to, by a POST that is signed as Standard Webhooks
    1.0.0 says. That of this machine's own user is told of all. The secret is told once, so there is no
    Idempotency-Key, which would keep the answer."""
    webhook = _webhooks(call).add(body.url, body.events)
    return MadeWebhook(webhook=webhook, secret=secret_of(call.settings, webhook.id))


@routes.patch("/webhooks/{webhook_id}", "Change a webhook", Action.NOTIFY)
def change_webhook(call: Call, webhook_id: Id, body: ChangedWebhook) -> Webhook:
    return _webhooks(call).change(webhook_id, url=body.url, events=body.events, enabled=body.enabled)


@routes.delete("/webhooks/{webhook_id}", "Remove a webhook", Action.NOTIFY, status=204)
def remove_webhook(call: Call, webhook_id: Id) -> None:
    _webhooks(call).remove(webhook_id)


@routes.post("/webhooks/{webhook_id}/test", "Test a webhook", Action.NOTIFY, status=202)
def test_webhook(call: Call, webhook_id: Id) -> Delivery:
    """A worker sends it `webhook.test` now; its deliveries tell what became of that."""
    return _webhooks(call).test(webhook_id)


@routes.get("/webhooks/{webhook_id}/deliveries", "List what a webhook was sent", Action.NOTIFY)
def list_deliveries(call: Call, webhook_id: Id, query: DeliveryQuery) -> DeliveryList:
    """The newest first, of the last 30 days; also what it is yet to be sent."""
    return DeliveryList(items=_webhooks(call).deliveries(webhook_id, query.limit))


def _webhooks(call: Call) -> Webhooks:
    return Webhooks(call.store, call.user_id)
