"""Answering: what every answer of the viewer has in common: headers, and errors as pages in our look."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from tornado.web import HTTPError, RequestHandler

from ..access import frame_ancestors
from ..observing.requests import id_of
from . import pages

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",  # Voilà's page has inline scripts, JupyterLab's ajv compiles
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Server": "Dashwright",
}


class Refused(HTTPError):  # noqa: N818 - a refusal is what it is
    """An error with a sentence for whoever reads the page."""

    def __init__(self, status: int, sentence: str, retry_after: int | None = None) -> None:
        super().__init__(status)
        self.sentence = sentence
        self.retry_after = retry_after


class SignInNeeded(HTTPError):  # noqa: N818 - as Refused
    """Whoever asks is sent to another page first."""

    def __init__(self, address: str) -> None:
        super().__init__(302)
        self.address = address


class Answering(RequestHandler):
    """Headers and errors, also for handlers that know no user."""

    def set_default_headers(self) -> None:
        for name, value in HEADERS.items():
            self.set_header(name, value)
        self.set_header("X-Request-Id", id_of(self.request))

    @property
    def labs(self) -> Sequence[str]:
        """Origins of JupyterLabs, which show dashboards in a frame, and what is said instead of one."""
        return self.settings.get("dashwright_lab_origins", ())  # type: ignore[no-any-return]

    def let_frame(self, origins: Sequence[str]) -> None:
        """Let pages of these origins show this one in a frame."""
        policy = POLICY.replace("frame-ancestors 'self'", f"frame-ancestors {frame_ancestors(origins)}")
        self.set_header("Content-Security-Policy", policy)
        self.clear_header("X-Frame-Options")  # which can name no other origin

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = kwargs.get("exc_info", (None, None))[1]
        if isinstance(error, SignInNeeded):
            self.set_header("Cache-Control", "no-store")
            self.set_header("Location", error.address)
            self.finish()
            return
        sentence = pages.said(error, status_code)
        self.set_header("Cache-Control", "no-store")
        if (retry_after := getattr(error, "retry_after", None)) is not None:
            self.set_header("Retry-After", str(retry_after))
        if "/api/" in self.request.path:
            self.set_header("Content-Type", "application/json")
            self.finish(json.dumps({"error": {"status": status_code, "message": sentence}}))
            return
        self.set_header("Content-Type", "text/html; charset=utf-8")
        if self.labs:
            self.let_frame(self.labs)
        self.finish(pages.error_page(self.settings.get("base_url", "/"), status_code, sentence))


class ForBrowser(Answering, JupyterHandler):
    """For a browser that is told from others by its cookie, and that names this server as its host."""

    @property
    def browser(self) -> str:
        return str(self.current_user.username)

    def allow_frames(self, origins: Sequence[str]) -> None:
        """Let pages of these origins show this one in a frame."""
        if origins:
            self.let_frame(origins)
            self.set_header("Cross-Origin-Resource-Policy", "cross-origin")


class Nothing(Answering):
    """Every address that is not served."""

    def prepare(self) -> None:
        raise HTTPError(404)
