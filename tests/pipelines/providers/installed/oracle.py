"""What somebody else's package with a provider and a planner looks like: tests put its folder on the path."""

from __future__ import annotations

from typing import Any

from dashwright.pipelines.providers import Completion, Prompt, Provider
from dashwright.pipelines.services import Service


class Oracle(Provider):
    name = "oracle"
    model = "delphi"

    async def complete(self, prompt: Prompt, timeout: float) -> Completion:
        return Completion(text='{"title": "A great empire will fall"}', provider=self.name, model=self.model)

    async def models(self, timeout: float) -> tuple[str, ...] | None:
        return None


class Sullen(Oracle):
    name = "sullen"

    def __init__(self, service: Service) -> None:
        raise RuntimeError("a detail that is nobody's business")


def plan(*values: Any, **named: Any) -> Any:
    raise NotImplementedError
