"""Posting: a delivery that is ours to send, sent if its recipient still may and wants to know."""

from __future__ import annotations

from datetime import UTC, datetime

from ..access import Action, LocalUser, decide
from ..loopback import is_loopback
from ..settings import Settings
from ..up.running import public_address
from . import hooks, mail, relay
from .events import TEST
from .nouns import Outcome, Taken
from .retrying import HORIZON, again
from .unsubscribing import secret_of


def post(settings: Settings, taken: Taken) -> Outcome:
    """Send it, once, and say what became of that."""
    if (reason := _withheld(taken)) is not None:
        return Outcome(state="withheld", reason=reason)
    now = datetime.now(UTC)
    if now - taken.created_at > HORIZON:
        return Outcome(state="dead", reason="It could not be sent for more than a day, and is no news any more.")
    page = public_address(settings, f"d/{taken.dashboard.slug}") if taken.dashboard else None
    if taken.webhook is not None:
        return hooks.post(settings, taken, taken.webhook, page, now)
    return _mail(settings, taken, page, now)


def _withheld(taken: Taken) -> str | None:
    """Why somebody is not told. Asked when it is sent: rights may have been lost since the job has ended."""
    if taken.webhook is not None and not taken.webhook.enabled:
        return "The webhook is switched off."
    if taken.user is not None and taken.user.disabled:
        return "The account is disabled."
    who = taken.user.signed_in if taken.user else LocalUser()
    if taken.webhook is not None and not decide(who, Action.NOTIFY).is_allowed:
        return "The webhook's owner may not keep webhooks any more."
    if taken.event == TEST:
        return None
    if not decide(who, Action.SEE, taken.facts).is_allowed:
        return "The recipient may not see the dashboard any more."
    return None if taken.subscribed else "The recipient does not want to be told of this dashboard any more."


def _mail(settings: Settings, taken: Taken, page: str | None, now: datetime) -> Outcome:
    server, user, dashboard = settings.relay, taken.user, taken.dashboard
    if server is None or user is None or dashboard is None or page is None or settings.mail_from is None:
        return again(taken.attempt, taken.created_at, now, "No mail server is set (DASHWRIGHT_SMTP_URL).")
    if user.email.endswith("@localhost") and not is_loopback(server.host):
        return Outcome(state="withheld", reason="The account has no address that mail reaches from that mail server.")
    secret = secret_of(settings, user.id, dashboard.id)
    addresses = mail.Addresses(page, public_address(settings, f"unsubscribe/{secret}"))
    try:
        message = mail.compose(taken, addresses, settings.mail_from, now)
    except ValueError:  # an account may have an address that no mail can have
        return Outcome(state="dead", reason="No mail can be sent to an address of this form.")
    try:
        relay.send(server, message, str(message["From"].addresses[0].addr_spec), user.email)
    except relay.RelayError as error:
        if error.is_final:
            return Outcome(state="dead", reason=str(error))
        return again(taken.attempt, taken.created_at, now, str(error))
    return Outcome(state="sent")
