"""Relay: the mail server that takes our mail, and how it is spoken with."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from ..loopback import is_loopback
from .events import line

SECONDS = 20.0
"""For each answer of the mail server."""
PORTS = {"smtp": 587, "smtps": 465}
EXAMPLE = "smtp://user:password@mail.example.org:587?tls=starttls"
Tls = Literal["starttls", "implicit", "off"]


class RelayError(Exception):
    """A mail was not taken. `str(error)` is one sentence."""

    def __init__(self, sentence: str, *, is_final: bool = False) -> None:
        super().__init__(sentence)
        self.is_final = is_final
        """Trying again is of no use: the server will never take this mail."""


@dataclass(frozen=True)
class Relay:
    host: str
    port: int
    tls: Tls
    user: str = ""
    password: str = field(default="", repr=False)
    ca: Path | None = None
    """Certificates that are trusted instead of the system's."""

    @property
    def shown(self) -> str:
        return f"{self.host}:{self.port}"


def parse(text: str) -> Relay:
    """
    Raises:
        ValueError: it is no address of a mail server; the sentence has nothing of it that may be secret.
    """
    try:
        url = urlsplit(text)
        host, port = url.hostname or "", url.port
        options = dict(parse_qsl(url.query, strict_parsing=True)) if url.query else {}
    except ValueError:
        raise ValueError(f"it is no address of a mail server, as in {EXAMPLE}") from None
    if url.scheme not in PORTS or not host or url.path not in ("", "/") or url.fragment:
        raise ValueError(f"it is no address of a mail server, as in {EXAMPLE}")
    if unknown := next(iter(options.keys() - {"tls", "ca"}), None):
        raise ValueError(f"it has '{unknown[:20]}', which is none of 'tls' and 'ca'")
    ca = Path(options["ca"]) if "ca" in options else None
    if ca is not None and not ca.is_file():
        raise ValueError(f"its 'ca' names no file: '{ca}'")
    user, password = unquote(url.username or ""), unquote(url.password or "")
    return Relay(host, port or PORTS[url.scheme], _tls(url.scheme, options, host, user), user, password, ca)


def _tls(scheme: str, options: dict[str, str], host: str, user: str) -> Tls:
    if scheme == "smtps":
        if "tls" in options:
            raise ValueError("smtps is TLS from the first byte; leave 'tls' out")
        return "implicit"
    match options.get("tls", "starttls"):
        case "starttls":
            return "starttls"
        case "off":
            if user and not is_loopback(host):
                raise ValueError("its password would be sent for all to read; use tls=starttls or smtps")
            return "off"
    raise ValueError("its 'tls' is neither 'starttls' nor 'off'")


def send(relay: Relay, mail: EmailMessage, sender: str, recipient: str) -> None:
    """Hand a mail over.

    Raises:
        RelayError: it was not taken.
    """
    with connected(relay) as server, _told(relay):
        server.send_message(mail, sender, [recipient])


@contextmanager
def connected(relay: Relay, seconds: float = SECONDS) -> Iterator[smtplib.SMTP]:
    """A connection, signed in.

    Raises:
        RelayError: there is none, or not with these credentials.
    """
    with _told(relay, is_connecting=True):
        context = ssl.create_default_context(cafile=str(relay.ca) if relay.ca else None)
        server = (
            smtplib.SMTP_SSL(relay.host, relay.port, timeout=seconds, context=context)
            if relay.tls == "implicit"
            else smtplib.SMTP(relay.host, relay.port, timeout=seconds)
        )
    try:
        with _told(relay, is_connecting=True):
            if relay.tls == "starttls":
                server.starttls(context=context)
            if relay.user:
                server.login(relay.user, relay.password)
        yield server
    finally:
        _leave(server)


def _leave(server: smtplib.SMTP) -> None:
    try:
        server.quit()
    except (OSError, smtplib.SMTPException):
        server.close()


@contextmanager
def _told(relay: Relay, *, is_connecting: bool = False) -> Iterator[None]:
    """Say in a sentence what went wrong. What is wrong with the connection the operator can mend, so it may pass."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        raise _answered(relay, code, said, is_final=code >= 500) from error
    except smtplib.SMTPResponseException as error:
        is_final = not is_connecting and error.smtp_code >= 500
        raise _answered(relay, error.smtp_code, error.smtp_error, is_final=is_final) from error
    except smtplib.SMTPNotSupportedError as error:
        what = "offer TLS or signing in as the settings say" if is_connecting else "take such an address"
        raise RelayError(f"The mail server '{relay.shown}' does not {what}.", is_final=not is_connecting) from error
    except ssl.SSLCertVerificationError as error:
        why = line(error.verify_message, 200)
        raise RelayError(f"The mail server '{relay.shown}' cannot prove who it is: {why}.") from error
    except (OSError, smtplib.SMTPException) as error:
        why = line(getattr(error, "strerror", None) or str(error) or type(error).__name__, 200).rstrip(".")
        raise RelayError(f"The mail server '{relay.shown}' cannot be reached: {why}.") from error


def _answered(relay: Relay, code: int, said: bytes | str, *, is_final: bool) -> RelayError:
    text = line(said.decode("utf-8", "replace") if isinstance(said, bytes) else said, 200).rstrip(".")
    return RelayError(f"The mail server '{relay.shown}' answers {code}: {text}.", is_final=is_final)
