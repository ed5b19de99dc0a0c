"""Quotas: how much somebody may ask for in an hour, and the headers that tell of it.

Headers as in draft-ietf-httpapi-ratelimit-headers: `RateLimit-Policy` says what is possible, `RateLimit` what is left
and when there is more.
"""

from __future__ import annotations

import math
import time
from typing import Literal

from limits import RateLimitItemPerHour
from limits.strategies import MovingWindowRateLimiter
from pydantic import Field

from ...pipelines.model import Noun
from ..access import LocalUser, Principal, Role, SignedIn, TokenHolder
from ..accounts.secrets import digest
from ..network import neighbourhood
from ..settings import Settings, variable
from ..store import Store
from ..store.quotas import QuotaStorage
from .problem import Refusal

QuotaName = Literal["dashboards", "searches", "anonymous"]
SETTINGS: dict[QuotaName, str] = {
    "dashboards": "dashboards_per_hour",
    "searches": "searches_per_hour",
    "anonymous": "anonymous_requests_per_hour",
}
WORDS: dict[QuotaName, str] = {
    "dashboards": "You may ask for {most} dashboards an hour",
    "searches": "You may search {most} times an hour",
    "anonymous": "Without an account, {most} requests an hour from one network are answered",
}
HOUR = 3600


class Standing(Noun):
    """How somebody stands with a quota."""

    name: QuotaName
    most: int
    left: int = Field(ge=0)
    seconds: int = Field(ge=1)
    """Until there is more."""
    is_over: bool = False
    """Whether this request was one too many."""

    @property
    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Policy": f'"{self.name}";q={self.most};w={HOUR}',
            "RateLimit": f'"{self.name}";r={self.left};t={self.seconds}',
        }

    @property
    def refusal(self) -> Refusal:
        wait = f"{self.seconds} seconds" if self.seconds < 90 else f"{self.seconds / 60:.0f} minutes"
        return Refusal(
            429,
            f"{WORDS[self.name].format(most=self.most)} ({variable_of(self.name)}); try again in {wait}.",
            code="quota-exceeded",
            retry_after=self.seconds,
        )


def variable_of(name: QuotaName) -> str:
    """The environment variable that sets a quota."""
    return variable(SETTINGS[name], Settings.model_fields[SETTINGS[name]])


def default_of(name: QuotaName) -> int:
    return int(Settings.model_fields[SETTINGS[name]].default)


def account_of(principal: Principal) -> str | None:
    """Whose quota somebody uses. None: the user of this machine and admins, who set the limits, have none."""
    match principal:
        case LocalUser():
            return None
        case SignedIn(user_id=user_id, role=role) | TokenHolder(user=SignedIn(user_id=user_id, role=role)):
            return None if role is Role.ADMIN else user_id
        case _:
            return None


def network_of(address: str) -> str:
    """Whose quota a stranger uses; no addresses are kept."""
    return digest(f"from {neighbourhood(address)}")


def use(store: Store, name: QuotaName, whose: str) -> Standing | None:
    """Use one of a quota, if there is one left. None: the operator has set no limit."""
    most: int = getattr(store.settings, SETTINGS[name])
    if not most:
        return None
    limiter = MovingWindowRateLimiter(QuotaStorage(store))
    item = RateLimitItemPerHour(most, namespace="api")
    is_let_in = limiter.hit(item, name, whose)
    reset_at, left = limiter.get_window_stats(item, name, whose)
    seconds = max(1, math.ceil(reset_at - time.time()))
    return Standing(name=name, most=most, left=max(0, left), seconds=seconds, is_over=not is_let_in)
