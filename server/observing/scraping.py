"""Scraping: who may read the metrics, and the handler that answers them."""

from __future__ import annotations

import asyncio
import hmac

from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from pydantic import SecretStr
from tornado.httputil import HTTPServerRequest
from tornado.web import HTTPError, RequestHandler

from ..network import is_from_here
from .exposing import Exposition

SENTENCE = "These are for who knows the token."


def may_read(request: HTTPServerRequest, token: SecretStr | None) -> bool:
    """Whoever asks from this machine, and not through a proxy; elsewhere, whoever knows the token."""
    return is_from_here(request) or _knows(request, token)


class Scraped(RequestHandler):
    """Others learn no more than that the metrics are not for them, or nothing at all where there is no token."""

    SUPPORTED_METHODS = ("GET",)

    def initialize(self, exposition: Exposition, token: SecretStr | None) -> None:
        self.exposition = exposition
        self.token = token

    async def get(self) -> None:
        if not may_read(self.request, self.token):
            if self.token is None:
                raise HTTPError(404)
            raise self.refusal()
        text = await asyncio.to_thread(self.exposition.text)
        self.set_header("Content-Type", CONTENT_TYPE_PLAIN_0_0_4)
        self.set_header("Cache-Control", "no-store")
        await self.finish(text)

    def refusal(self) -> Exception:
        """401, as the server around it tells of errors."""
        self.set_header("WWW-Authenticate", "Bearer")
        return HTTPError(401, SENTENCE)


def _knows(request: HTTPServerRequest, token: SecretStr | None) -> bool:
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    if token is None or kind.lower() != "bearer":
        return False
    return hmac.compare_digest(given.strip().encode(), token.get_secret_value().encode())
