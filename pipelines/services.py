"""Service: how somebody else's server is reached. Kept in memory, and never written to a file, a log or a sentence."""

from __future__ import annotations

from pydantic import Field, SecretStr, SerializationInfo, field_serializer

from .model import Noun

REVEAL = {"reveal": True}
"""The context of `model_dump_json` with which keys are written out, for a pipe between two of our own processes."""


class Service(Noun):
    """What the settings say about one service. A field that is None leaves the choice to whoever speaks to it."""

    base_url: str | None = None
    """Instead of the service's own address; on loopback http:// is fine."""
    user: str | None = None
    key: SecretStr | None = None
    timeout: float | None = Field(None, gt=0)
    """Seconds for one answer."""
    options: dict[str, str] = Field(default_factory=dict)
    """The service's own, as "model"."""

    @field_serializer("key")
    def _masked(self, key: SecretStr | None, info: SerializationInfo) -> str | None:
        if key is None:
            return None
        return key.get_secret_value() if info.context == REVEAL else str(key)
