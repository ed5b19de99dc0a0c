"""The table of AI providers: each is imported when it is first asked for."""

from __future__ import annotations

import importlib
import logging
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from ..errors import DashwrightError, InputError, SetupError
from ..services import Service
from .provider import (
    Completion,
    Fault,
    FaultKind,
    FoundPage,
    NoProviders,
    Operation,
    Pages,
    Prompt,
    Provider,
    Providers,
    Turn,
    Usage,
)

__all__ = [
    "GROUP",
    "TABLE",
    "Completion",
    "Entry",
    "Fault",
    "FaultKind",
    "FoundPage",
    "NoProviders",
    "Operation",
    "Pages",
    "Prompt",
    "Provider",
    "Providers",
    "Turn",
    "Usage",
    "is_provider",
    "names",
    "provider",
]

GROUP = "dashwright.planners"
"""Entry points of this group add providers, ``name = package.module:Class`` with a subclass of `Provider`, beside
planners, which are functions."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Entry:
    """Where a provider is, the sentence to show when its client is not installed, and where its key comes from."""

    where: str
    missing: str = ""
    key_setting: str = ""
    """The variable. "": it has no key, or is another package's."""
    needs_key: bool = True


def _client(of: str, package: str) -> str:
    return f"{of} needs the package {package}, which is not installed: pip install 'dashwright[ai]'."


TABLE: dict[str, Entry] = {
    "gemini": Entry(
        "dashwright.pipelines.providers.gemini:GeminiProvider", _client("Gemini", "google-genai"), "GEMINI_API_KEY"
    ),
    "openai": Entry(
        "dashwright.pipelines.providers.openai:OpenAIProvider", _client("OpenAI", "openai"), "OPENAI_API_KEY"
    ),
    "perplexity": Entry(
        "dashwright.pipelines.providers.perplexity:PerplexityProvider",
        _client("Perplexity", "openai"),
        "PERPLEXITY_API_KEY",
    ),
    "compatible": Entry(
        "dashwright.pipelines.providers.compatible:CompatibleProvider",
        _client("A compatible server", "openai"),
        "DASHWRIGHT_COMPATIBLE_API_KEY",
        needs_key=False,
    ),
}


def names() -> tuple[str, ...]:
    """Every provider there is, ours first; nobody can take the place of ours."""
    return (*TABLE, *(name for name in _others() if name not in TABLE and is_provider(name)))


def is_provider(name: str) -> bool:
    """Whether this names a provider: an entry point of the group may also be a planner, or not be loadable."""
    if name in TABLE:
        return True
    point = _others().get(name)
    return point is not None and _kind(point) is not None


def provider(name: str, service: Service) -> Provider:
    """
    Raises:
        InputError: there is no such provider.
        SetupError: its client is not installed, or the service's key, address, model or price cannot be one.
    """
    if name in TABLE:
        entry = TABLE[name]
        module, _, kind = entry.where.partition(":")
        try:
            made: object = getattr(importlib.import_module(module), kind)(service)
        except ImportError as error:
            raise SetupError(f"{entry.missing} ({error})") from error
    elif name in _others():
        made = _made_elsewhere(_others()[name], service)
    else:
        raise InputError(f"There is no AI provider '{name[:100]}'. There is: {', '.join(sorted(names()))}.")
    if not isinstance(made, Provider):
        raise SetupError(f"'{name}' is named as an AI provider, but is none.")
    return made


def _others() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}


def _made_elsewhere(point: EntryPoint, service: Service) -> object:
    whose = f"'{point.name}' of the package '{point.module.partition('.')[0]}'"
    try:
        kind = point.load()
    except (ImportError, AttributeError) as error:
        raise SetupError(f"The AI provider {whose} cannot be loaded. ({error})") from error
    if not isinstance(kind, type) or not issubclass(kind, Provider):
        raise SetupError(f"{whose} is no AI provider.")
    try:
        return kind(service)
    except DashwrightError:
        raise
    except Exception as error:
        raise SetupError(f"The AI provider {whose} cannot be made ({type(error).__name__}).") from error


@cache
def _kind(point: EntryPoint) -> type[Provider] | None:
    """What it loads, if that is a provider. A package that is broken is said once, and hides nobody else's."""
    try:
        kind = point.load()
    except Exception as error:  # noqa: BLE001 - whatever a package does when it is imported
        _log.warning("'%s' of the group %s cannot be loaded: %s", point.name, GROUP, type(error).__name__)
        return None
    return kind if isinstance(kind, type) and issubclass(kind, Provider) else None
