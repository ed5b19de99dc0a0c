"""Consulting: AI providers that a person names are asked with the keys in their kernel's environment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ...pipelines import planners
from ...pipelines.build import NO_PROVIDERS
from ...pipelines.errors import InputError
from ...pipelines.providers import Providers


@contextmanager
def providers(planner: str) -> Iterator[Providers]:
    """Those that `planner` names, for one question. Without names nobody learns anything.

    Raises:
        InputError: there is no such planner, or it is "auto", which names nobody.
        SetupError: a provider has no key, or its client is not installed.
    """
    names = [name.strip() for name in planner.split(",") if name.strip()]
    if not names or planners.AUTO in names:
        raise InputError(
            "Name the planner: 'offline', which asks nobody, or AI providers such as 'gemini' or 'openai', which are "
            "told your question and a description of the data."
        )
    planners.refuse_unknown(names)
    asked = [name for name in names if name != planners.OFFLINE and not planners.is_planner(name)]
    if not asked:
        yield NO_PROVIDERS
        return
    # Only here are settings and clients of services needed.
    from ...pipelines.providers import provider
    from ...pipelines.providers.bridge import Bridge
    from ...pipelines.providers.gateway import Gateway
    from ...pipelines.providers.policy import Policy
    from ..settings import load

    settings = load()
    found = [provider(name, settings.provider(name)) for name in asked]
    bridge = Bridge(Gateway(found, Policy(timeout=settings.ai_timeout, patience=settings.ai_patience)))
    try:
        yield bridge.for_job()
    finally:
        bridge.close()
