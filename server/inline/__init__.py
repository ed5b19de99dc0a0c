"""Dashboards in a person's own notebook: `ask` and `%%dashwright`."""

from .answer import Answer
from .asking import ask

__all__ = ["Answer", "ask"]
