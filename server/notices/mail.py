"""Mail: how a notice reads as an e-mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy, Policy
from email.utils import format_datetime, parseaddr
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape

from .events import LONGEST_REASON, WORDS, line, sentence
from .nouns import Taken

LONGEST_SUBJECT = 160


class Verbatim(UnstructuredHeader):
    """A header with an address in it: folded it would be encoded words, which no mail program takes for an address."""

    name: str

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


@cache
def _policy() -> EmailPolicy[Any]:
    headers = HeaderRegistry()
    for name in ("list-unsubscribe", "list-id", "message-id"):
        headers.map_to_type(name, Verbatim)  # type: ignore[arg-type]  # it is mixed into a header
    return SMTP.clone(header_factory=headers)


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=PackageLoader("dashwright.server.notices", "pages"),
        autoescape=select_autoescape(enabled_extensions=("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)


@dataclass(frozen=True)
class Addresses:
    """What a mail links to."""

    page: str
    unsubscribe: str
    """Ends the mails about this dashboard, by one click or request, without signing in."""


def compose(taken: Taken, addresses: Addresses, mail_from: str, now: datetime) -> EmailMessage:
    """The mail of a notice that is about a dashboard and for a person."""
    dashboard, job, user = taken.dashboard, taken.job, taken.user
    if dashboard is None or job is None or user is None:
        raise ValueError("a mail is about a dashboard and for a person")
    is_failure = taken.event.endswith(".failed")
    values = {
        "headline": sentence(taken.event, dashboard.title),
        "reason": line(job.error_message or "", LONGEST_REASON) if is_failure else "",
        "is_failure": is_failure,
        "has_page": dashboard.version is not None,
        "question": line(dashboard.question, 300),
        "moment": f"{(job.completed_at or taken.created_at).astimezone(UTC):%Y-%m-%d %H:%M} UTC",
        "why": "it is yours" if dashboard.owner_id == user.id else "you have subscribed to it",
        "page": addresses.page,
        "unsubscribe": addresses.unsubscribe,
    }
    host = urlsplit(addresses.page).hostname or "localhost"
    mail = EmailMessage(policy=_policy())
    mail["From"] = _address(*parseaddr(mail_from))
    mail["To"] = _address(user.name, user.email)
    mail["Subject"] = line(WORDS[taken.event].format(title=line(dashboard.title, 100)), LONGEST_SUBJECT)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{taken.id}@{host}>"
    mail["List-Id"] = f"<{dashboard.slug}.dashwright.{host}>"
    mail["List-Unsubscribe"] = f"<{addresses.unsubscribe}>"
    if addresses.unsubscribe.startswith("https:"):  # as RFC 8058 demands
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(_template("mail.txt").render(values))
    mail.add_alternative(_template("mail.html").render(values), subtype="html")
    return mail


def _address(name: str, email: str) -> Address:
    return Address(display_name=line(name, 100), addr_spec=email)
