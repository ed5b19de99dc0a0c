"""Notices: what the caller is told of, and by which mails."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ....pipelines.model import Noun
from ...access import SIGN_IN, Action, Anonymous, LinkHolder, Scope, TokenHolder
from ...notices.events import Event
from ...notices.nouns import Subscription
from ...store import Subscriptions
from ..problem import Refusal
from ..route import Call, Routes, Slug

routes = Routes("Notices")

REFUSED = (401, 403)
Events = Annotated[tuple[Event, ...], Field(max_length=len(Event))]


class NoticePreferences(Noun):
    """What the caller gets mail about: of their own dashboards, and of those they have subscribed to."""

    email_events: Events


@routes.get("/me/notices", "Show what you get mail about", None, problems=REFUSED)
def show_notice_preferences(call: Call) -> NoticePreferences:
    return NoticePreferences(email_events=Subscriptions(call.store).events(_person(call)))


@routes.put("/me/notices", "Choose what you get mail about", None, problems=REFUSED)
def choose_notice_preferences(call: Call, body: NoticePreferences) -> NoticePreferences:
    """None of the events: no mails."""
    subscriptions, user_id = Subscriptions(call.store), _person(call, changes=True)
    subscriptions.choose_events(user_id, body.email_events)
    return NoticePreferences(email_events=subscriptions.events(user_id))


@routes.get("/dashboards/{slug}/subscription", "Show whether you are told of a dashboard", Action.SEE)
def show_subscription(call: Call, slug: Slug) -> Subscription:
    return Subscriptions(call.store).of(slug, _person(call))


@routes.put("/dashboards/{slug}/subscription", "Subscribe to a dashboard", Action.SEE)
def subscribe(call: Call, slug: Slug) -> Subscription:
    """You and your webhooks are told of it, for as long as you may see it."""
    return Subscriptions(call.store).want(slug, _person(call, changes=True), True)


@routes.delete("/dashboards/{slug}/subscription", "Unsubscribe from a dashboard", Action.SEE)
def unsubscribe(call: Call, slug: Slug) -> Subscription:
    """Also from one of your own."""
    return Subscriptions(call.store).want(slug, _person(call, changes=True), False)


def _person(call: Call, *, changes: bool = False) -> str:
    """Id of the user whose notices these are.

    Raises:
        Refusal: nobody with an account asks, or by a token that does not cover it.
    """
    match call.principal:
        case Anonymous() | LinkHolder():
            raise Refusal(401, SIGN_IN.sentence, headers={"WWW-Authenticate": "Bearer"})
        case TokenHolder(scopes=scopes) if changes and Scope.WRITE not in scopes:
            raise Refusal(403, "This token has not the scope 'write', which it needs to change what you are told of.")
    if call.user_id is None:
        raise Refusal(403, "The user of this machine has no account, and so no mails; sign in with one.")
    return call.user_id
