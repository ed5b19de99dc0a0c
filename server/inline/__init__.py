"""Dashboards in a person's own notebook: `ask` and `%%dashwright`."""

from ...pipelines import lean

lean.import_jsonschema()

from .answer import Answer  # noqa: E402 - nbformat, too, imports what takes long unless it is hidden before
from .asking import ask  # noqa: E402

__all__ = ["Answer", "ask"]
