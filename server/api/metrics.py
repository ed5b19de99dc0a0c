"""`/metrics` of the API's process: outside of the API, whose sites and hosts have nothing to do with it."""

from __future__ import annotations

from typing import Any

from pydantic import SecretStr

from ..observing.exposing import Exposition
from ..observing.scraping import SENTENCE, Scraped
from .answering import Answering
from .problem import Refusal
from .service import Service


class Metrics(Scraped, Answering):
    def initialize(  # type: ignore[override]
        self, service: Service, exposition: Exposition, token: SecretStr | None, **_: Any
    ) -> None:
        Answering.initialize(self, service)
        Scraped.initialize(self, exposition, token)

    def guard(self) -> None:
        """It is asked by the name of this machine, whatever names the API answers to."""

    def refusal(self) -> Exception:
        return Refusal(401, SENTENCE, headers={"WWW-Authenticate": "Bearer"})
