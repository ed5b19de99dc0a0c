"""AI providers as the server has them asked: by a desk, with a budget, a cache and a ledger."""

from __future__ import annotations

from .case import Case
from .desk import Desk, connected

__all__ = ["Case", "Desk", "connected"]
