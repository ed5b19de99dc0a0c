"""The viewer: serves published dashboards, read-only, through Voilà."""

from __future__ import annotations

from ...pipelines.lean import import_jsonschema

import_jsonschema()  # before Voilà does
