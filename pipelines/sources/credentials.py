"""Credentials: what is told to one server and to no other, whatever it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httpx

from ..errors import DashwrightError, SourceError

Explain = Callable[[int, bytes], DashwrightError | None]
"""The status and the first bytes of an answer that is not what was asked for → what that means.
None: what any server's answer of that status means."""


@dataclass(frozen=True)
class Credentials:
    """Keys as a service wants them: in headers, or as parameters of the query."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    parameters: Mapping[str, str] = field(default_factory=dict, repr=False)
    secret: str = field(default="", repr=False)
    """The key itself, where it is only part of those, or hidden in them."""

    def added(self, url: httpx.URL) -> httpx.URL:
        """The URL with the keys, as it goes to the service and nowhere else."""
        return url.copy_merge_params(dict(self.parameters)) if self.parameters else url

    def removed(self, url: httpx.URL) -> httpx.URL:
        """A redirect's URL without the keys that the server may have copied into it.

        Raises:
            SourceError: a key is in another part of it.
        """
        for name in self.parameters:
            url = url.copy_remove_param(name) if name in url.params else url
        secrets = [value for value in (*self.parameters.values(), *self.headers.values(), self.secret) if value]
        if any(secret in str(url) for secret in secrets):
            raise SourceError(
                f"The server '{url.host[:100]}' redirects to an address with our key in it; not followed."
            )
        return url


NONE = Credentials()


def basic(url: httpx.URL) -> dict[str, str]:
    """The Authorization header for a name and password in a URL."""
    if not url.userinfo:
        return {}
    request = httpx.Request("GET", url.copy_with(userinfo=b""))
    return {
        "Authorization": next(httpx.BasicAuth(url.username, url.password).auth_flow(request)).headers["Authorization"]
    }
