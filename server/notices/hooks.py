"""Hooks: what a webhook is sent, signed as the Standard Webhooks specification 1.0.0 says.

What is signed is `id.timestamp.body`, by HMAC-SHA256. The secret of a webhook is worked out from its id by the secret
that all parts of a server share, so none lies in the database.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ...pipelines.errors import DashwrightError, InputError
from ..accounts.secrets import digest
from ..queue import signing_secret
from ..settings import Settings
from .events import TEST, line, sentence
from .nouns import Outcome, Taken, Webhook
from .retrying import again

if TYPE_CHECKING:
    from ..outgoing import Answer

SECONDS = 15.0
"""For an answer, which says no more than that it has come."""
LONGEST_URL = 2_000
GONE = 410
OTHER_KEY = "Its secret was made with another SECRET_KEY; remove the webhook, and add it again for a new secret."
MOST_FAILURES = 30
"""Attempts in a row, whatever they were about, after which a webhook is not asked any more."""


def secret_of(settings: Settings, webhook_id: str) -> str:
    """What the receiver checks signatures with."""
    key = hmac.digest(signing_secret(settings).encode(), f"webhook {webhook_id}".encode(), hashlib.sha256)
    return f"whsec_{base64.b64encode(key).decode()}"


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = hmac.digest(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(signed).decode()}"


def checked_url(text: str, settings: Settings) -> str:
    """An address that may be a webhook's.

    Raises:
        InputError: it is none, or has a name and a password, or is not of https.
    """
    from ...pipelines.sources import addresses  # with httpx, which the store brings nobody

    if len(text) > LONGEST_URL:
        raise InputError(f"The address of a webhook has at most {LONGEST_URL:,} characters.")
    url = addresses.parse(text)
    if url.userinfo:
        raise InputError("The address of a webhook has no name and password; its receiver checks the signature.")
    if url.scheme != "https" and not settings.allow_private_addresses:
        raise InputError(
            f"'{addresses.shown(url)[:200]}' is not of https, so others could read what is sent there; http is only "
            "possible with DASHWRIGHT_ALLOW_PRIVATE_ADDRESSES."
        )
    return str(url.copy_with(fragment=None))


def shown_url(text: str) -> str:
    """The address as others than its owner see it, and logs and tables: many a receiver's path is its secret."""
    from ...pipelines.sources import addresses

    url = addresses.parse(text)
    return f"{url.scheme}://{url.netloc.decode('ascii')}/…"


def body_of(taken: Taken, page: str | None) -> bytes:
    """What is sent: nothing of the data, and nothing secret."""
    data: dict[str, Any] = {}
    moment = taken.created_at
    if taken.event == TEST:
        data = {"message": "This is a test of a webhook."}
    elif taken.dashboard is not None and taken.job is not None:
        moment = taken.job.completed_at or moment
        data = {
            "slug": taken.dashboard.slug,
            "title": line(taken.dashboard.title, 255),
            "url": page,
            "job_id": taken.job.id,
            "status": taken.job.status,
            "message": sentence(taken.event, taken.dashboard.title, taken.job.error_message),
        }
    content = {"type": taken.event, "timestamp": moment.astimezone(UTC).isoformat(), "data": data}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def post(settings: Settings, taken: Taken, webhook: Webhook, page: str | None, now: datetime) -> Outcome:
    """Send a notice to a webhook. A redirect is not followed: it is an answer that is no success."""
    from ...pipelines.sources.addresses import Guard
    from ..outgoing import ask

    secret = secret_of(settings, webhook.id)
    if digest(secret) != taken.secret_hash:
        return Outcome(state="dead", reason=OTHER_KEY, disables=OTHER_KEY)
    body, message_id, timestamp = body_of(taken, page), f"msg_{taken.id.replace('-', '')}", int(now.timestamp())
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(secret, message_id, timestamp, body),
    }
    guard = Guard(allow_private=settings.allow_private_addresses)
    try:
        url = checked_url(webhook.url, settings)
        answer = ask("POST", url, guard, headers=headers, body=body, seconds=SECONDS)
    except DashwrightError as error:
        failed = again(taken.attempt, taken.created_at, now, line(_without_path(str(error), webhook.url), 300))
        return failed.model_copy(update={"disables": _too_many(webhook)})
    return _outcome(answer, taken, webhook, now)


def _outcome(answer: Answer, taken: Taken, webhook: Webhook, now: datetime) -> Outcome:
    code = answer.status_code
    if answer.is_success:
        return Outcome(state="sent", status_code=code)
    reason = f"The receiver answers with status {code}."
    if code == GONE:
        return Outcome(
            state="dead", reason=reason, status_code=code, disables="The receiver says that it is gone (410)."
        )
    failed = again(taken.attempt, taken.created_at, now, reason, code)
    return failed.model_copy(update={"disables": _too_many(webhook)})


def _too_many(webhook: Webhook) -> str | None:
    failures = webhook.failures + 1
    return f"{failures} attempts in a row have failed." if failures >= MOST_FAILURES else None


def _without_path(text: str, url: str) -> str:
    """A sentence about the address without what only its owner knows of it."""
    from ...pipelines.sources import addresses

    return text.replace(addresses.shown(addresses.parse(url))[:200], shown_url(url))
