"""`/metrics` of the viewer: the handler that all servers share, with the viewer's errors."""

from __future__ import annotations

from typing import Any

from ..observing.scraping import SENTENCE, Scraped
from .answering import Answering, Refused


class Metrics(Scraped, Answering):
    def refusal(self) -> Exception:
        return Refused(401, SENTENCE)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        if status_code == 401:
            self.set_header("WWW-Authenticate", "Bearer")
        super().write_error(status_code, **kwargs)
