"""The resources: each module declares the routes under one heading of the documentation."""

from __future__ import annotations

from ..route import Route
from . import dashboards, jobs, state

ROUTES: tuple[Route, ...] = tuple(route for module in (dashboards, jobs, state) for route in module.routes.found)
