"""The table of AI providers: each is imported when it is first asked for."""

from __future__ import annotations

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
    "Completion",
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
]
